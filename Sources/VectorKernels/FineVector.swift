#if arch(x86_64)
    import CPlatform
    import _Builtin_intrinsics.intel

    /// Events, times, triggers and padding of EVT2 or EVT4, 16 words at a time. The time is known.
    ///
    /// Mostly all 16 are events of one TIME_HIGH, and go into the columns as they lie. Otherwise the events are pushed together; those with
    /// anything but times between them apart, as the others need the registers.
    @inline(__always)
    func decodeFineWords(_ run: inout EventRun, _ state: inout FineState, _ kinds: FineKinds) {
        let limit = unsafe run.capacity &- EventRun.slack
        while unsafe run.left > 0, unsafe run.count <= limit {
            unsafe decodePlainFineWords(&run, &state, kinds)
            if unsafe run.left == 0 || run.count > limit { return }
            let wanted = unsafe min(run.left, 16)
            let taken = unsafe takeFineWords(&run, &state, kinds)
            unsafe run.next += 4 &* taken
            unsafe run.left &-= taken
            if taken < wanted { return }
        }
    }

    /// Likewise as long as 16 are events, or events on the sensor and times that go on.
    @inline(__always)
    private func decodePlainFineWords(_ run: inout EventRun, _ state: inout FineState, _ kinds: FineKinds) {
        var pointer = unsafe run.next
        var left = unsafe run.left
        var count = unsafe run.count
        let limit = unsafe run.capacity &- EventRun.slack
        let columns = unsafe FineColumns(run)
        let countsOutside = unsafe run.countsOutside
        var outside = 0
        var time = state

        // Where blocks of events alone began, whose last one tells the time.
        var settled = unsafe pointer
        func settle() {
            if unsafe pointer == settled { return }
            time.current = time.base &+ low(of: unsafe (pointer - 4).loadUnaligned(as: UInt32.self))
            time.isInMessage = false
        }

        while left >= 16, count <= limit {
            unsafe platform_prefetch(pointer + 6144)
            let words = unsafe _mm512_loadu_si512(pointer)
            let lanes = FineLanes(words, beyond: 0, kinds)
            let places = placesOf(words)
            let excess = unsafe _mm512_subs_epu16(places, columns.lastPlace)
            let off = lanes.events & _mm512_test_epi32_mask(excess, excess)
            var number = 16
            if lanes.hard == 0, off == 0 || countsOutside {
                var (packed, packedPlaces) = (words, places)
                if off != 0 {
                    packed = _mm512_maskz_compress_epi32(~off, words)
                    packedPlaces = _mm512_maskz_compress_epi32(~off, places)
                    number &-= off.nonzeroBitCount
                    outside &+= off.nonzeroBitCount
                }
                unsafe columns.store(packed, places: packedPlaces, base: time.base, at: count)
                unsafe pointer += 64
            } else {
                settle()
                unsafe settled = pointer
                guard off == 0,
                    let taken = unsafe lanes.takeTimes(at: pointer, every: 4, places, kinds, columns, count, &time)
                else { break }
                number = taken
                unsafe pointer += 64
                unsafe settled = pointer
            }
            count &+= number
            left &-= 16
        }
        settle()
        unsafe run.next = pointer
        unsafe run.left = left
        unsafe run.count = count
        unsafe run.outside &+= outside
        state = time
    }

    /// Takes up to 16 words, as far as they are events, times, triggers and padding, and says how many.
    @inline(never)
    private func takeFineWords(_ run: inout EventRun, _ time: inout FineState, _ kinds: FineKinds) -> Int {
        let left = unsafe UInt16(truncatingIfNeeded: min(run.left, 16))
        let beyond = UInt16(truncatingIfNeeded: UInt32(0xFFFF) &<< UInt32(left))
        let words = unsafe _mm512_maskz_loadu_epi32(~beyond, run.next)
        let columns = unsafe FineColumns(run)
        var lanes = FineLanes(words, beyond: beyond, kinds)
        let excess = unsafe _mm512_subs_epu16(placesOf(words), columns.lastPlace)
        var off = lanes.events & _mm512_test_epi32_mask(excess, excess)
        lanes.findTimes(beyond: beyond, after: time.high, kinds)
        var triggers: UInt16 = 0
        if lanes.hard != beyond {
            let others = _mm512_xor_si512(words, splat(kinds.triggerWord << 28))
            triggers = ~beyond & _mm512_testn_epi32_mask(others, splat(0xF000_0000))
            let room = unsafe run.triggerCapacity &- run.triggerCount
            if triggers.nonzeroBitCount <= room { lanes.hard &= ~triggers }
        }
        if unsafe !run.counts.contains(.stepsBack) { lanes.hard |= lanes.stepsBack }
        if unsafe !run.countsOutside { lanes.hard |= off }
        let taken = lanes.cut()
        if taken > (lanes.padding & lanes.below).nonzeroBitCount { time.isInMessage = false }
        triggers &= lanes.below
        if triggers != 0 { unsafe run.store(triggers, of: words, highs: lanes.highOf, origin: time.origin) }
        unsafe run.rare.stepsBack &+= lanes.stepsBack.nonzeroBitCount
        off &= lanes.events
        unsafe run.outside &+= off.nonzeroBitCount
        let events = lanes.events & ~off
        if events != 0 {
            let packed = _mm512_maskz_compress_epi32(events, words)
            unsafe columns.store(
                packed, places: placesOf(packed), highs: _mm512_maskz_compress_epi32(events, lanes.highOf),
                origin: time.origin, at: run.count)
            unsafe run.count &+= events.nonzeroBitCount
        }
        unsafe time.take(lanes, timed: lanes.events | triggers, at: run.next, every: 4)
        return taken
    }
#endif
