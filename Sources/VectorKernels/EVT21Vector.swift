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
                unsafe decodeEVT21RareWords(&run, &state, upperFirst)
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
            let isPlain = lanes.hard | narrow | _mm512_test_epi32_mask(far, far) == 0
            if patience == 0, isPlain, haveOne(masks) {
                unsafe columns.store(lanes.words, places: adding(masks, to: places), base: time.base, at: count)
                count &+= 16
                time.current = time.base &+ low(of: unsafe half(pointer, 15, upper))
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
                // Since the block began; in 16 bits.
                let steps = _mm512_sub_epi32(lanes.highOf, splat(time.high))
                lanes.hard |= lanes.events & _mm512_test_epi32_mask(steps, splat(~0x3FF))
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

    /// What 16 words tell of their pixels, twice each: for either half of a mask.
    struct HalfWords {
        /// The column of a word's first pixel.
        let x: __m512i
        /// The row, and above it the polarity.
        let y: __m512i
        /// Microseconds since the block's first TIME_HIGH.
        let t: __m512i

        @inline(__always)
        init(_ words: __m512i, _ places: __m512i, _ times: __m512i) {
            let upper = splat(0xFFFF_0000)
            let polarities = _mm512_and_si512(_mm512_srli_epi32(words, 13), splat(0x8000))
            let rows = _mm512_or_si512(_mm512_andnot_si512(upper, places), polarities)
            x = _mm512_or_si512(_mm512_and_si512(upper, places), _mm512_srli_epi32(places, 16))
            y = _mm512_or_si512(rows, _mm512_slli_epi32(rows, 16))
            t = _mm512_or_si512(times, _mm512_slli_epi32(times, 16))
        }

        /// Bytes of memory, aligned to 64, that it is saved to.
        static var length: Int { 192 }

        @inline(__always)
        init(savedAt memory: UnsafeRawPointer) {
            unsafe x = _mm512_load_si512(memory)
            unsafe y = _mm512_load_si512(memory + 64)
            unsafe t = _mm512_load_si512(memory + 128)
        }

        @inline(__always)
        func save(to memory: UnsafeMutableRawPointer) {
            unsafe _mm512_store_si512(memory, x)
            unsafe _mm512_store_si512(memory + 64, y)
            unsafe _mm512_store_si512(memory + 128, t)
        }
    }

    extension FineColumns {
        /// Writes the pixels of 16 words, up to two each, and says how many there are.
        ///
        /// - Parameters:
        ///   - pixels: the words' masks, as far as they count.
        ///   - others: those without their lowest bits.
        @inline(__always)
        fileprivate func storePairs(
            _ words: HalfWords, _ pixels: __m512i, _ others: __m512i, base: UInt64, at index: Int
        ) -> Int {
            // As a floating-point number, a power of 2 is its exponent and nothing else; 0 is 0.
            let exponents = _mm512_or_si512(
                _mm512_srli_epi32(float(_mm512_xor_si512(pixels, others)), 23), _mm512_srli_epi32(float(others), 7))
            let marked = _mm512_test_epi16_mask(exponents, exponents)
            let x = _mm512_add_epi16(words.x, _mm512_sub_epi16(exponents, _mm512_set1_epi16(127)))
            let number = marked.nonzeroBitCount
            unsafe store(
                number, x: _mm512_maskz_compress_epi16(marked, x), y: _mm512_maskz_compress_epi16(marked, words.y),
                t: _mm512_maskz_compress_epi16(marked, words.t), base: base, at: index)
            return number
        }

        /// Writes the pixels of a list.
        @inline(__always)
        func store(
            _ list: PixelList, _ counts: PixelList.Counts, of words: HalfWords, base: UInt64, at index: Int
        ) {
            // Masks' upper halves begin 16 columns on.
            let x = _mm512_add_epi16(words.x, splat(16 << 16))
            var done = 0
            while done < counts.count {
                let (lane, place) = unsafe list.read(at: done, inFirstHalf: counts.inFirstHalf)
                unsafe store(
                    32, x: _mm512_add_epi16(_mm512_permutexvar_epi16(lane, x), place),
                    y: _mm512_permutexvar_epi16(lane, words.y), t: _mm512_permutexvar_epi16(lane, words.t), base: base,
                    at: index &+ done)
                done &+= 32
            }
        }

        /// Writes up to 32 events.
        ///
        /// - Parameters:
        ///   - y: polarities above the rows.
        ///   - t: microseconds since `base`.
        @inline(__always)
        private func store(_ number: Int, x: __m512i, y: __m512i, t: __m512i, base: UInt64, at index: Int) {
            unsafe _mm512_storeu_si512(self.x + index, x)
            unsafe _mm512_storeu_si512(self.y + index, _mm512_and_si512(y, _mm512_set1_epi16(0x07FF)))
            unsafe UnsafeMutableRawPointer(on + index).storeBytes(
                of: _mm512_cvtepi16_epi8(_mm512_srli_epi16(y, 15)), as: __m256i.self)
            let base = splatWide(base)
            let (lower, upper) = (t.lowHalf, t.highHalf)
            unsafe _mm512_storeu_si512(
                self.t + index, _mm512_add_epi64(base, _mm512_cvtepu16_epi64(lower.lowHalf)))
            unsafe _mm512_storeu_si512(
                self.t + (index &+ 8), _mm512_add_epi64(base, _mm512_cvtepu16_epi64(lower.highHalf)))
            unsafe _mm512_storeu_si512(
                self.t + (index &+ 16), _mm512_add_epi64(base, _mm512_cvtepu16_epi64(upper.lowHalf)))
            if number > 24 {
                unsafe _mm512_storeu_si512(
                    self.t + (index &+ 24), _mm512_add_epi64(base, _mm512_cvtepu16_epi64(upper.highHalf)))
            }
        }
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

    /// The bits of floating-point numbers. A power of 2 is its exponent and nothing else.
    @inline(__always)
    private func float(_ numbers: __m512i) -> __m512i { _mm512_castps_si512(_mm512_cvtepu32_ps(numbers)) }

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
