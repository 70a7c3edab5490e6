#if arch(x86_64)
    import _Builtin_intrinsics.intel

    /// The bits that are set in 32 masks of 16 bits, in order, each as its mask's lane and its place there.
    @unsafe struct PixelList {
        /// The masks, all their bits, and room for a store that overruns.
        static var length: Int { 64 &+ 512 &+ 64 }

        private let masks: UnsafeMutableRawPointer
        private let list: UnsafeMutableRawPointer

        /// - Parameter memory: `length` bytes, aligned to 64.
        init(_ memory: UnsafeMutableRawPointer) {
            unsafe masks = memory
            unsafe list = memory + 64
        }

        /// Lists them: a byte each, the lane in its half of the masks above the place.
        ///
        /// - Returns: how many there are, and how many in the first half.
        @inline(__always)
        func fill(_ all: __m512i) -> (count: Int, inFirstHalf: Int) {
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

    /// A byte each: 0 ... 63.
    @inline(__always)
    func byteNumbers() -> __m512i {
        _mm512_set_epi64(
            0x3F3E_3D3C_3B3A_3938, 0x3736_3534_3332_3130, 0x2F2E_2D2C_2B2A_2928, 0x2726_2524_2322_2120,
            0x1F1E_1D1C_1B1A_1918, 0x1716_1514_1312_1110, 0x0F0E_0D0C_0B0A_0908, 0x0706_0504_0302_0100)
    }
#endif
