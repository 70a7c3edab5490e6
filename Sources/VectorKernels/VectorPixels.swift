#if arch(x86_64)
    import _Builtin_intrinsics.intel

    /// Where the pixels of one vector go.
    @unsafe struct VectorPixels {
        private let t: UnsafeMutablePointer<UInt64>
        private let x: UnsafeMutablePointer<UInt16>
        private let y: UnsafeMutablePointer<UInt16>
        private let on: UnsafeMutablePointer<UInt8>

        @inline(__always)
        init(_ run: borrowing EventRun) {
            unsafe t = run.t
            unsafe x = run.x
            unsafe y = run.y
            unsafe on = run.on
        }

        /// Writes them, by pushing the column numbers together under the mask; up to 32 rows past the last one that counts.
        @inline(__always)
        func store(_ mask: UInt32, column: Int16, row: UInt16, on polarity: UInt8, t time: UInt64, at index: Int) {
            let columns = _mm512_add_epi16(
                _mm512_maskz_compress_epi16(mask, laneNumbers()), _mm512_set1_epi16(column))
            let rows = _mm512_set1_epi16(Int16(bitPattern: row))
            let polarities = _mm256_set1_epi8(Int8(bitPattern: polarity))
            let times = _mm512_set1_epi64(Int64(bitPattern: time))
            unsafe _mm512_storeu_si512(t + index, times)
            unsafe _mm512_storeu_si512(t + (index &+ 8), times)
            if mask.nonzeroBitCount <= 16 {
                unsafe UnsafeMutableRawPointer(x + index).storeBytes(of: columns.lowHalf, as: __m256i.self)
                unsafe UnsafeMutableRawPointer(y + index).storeBytes(of: rows.lowHalf, as: __m256i.self)
                unsafe UnsafeMutableRawPointer(on + index).storeBytes(of: polarities.lowHalf, as: __m128i.self)
                return
            }
            unsafe _mm512_storeu_si512(x + index, columns)
            unsafe _mm512_storeu_si512(y + index, rows)
            unsafe UnsafeMutableRawPointer(on + index).storeBytes(of: polarities, as: __m256i.self)
            unsafe _mm512_storeu_si512(t + (index &+ 16), times)
            unsafe _mm512_storeu_si512(t + (index &+ 24), times)
        }
    }

    /// A lane each: 0 ... 31.
    @inline(__always)
    func laneNumbers() -> __m512i {
        _mm512_cvtepu8_epi16(
            _mm256_setr_epi8(
                0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28,
                29, 30, 31))
    }
#endif
