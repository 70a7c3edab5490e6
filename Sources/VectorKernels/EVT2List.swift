#if arch(x86_64)
    import _Builtin_intrinsics.intel

    /// Events, times and triggers of EVT2 that a sieve has left. The time is known, all of it is counted, and there is room.
    @unsafe struct EVT2List {
        /// Words behind its last one that it may write.
        static let slack = 16

        private let start: UnsafeMutableRawPointer
        private(set) var count = 0

        @inline(__always)
        init(start: UnsafeMutableRawPointer) { unsafe self.start = start }

        /// Appends some of 64 words.
        @inline(__always)
        mutating func append(_ words: EVT2Words, _ wanted: UInt64) {
            unsafe append(words.quarters.0, wanted)
            unsafe append(words.quarters.1, wanted &>> 16)
            unsafe append(words.quarters.2, wanted &>> 32)
            unsafe append(words.quarters.3, wanted &>> 48)
        }

        @inline(__always)
        private mutating func append(_ words: __m512i, _ wanted: UInt64) {
            let lanes = UInt16(truncatingIfNeeded: wanted)
            unsafe _mm512_storeu_si512(start + 4 &* count, _mm512_maskz_compress_epi32(lanes, words))
            unsafe count &+= lanes.nonzeroBitCount
        }

        /// Decodes all.
        @inline(__always)
        mutating func take(_ run: inout EventRun, _ state: inout FineState) {
            // Those after the last event or trigger are times, and mostly few.
            let number = unsafe count
            unsafe dropTimes()
            if unsafe number &- count > Self.slack { unsafe count = 0 }
            let rest = unsafe number &- count
            if unsafe count > 0 {
                let last = unsafe (start + 4 &* (count &- 1)).loadUnaligned(as: UInt32.self)
                let times = unsafe _mm512_loadu_si512(start + 4 &* count)
                unsafe dropOutside(&run)
                unsafe decodeTimed(&run, &state)
                // It tells the time even if it isn't on the sensor.
                state.current = state.base &+ low(of: last)
                unsafe _mm512_storeu_si512(start, times)
            }
            if rest == 0 { return }
            unsafe run.next = UnsafeRawPointer(start)
            unsafe run.left = rest
            unsafe decodePlainEVT2Words(&run, &state)
        }

        /// Drops times from its end.
        @inline(__always)
        private mutating func dropTimes() {
            while unsafe count > 0, unsafe (start + (4 &* count &- 1)).load(as: UInt8.self) &>> 4 == 0x8 {
                unsafe count &-= 1
            }
        }

        /// Drops events outside the sensor, and counts them.
        @inline(__always)
        private mutating func dropOutside(_ run: inout EventRun) {
            let lastPlace = unsafe FineColumns(run).lastPlace
            let number = unsafe count
            unsafe end()
            var kept = 0
            for place in stride(from: 0, to: number, by: 16) {
                let words = unsafe _mm512_loadu_si512(start + 4 &* place)
                let excess = _mm512_subs_epu16(placesOf(words), lastPlace)
                let off =
                    _mm512_testn_epi32_mask(words, splat(0xE000_0000)) & _mm512_test_epi32_mask(excess, excess)
                unsafe _mm512_storeu_si512(start + 4 &* kept, _mm512_maskz_compress_epi32(~off, words))
                kept &+= min(16, number &- place) &- off.nonzeroBitCount
                unsafe run.outside &+= off.nonzeroBitCount
            }
            unsafe count = kept
        }

        /// Decodes what is on the sensor, but doesn't tell the time. Apart from the sieve, as it needs the registers.
        @inline(never)
        private func decodeTimed(_ run: inout EventRun, _ state: inout FineState) {
            let columns = unsafe FineColumns(run)
            var high = splat(state.high)
            var stepsBack = 0
            unsafe end()
            for place in stride(from: 0, to: unsafe count, by: 16) {
                // ---- What they are, mostly events where little is rare, and each one's TIME_HIGH ----
                let words = unsafe _mm512_loadu_si512(start + 4 &* place)
                let events = _mm512_testn_epi32_mask(words, splat(0xE000_0000))
                if events == .max {
                    unsafe columns.store(
                        words, places: placesOf(words), highs: high, origin: state.origin, at: run.count)
                    unsafe run.count &+= 16
                    continue
                }
                let triggers = _mm512_test_epi32_mask(words, splat(0x2000_0000))
                let highs = _mm512_movepi32_mask(words) & ~triggers
                let values = _mm512_and_si512(words, splat(0x0FFF_FFFF))
                // -1 looks into the second table.
                let rank = _mm512_sub_epi32(lanesBefore(highs), splat(1))
                let before = _mm512_permutex2var_epi32(_mm512_maskz_compress_epi32(highs, values), rank, high)
                let steps = _mm512_sub_epi32(values, before)
                let falls = highs & _mm512_movepi32_mask(steps)
                let wraps = falls & _mm512_movepi32_mask(_mm512_add_epi32(steps, splat(FineState.leastWrap &- 1)))
                stepsBack &+= (falls & ~wraps).nonzeroBitCount
                let highOf = _mm512_or_si512(before, _mm512_slli_epi32(lanesBefore(wraps), 28))
                high = _mm512_permutexvar_epi32(splat(15), _mm512_mask_mov_epi32(before, highs, values))

                // ---- Into the columns ----
                let packed = _mm512_maskz_compress_epi32(events, words)
                unsafe columns.store(
                    packed, places: placesOf(packed), highs: _mm512_maskz_compress_epi32(events, highOf),
                    origin: state.origin, at: run.count)
                unsafe run.count &+= events.nonzeroBitCount
                unsafe run.store(triggers, of: words, highs: highOf, origin: state.origin)
                state.wrap(times: wraps.nonzeroBitCount)
            }
            state.high = UInt32(bitPattern: _mm512_cvtsi512_si32(high))
            unsafe run.rare.stepsBack &+= stepsBack
        }

        /// Puts words behind its last one that are nothing of what it lists.
        @inline(__always)
        private func end() {
            unsafe _mm512_storeu_si512(start + 4 &* count, splat(0x4000_0000))
        }
    }
#endif
