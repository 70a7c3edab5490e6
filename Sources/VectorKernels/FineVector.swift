#if arch(x86_64)
    import CPlatform
    import _Builtin_intrinsics.intel

    /// The kinds of EVT2's or EVT4's words, which else are alike.
    struct FineKinds {
        /// Of OFF events; that of ON events is one more.
        let off: UInt32
        let timeHigh: UInt32
        /// A whole word that says nothing.
        let padding: UInt32?
    }

    /// Events, times and padding, 16 words at a time.
    ///
    /// Mostly all 16 are events of one TIME_HIGH, and go into the columns as they lie. Otherwise a lane's TIME_HIGH is the last one before
    /// it, found by counting those below the lane and looking the count up among them; what is left is to push the events together.
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

        let eventKinds = _mm512_set1_epi32(Int32(bitPattern: kinds.off << 28))
        let highKinds = _mm512_set1_epi32(Int32(bitPattern: kinds.timeHigh << 28))
        let anyEvent = _mm512_set1_epi32(Int32(bitPattern: 0xE000_0000))
        let anyKind = _mm512_set1_epi32(Int32(bitPattern: 0xF000_0000))
        let last = unsafe _mm512_set1_epi32(
            Int32(bitPattern: UInt32(run.width &- 1) << 16 | UInt32(run.height &- 1)))

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
            let others = beyond | _mm512_test_epi32_mask(_mm512_xor_si512(words, eventKinds), anyEvent)
            let excess = _mm512_subs_epu16(placesOf(words), last)
            var off = ~others & _mm512_test_epi32_mask(excess, excess)
            if others | off == 0 {
                unsafe columns.store(words, base: _mm512_set1_epi64(Int64(bitPattern: time.base)), at: count)
                count &+= 16
                time.current = time.base &+ low(of: unsafe word(pointer, 15))
                unsafe pointer += 64
                left &-= 16
                continue
            }

            var highs = ~beyond & _mm512_testn_epi32_mask(_mm512_xor_si512(words, highKinds), anyKind)
            var hard = others & ~highs
            if let padding = kinds.padding {
                let difference = _mm512_xor_si512(words, _mm512_set1_epi32(Int32(bitPattern: padding)))
                hard &= beyond | _mm512_test_epi32_mask(difference, difference)
            }
            var highOf = _mm512_set1_epi32(Int32(bitPattern: time.high))
            if highs != 0 {
                let values = _mm512_andnot_si512(anyKind, words)
                highOf = lastBefore(values, highs, highOf)
                hard |= highs & _mm512_movepi32_mask(_mm512_sub_epi32(values, highOf))
            }
            if !countsOutside { hard |= off }
            let below = hard == 0 ? UInt16.max : (hard & (0 &- hard)) &- 1
            highs &= below
            off &= below
            let timed = ~others & below
            let events = timed & ~off
            outside &+= off.nonzeroBitCount
            if events != 0 {
                unsafe columns.store(
                    _mm512_maskz_compress_epi32(events, words), highs: _mm512_maskz_compress_epi32(events, highOf),
                    origin: _mm512_set1_epi64(Int64(bitPattern: time.origin)), at: count)
                count &+= events.nonzeroBitCount
            }
            if timed != 0 {
                let latest = 15 &- timed.leadingZeroBitCount
                let highsBefore = highs & ((1 &<< UInt16(truncatingIfNeeded: latest)) &- 1)
                if highsBefore != 0 { time.high = unsafe high(of: word(pointer, last: highsBefore)) }
                time.current = time.base &+ low(of: unsafe word(pointer, latest))
            }
            if highs != 0 { time.take(high: unsafe high(of: word(pointer, last: highs))) }
            let taken = below.nonzeroBitCount
            unsafe pointer += 4 &* taken
            left &-= taken
            if hard != 0 { break }
        }
        unsafe run.next = pointer
        unsafe run.left = left
        unsafe run.count = count
        unsafe run.outside &+= outside
        state = time
    }

    /// Where events go, whose words are EVT2's or EVT4's.
    @unsafe struct FineColumns {
        private let t: UnsafeMutablePointer<UInt64>
        private let x: UnsafeMutablePointer<UInt16>
        private let y: UnsafeMutablePointer<UInt16>
        private let on: UnsafeMutablePointer<UInt8>

        @inline(__always)
        init(_ run: EventRun) {
            unsafe t = run.t
            unsafe x = run.x
            unsafe y = run.y
            unsafe on = run.on
        }

        /// Writes 16 events of one TIME_HIGH, which began at `base`.
        @inline(__always)
        func store(_ words: __m512i, base: __m512i, at index: Int) {
            let lows = lowsOf(words)
            unsafe storePlaces(words, at: index)
            unsafe _mm512_storeu_si512(t + index, _mm512_add_epi64(_mm512_cvtepu32_epi64(lows.lowHalf), base))
            unsafe _mm512_storeu_si512(t + (index &+ 8), _mm512_add_epi64(_mm512_cvtepu32_epi64(lows.highHalf), base))
        }

        /// Writes 16 events, each with its own TIME_HIGH; one of 0 would have begun at `origin`.
        @inline(__always)
        func store(_ words: __m512i, highs: __m512i, origin: __m512i, at index: Int) {
            let lows = lowsOf(words)
            unsafe storePlaces(words, at: index)
            unsafe _mm512_storeu_si512(t + index, times(lows.lowHalf, highs.lowHalf, origin))
            unsafe _mm512_storeu_si512(t + (index &+ 8), times(lows.highHalf, highs.highHalf, origin))
        }

        @inline(__always)
        private func storePlaces(_ words: __m512i, at index: Int) {
            let places = placesOf(words)
            let polarities = _mm512_and_si512(_mm512_srli_epi32(words, 28), _mm512_set1_epi32(1))
            unsafe bytes(x + index).storeBytes(
                of: _mm512_cvtepi32_epi16(_mm512_srli_epi32(places, 16)), as: __m256i.self)
            unsafe bytes(y + index).storeBytes(of: _mm512_cvtepi32_epi16(places), as: __m256i.self)
            unsafe bytes(on + index).storeBytes(of: _mm512_cvtepi32_epi8(polarities), as: __m128i.self)
        }

        @inline(__always)
        private func times(_ lows: __m256i, _ highs: __m256i, _ origin: __m512i) -> __m512i {
            _mm512_add_epi64(
                _mm512_add_epi64(_mm512_cvtepu32_epi64(lows), origin),
                _mm512_slli_epi64(_mm512_cvtepu32_epi64(highs), 6))
        }
    }

    /// Each lane's column above its row.
    @inline(__always)
    private func placesOf(_ words: __m512i) -> __m512i {
        _mm512_and_si512(
            _mm512_mask_mov_epi16(words, 0xAAAA_AAAA, _mm512_slli_epi32(words, 5)), _mm512_set1_epi16(0x07FF))
    }

    /// Each lane's low part of the time.
    @inline(__always)
    private func lowsOf(_ words: __m512i) -> __m512i {
        _mm512_and_si512(_mm512_srli_epi32(words, 22), _mm512_set1_epi32(0x3F))
    }

    /// For each of 16 lanes the last of the marked lanes' values before it, or `otherwise` where there is none.
    @inline(__always)
    private func lastBefore(_ values: __m512i, _ marked: UInt16, _ otherwise: __m512i) -> __m512i {
        let below = _mm512_cvtepu16_epi32(
            _mm256_setr_epi16(
                0, 0x1, 0x3, 0x7, 0xF, 0x1F, 0x3F, 0x7F, 0xFF, 0x1FF, 0x3FF, 0x7FF, 0xFFF, 0x1FFF, 0x3FFF, 0x7FFF))
        let number = _mm512_popcnt_epi16(_mm512_and_si512(_mm512_set1_epi32(Int32(marked)), below))
        // -1 looks into the second table.
        return _mm512_permutex2var_epi32(
            _mm512_maskz_compress_epi32(marked, values), _mm512_sub_epi32(number, _mm512_set1_epi32(1)), otherwise)
    }

    @inline(__always)
    private func word(_ pointer: UnsafeRawPointer, _ lane: Int) -> UInt32 {
        unsafe pointer.loadUnaligned(fromByteOffset: 4 &* lane, as: UInt32.self)
    }

    /// The word of the last marked lane; one is.
    @inline(__always)
    private func word(_ pointer: UnsafeRawPointer, last marked: UInt16) -> UInt32 {
        unsafe word(pointer, 15 &- marked.leadingZeroBitCount)
    }

    @inline(__always)
    private func low(of word: UInt32) -> UInt64 { UInt64(word &>> 22 & 0x3F) }

    @inline(__always)
    private func high(of word: UInt32) -> UInt32 { word & 0x0FFF_FFFF }

    @inline(__always)
    private func bytes(_ pointer: UnsafeMutablePointer<some BitwiseCopyable>) -> UnsafeMutableRawPointer {
        UnsafeMutableRawPointer(pointer)
    }
#endif
