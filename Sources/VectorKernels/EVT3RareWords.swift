#if arch(x86_64)
    import _Builtin_intrinsics.intel

    /// What is seldom in a good stream and frequent in garbage, of one block of EVT3: the time's high part, triggers, and words that mean
    /// nothing here. So that garbage takes no longer than events do, a block need not end for them.
    struct EVT3RareWords {
        /// Lanes of each kind.
        let highs: UInt32
        let triggers: UInt32
        let messages: UInt32
        let continuations: UInt32
        let unknown: UInt32
        /// Lanes with a TIME_HIGH that changes the time.
        private(set) var changes: UInt32 = 0
        /// Microseconds at which the TIME_HIGH of each part of the block began; each change begins another part.
        private(set) var starts = SIMD8<UInt64>()
        private var stepsBack: UInt32 = 0
        private var wraps: UInt32 = 0
        private var strays: UInt32 = 0

        init(kind3: UInt32, kind2: UInt32, kind1: UInt32, kind0: UInt32) {
            highs = kind3 & ~(kind2 | kind1 | kind0)
            triggers = kind3 & kind1 & ~(kind2 | kind0)
            messages = kind3 & kind2 & kind1 & ~kind0
            continuations = kind2 & kind1 & kind0
            unknown = kind3 & kind0 & ~(kind2 & kind1) | kind3 & kind2 & ~kind1 | kind0 & ~(kind3 | kind2 | kind1)
        }

        /// Finds the lanes that are the decoder's, and goes through the changes of the time before the first of them.
        ///
        /// - Parameter end: lanes that are not of this block, from the first one on.
        @inline(__always)
        mutating func sort(
            _ words: __m512i, at pointer: UnsafeRawPointer, until end: UInt32, _ state: EVT3State,
            _ run: borrowing EventRun
        ) -> UInt32 {
            var hard = end
            // A run of continuations after a message is the message's: adding 1 at its start carries through all of it.
            let begun = (messages &<< 1 | (state.isInMessage ? 1 : 0)) & continuations
            let all = UInt64(continuations)
            let covered = UInt32(truncatingIfNeeded: all & ~(all &+ UInt64(begun)))
            strays = continuations & ~covered
            if unsafe !run.counts.contains(.unknown) { hard |= unknown }
            if unsafe !run.counts.contains(.strayContinuations) { hard |= strays }
            if unsafe !run.counts.contains(.ignoredMessages) { hard |= messages }
            if state.hasTime {
                if unsafe run.triggerCount &+ 32 > run.triggerCapacity { hard |= triggers }
            } else {
                hard |= highs
                if unsafe !run.counts.contains(.eventsBeforeTime) { hard |= triggers }
            }
            // Rate-controller reports, 0x014 and 0x016.
            let reports = _mm512_xor_si512(
                _mm512_and_si512(words, _mm512_set1_epi16(0x0FFD)), _mm512_set1_epi16(0x0014))
            hard |= messages & _mm512_testn_epi16_mask(reports, reports)

            // Without branches but for the rarest: in garbage nobody can foresee them. Four at least, also where there are fewer.
            let mayStepBack: UInt64 = unsafe run.counts.contains(.stepsBack) ? 1 : 0
            var high = UInt64(state.timeHigh)
            var start = state.start
            starts[0] = start
            var part = 0
            var rest = highs & ((hard & (0 &- hard)) &- 1)
            guard rest != 0 else { return hard }
            repeat {
                for _ in 0..<4 {
                    let lane = rest.trailingZeroBitCount & 31
                    let bit = rest & (0 &- rest)
                    let word = unsafe pointer.loadUnaligned(fromByteOffset: 2 &* lane, as: UInt16.self)
                    let value = bit == 0 ? high : UInt64(word & 0x0FFF)
                    rest ^= bit
                    let difference = value &- high
                    // Half of the clock's range behind, it has wrapped; less than that, it stepped back.
                    let wrap = (difference &+ 2047) &>> 63
                    let step = difference &>> 63 ^ wrap
                    guard part < 7, step <= mayStepBack else { return hard | bit }
                    start = start &+ difference &<< 12 &+ wrap &<< 24
                    part &+= difference == 0 ? 0 : 1
                    starts[part] = start
                    changes |= difference == 0 ? 0 : bit
                    wraps |= (0 &- UInt32(truncatingIfNeeded: wrap)) & bit
                    stepsBack |= (0 &- UInt32(truncatingIfNeeded: step)) & bit
                    high = value
                }
            } while rest != 0
            return hard
        }

        /// Counts what is below the first of the decoder's lanes, gives its triggers, and says what it leaves.
        ///
        /// - Parameters:
        ///   - words: the block.
        ///   - lows: the lower part of the time in each lane.
        ///   - below: the lanes before that one.
        @inline(__always)
        func apply(
            _ words: __m512i, _ lows: __m512i, at pointer: UnsafeRawPointer, below: UInt32, _ state: inout EVT3State,
            _ run: inout EventRun
        ) {
            unsafe run.rare.unknown &+= (unknown & below).nonzeroBitCount
            unsafe run.rare.strayContinuations &+= (strays & below).nonzeroBitCount
            unsafe run.rare.ignoredMessages &+= (messages & below).nonzeroBitCount
            unsafe run.rare.stepsBack &+= (stepsBack & below).nonzeroBitCount
            state.wraps &+= UInt64((wraps & below).nonzeroBitCount)
            let given = triggers & below
            if !state.hasTime {
                unsafe run.rare.eventsBeforeTime &+= given.nonzeroBitCount
            } else if given != 0 {
                unsafe append(given, lows, of: words, &run)
            }
            let changed = changes & below
            if changed != 0 {
                state.start = starts[changed.nonzeroBitCount]
                let lane = 31 &- changed.leadingZeroBitCount
                state.timeHigh =
                    unsafe pointer.loadUnaligned(fromByteOffset: 2 &* lane, as: UInt16.self) & 0x0FFF
            }
            let last = below ^ (below &>> 1)
            state.isInMessage = (messages | continuations & ~strays) & last != 0
        }

        /// The triggers of some lanes, eight at once. There is room for 32.
        @inline(__always)
        private func append(_ lanes: UInt32, _ lows: __m512i, of words: __m512i, _ run: inout EventRun) {
            let part = marked(changes)
            let starts = unsafe unsafeBitCast(starts, to: __m512i.self)
            var list = _mm512_maskz_compress_epi16(lanes, laneNumbers())
            let packed = _mm512_permutexvar_epi16(list, words)
            let index = unsafe run.triggerCount
            unsafe UnsafeMutableRawPointer(run.triggerID + index).storeBytes(
                of: _mm512_cvtepi16_epi8(
                    _mm512_and_si512(_mm512_srli_epi16(packed, 8), _mm512_set1_epi16(0x000F))), as: __m256i.self)
            unsafe UnsafeMutableRawPointer(run.triggerRising + index).storeBytes(
                of: _mm512_cvtepi16_epi8(_mm512_and_si512(packed, _mm512_set1_epi16(1))), as: __m256i.self)
            let number = lanes.nonzeroBitCount
            var written = 0
            repeat {
                let eight = _mm512_cvtepu16_epi64(_mm512_castsi512_si128(list))
                unsafe _mm512_storeu_si512(
                    run.triggerT + (index &+ written),
                    _mm512_add_epi64(
                        _mm512_maskz_permutexvar_epi16(0x1111_1111, eight, lows),
                        _mm512_permutexvar_epi64(_mm512_maskz_permutexvar_epi16(0x1111_1111, eight, part), starts)))
                list = _mm512_permutexvar_epi64(_mm512_set_epi64(0, 0, 7, 6, 5, 4, 3, 2), list)
                written &+= 8
            } while written < number
            unsafe run.triggerCount = index &+ number
        }
    }
#endif
