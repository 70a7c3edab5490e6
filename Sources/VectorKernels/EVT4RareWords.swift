#if arch(x86_64)
    import CPlatform
    import _Builtin_intrinsics.intel

    /// EVT4 as long as each 16 words have something rare among them; vectors too, which aren't.
    @inline(never)
    func decodeEVT4RareWords(_ run: inout EventRun, _ state: inout FineState) {
        let limit = unsafe run.capacity &- EventRun.slack
        let columns = unsafe FineColumns(run)
        var time = state
        while unsafe run.left > 0, unsafe run.count <= limit {
            unsafe platform_prefetch(run.next + 2048)
            let words: __m512i
            var beyond: UInt16 = 0
            if unsafe run.left >= 16 {
                words = unsafe _mm512_loadu_si512(run.next)
            } else {
                unsafe beyond = UInt16.max &<< UInt16(truncatingIfNeeded: run.left)
                words = unsafe _mm512_maskz_loadu_epi32(~beyond, run.next)
            }
            let likeVectors =
                ~beyond & _mm512_testn_epi32_mask(_mm512_xor_si512(words, splat(0xC000_0000)), splat(0xE000_0000))
            let areMasks = lanesAfterVectors(likeVectors)
            let vectors = likeVectors & ~areMasks
            // A mask may look like any word. Padding in its place says nothing, and carries on no message that a vector has ended.
            var lanes = FineLanes(
                _mm512_mask_mov_epi32(words, areMasks, splat(.max)), beyond: beyond, .evt4)
            lanes.findTimes(beyond: beyond, after: time.high, .evt4)
            let isLast = lanes.hard & ~(beyond | vectors) | lanes.wraps | lanes.stepsBack == 0
            lanes.events |= vectors
            let masks = _mm512_mask_mov_epi32(splat(1), vectors, _mm512_maskz_compress_epi32(0xFFFE, words))
            // A vector without its mask waits for the next block.
            let pending = vectors & (beyond &>> 1 | 0x8000)
            var block = FineRareBlock(lanes: lanes, masks: masks, beyond: beyond)
            let taken = unsafe block.take(at: run.next, every: 4, but: pending, .evt4, columns, nil, &time, &run)
            unsafe run.next += 4 &* taken
            unsafe run.left &-= taken
            let hard = block.lanes.hard
            if hard & (0 &- hard) & ~pending != 0 || taken == 0 || isLast { break }
        }
        state = time
    }

    /// Which lanes are masks: those after words that look like vectors and aren't masks themselves, so every other one of such a sequence.
    @inline(__always)
    private func lanesAfterVectors(_ likeVectors: UInt16) -> UInt16 {
        let after = likeVectors &<< 1
        let even: UInt16 = 0x5555
        // Adding a sequence's start carries through all of it. Those that start at odd lanes are swapped for even ones.
        let oddStarts = likeVectors & ~(even | after)
        let swapped = (oddStarts &+ likeVectors) &<< 1
        return (even ^ swapped) & after
    }
#endif
