#if arch(x86_64)
    import _Builtin_intrinsics.intel

    /// What 16 words of EVT2.1 tell of their pixels, twice each: for either half of a mask.
    struct HalfWords {
        /// The column of a word's first pixel.
        let x: __m512i
        /// The row, and above it the polarity.
        let y: __m512i
        /// Microseconds since the block's first TIME_HIGH.
        let t: __m512i
        /// By so much TIME_HIGH, of 64 microseconds each, may rise since then, so that 16 bits suffice. All of its bits are set.
        static var mostRise: UInt32 { 0x3FF }

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
        func storePairs(
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
#endif
