#if arch(x86_64)
    import _Builtin_intrinsics.intel

    /// The columns of a run, written 32 rows at a time, those past the last one that counts included.
    @unsafe struct Columns {
        private let t: UnsafeMutablePointer<UInt64>
        private let x: UnsafeMutablePointer<UInt16>
        private let y: UnsafeMutablePointer<UInt16>
        private let on: UnsafeMutablePointer<UInt8>
        private let lastX: __m512i
        private let lastY: __m512i

        init(_ run: borrowing EventRun) {
            unsafe t = run.t
            unsafe x = run.x
            unsafe y = run.y
            unsafe on = run.on
            unsafe lastX = _mm512_set1_epi16(Int16(bitPattern: run.width &- 1))
            unsafe lastY = _mm512_set1_epi16(Int16(bitPattern: run.height &- 1))
        }

        /// The lanes that are outside the sensor.
        @inline(__always)
        func outside(x: __m512i, y: __m512i) -> UInt32 {
            let excess = unsafe _mm512_or_si512(_mm512_subs_epu16(x, lastX), _mm512_subs_epu16(y, lastY))
            return _mm512_test_epi16_mask(excess, excess)
        }

        /// Writes the first `number` events, at most 32, but for those outside the sensor.
        ///
        /// - Parameters:
        ///   - on: a bit each.
        ///   - areInside: whether it is known that all are.
        ///
        /// - Returns: how many there are inside.
        @inline(__always)
        func write(
            _ number: Int, at row: Int, x: __m512i, y: __m512i, on: UInt32, _ times: Times, areInside: Bool = false
        ) -> Int {
            if areInside {
                unsafe store(number, at: row, x, y, on, times)
                return number
            }
            let inside = unsafe ~outside(x: x, y: y)
            let wanted = UInt32(truncatingIfNeeded: UInt64(1) &<< UInt64(number) &- 1)
            guard inside & wanted == wanted else {
                let kept = inside & wanted
                let left = kept.nonzeroBitCount
                let lane = _mm512_maskz_compress_epi16(kept, laneNumbers())
                let ones = _mm512_set1_epi16(1)
                unsafe store(
                    left, at: row, _mm512_permutexvar_epi16(lane, x), _mm512_permutexvar_epi16(lane, y),
                    _mm512_test_epi16_mask(_mm512_permutexvar_epi16(lane, _mm512_maskz_mov_epi16(on, ones)), ones),
                    times.of(lane))
                return left
            }
            unsafe store(number, at: row, x, y, on, times)
            return number
        }

        @inline(__always)
        private func store(_ number: Int, at row: Int, _ x: __m512i, _ y: __m512i, _ on: UInt32, _ times: Times) {
            unsafe _mm512_storeu_si512(self.x + row, x)
            unsafe _mm512_storeu_si512(self.y + row, y)
            unsafe UnsafeMutableRawPointer(self.on + row).storeBytes(
                of: _mm256_maskz_set1_epi8(on, 1), as: __m256i.self)
            unsafe _mm512_storeu_si512(t + row, times.eight(0))
            unsafe _mm512_storeu_si512(t + (row &+ 8), times.eight(1))
            if number > 16 {
                unsafe _mm512_storeu_si512(t + (row &+ 16), times.eight(2))
                unsafe _mm512_storeu_si512(t + (row &+ 24), times.eight(3))
            }
        }
    }

    /// 32 times, each the start of a part of the stream and 16 bits.
    struct Times {
        let low: __m512i
        /// Which of the starts; of no meaning unless `isSplit`.
        let part: __m512i
        /// All the same unless `isSplit`; then their lowest 16 bits are in `low`.
        let starts: __m512i
        let isSplit: Bool

        /// The times of those lanes.
        @inline(__always)
        func of(_ lane: __m512i) -> Times {
            Times(
                low: _mm512_permutexvar_epi16(lane, low), part: isSplit ? _mm512_permutexvar_epi16(lane, part) : part,
                starts: starts, isSplit: isSplit)
        }

        /// Eight of them.
        @inline(__always)
        fileprivate func eight(_ quarter: Int64) -> __m512i {
            let lanes = _mm512_add_epi64(_mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0), _mm512_set1_epi64(quarter &* 8))
            guard isSplit else { return _mm512_mask_permutexvar_epi16(starts, 0x1111_1111, lanes, low) }
            return _mm512_add_epi64(
                _mm512_maskz_permutexvar_epi16(0x1111_1111, lanes, low),
                _mm512_permutexvar_epi64(_mm512_maskz_permutexvar_epi16(0x1111_1111, lanes, part), starts))
        }
    }
#endif
