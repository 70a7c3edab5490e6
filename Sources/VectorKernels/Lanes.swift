#if arch(x86_64)
    import _Builtin_intrinsics.intel

    // 32 lanes of 16 bits. No operators of Swift's own vectors: with 16-bit elements they become loops.

    /// For each lane how many lanes are marked up to it, itself included unless `before`.
    @inline(__always)
    func marked(_ lanes: UInt32, before: Bool = false) -> __m512i {
        // Those of the lane's half, and all of the half before it.
        let halves = _mm512_shuffle_epi8(
            _mm512_set1_epi32(Int32(bitPattern: lanes)),
            _mm512_mask_set1_epi16(_mm512_set1_epi16(0x0100), 0xFFFF_0000, 0x0302))
        let inHalf = _mm512_popcnt_epi16(_mm512_and_si512(halves, before ? lanesBefore() : lanesUpTo()))
        let lower = (lanes & 0xFFFF).nonzeroBitCount
        return _mm512_mask_add_epi16(
            inHalf, 0xFFFF_0000, inHalf, _mm512_set1_epi16(Int16(truncatingIfNeeded: lower)))
    }

    /// For each lane the last of the marked lanes' values at or before it, or `before` where there is none.
    @inline(__always)
    func filled(_ values: __m512i, _ lanes: UInt32, before: UInt16) -> __m512i {
        // The number of the last marked lane up to each; where there is none, 63, which looks into the second table. Pushing the values
        // together and counting would do as well, and takes twice as long.
        let all = _mm512_set1_epi32(Int32(bitPattern: lanes))
        let ends = _mm512_packus_epi32(
            _mm512_lzcnt_epi32(_mm512_and_si512(all, lanesUpToInFirstFours())),
            _mm512_lzcnt_epi32(_mm512_and_si512(all, lanesUpToInSecondFours())))
        return _mm512_permutex2var_epi16(
            values, _mm512_xor_si512(ends, _mm512_set1_epi16(31)), _mm512_set1_epi16(Int16(bitPattern: before)))
    }

    /// For lanes 0 ... 3, 8 ... 11 and so on: the bits of all lanes not after it.
    @inline(__always)
    private func lanesUpToInFirstFours() -> __m512i {
        _mm512_set_epi64(
            0x0FFF_FFFF_07FF_FFFF, 0x03FF_FFFF_01FF_FFFF, 0x000F_FFFF_0007_FFFF, 0x0003_FFFF_0001_FFFF,
            0x0000_0FFF_0000_07FF, 0x0000_03FF_0000_01FF, 0x0000_000F_0000_0007, 0x0000_0003_0000_0001)
    }

    /// For lanes 4 ... 7, 12 ... 15 and so on.
    @inline(__always)
    private func lanesUpToInSecondFours() -> __m512i {
        _mm512_set_epi64(
            -0x0000_0000_8000_0001, 0x3FFF_FFFF_1FFF_FFFF, 0x00FF_FFFF_007F_FFFF, 0x003F_FFFF_001F_FFFF,
            0x0000_FFFF_0000_7FFF, 0x0000_3FFF_0000_1FFF, 0x0000_00FF_0000_007F, 0x0000_003F_0000_001F)
    }

    /// A lane each: 0 ... 31.
    @inline(__always)
    func laneNumbers() -> __m512i {
        _mm512_cvtepu8_epi16(
            _mm256_setr_epi8(
                0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27,
                28,
                29, 30, 31))
    }

    /// Bit i of a lane is set where lane i of its half is not after it.
    @inline(__always)
    private func lanesUpTo() -> __m512i {
        _mm512_broadcast_i64x4(
            _mm256_setr_epi16(
                0x1, 0x3, 0x7, 0xF, 0x1F, 0x3F, 0x7F, 0xFF, 0x1FF, 0x3FF, 0x7FF, 0xFFF, 0x1FFF, 0x3FFF, 0x7FFF, -1))
    }

    @inline(__always)
    private func lanesBefore() -> __m512i {
        _mm512_broadcast_i64x4(
            _mm256_setr_epi16(
                0, 0x1, 0x3, 0x7, 0xF, 0x1F, 0x3F, 0x7F, 0xFF, 0x1FF, 0x3FF, 0x7FF, 0xFFF, 0x1FFF, 0x3FFF, 0x7FFF))
    }

    /// The bits of floating-point numbers. A power of 2 is its exponent and nothing else.
    @inline(__always)
    func float(_ numbers: __m512i) -> __m512i { _mm512_castps_si512(_mm512_cvtepu32_ps(numbers)) }
#endif
