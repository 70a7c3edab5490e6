#if arch(x86_64)
    import CPlatform
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
        // Eight whole vectors, and the rows written ahead of them.
        let spaciousLimit = unsafe run.capacity &- 512
        let columns = laneNumbers()

        decoding: while left >= 4, count <= limit {
            if left >= 32, count <= spaciousLimit, base >= 0, base &+ 256 <= width,
                unsafe areWholeVectors(threes(pointer)), unsafe fill.row < height
            {
                // As often as there is room in the columns, the row and the input; how often it was, shows in the pointer.
                var most = min((spaciousLimit &- count) / 256 &+ 1, (width &- base) / 256, (left &- 8) / 24)
                let start = unsafe pointer
                var ahead = unsafe fill.open(at: count)
                var numbers = _mm512_add_epi16(columns, _mm512_set1_epi16(Int16(truncatingIfNeeded: base)))
                repeat {
                    let masks = unsafe wholeVectors(threes(pointer))
                    unsafe platform_prefetch(pointer + 2048)
                    unsafe push(0, masks, x, &numbers, &count, ahead)
                    unsafe push(1, masks, x, &numbers, &count, ahead)
                    unsafe push(2, masks, x, &numbers, &count, ahead)
                    unsafe push(3, masks, x, &numbers, &count, ahead)
                    unsafe push(4, masks, x, &numbers, &count, ahead)
                    unsafe push(5, masks, x, &numbers, &count, ahead)
                    unsafe push(6, masks, x, &numbers, &count, ahead)
                    unsafe push(7, masks, x, &numbers, &count, ahead)
                    unsafe ahead.move(to: count)
                    unsafe pointer += 48
                    most &-= 1
                } while unsafe most > 0 && areWholeVectors(threes(pointer))
                unsafe fill.close(ahead)
                let words = unsafe (pointer - start) / 2
                base &+= words / 3 &* 32
                left &-= words
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
            case 8 where word & 0x0FFF == state.timeHigh: break
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

    /// Eight times VECT_12, VECT_12 and VECT_8 of 24 words, in 64 bits each; whether they are that is to be asked.
    @inline(__always)
    private func threes(_ pointer: UnsafeRawPointer) -> __m512i {
        let order = _mm512_set_epi64(
            0x3131_2F2E_2D2C_2B2A, 0x2B2B_2928_2726_2524, 0x2525_2322_2120_1F1E, 0x1F1F_1D1C_1B1A_1918,
            0x1919_1716_1514_1312, 0x1313_1110_0F0E_0D0C, 0x0D0D_0B0A_0908_0706, 0x0707_0504_0302_0100)
        return unsafe _mm512_permutexvar_epi8(order, _mm512_loadu_si512(pointer))
    }

    @inline(__always)
    private func areWholeVectors(_ threes: __m512i) -> Bool {
        let kinds = _mm512_and_si512(threes, _mm512_set1_epi64(0xF000_F000_F000))
        return _mm512_test_epi64_mask(
            _mm512_xor_si512(kinds, _mm512_set1_epi64(0x5000_4000_4000)), _mm512_set1_epi64(-1)) == 0
    }

    /// Their masks. They stay in registers: with loads between them, the stores take half as long again. Presumably a load waits for
    /// stores before it that are at the same place of a page, of which there are always some on their way.
    @inline(__always)
    private func wholeVectors(_ threes: __m512i) -> SIMD8<UInt64> {
        let first = _mm512_and_si512(threes, _mm512_set1_epi64(0x0FFF))
        let second = _mm512_and_si512(_mm512_srli_epi64(threes, 4), _mm512_set1_epi64(0xFF_F000))
        let third = _mm512_and_si512(_mm512_srli_epi64(threes, 8), _mm512_set1_epi64(0xFF00_0000))
        return unsafe unsafeBitCast(_mm512_or_si512(first, _mm512_or_si512(second, third)), to: SIMD8<UInt64>.self)
    }

    /// One of eight whole vectors. Between them, the other columns' share is written, as the processor has room for it there.
    @inline(__always)
    private func push(
        _ index: Int, _ masks: SIMD8<UInt64>, _ x: UnsafeMutablePointer<UInt16>, _ numbers: inout __m512i,
        _ count: inout Int, _ ahead: RowsAhead
    ) {
        let mask = UInt32(truncatingIfNeeded: masks[index])
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
        /// The first of these rows; `opening` is where the columns began to be filled together.
        var start: Int
        let opening: Int

        /// One of eight shares.
        @inline(__always)
        func writeShare(_ index: Int) {
            unsafe _mm512_storeu_si512(t + (start &+ 24 &* index), time)
            unsafe _mm512_storeu_si512(t + (start &+ 24 &* index &+ 8), time)
            unsafe _mm512_storeu_si512(t + (start &+ 24 &* index &+ 16), time)
            if index < 6 { unsafe _mm512_storeu_si512(y + (start &+ 32 &* index), row) }
            if index < 3 { unsafe _mm512_storeu_si512(on + (start &+ 64 &* index), polarity) }
        }

        /// Eight are over. What was written past their last pixel is written again, though not what holds other values.
        @inline(__always)
        mutating func move(to count: Int) { unsafe start = max(opening, min(start &+ 192, count & ~63)) }
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

        // Always 64 rows, whichever column: as seldom as that a loop goes round twice, it is foreseen. What is written past the end
        // is written again, or does not count.

        mutating func rows(to end: Int) {
            let value = unsafe _mm512_set1_epi16(Int16(bitPattern: row))
            var place = unsafe rowStart
            while place < end {
                unsafe _mm512_storeu_si512(rowColumn + place, value)
                unsafe _mm512_storeu_si512(rowColumn + (place &+ 32), value)
                place &+= 64
            }
            unsafe rowStart = end
        }

        mutating func times(to end: Int) {
            let value = unsafe _mm512_set1_epi64(Int64(bitPattern: t))
            var place = unsafe timeStart
            while place < end {
                unsafe _mm512_storeu_si512(timeColumn + place, value)
                unsafe _mm512_storeu_si512(timeColumn + (place &+ 8), value)
                unsafe _mm512_storeu_si512(timeColumn + (place &+ 16), value)
                unsafe _mm512_storeu_si512(timeColumn + (place &+ 24), value)
                unsafe _mm512_storeu_si512(timeColumn + (place &+ 32), value)
                unsafe _mm512_storeu_si512(timeColumn + (place &+ 40), value)
                unsafe _mm512_storeu_si512(timeColumn + (place &+ 48), value)
                unsafe _mm512_storeu_si512(timeColumn + (place &+ 56), value)
                place &+= 64
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
                t: timeColumn, y: rowColumn, on: onColumn, time: _mm512_set1_epi64(Int64(bitPattern: t)),
                row: _mm512_set1_epi16(Int16(bitPattern: row)), polarity: _mm512_set1_epi8(Int8(bitPattern: on)),
                start: onStart, opening: opening)
        }

        private mutating func align(at count: Int) {
            unsafe all(to: count)
            unsafe opening = (count &+ 63) & ~63
            unsafe all(to: opening)
        }

        @inline(__always)
        mutating func close(_ ahead: RowsAhead) {
            unsafe rowStart = ahead.start
            unsafe timeStart = ahead.start
            unsafe onStart = ahead.start
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
