#if arch(x86_64)
    import _Builtin_intrinsics.intel

    /// The bits that are set in 32 masks of 16 bits, in order, each as its mask's lane and its place there.
    @unsafe struct PixelList {
        /// The masks, all their bits, and room for a store that overruns.
        static var length: Int { 64 &+ 512 &+ 64 }

        /// How many there are, and how many in the first half of the masks.
        typealias Counts = (count: Int, inFirstHalf: Int)

        private let masks: UnsafeMutableRawPointer
        private let list: UnsafeMutableRawPointer

        /// - Parameter memory: `length` bytes, aligned to 64.
        init(_ memory: UnsafeMutableRawPointer) {
            unsafe masks = memory
            unsafe list = memory + 64
        }

        /// Lists them: a byte each, the lane in its half of the masks above the place.
        @inline(__always)
        func fill(_ all: __m512i) -> Counts {
            unsafe _mm512_store_si512(masks, all)
            var count = 0
            unsafe push(0, 0x00, &count)
            unsafe push(1, 0x40, &count)
            unsafe push(2, 0x80, &count)
            unsafe push(3, 0xC0, &count)
            let half = count
            unsafe push(4, 0x00, &count)
            unsafe push(5, 0x40, &count)
            unsafe push(6, 0x80, &count)
            unsafe push(7, 0xC0, &count)
            return (count, half)
        }

        /// Four masks are a mask of 64 bytes.
        @inline(__always)
        private func push(_ four: Int, _ first: UInt8, _ count: inout Int) {
            let mask = unsafe masks.load(fromByteOffset: 8 &* four, as: UInt64.self)
            let places = _mm512_add_epi8(byteNumbers(), _mm512_set1_epi8(Int8(bitPattern: first)))
            unsafe _mm512_storeu_si512(list + count, _mm512_maskz_compress_epi8(mask, places))
            count &+= mask.nonzeroBitCount
        }

        /// Lane and place of 32 of them.
        @inline(__always)
        func read(at index: Int, inFirstHalf: Int) -> (lane: __m512i, place: __m512i) {
            let bytes = unsafe _mm512_cvtepu8_epi16((list + index).loadUnaligned(as: __m256i.self))
            let firsts = max(0, min(32, inFirstHalf &- index))
            let later = UInt32(truncatingIfNeeded: ~UInt64(0) &<< UInt64(firsts))
            let lane = _mm512_srli_epi16(bytes, 4)
            return (
                _mm512_mask_add_epi16(lane, later, lane, _mm512_set1_epi16(16)),
                _mm512_and_si512(bytes, _mm512_set1_epi16(15))
            )
        }
    }

    /// The same, of masks that have at most 2 bits each and 32 in all, as nearly all blocks of a quiet scene: without memory in between.
    struct FewPixels {
        /// Whether there are no more.
        let areAll: Bool
        let count: Int
        /// Two slots a mask, of which as many count as it has bits: a slot's number is its mask's lane above the bit's rank.
        private let slots: UInt64

        @inline(__always)
        init(_ masks: __m512i) {
            let counts = _mm512_popcnt_epi16(masks)
            let tooMany = _mm512_movepi16_mask(_mm512_sub_epi16(_mm512_set1_epi16(2), counts))
            let owners = _mm512_set_epi64(
                0x1F1F_1E1E_1D1D_1C1C, 0x1B1B_1A1A_1919_1818, 0x1717_1616_1515_1414, 0x1313_1212_1111_1010,
                0x0F0F_0E0E_0D0D_0C0C, 0x0B0B_0A0A_0909_0808, 0x0707_0606_0505_0404, 0x0303_0202_0101_0000)
            let owned = _mm512_permutexvar_epi8(owners, _mm512_zextsi256_si512(_mm512_cvtepi16_epi8(counts)))
            slots = _mm512_movepi8_mask(_mm512_sub_epi8(_mm512_set1_epi16(0x0100), owned))
            count = slots.nonzeroBitCount
            areAll = tooMany == 0 && count <= 32
        }

        /// Lane and place of each.
        @inline(__always)
        func list(_ masks: __m512i) -> (lane: __m512i, place: __m512i) {
            let list = _mm512_cvtepu8_epi16(_mm512_castsi512_si256(_mm512_maskz_compress_epi8(slots, byteNumbers())))
            let lane = _mm512_srli_epi16(list, 1)
            let one = _mm512_set1_epi16(1)
            let both = _mm512_permutexvar_epi16(lane, masks)
            // The second bit is the lowest, once the first is gone.
            let bits = _mm512_mask_mov_epi16(
                both, _mm512_test_epi16_mask(list, one), _mm512_and_si512(both, _mm512_sub_epi16(both, one)))
            return (lane, _mm512_popcnt_epi16(_mm512_andnot_si512(bits, _mm512_sub_epi16(bits, one))))
        }
    }

    /// The same, of masks of which at most 4 have bits, and 32 in all.
    struct FewMasks {
        /// Whether there are no more.
        let areAll: Bool
        let count: Int
        /// Lane and place of each.
        let list: (lane: __m512i, place: __m512i)

        @inline(__always)
        init(_ masks: __m512i) {
            let lanes = _mm512_test_epi16_mask(masks, masks)
            let packed = _mm512_castsi512_si128(_mm512_maskz_compress_epi16(lanes, masks))
            let bits = UInt64(bitPattern: _mm_cvtsi128_si64(packed))
            count = bits.nonzeroBitCount
            areAll = lanes.nonzeroBitCount <= 4 && count <= 32
            let places = _mm512_cvtepu8_epi16(_mm512_castsi512_si256(_mm512_maskz_compress_epi8(bits, byteNumbers())))
            list = (
                _mm512_permutexvar_epi16(
                    _mm512_srli_epi16(places, 4), _mm512_maskz_compress_epi16(lanes, laneNumbers())),
                _mm512_and_si512(places, _mm512_set1_epi16(15))
            )
        }
    }

    /// A byte each: 0 ... 63.
    @inline(__always)
    func byteNumbers() -> __m512i {
        _mm512_set_epi64(
            0x3F3E_3D3C_3B3A_3938, 0x3736_3534_3332_3130, 0x2F2E_2D2C_2B2A_2928, 0x2726_2524_2322_2120,
            0x1F1E_1D1C_1B1A_1918, 0x1716_1514_1312_1110, 0x0F0E_0D0C_0B0A_0908, 0x0706_0504_0302_0100)
    }
#endif
