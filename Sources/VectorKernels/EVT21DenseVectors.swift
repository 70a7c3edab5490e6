#if arch(x86_64)
    import CPlatform
    import _Builtin_intrinsics.intel

    /// Vectors of EVT2.1 with most of their pixels set, eight at a time, and the times between them, where runs of many have one row, time
    /// and polarity.
    ///
    /// Each pushes the numbers of its columns together under its mask; the other columns are filled in for all of a run.
    ///
    /// - Returns: false where runs are short, or nothing was taken.
    @inline(never)
    func decodeEVT21DenseVectors(_ run: inout EventRun, _ state: inout FineState, upperFirst: Bool) -> Bool {
        guard unsafe run.left >= 16, unsafe run.width >= 32 else { return false }
        var pointer = unsafe run.next
        // Where 16 words can be loaded for the last time: the next eight are, before those at hand are written.
        let last = unsafe pointer + 8 &* (run.left &- 16)
        let limit = unsafe run.capacity &- (256 &+ ColumnFill.slack)
        let turn = _mm512_set1_epi64(upperFirst ? 32 : 0)
        let height = unsafe UInt32(run.height)
        let farthest = unsafe splatWide(UInt64(run.width &- 32))
        // All but the mask and the column.
        let commonBits = splatWide(0xFFC0_07FF &<< 32)
        let x = unsafe run.x
        var count = unsafe run.count
        var areLong = true
        var fill = unsafe ColumnFill(run)
        var words = unsafe _mm512_rolv_epi64(_mm512_loadu_si512(pointer), turn)
        while unsafe areLong && pointer <= last && count <= limit {
            // ---- What a run of words has in common ----
            let runStart = unsafe pointer
            let first = UInt32(truncatingIfNeeded: unsafe unsafeBitCast(words, to: SIMD8<UInt64>.self)[0] &>> 32)
            let value = first & 0x0FFF_FFFF
            if first &>> 28 == 8, value >= state.high {
                state.take(high: value)
                unsafe pointer += 8
                words = unsafe _mm512_rolv_epi64(_mm512_loadu_si512(pointer), turn)
                continue
            }
            let row = first & 0x07FF
            guard first &>> 29 == 0, row < height else { break }
            let common = _mm512_and_si512(splatWide(UInt64(first) &<< 32), commonBits)
            unsafe fill.begin(
                at: count, t: state.base &+ low(of: first), y: UInt16(truncatingIfNeeded: row),
                on: UInt8(truncatingIfNeeded: first &>> 28))

            // ---- Its pixels ----
            var some = 8
            repeat {
                let columns = _mm512_and_si512(_mm512_srli_epi64(words, 43), splatWide(0x07FF))
                let others = _mm512_or_si512(
                    _mm512_xor_si512(_mm512_and_si512(words, commonBits), common),
                    _mm512_subs_epu16(columns, farthest))
                var masks = words
                let differ = _mm512_test_epi64_mask(others, others)
                // Foreseen, so that the next words don't wait for it.
                if _slowPath(differ != 0) {
                    some = differ.trailingZeroBitCount
                    if some == 0 { break }
                    masks = _mm512_maskz_mov_epi64(__mmask8(truncatingIfNeeded: 1 &<< some &- 1), words)
                }
                unsafe platform_prefetch(pointer + 4096)
                unsafe pointer += 8 &* some
                words = unsafe _mm512_rolv_epi64(_mm512_loadu_si512(pointer), turn)
                unsafe push(masks, columns, x, &count, &fill)
            } while unsafe some == 8 && pointer <= last && count <= limit
            unsafe fill.finish(at: count)
            // The first word may be at the sensor's edge.
            let length = unsafe pointer - runStart
            guard length > 0 else { break }
            // The first run may be the end of one. Where others are short, too, lists are faster.
            areLong = unsafe length >= 64 || runStart == run.next
        }
        let taken = unsafe (pointer - run.next) / 8
        guard taken > 0 else { return false }
        let latest = unsafe half(pointer - 8, 0, upperFirst ? 0 : 4)
        if latest &>> 29 == 0 { state.current = state.base &+ low(of: latest) }
        state.isInMessage = false
        unsafe run.next = pointer
        unsafe run.left &-= taken
        unsafe run.count = count
        return areLong
    }

    @inline(__always)
    private func push(
        _ masks: __m512i, _ columns: __m512i, _ x: UnsafeMutablePointer<UInt16>, _ count: inout Int,
        _ fill: inout ColumnFill
    ) {
        let masks = unsafe unsafeBitCast(masks, to: SIMD8<UInt64>.self)
        let share = unsafe fill.share
        unsafe push(0, masks, columns, x, &count, share)
        unsafe push(1, masks, columns, x, &count, share)
        unsafe push(2, masks, columns, x, &count, share)
        unsafe push(3, masks, columns, x, &count, share)
        unsafe push(4, masks, columns, x, &count, share)
        unsafe push(5, masks, columns, x, &count, share)
        unsafe push(6, masks, columns, x, &count, share)
        unsafe push(7, masks, columns, x, &count, share)
        unsafe fill.move(to: count)
    }

    /// One word's pixels, and a part of what they share with others.
    @inline(__always)
    private func push(
        _ index: Int, _ masks: SIMD8<UInt64>, _ columns: __m512i, _ x: UnsafeMutablePointer<UInt16>,
        _ count: inout Int, _ share: ColumnFill.Share
    ) {
        let mask = UInt32(truncatingIfNeeded: masks[index])
        let first = _mm512_permutexvar_epi16(_mm512_set1_epi16(Int16(4 &* index)), columns)
        unsafe _mm512_storeu_si512(
            x + count, _mm512_maskz_compress_epi16(mask, _mm512_add_epi16(laneNumbers(), first)))
        count &+= mask.nonzeroBitCount
        unsafe share.write(index)
    }
#endif
