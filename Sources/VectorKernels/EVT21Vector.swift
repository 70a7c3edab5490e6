#if arch(x86_64)
    import CPlatform
    import _Builtin_intrinsics.intel

    /// EVT2.1 with AVX-512, 16 words at a time. Needs the features that `processorHasVectors` tells.
    ///
    /// A word's upper half is like a word of EVT2; the lower one is a mask. Mostly each has one pixel: its place in the mask is added to the
    /// column. Where each of the 16 has up to two, they are pushed together, side by side as they are. Otherwise the pixels are listed,
    /// and where that goes on, four blocks' at a time.
    ///
    /// - Parameter upperFirst: whether a word's upper half lies before the lower one.
    @export(interface)
    @inline(never)
    package func decodeEVT21Vectors(_ run: inout EventRun, _ state: inout FineState, upperFirst: Bool) {
        unsafe EVT21Queue.with { queue in
            while true {
                if state.hasTime { unsafe decodeGoodWords(&run, &state, queue, upperFirst) }
                let left = unsafe run.left
                unsafe decodeEVT21RareWords(&run, &state, queue.list, upperFirst)
                if unsafe run.left == left { return }
            }
        }
    }

    /// What lies between rare words: some of them at a time, after which the queue takes over if they have two pixels each or more, or what
    /// is for most of a vector's pixels.
    @inline(__always)
    private func decodeGoodWords(
        _ run: inout EventRun, _ state: inout FineState, _ queue: EVT21Queue, _ upperFirst: Bool
    ) {
        var length = 32
        var mayBeDense = true
        while true {
            let (left, count) = unsafe (run.left, run.count)
            let some = min(left, length)
            unsafe run.left = some
            unsafe decodePlainWords(&run, &state, queue.list, upperFirst)
            let taken = unsafe some &- run.left
            unsafe run.left = left &- taken
            if taken < some || left == taken { return }
            length = min(2 &* length, 4096)
            let pixels = unsafe run.count &- count
            if pixels >= 12 &* taken, mayBeDense {
                mayBeDense = unsafe decodeEVT21DenseVectors(&run, &state, upperFirst: upperFirst)
            } else if pixels >= 2 &* taken {
                unsafe queue.decode(&run, &state, upperFirst: upperFirst)
            } else {
                continue
            }
            // What they left may be one block only.
            length = 32
        }
    }

    @inline(__always)
    private func decodePlainWords(
        _ run: inout EventRun, _ state: inout FineState, _ list: PixelList, _ upperFirst: Bool
    ) {
        var pointer = unsafe run.next
        var left = unsafe run.left
        var count = unsafe run.count
        let limit = unsafe run.capacity &- EventRun.slack
        let columns = unsafe FineColumns(run)
        let countsOutside = unsafe run.countsOutside
        var outside = 0
        var time = state

        let upper = upperFirst ? 0 : 4
        let halves = Halves(upperFirst)
        // Most words begin a vector's width or more before the last column; where there is none such, it can't be told.
        let narrow: UInt16 = unsafe run.width < 32 ? .max : 0

        // Turns for which words with one pixel each aren't waited for: a wrong guess costs as much as the longer way.
        var patience = 0
        while left > 0, count <= limit {
            unsafe platform_prefetch(pointer + 6144)
            unsafe platform_prefetch(pointer + 6208)
            let (uppers, masks, beyond) = unsafe halves.read(pointer, left)
            var lanes = FineLanes(uppers, beyond: beyond, .evt21)
            let places = placesOf(lanes.words)
            let far = unsafe _mm512_subs_epu16(places, columns.lastVector)
            let mayBeOff = narrow | _mm512_test_epi32_mask(far, far)
            let isPlain = lanes.hard | mayBeOff == 0
            if patience == 0, isPlain, haveOne(masks) {
                unsafe columns.store(lanes.words, places: adding(masks, to: places), base: time.base, at: count)
                count &+= 16
                time.current = time.base &+ low(of: unsafe half(pointer, 15, upper))
                unsafe pointer += 128
                left &-= 16
                continue
            }
            if patience == 0, !isPlain, mayBeOff & lanes.events == 0,
                haveOne(_mm512_mask_mov_epi32(masks, lanes.hard, splat(1))),
                let number = unsafe lanes.takeTimes(
                    at: pointer + upper, every: 8, adding(masks, to: places), .evt21, columns, count, &time)
            {
                count &+= number
                unsafe pointer += 128
                left &-= 16
                continue
            }

            let base = time.base
            var times = lowsOf(lanes.words)
            var pixels = masks
            var taken = 16
            if !isPlain {
                lanes.findTimes(beyond: beyond, after: time.high, .evt21)
                lanes.hard |= lanes.wraps | lanes.stepsBack
                let steps = _mm512_sub_epi32(lanes.highOf, splat(time.high))
                lanes.hard |= lanes.events & _mm512_test_epi32_mask(steps, splat(~HalfWords.mostRise))
                times = _mm512_add_epi32(times, _mm512_slli_epi32(steps, 6))
                let inside = unsafe columns.inside(places)
                let off = _mm512_andnot_si512(inside, masks)
                let anyOff = lanes.events & _mm512_test_epi32_mask(off, off)
                if !countsOutside { lanes.hard |= anyOff }
                taken = lanes.cut()
                pixels = _mm512_maskz_and_epi32(lanes.events, inside, masks)
            }
            let others = withoutLowest(pixels)
            let third = withoutLowest(others)
            patience = _mm512_test_epi32_mask(others, others) != 0 ? 16 : max(0, patience &- 1)
            let halfWords = HalfWords(lanes.words, places, times)
            if _mm512_test_epi32_mask(third, third) == 0 {
                count &+= unsafe columns.storePairs(halfWords, pixels, others, base: base, at: count)
            } else {
                let counts = unsafe list.fill(pixels)
                guard count &+ counts.count <= limit else { break }
                unsafe columns.store(list, counts, of: halfWords, base: base, at: count)
                count &+= counts.count
            }
            if isPlain {
                time.current = base &+ low(of: unsafe half(pointer, 15, upper))
                unsafe pointer += 128
                left &-= 16
                continue
            }
            let off = _mm512_maskz_andnot_epi32(lanes.events, pixels, masks)
            if _mm512_test_epi32_mask(off, off) != 0 { outside &+= Int(_mm512_reduce_add_epi32(bitCounts(off))) }
            unsafe time.take(lanes, timed: lanes.events, at: pointer + upper, every: 8)
            unsafe pointer += 8 &* taken
            left &-= taken
            if lanes.hard != 0 { break }
        }
        // Any word but a continuation ends a message.
        if unsafe left < run.left { time.isInMessage = false }
        unsafe run.next = pointer
        unsafe run.left = left
        unsafe run.count = count
        unsafe run.outside &+= outside
        state = time
    }

    /// Whether each mask has just one bit.
    @inline(__always)
    private func haveOne(_ masks: __m512i) -> Bool {
        let others = withoutLowest(masks)
        return _mm512_testn_epi32_mask(masks, masks) | _mm512_test_epi32_mask(others, others) == 0
    }

    @inline(__always)
    private func withoutLowest(_ masks: __m512i) -> __m512i {
        _mm512_and_si512(masks, _mm512_sub_epi32(masks, splat(1)))
    }

    /// Places further on by the number of the one bit in each mask.
    @inline(__always)
    private func adding(_ masks: __m512i, to places: __m512i) -> __m512i {
        _mm512_add_epi32(places, _mm512_sub_epi32(_mm512_srli_epi32(float(masks), 7), splat(127 << 16)))
    }

    /// Bits of each lane.
    @inline(__always)
    func bitCounts(_ lanes: __m512i) -> __m512i {
        let halves = _mm512_popcnt_epi16(lanes)
        return _mm512_and_si512(_mm512_add_epi32(halves, _mm512_srli_epi32(halves, 16)), splat(0x3F))
    }

    /// One half of a word.
    @inline(__always)
    func half(_ pointer: UnsafeRawPointer, _ index: Int, _ offset: Int) -> UInt32 {
        unsafe pointer.loadUnaligned(fromByteOffset: 8 &* index &+ offset, as: UInt32.self)
    }
#endif
