#if arch(x86_64)
    import _Builtin_intrinsics.intel

    /// Where events of EVT2, EVT2.1 and EVT4 go: 16 at a time, or as many as a vector has.
    @unsafe struct FineColumns {
        let t: UnsafeMutablePointer<UInt64>
        let x: UnsafeMutablePointer<UInt16>
        let y: UnsafeMutablePointer<UInt16>
        let on: UnsafeMutablePointer<UInt8>
        private let width: UInt16
        private let height: UInt16

        @inline(__always)
        init(_ run: EventRun) {
            unsafe t = run.t
            unsafe x = run.x
            unsafe y = run.y
            unsafe on = run.on
            unsafe width = run.width
            unsafe height = run.height
        }

        /// The sensor's last column above its last row.
        @inline(__always)
        var lastPlace: __m512i { unsafe splat(UInt32(width &- 1) << 16 | UInt32(height &- 1)) }

        /// The last column with all of a vector's behind it, or 0, above the last row.
        @inline(__always)
        var lastVector: __m512i { unsafe splat(UInt32(max(width, 32) &- 32) << 16 | UInt32(height &- 1)) }

        /// Writes 16 events of one TIME_HIGH, which began at `base`.
        @inline(__always)
        func store(_ words: __m512i, places: __m512i, base: UInt64, at index: Int) {
            unsafe store(words, places: places, times: lowsOf(words), base: base, at: index)
        }

        /// Writes 16 events.
        ///
        /// - Parameter times: microseconds since `base`.
        @inline(__always)
        func store(_ words: __m512i, places: __m512i, times: __m512i, base: UInt64, at index: Int) {
            unsafe store(words, places: places, at: index)
            unsafe _mm512_storeu_si512(
                t + index, _mm512_add_epi64(_mm512_cvtepu32_epi64(times.lowHalf), splatWide(base)))
            unsafe _mm512_storeu_si512(
                t + (index &+ 8), _mm512_add_epi64(_mm512_cvtepu32_epi64(times.highHalf), splatWide(base)))
        }

        /// Writes 16 events, each with its own TIME_HIGH; one of 0 would have begun at `origin`.
        @inline(__always)
        func store(_ words: __m512i, places: __m512i, highs: __m512i, origin: UInt64, at index: Int) {
            let lows = lowsOf(words)
            unsafe store(words, places: places, at: index)
            unsafe _mm512_storeu_si512(t + index, fineTimes(lows.lowHalf, highs.lowHalf, origin))
            unsafe _mm512_storeu_si512(t + (index &+ 8), fineTimes(lows.highHalf, highs.highHalf, origin))
        }

        /// Writes the places and polarities of 16 events.
        @inline(__always)
        private func store(_ words: __m512i, places: __m512i, at index: Int) {
            let polarities = _mm512_and_si512(_mm512_srli_epi32(words, 28), splat(1))
            unsafe bytes(x + index).storeBytes(
                of: _mm512_cvtepi32_epi16(_mm512_srli_epi32(places, 16)), as: __m256i.self)
            unsafe bytes(y + index).storeBytes(of: _mm512_cvtepi32_epi16(places), as: __m256i.self)
            unsafe bytes(on + index).storeBytes(of: _mm512_cvtepi32_epi8(polarities), as: __m128i.self)
        }

        /// The pixels of a vector that are on the sensor.
        @inline(__always)
        func inside(_ word: UInt32, mask: UInt32) -> UInt32 {
            let column = Int(word &>> 11 & 0x7FF)
            let isRow = unsafe word & 0x7FF < UInt32(height)
            let room = unsafe max(0, min(32, Int(width) &- column))
            return isRow ? mask & UInt32(truncatingIfNeeded: UInt64(1) &<< UInt64(room) &- 1) : 0
        }

        /// Likewise for 16 vectors: bits for all pixels that are.
        @inline(__always)
        func inside(_ places: __m512i) -> __m512i {
            let room = unsafe _mm512_subs_epu16(splat(UInt32(width)), _mm512_srli_epi32(places, 16))
            let below = unsafe _mm512_subs_epu16(places, splat(0xFFFF_0000 | UInt32(height &- 1)))
            return _mm512_maskz_sub_epi32(
                _mm512_testn_epi32_mask(below, below), _mm512_sllv_epi32(splat(1), room), splat(1))
        }

        /// Writes a vector's pixels, by pushing the column numbers together under its mask.
        @inline(__always)
        func storePixels(mask: UInt32, x column: UInt16, y: UInt16, on: UInt8, t time: UInt64, at index: Int) {
            let columns = _mm512_add_epi16(
                _mm512_maskz_compress_epi16(mask, laneNumbers()), _mm512_set1_epi16(Int16(bitPattern: column)))
            let row = _mm512_set1_epi16(Int16(bitPattern: y))
            let polarity = _mm256_set1_epi8(Int8(bitPattern: on))
            unsafe _mm512_storeu_si512(t + index, splatWide(time))
            unsafe _mm512_storeu_si512(t + (index &+ 8), splatWide(time))
            if mask.nonzeroBitCount <= 16 {
                unsafe bytes(x + index).storeBytes(of: columns.lowHalf, as: __m256i.self)
                unsafe bytes(self.y + index).storeBytes(of: row.lowHalf, as: __m256i.self)
                unsafe bytes(self.on + index).storeBytes(of: polarity.lowHalf, as: __m128i.self)
                return
            }
            unsafe _mm512_storeu_si512(x + index, columns)
            unsafe _mm512_storeu_si512(self.y + index, row)
            unsafe bytes(self.on + index).storeBytes(of: polarity, as: __m256i.self)
            unsafe _mm512_storeu_si512(t + (index &+ 16), splatWide(time))
            unsafe _mm512_storeu_si512(t + (index &+ 24), splatWide(time))
        }
    }

    /// Each lane's low part of the time.
    @inline(__always)
    func lowsOf(_ words: __m512i) -> __m512i {
        _mm512_and_si512(_mm512_srli_epi32(words, 22), splat(0x3F))
    }

    /// Eight times, each of its low part and its TIME_HIGH; one of 0 would have begun at `origin`.
    @inline(__always)
    func fineTimes(_ lows: __m256i, _ highs: __m256i, _ origin: UInt64) -> __m512i {
        _mm512_add_epi64(
            _mm512_add_epi64(_mm512_cvtepu32_epi64(lows), splatWide(origin)),
            _mm512_slli_epi64(_mm512_cvtepu32_epi64(highs), 6))
    }

    @inline(__always)
    private func bytes(_ pointer: UnsafeMutablePointer<some BitwiseCopyable>) -> UnsafeMutableRawPointer {
        UnsafeMutableRawPointer(pointer)
    }
#endif
