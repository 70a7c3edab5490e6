#if arch(x86_64)
    import _Builtin_intrinsics.intel

    /// Vectors one after the other, with the rows and times between them, as long as most of their pixels are set.
    ///
    /// Each vector pushes the numbers of its columns together under its mask. Row, time and polarity stay for many vectors: their columns
    /// are filled when they change, by whole stores, which is as fast as memory takes it.
    ///
    /// - Returns: whether it goes on like this; false where nothing was taken.
    @inline(never)
    func decodeDenseVectors(_ run: inout EventRun, _ state: inout EVT3State) -> Bool {
        var pointer = unsafe run.next
        var left = unsafe run.left
        var count = unsafe run.count
        var base = state.base
        var fill = unsafe RunFill(run, state)
        let first = count
        let wordsBefore = left
        let width = unsafe Int(run.width)
        let height = unsafe run.height
        let x = unsafe run.x
        // A vector, and a store of 64 polarities.
        let limit = unsafe run.capacity &- 96
        let columns = laneNumbers()

        let spaciousLimit = unsafe run.capacity &- 512

        decoding: while left >= 4, count <= limit {
            if left >= 32, count <= spaciousLimit, base >= 0, base &+ 256 <= width, unsafe areWholeVectors(pointer),
                unsafe fill.row < height
            {
                let ahead = unsafe fill.open(at: count)
                var numbers = _mm512_add_epi16(columns, _mm512_set1_epi16(Int16(truncatingIfNeeded: base)))
                unsafe push(0, pointer, x, &numbers, &count, ahead)
                unsafe push(1, pointer, x, &numbers, &count, ahead)
                unsafe push(2, pointer, x, &numbers, &count, ahead)
                unsafe push(3, pointer, x, &numbers, &count, ahead)
                unsafe push(4, pointer, x, &numbers, &count, ahead)
                unsafe push(5, pointer, x, &numbers, &count, ahead)
                unsafe push(6, pointer, x, &numbers, &count, ahead)
                unsafe push(7, pointer, x, &numbers, &count, ahead)
                unsafe fill.close(at: count)
                base &+= 256
                unsafe pointer += 48
                left &-= 24
                continue
            }
            let four = unsafe pointer.loadUnaligned(as: UInt64.self)
            if four & 0xF000_F000_F000 == 0x5000_4000_4000 {
                // VECT_12, VECT_12 and VECT_8, as sensors send them.
                guard base >= 0, base &+ 32 <= width, unsafe fill.row < height else { break decoding }
                let mask = wholeVector(four)
                unsafe _mm512_storeu_si512(
                    x + count,
                    _mm512_add_epi16(
                        _mm512_maskz_compress_epi16(mask, columns),
                        _mm512_set1_epi16(Int16(truncatingIfNeeded: base))))
                count &+= mask.nonzeroBitCount
                base &+= 32
                unsafe pointer += 6
                left &-= 3
                continue
            }
            let word = UInt16(truncatingIfNeeded: four)
            switch word >> 12 {
            case 0:
                unsafe fill.rows(to: count)
                unsafe fill.row = word & 0x07FF
            case 3:
                unsafe fill.polarities(to: count)
                unsafe fill.on = UInt8(truncatingIfNeeded: word &>> 11 & 1)
                base = Int(word & 0x07FF)
            case 6:
                unsafe fill.times(to: count)
                unsafe fill.t = state.start &+ UInt64(word & 0x0FFF)
            default:
                // Sparser, or rare: blocks are better for it.
                break decoding
            }
            unsafe pointer += 2
            left &-= 1
        }
        unsafe fill.all(to: count)
        return unsafe leave(&run, &state, pointer, left, count, base, fill)
            && count &- first > 4 &* (wordsBefore &- left)
    }

    /// - Returns: whether anything was taken.
    private func leave(
        _ run: inout EventRun, _ state: inout EVT3State, _ pointer: UnsafeRawPointer, _ left: Int, _ count: Int,
        _ base: Int, _ fill: borrowing RunFill
    ) -> Bool {
        let isSomething = unsafe left < run.left
        unsafe run.next = pointer
        unsafe run.left = left
        unsafe run.count = count
        state.base = base
        unsafe state.row = fill.row
        unsafe state.low = UInt16(truncatingIfNeeded: fill.t &- state.start)
        unsafe state.vectorOn = fill.on
        if isSomething { state.isInMessage = false }
        return isSomething
    }

    /// Whether eight times VECT_12, VECT_12 and VECT_8 follow.
    @inline(__always)
    private func areWholeVectors(_ pointer: UnsafeRawPointer) -> Bool {
        let order = _mm512_set_epi64(
            0x3131_2F2E_2D2C_2B2A, 0x2B2B_2928_2726_2524, 0x2525_2322_2120_1F1E, 0x1F1F_1D1C_1B1A_1918,
            0x1919_1716_1514_1312, 0x1313_1110_0F0E_0D0C, 0x0D0D_0B0A_0908_0706, 0x0707_0504_0302_0100)
        let threes = unsafe _mm512_permutexvar_epi8(order, _mm512_loadu_si512(pointer))
        let kinds = _mm512_and_si512(threes, _mm512_set1_epi64(0xF000_F000_F000))
        return _mm512_test_epi64_mask(
            _mm512_xor_si512(kinds, _mm512_set1_epi64(0x5000_4000_4000)), _mm512_set1_epi64(-1)) == 0
    }

    /// One of eight whole vectors. Between them, the other columns' share is written, as the processor has room for it there.
    @inline(__always)
    private func push(
        _ index: Int, _ pointer: UnsafeRawPointer, _ x: UnsafeMutablePointer<UInt16>, _ numbers: inout __m512i,
        _ count: inout Int, _ ahead: RowsAhead
    ) {
        let mask = unsafe wholeVector(pointer.loadUnaligned(fromByteOffset: 6 &* index, as: UInt64.self))
        unsafe _mm512_storeu_si512(x + count, _mm512_maskz_compress_epi16(mask, numbers))
        numbers = _mm512_add_epi16(numbers, _mm512_set1_epi16(32))
        count &+= mask.nonzeroBitCount
        unsafe ahead.writeShare(index)
    }

    /// Where the columns other than x are written in advance, and what: 192 rows, as many as eight whole vectors have when three of four
    /// pixels are set.
    @unsafe private struct RowsAhead {
        let t: UnsafeMutablePointer<UInt64>
        let y: UnsafeMutablePointer<UInt16>
        let on: UnsafeMutablePointer<UInt8>
        let time: __m512i
        let row: __m512i
        let polarity: __m512i

        static var count: Int { 192 }

        /// One of eight shares.
        @inline(__always)
        func writeShare(_ index: Int) {
            unsafe _mm512_storeu_si512(t + 24 &* index, time)
            unsafe _mm512_storeu_si512(t + (24 &* index &+ 8), time)
            unsafe _mm512_storeu_si512(t + (24 &* index &+ 16), time)
            if index < 6 { unsafe _mm512_storeu_si512(y + 32 &* index, row) }
            if index < 3 { unsafe _mm512_storeu_si512(on + 64 &* index, polarity) }
        }
    }

    /// The columns other than x, and from where on they are still to be filled with what holds now.
    @unsafe private struct RunFill {
        var row: UInt16
        var t: UInt64
        var on: UInt8
        private let rowColumn: UnsafeMutablePointer<UInt16>
        private let timeColumn: UnsafeMutablePointer<UInt64>
        private let onColumn: UnsafeMutablePointer<UInt8>
        private var rowStart: Int
        private var timeStart: Int
        private var onStart: Int
        /// Where the columns began to be filled together.
        private var opening: Int

        init(_ run: borrowing EventRun, _ state: EVT3State) {
            unsafe row = state.row ?? 0
            unsafe t = state.start &+ UInt64(state.low)
            unsafe on = state.vectorOn
            unsafe rowColumn = run.y
            unsafe timeColumn = run.t
            unsafe onColumn = run.on
            unsafe rowStart = run.count
            unsafe timeStart = run.count
            unsafe onStart = run.count
            unsafe opening = run.count
        }

        // Each store is whole; what it writes past the end is written again, or does not count.

        mutating func rows(to end: Int) {
            let value = unsafe _mm512_set1_epi16(Int16(bitPattern: row))
            var place = unsafe rowStart
            while place < end {
                unsafe _mm512_storeu_si512(rowColumn + place, value)
                place &+= 32
            }
            unsafe rowStart = end
        }

        mutating func times(to end: Int) {
            let value = unsafe _mm512_set1_epi64(Int64(bitPattern: t))
            var place = unsafe timeStart
            while place < end {
                unsafe _mm512_storeu_si512(timeColumn + place, value)
                unsafe _mm512_storeu_si512(timeColumn + (place &+ 8), value)
                place &+= 16
            }
            unsafe timeStart = end
        }

        mutating func polarities(to end: Int) {
            let value = unsafe _mm512_set1_epi8(Int8(bitPattern: on))
            var place = unsafe onStart
            while place < end {
                unsafe _mm512_storeu_si512(onColumn + place, value)
                place &+= 64
            }
            unsafe onStart = end
        }

        /// Eight whole vectors begin. From here on the columns are filled together, from a multiple of a store's length on.
        @inline(__always)
        mutating func open(at count: Int) -> RowsAhead {
            if unsafe rowStart != timeStart || timeStart != onStart || onStart & 63 != 0 { unsafe align(at: count) }
            return unsafe RowsAhead(
                t: timeColumn + timeStart, y: rowColumn + rowStart, on: onColumn + onStart,
                time: _mm512_set1_epi64(Int64(bitPattern: t)), row: _mm512_set1_epi16(Int16(bitPattern: row)),
                polarity: _mm512_set1_epi8(Int8(bitPattern: on)))
        }

        private mutating func align(at count: Int) {
            unsafe all(to: count)
            unsafe opening = (count &+ 63) & ~63
            unsafe all(to: opening)
        }

        /// The eight are over. What was written past their last pixel is written again, though not what holds other values.
        @inline(__always)
        mutating func close(at count: Int) {
            let start = unsafe max(opening, min(rowStart &+ RowsAhead.count, count & ~63))
            unsafe rowStart = start
            unsafe timeStart = start
            unsafe onStart = start
        }

        mutating func all(to end: Int) {
            unsafe rows(to: end)
            unsafe times(to: end)
            unsafe polarities(to: end)
        }
    }

    /// The mask of VECT_12, VECT_12 and VECT_8, which lie one after the other.
    @inline(__always)
    func wholeVector(_ three: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: three & 0xFFF | three &>> 4 & 0xFF_F000 | three &>> 8 & 0xFF00_0000)
    }
#endif
