#if arch(x86_64)
    import CPlatform
    import _Builtin_intrinsics.intel

    /// EVT2.1 with AVX-512, 16 words at a time. Needs the features that `processorHasVectors` tells.
    ///
    /// A word's upper half is like a word of EVT2; the lower one is a mask. Mostly each has one pixel: its place in the mask is added to the
    /// column. Where the 16 have up to 32 pixels together, for each pixel the word is found that it is of, and then the pixel's bit. Denser
    /// words come one by one, as vectors.
    ///
    /// - Parameter upperFirst: whether a word's upper half lies before the lower one.
    @export(interface)
    @inline(never)
    package func decodeEVT21Vectors(_ run: inout EventRun, _ state: inout FineState, upperFirst: Bool) {
        while true {
            if state.hasTime { unsafe decodePlainWords(&run, &state, upperFirst) }
            let left = unsafe run.left
            unsafe decodeEVT21RareWords(&run, &state, upperFirst)
            if unsafe run.left == left { return }
        }
    }

    /// What lies between rare words.
    @inline(__always)
    private func decodePlainWords(_ run: inout EventRun, _ state: inout FineState, _ upperFirst: Bool) {
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

        // Turns for which words with one pixel each aren't waited for: a wrong guess costs as much as the longer way.
        var patience = 0
        while left > 0, count <= limit {
            unsafe platform_prefetch(pointer + 2048)
            unsafe platform_prefetch(pointer + 2112)
            let (uppers, masks, beyond) = unsafe halves.read(pointer, left)
            var lanes = FineLanes(uppers, beyond: beyond, .evt21)
            let places = placesOf(lanes.words)
            let place = adding(masks, to: places)
            let excess = unsafe _mm512_subs_epu16(place, columns.lastPlace)
            let hasNotOne =
                lanes.hard | _mm512_testn_epi32_mask(masks, masks)
                | _mm512_test_epi32_mask(masks, _mm512_sub_epi32(masks, splat(1)))
            if patience == 0, hasNotOne | _mm512_test_epi32_mask(excess, excess) == 0 {
                unsafe columns.store(lanes.words, places: place, base: time.base, at: count)
                count &+= 16
                time.current = time.base &+ low(of: unsafe half(pointer, 15, upper))
                unsafe pointer += 128
                left &-= 16
                continue
            }

            let hasTimes = lanes.hard != 0
            if hasTimes {
                lanes.findTimes(beyond: beyond, after: time.high, .evt21)
                lanes.hard |= lanes.wraps | lanes.stepsBack
            } else {
                lanes.highOf = splat(time.high)
            }
            let inside = unsafe columns.inside(places)
            let off = _mm512_andnot_si512(inside, masks)
            let anyOff = lanes.events & _mm512_test_epi32_mask(off, off)
            if !countsOutside { lanes.hard |= anyOff }
            let taken = lanes.cut()
            let pixels = _mm512_maskz_and_epi32(lanes.events, inside, masks)
            let others = withoutLowest(pixels)
            let third = withoutLowest(others)
            patience = _mm512_test_epi32_mask(others, others) != 0 ? 16 : max(0, patience &- 1)
            if _mm512_test_epi32_mask(third, third) == 0 {
                let low = _mm512_srli_epi32(laneNumbers32(), 1)
                let high = _mm512_add_epi32(low, splat(8))
                if hasTimes {
                    count &+= unsafe columns.storePairs(lanes, pixels, others, low, origin: time.origin, at: count)
                    count &+= unsafe columns.storePairs(lanes, pixels, others, high, origin: time.origin, at: count)
                } else {
                    count &+= unsafe columns.storePairs(lanes, pixels, others, low, base: time.base, at: count)
                    count &+= unsafe columns.storePairs(lanes, pixels, others, high, base: time.base, at: count)
                }
            } else {
                guard count &+ Int(_mm512_reduce_add_epi32(bitCounts(pixels))) <= limit else { break }
                count = unsafe columns.storeVectors(lanes, pixels, places, origin: time.origin, at: count)
            }
            if lanes.events & anyOff != 0 {
                outside &+= Int(_mm512_reduce_add_epi32(_mm512_maskz_mov_epi32(lanes.events, bitCounts(off))))
            }
            unsafe time.take(lanes, timed: lanes.events, at: pointer + upper, every: 8)
            if lanes.hard == 0 {
                unsafe pointer += 128
                left &-= 16
            } else {
                unsafe pointer += 8 &* taken
                left &-= taken
                break
            }
        }
        // Any word but a continuation ends a message.
        if unsafe left < run.left { time.isInMessage = false }
        unsafe run.next = pointer
        unsafe run.left = left
        unsafe run.count = count
        unsafe run.outside &+= outside
        state = time
    }

    extension FineColumns {
        /// Writes the pixels of eight words, up to two each, and says how many there are.
        ///
        /// - Parameters:
        ///   - pixels: the words' masks, as far as they count.
        ///   - others: those without their lowest bits.
        ///   - numbers: the eight words, each twice.
        @inline(__always)
        fileprivate func storePairs(
            _ lanes: FineLanes, _ pixels: __m512i, _ others: __m512i, _ numbers: __m512i, origin: UInt64, at index: Int
        ) -> Int {
            let (marked, words, places) = pairs(lanes, pixels, others, numbers)
            let highs = _mm512_permutexvar_epi32(numbers, lanes.highOf)
            unsafe store(
                words, places: places, highs: _mm512_maskz_compress_epi32(marked, highs), origin: origin, at: index)
            return marked.nonzeroBitCount
        }

        /// The same where all have one TIME_HIGH, which began at `base`.
        @inline(__always)
        fileprivate func storePairs(
            _ lanes: FineLanes, _ pixels: __m512i, _ others: __m512i, _ numbers: __m512i, base: UInt64, at index: Int
        ) -> Int {
            let (marked, words, places) = pairs(lanes, pixels, others, numbers)
            unsafe store(words, places: places, base: base, at: index)
            return marked.nonzeroBitCount
        }

        /// Writes the pixels of 16 words, one word after the other, and says where they end.
        @inline(__always)
        fileprivate func storeVectors(
            _ lanes: FineLanes, _ pixels: __m512i, _ places: __m512i, origin: UInt64, at index: Int
        ) -> Int {
            let lows = lowsOf(lanes.words)
            let scratch = (
                pixels, places, _mm512_and_si512(_mm512_srli_epi32(lanes.words, 28), splat(1)),
                fineTimes(lows.lowHalf, lanes.highOf.lowHalf, origin),
                fineTimes(lows.highHalf, lanes.highOf.highHalf, origin)
            )
            return unsafe withUnsafeBytes(of: scratch) { scratch in
                var end = index
                for lane in 0..<16 {
                    let mask = unsafe scratch.load(fromByteOffset: 4 &* lane, as: UInt32.self)
                    unsafe storePixels(
                        mask: mask, x: scratch.load(fromByteOffset: 66 &+ 4 &* lane, as: UInt16.self),
                        y: scratch.load(fromByteOffset: 64 &+ 4 &* lane, as: UInt16.self),
                        on: scratch.load(fromByteOffset: 128 &+ 4 &* lane, as: UInt8.self),
                        t: scratch.load(fromByteOffset: 192 &+ 8 &* lane, as: UInt64.self), at: end)
                    end &+= mask.nonzeroBitCount
                }
                return end
            }
        }
    }

    /// The pixels of eight words, up to two each: where in twice eight lanes they are, and then, side by side, their words and places.
    @inline(__always)
    private func pairs(
        _ lanes: FineLanes, _ pixels: __m512i, _ others: __m512i, _ numbers: __m512i
    ) -> (marked: UInt16, words: __m512i, places: __m512i) {
        let masks = _mm512_mask_permutexvar_epi32(_mm512_permutexvar_epi32(numbers, pixels), 0xAAAA, numbers, others)
        let marked = _mm512_test_epi32_mask(masks, masks)
        let bit = _mm512_and_si512(masks, _mm512_sub_epi32(_mm512_setzero_si512(), masks))
        let words = _mm512_permutexvar_epi32(numbers, lanes.words)
        let places = adding(bit, to: placesOf(words))
        return (marked, _mm512_maskz_compress_epi32(marked, words), _mm512_maskz_compress_epi32(marked, places))
    }

    @inline(__always)
    private func withoutLowest(_ masks: __m512i) -> __m512i {
        _mm512_and_si512(masks, _mm512_sub_epi32(masks, splat(1)))
    }

    /// Places further on by the number of the one bit in each mask.
    @inline(__always)
    private func adding(_ masks: __m512i, to places: __m512i) -> __m512i {
        // As a floating-point number, a power of 2 is its exponent and nothing else.
        let exponents = _mm512_srli_epi32(_mm512_castps_si512(_mm512_cvtepu32_ps(masks)), 7)
        return _mm512_add_epi32(places, _mm512_sub_epi32(exponents, splat(127 << 16)))
    }

    /// Bits of each lane.
    @inline(__always)
    func bitCounts(_ lanes: __m512i) -> __m512i {
        let halves = _mm512_popcnt_epi16(lanes)
        return _mm512_and_si512(_mm512_add_epi32(halves, _mm512_srli_epi32(halves, 16)), splat(0x3F))
    }

    /// One half of a word.
    @inline(__always)
    private func half(_ pointer: UnsafeRawPointer, _ index: Int, _ offset: Int) -> UInt32 {
        unsafe pointer.loadUnaligned(fromByteOffset: 8 &* index &+ offset, as: UInt32.self)
    }
#endif
