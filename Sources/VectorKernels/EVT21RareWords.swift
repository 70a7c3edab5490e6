#if arch(x86_64)
    import CPlatform
    import _Builtin_intrinsics.intel

    /// EVT2.1 as long as each 16 words have something rare among them. Apart from what good streams consist of, which needs the registers.
    @inline(never)
    func decodeEVT21RareWords(_ run: inout EventRun, _ state: inout FineState, _ upperFirst: Bool) {
        var pointer = unsafe run.next
        var left = unsafe run.left
        var count = unsafe run.count
        let limit = unsafe run.capacity &- EventRun.slack
        let columns = unsafe FineColumns(run)
        let countsOutside = unsafe run.countsOutside
        var time = state
        let timeless = state.hasTime ? 0 : UInt16.max
        let upper = upperFirst ? 0 : 4
        let halves = Halves(upperFirst)

        while left > 0, count <= limit {
            unsafe platform_prefetch(pointer + 2048)
            unsafe platform_prefetch(pointer + 2112)
            let (uppers, masks, beyond) = unsafe halves.read(pointer, left)
            var lanes = FineLanes(uppers, beyond: beyond, .evt21)
            lanes.findTimes(beyond: beyond, after: time.high, .evt21)
            let isLast = lanes.hard & ~beyond | lanes.wraps | lanes.stepsBack == 0
            var rare = FineRareWords()
            unsafe rare.sort(&lanes, beyond: beyond, .evt21, time, run)

            // ---- Which pixels, up to which lane ----
            let places = placesOf(lanes.words)
            let inside = unsafe columns.inside(places)
            let off = _mm512_andnot_si512(inside, masks)
            let anyOff = lanes.events & ~timeless & _mm512_test_epi32_mask(off, off)
            if !countsOutside { lanes.hard |= anyOff }
            let taken = lanes.cut()
            let early = lanes.events & timeless
            lanes.events &= ~timeless
            let pixels = _mm512_maskz_and_epi32(lanes.events, inside, masks)
            let vectors = _mm512_test_epi32_mask(pixels, pixels)
            if vectors != 0 {
                guard count &+ 32 &* vectors.nonzeroBitCount <= limit &+ 32 else { break }
                count = unsafe columns.storeVectors(lanes, pixels, places, vectors, origin: time.origin, at: count)
            }

            // ---- What is counted, and what the words leave behind ----
            if lanes.events & anyOff != 0 { unsafe run.outside &+= bits(of: off, lanes.events) }
            if early != 0 { unsafe run.rare.eventsBeforeTime &+= bits(of: masks, early) }
            unsafe rare.take(lanes, &time, &run)
            unsafe time.take(lanes, timed: lanes.events | rare.triggers, at: pointer + upper, every: 8)
            unsafe pointer += 8 &* taken
            left &-= taken
            if lanes.hard != 0 || isLast { break }
        }
        unsafe run.next = pointer
        unsafe run.left = left
        unsafe run.count = count
        state = time
    }

    /// Bits of some lanes together.
    @inline(__always)
    private func bits(of masks: __m512i, _ lanes: UInt16) -> Int {
        Int(_mm512_reduce_add_epi32(_mm512_maskz_mov_epi32(lanes, bitCounts(masks))))
    }

    extension FineColumns {
        /// Writes the pixels of words that are marked, one word after the other, and says where they end.
        @inline(__always)
        fileprivate func storeVectors(
            _ lanes: FineLanes, _ pixels: __m512i, _ places: __m512i, _ marked: UInt16, origin: UInt64, at index: Int
        ) -> Int {
            let lows = lowsOf(lanes.words)
            let scratch = (
                pixels, places, lanes.words, fineTimes(lows.lowHalf, lanes.highOf.lowHalf, origin),
                fineTimes(lows.highHalf, lanes.highOf.highHalf, origin)
            )
            return unsafe withUnsafeBytes(of: scratch) { scratch in
                var end = index
                var rest = marked
                while rest != 0 {
                    let lane = rest.trailingZeroBitCount
                    rest &= rest &- 1
                    let mask = unsafe scratch.load(fromByteOffset: 4 &* lane, as: UInt32.self)
                    let word = unsafe scratch.load(fromByteOffset: 128 &+ 4 &* lane, as: UInt32.self)
                    unsafe storePixels(
                        mask: mask, x: scratch.load(fromByteOffset: 66 &+ 4 &* lane, as: UInt16.self),
                        y: scratch.load(fromByteOffset: 64 &+ 4 &* lane, as: UInt16.self),
                        on: UInt8(truncatingIfNeeded: word &>> 28 & 1),
                        t: scratch.load(fromByteOffset: 192 &+ 8 &* lane, as: UInt64.self), at: end)
                    end &+= mask.nonzeroBitCount
                }
                return end
            }
        }
    }
#endif
