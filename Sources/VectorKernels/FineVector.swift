#if arch(x86_64)
    import CPlatform
    import _Builtin_intrinsics.intel

    /// Events, times and padding of EVT2 or EVT4, 16 words at a time. The time is known.
    ///
    /// Mostly all 16 are events of one TIME_HIGH, and go into the columns as they lie. Otherwise the events are pushed together.
    @inline(__always)
    func decodeFineWords(_ run: inout EventRun, _ state: inout FineState, _ kinds: FineKinds) {
        var pointer = unsafe run.next
        var left = unsafe run.left
        var count = unsafe run.count
        let limit = unsafe run.capacity &- EventRun.slack
        let columns = unsafe FineColumns(run)
        let countsOutside = unsafe run.countsOutside
        var outside = 0
        var time = state

        while left > 0, count <= limit {
            unsafe platform_prefetch(pointer + 2048)
            let words: __m512i
            var beyond: UInt16 = 0
            if left >= 16 {
                words = unsafe _mm512_loadu_si512(pointer)
            } else {
                beyond = UInt16.max &<< UInt16(truncatingIfNeeded: left)
                words = unsafe _mm512_maskz_loadu_epi32(~beyond, pointer)
            }
            var lanes = FineLanes(words, beyond: beyond, kinds)
            let places = placesOf(words)
            let excess = unsafe _mm512_subs_epu16(places, columns.lastPlace)
            var off = lanes.events & _mm512_test_epi32_mask(excess, excess)
            if lanes.hard | off == 0 {
                unsafe columns.store(words, places: places, base: time.base, at: count)
                count &+= 16
                time.current = time.base &+ low(of: unsafe pointer.loadUnaligned(fromByteOffset: 60, as: UInt32.self))
                time.isInMessage = false
                unsafe pointer += 64
                left &-= 16
                continue
            }

            lanes.findTimes(beyond: beyond, after: time.high, kinds)
            lanes.hard |= lanes.stepsBack
            if !countsOutside { lanes.hard |= off }
            let taken = lanes.cut()
            if taken > (lanes.padding & lanes.below).nonzeroBitCount { time.isInMessage = false }
            off &= lanes.events
            outside &+= off.nonzeroBitCount
            let events = lanes.events & ~off
            if events != 0 {
                let packed = _mm512_maskz_compress_epi32(events, words)
                unsafe columns.store(
                    packed, places: placesOf(packed), highs: _mm512_maskz_compress_epi32(events, lanes.highOf),
                    origin: time.origin, at: count)
                count &+= events.nonzeroBitCount
            }
            unsafe time.take(lanes, timed: lanes.events, at: pointer, every: 4)
            unsafe pointer += 4 &* taken
            left &-= taken
            if lanes.hard != 0 { break }
        }
        unsafe run.next = pointer
        unsafe run.left = left
        unsafe run.count = count
        unsafe run.outside &+= outside
        state = time
    }
#endif
