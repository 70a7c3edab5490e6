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

        decoding: while left >= 4, count <= limit {
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
