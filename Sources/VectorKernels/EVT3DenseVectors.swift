#if arch(x86_64)
    import CPlatform
    import _Builtin_intrinsics.intel

    /// Vectors with most of their pixels set, and the rows and times between them: line after line at once as long as there are enough words,
    /// and what is left of a line or a call in smaller steps.
    ///
    /// - Returns: whether it goes on like this; false where nothing was taken.
    @inline(never)
    func decodeDenseVectors(_ run: inout EventRun, _ state: inout EVT3State) -> Bool {
        var now = EVT3VectorStart(state)
        let first = unsafe run.count
        let wordsBefore = unsafe run.left
        while unsafe run.left > 0, unsafe run.count <= lastStart(run) {
            let between = unsafe now.take(firstFour(upTo32(run.next, run.left)), min(4, run.left))
            unsafe run.next += 2 &* between
            unsafe run.left &-= between
            if between == 4 { continue }
            guard now.base >= 0, unsafe now.row < run.height else { break }
            let before = unsafe run.left
            // What a cut between two calls has left of such three; elsewhere, blocks are better for it.
            while unsafe run.left > 0, unsafe run.left < 3 || wordsBefore &- run.left < 2,
                unsafe wholeVectors(threes(upTo32(run.next, run.left))) == 0
            {
                guard unsafe decodeVectorWord(&run, &now) else { break }
            }
            unsafe decodeLines(&run, &now)
            unsafe decodeSomeVectors(&run, &now)
            // Sparser, or rare: blocks are better for it.
            guard unsafe run.left < before else { break }
        }
        guard unsafe run.left < wordsBefore else { return false }
        now.store(to: &state)
        return unsafe run.count &- first > 4 &* (wordsBefore &- run.left)
    }

    /// Where the last eight whole vectors may begin that find room, with the rows written ahead of them.
    @inline(__always)
    private func lastStart(_ run: borrowing EventRun) -> Int { unsafe run.capacity &- (256 &+ ColumnFill.slack) }

    /// One word.
    ///
    /// - Returns: whether it was a vector that is inside the sensor.
    private func decodeVectorWord(_ run: inout EventRun, _ now: inout EVT3VectorStart) -> Bool {
        let word = unsafe word(run.next, 0)
        let length = word & 0x1000 == 0 ? 12 : 8
        guard word & 0xE000 == 0x4000, unsafe now.base &+ length <= Int(run.width) else { return false }
        let mask = UInt32(word) & (1 &<< UInt32(length) &- 1)
        let numbers = _mm512_add_epi16(laneNumbers(), _mm512_set1_epi16(Int16(truncatingIfNeeded: now.base)))
        let count = unsafe run.count
        let t = splatWide(now.t)
        unsafe _mm512_storeu_si512(run.t + count, t)
        unsafe _mm512_storeu_si512(run.t + (count &+ 8), t)
        unsafe _mm512_storeu_si512(run.x + count, _mm512_maskz_compress_epi16(mask, numbers))
        unsafe _mm512_storeu_si512(run.y + count, _mm512_set1_epi16(Int16(bitPattern: now.row)))
        unsafe _mm512_storeu_si512(run.on + count, _mm512_set1_epi8(Int8(bitPattern: now.on)))
        unsafe run.count &+= mask.nonzeroBitCount
        now.base &+= length
        unsafe run.next += 2
        unsafe run.left &-= 1
        return true
    }

    /// Eight whole vectors at a time, of this line and of those after it.
    ///
    /// Each vector pushes the numbers of its columns together under its mask. Row, time and polarity stay for many vectors: their columns
    /// are filled by whole stores, which is as fast as memory takes it.
    ///
    /// Words are loaded ahead of the stores that come before they are needed, also those between vectors: with loads among them, the stores
    /// take longer. Presumably a load waits for stores before it that are at the same place of a page, of which there are always some on
    /// their way. That is why this is a function of its own, whose inner loop keeps all that it needs in registers, and why how often it
    /// goes round is known before.
    @inline(never)
    private func decodeLines(_ run: inout EventRun, _ now: inout EVT3VectorStart) {
        guard unsafe run.left >= 56 else { return }
        var pointer = unsafe run.next
        // The last place where 32 words can be loaded.
        let end = unsafe pointer + 2 &* (run.left &- 32)
        var count = unsafe run.count
        let limit = unsafe lastStart(run)
        let width = unsafe Int(run.width)
        let height = unsafe run.height
        let columns = laneNumbers()
        let x = unsafe run.x
        var words = unsafe _mm512_loadu_si512(pointer)
        var fill = unsafe ColumnFill(run)
        unsafe fill.begin(at: count, t: now.t, y: now.row, on: now.on)
        var numbers = _mm512_add_epi16(columns, _mm512_set1_epi16(Int16(truncatingIfNeeded: now.base)))
        var base = now.base
        while true {
            var eight = threes(words)
            // As often as there are words, and room in the line and the columns.
            let room = (width &- base) &>> 8
            var rest = unsafe min(room, (limit &- count) &>> 8 &+ 1, (end - pointer) / 48)
            if rest > 0, areWholeVectors(eight) {
                repeat {
                    let masks = masks(eight)
                    unsafe platform_prefetch(pointer + 2048)
                    unsafe pointer += 48
                    rest &-= 1
                    words = unsafe _mm512_loadu_si512(pointer)
                    eight = threes(words)
                    unsafe push(masks, &numbers, x, &count, &fill)
                } while areWholeVectors(eight) && rest > 0
            }
            unsafe fill.finish(at: count)

            // What holds is read back from what is written, instead of being kept beside it.
            var next = now
            next.t = unsafe fill.time
            let between = next.takeUsual(firstFour(words))
            guard between > 0, next.row < height, unsafe pointer + 2 &* between <= end, count <= limit else { break }
            unsafe pointer += 2 &* between
            words = unsafe _mm512_loadu_si512(pointer)
            numbers = _mm512_add_epi16(columns, _mm512_set1_epi16(Int16(truncatingIfNeeded: next.base)))
            base = next.base
            unsafe fill.begin(at: count, t: next.t, y: next.row, on: next.on)
        }
        unsafe run.left &-= (pointer - run.next) / 2
        unsafe run.next = pointer
        unsafe run.count = count
        now.t = unsafe fill.time
        now.row = unsafe fill.row
        now.on = unsafe fill.polarity
        now.base = Int(unsafe unsafeBitCast(numbers, to: SIMD32<UInt16>.self)[0])
    }

    /// Fewer than eight whole vectors, as at the end of a line, and the last ones of a call.
    @inline(never)
    private func decodeSomeVectors(_ run: inout EventRun, _ now: inout EVT3VectorStart) {
        let limit = unsafe lastStart(run)
        var eight = unsafe threes(upTo32(run.next, run.left))
        var whole = unsafe min(wholeVectors(eight), (Int(run.width) &- now.base) &>> 5)
        guard whole > 0, unsafe run.count <= limit else { return }
        var fill = unsafe ColumnFill(run)
        unsafe fill.begin(at: run.count, t: now.t, y: now.row, on: now.on)
        repeat {
            // The others' masks are empty.
            let some = __mmask8(truncatingIfNeeded: 1 &<< whole &- 1)
            var numbers = _mm512_add_epi16(laneNumbers(), _mm512_set1_epi16(Int16(truncatingIfNeeded: now.base)))
            unsafe push(_mm512_maskz_mov_epi64(some, masks(eight)), &numbers, run.x, &run.count, &fill)
            now.base &+= 32 &* whole
            unsafe run.next += 6 &* whole
            unsafe run.left &-= 3 &* whole
            eight = unsafe threes(upTo32(run.next, run.left))
            whole = unsafe min(wholeVectors(eight), (Int(run.width) &- now.base) &>> 5)
        } while unsafe whole > 0 && run.count <= limit
        unsafe fill.finish(at: run.count)
    }

    /// The next words, and zeros behind their end.
    @inline(__always)
    private func upTo32(_ pointer: UnsafeRawPointer, _ left: Int) -> __m512i {
        if left >= 32 { return unsafe _mm512_loadu_si512(pointer) }
        if left <= 0 { return _mm512_setzero_si512() }
        return unsafe _mm512_maskz_loadu_epi16(1 &<< UInt32(truncatingIfNeeded: left) &- 1, pointer)
    }

    @inline(__always)
    private func firstFour(_ words: __m512i) -> UInt64 { unsafe unsafeBitCast(words, to: SIMD8<UInt64>.self)[0] }

    /// Eight times VECT_12, VECT_12 and VECT_8 of 24 words, in 64 bits each; whether they are that is to be asked.
    @inline(__always)
    func threes(_ words: __m512i) -> __m512i {
        let order = _mm512_set_epi64(
            0x3131_2F2E_2D2C_2B2A, 0x2B2B_2928_2726_2524, 0x2525_2322_2120_1F1E, 0x1F1F_1D1C_1B1A_1918,
            0x1919_1716_1514_1312, 0x1313_1110_0F0E_0D0C, 0x0D0D_0B0A_0908_0706, 0x0707_0504_0302_0100)
        return _mm512_permutexvar_epi8(order, words)
    }

    @inline(__always)
    private func areWholeVectors(_ threes: __m512i) -> Bool { otherWords(threes) == 0 }

    /// How many of them are, of the first ones.
    @inline(__always)
    func wholeVectors(_ threes: __m512i) -> Int { (0x100 | Int(otherWords(threes))).trailingZeroBitCount }

    @inline(__always)
    private func otherWords(_ threes: __m512i) -> __mmask8 {
        let kinds = _mm512_and_si512(threes, _mm512_set1_epi64(0xF000_F000_F000))
        return _mm512_test_epi64_mask(
            _mm512_xor_si512(kinds, _mm512_set1_epi64(0x5000_4000_4000)), _mm512_set1_epi64(-1))
    }

    /// Their masks.
    @inline(__always)
    func masks(_ threes: __m512i) -> __m512i {
        let first = _mm512_and_si512(threes, _mm512_set1_epi64(0x0FFF))
        let second = _mm512_and_si512(_mm512_srli_epi64(threes, 4), _mm512_set1_epi64(0xFF_F000))
        let third = _mm512_and_si512(_mm512_srli_epi64(threes, 8), _mm512_set1_epi64(0xFF00_0000))
        return _mm512_or_si512(first, _mm512_or_si512(second, third))
    }

    /// Eight whole vectors.
    @inline(__always)
    private func push(
        _ masks: __m512i, _ numbers: inout __m512i, _ x: UnsafeMutablePointer<UInt16>, _ count: inout Int,
        _ fill: inout ColumnFill
    ) {
        let masks = unsafe unsafeBitCast(masks, to: SIMD8<UInt64>.self)
        let share = unsafe fill.share
        unsafe push(0, masks, x, &numbers, &count, share)
        unsafe push(1, masks, x, &numbers, &count, share)
        unsafe push(2, masks, x, &numbers, &count, share)
        unsafe push(3, masks, x, &numbers, &count, share)
        unsafe push(4, masks, x, &numbers, &count, share)
        unsafe push(5, masks, x, &numbers, &count, share)
        unsafe push(6, masks, x, &numbers, &count, share)
        unsafe push(7, masks, x, &numbers, &count, share)
        unsafe fill.move(to: count)
    }

    /// One of them. Between them, the other columns' share is written, as the processor has room for it there.
    @inline(__always)
    private func push(
        _ index: Int, _ masks: SIMD8<UInt64>, _ x: UnsafeMutablePointer<UInt16>, _ numbers: inout __m512i,
        _ count: inout Int, _ share: ColumnFill.Share
    ) {
        let mask = UInt32(truncatingIfNeeded: masks[index])
        unsafe _mm512_storeu_si512(x + count, _mm512_maskz_compress_epi16(mask, numbers))
        numbers = _mm512_add_epi16(numbers, _mm512_set1_epi16(32))
        count &+= mask.nonzeroBitCount
        unsafe share.write(index)
    }
#endif
