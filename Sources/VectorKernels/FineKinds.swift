#if arch(x86_64)
    import _Builtin_intrinsics.intel

    /// The kinds of words of EVT2, EVT2.1 or EVT4; the bits below are alike.
    struct FineKinds {
        /// Of OFF events; that of ON events is one more.
        let off: UInt32
        let timeHigh: UInt32
        let triggerWord: UInt32
        /// A whole word that says nothing.
        let padding: UInt32?
        /// For each kind a bit that says what it is.
        let meanings: __m128i

        static var trigger: UInt32 { 1 }
        /// Begins a message.
        static var message: UInt32 { 2 }
        static var continuation: UInt32 { 4 }
        /// An event, or a vector of them.
        static var event: UInt32 { 8 }
        static var time: UInt32 { 16 }
        /// Means nothing.
        static var unknown: UInt32 { 32 }

        @inline(__always)
        static var evt2: FineKinds {
            FineKinds(
                off: 0x0, timeHigh: 0x8, triggerWord: 0xA, padding: nil,
                meanings: _mm_setr_epi8(8, 8, 32, 32, 32, 32, 32, 32, 16, 32, 1, 32, 32, 2, 2, 4))
        }

        @inline(__always)
        static var evt21: FineKinds {
            FineKinds(
                off: 0x0, timeHigh: 0x8, triggerWord: 0xA, padding: nil,
                meanings: _mm_setr_epi8(8, 8, 32, 32, 32, 32, 32, 32, 16, 32, 1, 32, 32, 32, 2, 4))
        }

        @inline(__always)
        static var evt4: FineKinds {
            FineKinds(
                off: 0xA, timeHigh: 0xE, triggerWord: 0x9, padding: .max,
                meanings: _mm_setr_epi8(32, 32, 32, 32, 32, 32, 2, 4, 32, 1, 8, 8, 8, 8, 16, 32))
        }
    }
#endif
