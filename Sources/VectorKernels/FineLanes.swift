#if arch(x86_64)
    import _Builtin_intrinsics.intel

    /// 16 words, as far as EVT2, EVT2.1 and EVT4 are alike: which are plain, and which time each has.
    struct FineLanes {
        /// The words, or their upper halves.
        let words: __m512i
        var events: UInt16
        var highs: UInt16 = 0
        var padding: UInt16 = 0
        /// TIME_HIGH words that change the time; among them those that mean a wrap, and those that fall otherwise.
        var changes: UInt16 = 0
        var wraps: UInt16 = 0
        var stepsBack: UInt16 = 0
        /// Words that a kernel leaves to the decoder, what lies beyond the last word, and, before `FineRareWords` has sorted them, what is
        /// rare.
        var hard: UInt16
        /// Each lane's TIME_HIGH, if not the one before the block for all. Above its 28 bits, how often it wrapped since the block began:
        /// that a fall is a wrap leaves room for half as many of them as there are lanes.
        var highOf: __m512i

        /// Just tells the events.
        @inline(__always)
        init(_ words: __m512i, beyond: UInt16, _ kinds: FineKinds) {
            self.words = words
            let others = _mm512_xor_si512(words, splat(kinds.off << 28))
            hard = beyond | _mm512_test_epi32_mask(others, splat(0xE000_0000))
            events = ~hard
            highOf = _mm512_setzero_si512()
        }

        /// Tells times and padding from what is hard. A lane's TIME_HIGH is the last one before it.
        @inline(__always)
        mutating func findTimes(beyond: UInt16, after high: UInt32, _ kinds: FineKinds) {
            let others = _mm512_xor_si512(words, splat(kinds.timeHigh << 28))
            highs = ~beyond & _mm512_testn_epi32_mask(others, splat(0xF000_0000))
            hard &= ~highs
            if let word = kinds.padding {
                let difference = _mm512_xor_si512(words, splat(word))
                padding = ~beyond & _mm512_testn_epi32_mask(difference, difference)
                hard &= ~padding
            }
            highOf = splat(high)
            if highs == 0 { return }
            let values = _mm512_and_si512(words, splat(0x0FFF_FFFF))
            // -1 looks into the second table.
            let rank = _mm512_sub_epi32(lanesBefore(highs), splat(1))
            highOf = _mm512_permutex2var_epi32(_mm512_maskz_compress_epi32(highs, values), rank, highOf)
            let steps = _mm512_sub_epi32(values, highOf)
            changes = highs & _mm512_test_epi32_mask(steps, steps)
            let falls = highs & _mm512_movepi32_mask(steps)
            wraps = falls & _mm512_movepi32_mask(_mm512_add_epi32(steps, splat(FineState.leastWrap &- 1)))
            stepsBack = falls & ~wraps
            highOf = _mm512_or_si512(highOf, _mm512_slli_epi32(lanesBefore(wraps), 28))
        }

        /// Leaves out the first hard word and what comes after it, and says how many words are left.
        @inline(__always)
        mutating func cut() -> Int {
            if hard == 0 { return 16 }
            let below = below
            highs &= below
            changes &= below
            wraps &= below
            stepsBack &= below
            events &= below
            return below.nonzeroBitCount
        }

        /// The lanes before the first hard one.
        @inline(__always)
        var below: UInt16 { (hard & (0 &- hard)) &- 1 }
    }

    extension FineLanes {
        /// Takes 16 words where they are events on the sensor and times that go on, as in a quiet scene, of which a camera has little to
        /// send but the time.
        ///
        /// - Parameters:
        ///   - pointer: where the first word lies, or its upper half; one comes every `stride` bytes.
        ///   - places: those of the events.
        ///   - index: where the events go.
        /// - Returns: how many events they are, or nil if they aren't that; then nothing was taken.
        @inline(__always)
        func takeTimes(
            at pointer: UnsafeRawPointer, every stride: Int, _ places: __m512i, _ kinds: FineKinds,
            _ columns: FineColumns, _ index: Int, _ time: inout FineState
        ) -> Int? {
            let others = _mm512_xor_si512(words, splat(kinds.timeHigh << 28))
            guard hard == _mm512_testn_epi32_mask(others, splat(0xF000_0000)) else { return nil }
            // ---- What TIME_HIGH rises by up to each word ----
            let values = _mm512_and_si512(words, splat(0x0FFF_FFFF))
            let first = splat(time.high)
            // -1 looks into the second table.
            let rank = _mm512_sub_epi32(lanesBefore(hard), splat(1))
            let before = _mm512_permutex2var_epi32(_mm512_maskz_compress_epi32(hard, values), rank, first)
            let falls = hard & _mm512_movepi32_mask(_mm512_sub_epi32(values, before))
            let last = 15 &- hard.leadingZeroBitCount
            let high = unsafe pointer.loadUnaligned(fromByteOffset: stride &* last, as: UInt32.self) & 0x0FFF_FFFF
            // Microseconds have to fit into 32 bits.
            guard falls == 0, high &- time.high < 1 << 26 else { return nil }
            let rises = _mm512_slli_epi32(_mm512_sub_epi32(before, first), 6)

            let packed = _mm512_maskz_compress_epi32(events, words)
            let times = _mm512_maskz_compress_epi32(events, _mm512_or_si512(rises, lowsOf(words)))
            let packedPlaces = _mm512_maskz_compress_epi32(events, places)
            unsafe columns.store(packed, places: packedPlaces, times: times, base: time.base, at: index)
            let number = events.nonzeroBitCount
            time.high = high
            // An event's time is not before that of its TIME_HIGH.
            time.current = max(number == 0 ? time.current : unsafe columns.t[index &+ number &- 1], time.base)
            time.isInMessage = false
            return number
        }
    }

    extension FineState {
        /// Takes the times of words that were taken, which lie in memory every so many bytes.
        ///
        /// - Parameter timed: the lanes of events and triggers.
        @inline(__always)
        mutating func take(_ lanes: FineLanes, timed: UInt16, at pointer: UnsafeRawPointer, every stride: Int) {
            // Without branches, as nobody can foresee them in garbage.
            func word(_ lane: Int) -> UInt32 {
                unsafe pointer.loadUnaligned(fromByteOffset: stride &* lane, as: UInt32.self)
            }
            let last = 15 &- (timed | 1).leadingZeroBitCount
            let highOfLast = UInt32(
                bitPattern: _mm512_cvtsi512_si32(_mm512_permutexvar_epi32(splat(UInt32(last)), lanes.highOf)))
            let timeOfLast = origin &+ UInt64(highOfLast) &<< 6 &+ low(of: word(last))
            let lastHigh = word(15 &- (lanes.highs | 1).leadingZeroBitCount) & 0x0FFF_FFFF
            wrap(times: lanes.wraps.nonzeroBitCount)
            high = lanes.highs == 0 ? high : lastHigh
            current = timed == 0 ? current : timeOfLast
            current = lanes.changes > timed ? base : current
        }
    }

    @inline(__always)
    func splat(_ number: UInt32) -> __m512i { _mm512_set1_epi32(Int32(bitPattern: number)) }

    @inline(__always)
    func splatWide(_ number: UInt64) -> __m512i { _mm512_set1_epi64(Int64(bitPattern: number)) }

    /// For each of 16 lanes, how many marked ones come before it.
    @inline(__always)
    func lanesBefore(_ marked: UInt16) -> __m512i {
        let before = _mm512_cvtepu16_epi32(
            _mm256_setr_epi16(
                0, 0x1, 0x3, 0x7, 0xF, 0x1F, 0x3F, 0x7F, 0xFF, 0x1FF, 0x3FF, 0x7FF, 0xFFF, 0x1FFF, 0x3FFF, 0x7FFF))
        return _mm512_popcnt_epi16(_mm512_and_si512(splat(UInt32(marked)), before))
    }

    /// Each lane's column above its row.
    @inline(__always)
    func placesOf(_ words: __m512i) -> __m512i {
        _mm512_and_si512(
            _mm512_mask_mov_epi16(words, 0xAAAA_AAAA, _mm512_slli_epi32(words, 5)), _mm512_set1_epi16(0x07FF))
    }

    /// The low part of a word's time.
    @inline(__always)
    func low(of word: UInt32) -> UInt64 { UInt64(word &>> 22 & 0x3F) }
#endif
