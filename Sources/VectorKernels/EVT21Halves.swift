#if arch(x86_64)
    import _Builtin_intrinsics.intel

    /// Where the halves of EVT2.1's words lie.
    struct Halves {
        private let heads: __m512i
        private let tails: __m512i

        @inline(__always)
        init(_ upperFirst: Bool) {
            let lower = _mm512_slli_epi32(laneNumbers32(), 1)
            let upper = _mm512_add_epi32(lower, splat(1))
            heads = upperFirst ? lower : upper
            tails = upperFirst ? upper : lower
        }

        /// The upper halves and the masks of 16 words, or as many as there are, and the lanes beyond those, which are zeros.
        @inline(__always)
        func read(_ pointer: UnsafeRawPointer, _ left: Int) -> (uppers: __m512i, masks: __m512i, beyond: UInt16) {
            let first: __m512i
            let second: __m512i
            var beyond: UInt16 = 0
            if left >= 16 {
                first = unsafe _mm512_loadu_si512(pointer)
                second = unsafe _mm512_loadu_si512(pointer + 64)
            } else {
                beyond = UInt16.max &<< UInt16(truncatingIfNeeded: left)
                first = unsafe _mm512_maskz_loadu_epi64(UInt8(truncatingIfNeeded: ~beyond), pointer)
                second = unsafe _mm512_maskz_loadu_epi64(UInt8(truncatingIfNeeded: ~beyond &>> 8), pointer + 64)
            }
            return (
                _mm512_permutex2var_epi32(first, heads, second), _mm512_permutex2var_epi32(first, tails, second), beyond
            )
        }
    }

    /// A lane each: 0 ... 15.
    @inline(__always)
    func laneNumbers32() -> __m512i { _mm512_cvtepu16_epi32(laneNumbers().lowHalf) }
#endif
