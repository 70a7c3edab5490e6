#if arch(x86_64)
    import _Builtin_intrinsics.intel

    /// 32 words of EVT3: the lanes of each kind that a good stream consists of.
    struct EVT3Block {
        let words: __m512i
        let kinds: EVT3Kinds
        /// ADDR_Y.
        private(set) var rows: UInt32
        /// ADDR_X.
        private(set) var events: UInt32
        /// VECT_BASE_X.
        private(set) var bases: UInt32
        /// VECT_12 and VECT_8.
        private(set) var vectors: UInt32
        /// TIME_LOW, and what else begins a lower part of the time.
        var lows: UInt32

        @inline(__always)
        init(_ words: __m512i) {
            self.words = words
            let kinds = EVT3Kinds(words)
            self.kinds = kinds
            rows = ~(kinds.bit3 | kinds.bit2 | kinds.bit1 | kinds.bit0)
            events = kinds.bit1 & ~(kinds.bit3 | kinds.bit2 | kinds.bit0)
            bases = kinds.bit1 & kinds.bit0 & ~(kinds.bit3 | kinds.bit2)
            vectors = kinds.bit2 & ~(kinds.bit3 | kinds.bit1)
            lows = kinds.bit2 & kinds.bit1 & ~(kinds.bit3 | kinds.bit0)
        }

        /// VECT_12.
        @inline(__always)
        var wide: UInt32 { vectors & ~kinds.bit0 }

        /// All of those lanes.
        @inline(__always)
        var plain: UInt32 { rows | events | bases | vectors | lows }

        /// TIME_HIGH that says nothing new.
        @inline(__always)
        func highs(_ timeHigh: UInt16) -> UInt32 {
            let highs = kinds.highs
            if highs == 0 { return 0 }
            let difference = _mm512_xor_si512(words, _mm512_set1_epi16(Int16(bitPattern: timeHigh)))
            return highs & _mm512_testn_epi16_mask(difference, _mm512_set1_epi16(0x0FFF))
        }

        /// Leaves out all lanes but some.
        @inline(__always)
        mutating func cut(_ kept: UInt32) {
            rows &= kept
            events &= kept
            bases &= kept
            vectors &= kept
            lows &= kept
        }

        /// A mask of each lane's pixels.
        @inline(__always)
        var pixels: __m512i { _mm512_mask_mov_epi16(vectorPixels, events, _mm512_set1_epi16(1)) }

        /// Likewise, but for events.
        @inline(__always)
        var vectorPixels: __m512i {
            let bits = _mm512_mask_mov_epi16(
                _mm512_maskz_mov_epi16(vectors, _mm512_set1_epi16(0x00FF)), wide, _mm512_set1_epi16(0x0FFF))
            return _mm512_and_si512(words, bits)
        }
    }

    /// The lanes whose kind has a bit.
    struct EVT3Kinds {
        let bit3: UInt32
        let bit2: UInt32
        let bit1: UInt32
        let bit0: UInt32

        @inline(__always)
        init(_ words: __m512i) {
            bit3 = _mm512_test_epi16_mask(words, _mm512_set1_epi16(Int16(bitPattern: 0x8000)))
            bit2 = _mm512_test_epi16_mask(words, _mm512_set1_epi16(0x4000))
            bit1 = _mm512_test_epi16_mask(words, _mm512_set1_epi16(0x2000))
            bit0 = _mm512_test_epi16_mask(words, _mm512_set1_epi16(0x1000))
        }

        /// TIME_HIGH.
        @inline(__always)
        var highs: UInt32 { bit3 & ~(bit2 | bit1 | bit0) }
    }
#endif
