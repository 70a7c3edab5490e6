#if arch(x86_64)
    import _Builtin_intrinsics.intel

    /// 16 words of EVT2.1 or EVT4 with something rare among them.
    struct FineRareBlock {
        /// What tells kind, time and place of each word.
        var lanes: FineLanes
        /// The pixels of events and vectors.
        let masks: __m512i
        let beyond: UInt16

        /// Takes what it can. `lanes.hard` then tells the words that it can't.
        ///
        /// - Parameters:
        ///   - pointer: where the first word lies that `lanes` has; one comes every `stride` bytes.
        ///   - pending: lanes that it shall not take.
        ///   - list: where pixels are listed if several words have some, and TIME_HIGH hardly changes among them; or nil.
        /// - Returns: how many words it took.
        @inline(__always)
        mutating func take(
            at pointer: UnsafeRawPointer, every stride: Int, but pending: UInt16, _ kinds: FineKinds,
            _ columns: FineColumns, _ list: PixelList?, _ time: inout FineState, _ run: inout EventRun
        ) -> Int {
            let timeless = time.hasTime ? 0 : UInt16.max
            var rare = FineRareWords()
            unsafe rare.sort(&lanes, beyond: beyond, kinds, time, run)
            lanes.hard |= pending

            // ---- Which pixels, up to which lane ----
            let places = placesOf(lanes.words)
            let inside = unsafe columns.inside(places)
            let off = _mm512_andnot_si512(inside, masks)
            let anyOff = lanes.events & ~timeless & _mm512_test_epi32_mask(off, off)
            if unsafe !run.countsOutside { lanes.hard |= anyOff }
            let taken = lanes.cut()
            let early = lanes.events & timeless
            lanes.events &= ~timeless
            let pixels = _mm512_maskz_and_epi32(lanes.events, inside, masks)
            let vectors = _mm512_test_epi32_mask(pixels, pixels)
            if vectors != 0 {
                guard unsafe run.count &+ 32 &* vectors.nonzeroBitCount <= run.capacity &- 32 else {
                    lanes.hard = .max
                    return 0
                }
                let steps = _mm512_sub_epi32(lanes.highOf, splat(time.high))
                let areNear = vectors & _mm512_test_epi32_mask(steps, splat(~HalfWords.mostRise)) == 0
                if let list = unsafe list, areNear, vectors.nonzeroBitCount > 3 {
                    let words = HalfWords(
                        lanes.words, places, _mm512_add_epi32(lowsOf(lanes.words), _mm512_slli_epi32(steps, 6)))
                    let counts = unsafe list.fill(pixels)
                    unsafe columns.store(list, counts, of: words, base: time.base, at: run.count)
                    unsafe run.count &+= counts.count
                } else {
                    let end = unsafe columns.storeVectors(
                        lanes, pixels, places, vectors, origin: time.origin, at: run.count)
                    unsafe run.count = end
                }
            }

            // ---- What is counted, and what the words leave behind ----
            if lanes.events & anyOff != 0 { unsafe run.outside &+= bits(of: off, lanes.events) }
            if early != 0 { unsafe run.rare.eventsBeforeTime &+= bits(of: masks, early) }
            unsafe rare.take(lanes, &time, &run)
            unsafe time.take(lanes, timed: lanes.events | rare.triggers, at: pointer, every: stride)
            return taken
        }
    }

    /// Bits of some lanes together.
    @inline(__always)
    private func bits(of masks: __m512i, _ lanes: UInt16) -> Int {
        Int(_mm512_reduce_add_epi32(_mm512_maskz_mov_epi32(lanes, bitCounts(masks))))
    }

    extension FineColumns {
        /// Writes the pixels of words that are marked, one word after the other, and says where they end.
        @inline(__always)
        fileprivate func storeVectors(
            _ lanes: FineLanes, _ pixels: __m512i, _ places: __m512i, _ marked: UInt16, origin: UInt64, at index: Int
        ) -> Int {
            let lows = lowsOf(lanes.words)
            let scratch = (
                pixels, places, lanes.words, fineTimes(lows.lowHalf, lanes.highOf.lowHalf, origin),
                fineTimes(lows.highHalf, lanes.highOf.highHalf, origin)
            )
            return unsafe withUnsafeBytes(of: scratch) { scratch in
                var end = index
                var rest = marked
                while rest != 0 {
                    let lane = rest.trailingZeroBitCount
                    rest &= rest &- 1
                    let mask = unsafe scratch.load(fromByteOffset: 4 &* lane, as: UInt32.self)
                    let word = unsafe scratch.load(fromByteOffset: 128 &+ 4 &* lane, as: UInt32.self)
                    unsafe storePixels(
                        mask: mask, x: scratch.load(fromByteOffset: 66 &+ 4 &* lane, as: UInt16.self),
                        y: scratch.load(fromByteOffset: 64 &+ 4 &* lane, as: UInt16.self),
                        on: UInt8(truncatingIfNeeded: word &>> 28 & 1),
                        t: scratch.load(fromByteOffset: 192 &+ 8 &* lane, as: UInt64.self), at: end)
                    end &+= mask.nonzeroBitCount
                }
                return end
            }
        }
    }
#endif
