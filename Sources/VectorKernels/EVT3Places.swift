#if arch(x86_64)
    import _Builtin_intrinsics.intel

    /// Column and polarity of 32 events, or of vectors' first pixels.
    struct EVT3Places {
        /// The column, raised so that it is positive also where a base less the pixels before it isn't, and the polarity above it.
        private let all: __m512i
        /// More than the pixels of a block's vectors, 32 times 12.
        private static var raise: Int16 { 512 }

        @inline(__always)
        init() { all = _mm512_setzero_si512() }

        @inline(__always)
        private init(all: __m512i) { self.all = all }

        /// - Parameter state: what held before the block.
        @inline(__always)
        init(_ block: EVT3Block, _ state: EVT3State) {
            // Pixels of vectors before a word, by which its base has moved on since the block's start.
            let moved = _mm512_add_epi16(
                _mm512_slli_epi16(marked(block.vectors, before: true), 3),
                _mm512_slli_epi16(marked(block.wide, before: true), 2))
            let named = _mm512_or_si512(
                _mm512_add_epi16(
                    _mm512_and_si512(block.words, _mm512_set1_epi16(0x07FF)), _mm512_set1_epi16(Self.raise)),
                _mm512_slli_epi16(_mm512_and_si512(block.words, _mm512_set1_epi16(0x0800)), 4))
            let carried =
                UInt16(truncatingIfNeeded: state.base &+ Int(Self.raise)) | UInt16(state.vectorOn) &<< 15
            let started = filled(_mm512_sub_epi16(named, moved), block.bases, before: carried)
            all = _mm512_mask_mov_epi16(_mm512_add_epi16(started, moved), block.events, named)
        }

        /// Those of some lanes.
        @inline(__always)
        func of(_ lanes: __m512i) -> EVT3Places { EVT3Places(all: _mm512_permutexvar_epi16(lanes, all)) }

        @inline(__always)
        var columns: __m512i {
            _mm512_sub_epi16(raised, _mm512_set1_epi16(Self.raise))
        }

        @inline(__always)
        private var raised: __m512i { _mm512_and_si512(all, _mm512_set1_epi16(0x7FFF)) }

        /// The lanes that are ON.
        @inline(__always)
        var on: UInt32 { _mm512_movepi16_mask(all) }

        /// Whether the last pixels that the block's events and vectors may have are on the sensor.
        @inline(__always)
        func areInside(_ block: EVT3Block, _ rows: __m512i, _ run: borrowing EventRun) -> Bool {
            let end = unsafe Int16(bitPattern: run.width) &+ Self.raise
            let last = _mm512_mask_mov_epi16(
                _mm512_mask_mov_epi16(_mm512_set1_epi16(end &- 1), block.vectors, _mm512_set1_epi16(end &- 8)),
                block.wide, _mm512_set1_epi16(end &- 12))
            let excess = _mm512_or_si512(
                _mm512_subs_epu16(raised, last),
                _mm512_subs_epu16(rows, unsafe _mm512_set1_epi16(Int16(bitPattern: run.height &- 1))))
            return _mm512_test_epi16_mask(excess, excess) & (block.events | block.vectors) == 0
        }
    }
#endif
