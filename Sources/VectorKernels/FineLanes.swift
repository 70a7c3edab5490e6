#if arch(x86_64)
    import _Builtin_intrinsics.intel

    /// The kinds of words of EVT2, EVT2.1 or EVT4; the bits below are alike.
    struct FineKinds {
        /// Of OFF events; that of ON events is one more.
        let off: UInt32
        let timeHigh: UInt32
        /// A whole word that says nothing.
        let padding: UInt32?
    }

    /// 16 words, as far as EVT2, EVT2.1 and EVT4 are alike: which are plain, and which time each has.
    struct FineLanes {
        /// The words, or their upper halves.
        let words: __m512i
        var events: UInt16
        var highs: UInt16 = 0
        /// Words that a kernel leaves to the decoder, and what lies beyond the last word.
        var hard: UInt16
        /// Each lane's TIME_HIGH, if not the one before the block for all.
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

        /// Tells times and padding from what is hard. A lane's TIME_HIGH is the last one before it; one that falls is hard.
        @inline(__always)
        mutating func findTimes(beyond: UInt16, after high: UInt32, _ kinds: FineKinds) {
            let others = _mm512_xor_si512(words, splat(kinds.timeHigh << 28))
            highs = ~beyond & _mm512_testn_epi32_mask(others, splat(0xF000_0000))
            hard &= ~highs
            if let padding = kinds.padding {
                let difference = _mm512_xor_si512(words, splat(padding))
                hard &= beyond | _mm512_test_epi32_mask(difference, difference)
            }
            highOf = splat(high)
            if highs == 0 { return }
            let values = _mm512_and_si512(words, splat(0x0FFF_FFFF))
            // -1 looks into the second table.
            let rank = _mm512_sub_epi32(lanesBefore(highs), splat(1))
            highOf = _mm512_permutex2var_epi32(_mm512_maskz_compress_epi32(highs, values), rank, highOf)
            hard |= highs & _mm512_movepi32_mask(_mm512_sub_epi32(values, highOf))
        }

        /// Leaves out the first hard word and what comes after it, and says how many words are left.
        @inline(__always)
        mutating func cut() -> Int {
            if hard == 0 { return 16 }
            let below = (hard & (0 &- hard)) &- 1
            highs &= below
            events &= below
            return below.nonzeroBitCount
        }
    }

    extension FineState {
        /// Takes the words of lanes, which lie in memory every so many bytes.
        @inline(__always)
        mutating func take(_ lanes: FineLanes, at pointer: UnsafeRawPointer, every stride: Int) {
            func word(last marked: UInt16) -> UInt32 {
                let lane = 15 &- marked.leadingZeroBitCount
                return unsafe pointer.loadUnaligned(fromByteOffset: stride &* lane, as: UInt32.self)
            }
            if lanes.events != 0 {
                let upTo = UInt16.max &>> UInt16(truncatingIfNeeded: lanes.events.leadingZeroBitCount)
                let highsBefore = lanes.highs & upTo
                if highsBefore != 0 { high = word(last: highsBefore) & 0x0FFF_FFFF }
                current = base &+ low(of: word(last: lanes.events))
            }
            if lanes.highs != 0 { take(high: word(last: lanes.highs) & 0x0FFF_FFFF) }
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
