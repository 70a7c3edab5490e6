#if arch(x86_64)
    import CPlatform
    import _Builtin_intrinsics.intel

    /// Events, times, triggers and padding of EVT2 or EVT4, 16 words at a time. The time is known.
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
        let countsStepsBack = unsafe run.counts.contains(.stepsBack)
        var outside = 0
        var time = state

        // Where blocks of plain events began, whose last one tells the time.
        var settled = unsafe pointer
        func settle() {
            if unsafe pointer == settled { return }
            time.current = time.base &+ low(of: unsafe (pointer - 4).loadUnaligned(as: UInt32.self))
            time.isInMessage = false
        }

        while left > 0, count <= limit {
            unsafe platform_prefetch(pointer + 6144)
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
            if lanes.hard == 0, off == 0 || countsOutside {
                var (packed, packedPlaces, number) = (words, places, 16)
                if off != 0 {
                    packed = _mm512_maskz_compress_epi32(~off, words)
                    packedPlaces = _mm512_maskz_compress_epi32(~off, places)
                    number &-= off.nonzeroBitCount
                    outside &+= off.nonzeroBitCount
                }
                unsafe columns.store(packed, places: packedPlaces, base: time.base, at: count)
                count &+= number
                unsafe pointer += 64
                left &-= 16
                continue
            }

            settle()
            lanes.findTimes(beyond: beyond, after: time.high, kinds)
            var triggers: UInt16 = 0
            if lanes.hard != beyond {
                let others = _mm512_xor_si512(words, splat(kinds.triggerWord << 28))
                triggers = ~beyond & _mm512_testn_epi32_mask(others, splat(0xF000_0000))
                let room = unsafe run.triggerCapacity &- run.triggerCount
                if triggers.nonzeroBitCount <= room { lanes.hard &= ~triggers }
            }
            if !countsStepsBack { lanes.hard |= lanes.stepsBack }
            if !countsOutside { lanes.hard |= off }
            let taken = lanes.cut()
            if taken > (lanes.padding & lanes.below).nonzeroBitCount { time.isInMessage = false }
            triggers &= lanes.below
            if triggers != 0 { unsafe run.store(triggers, of: words, highs: lanes.highOf, origin: time.origin) }
            unsafe run.rare.stepsBack &+= lanes.stepsBack.nonzeroBitCount
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
            unsafe time.take(lanes, timed: lanes.events | triggers, at: pointer, every: 4)
            unsafe pointer += 4 &* taken
            unsafe settled = pointer
            left &-= taken
            if lanes.hard != 0 { break }
        }
        settle()
        unsafe run.next = pointer
        unsafe run.left = left
        unsafe run.count = count
        unsafe run.outside &+= outside
        state = time
    }
#endif
