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
        /// Microseconds at which the TIME_HIGH of each part of the block began; each change begins another part, of which there are 8.
        private(set) var starts = _mm512_setzero_si512()
        private var stepsBack: UInt32 = 0
        private var wraps: UInt32 = 0
        private var strays: UInt32 = 0

        @inline(__always)
        init(_ kinds: EVT3Kinds) {
            let (bit3, bit2, bit1, bit0) = (kinds.bit3, kinds.bit2, kinds.bit1, kinds.bit0)
            highs = kinds.highs
            triggers = bit3 & bit1 & ~(bit2 | bit0)
            messages = bit3 & bit2 & bit1 & ~bit0
            continuations = bit2 & bit1 & bit0
            unknown = bit3 & bit0 & ~(bit2 & bit1) | bit3 & bit2 & ~bit1 | bit0 & ~(bit3 | bit2 | bit1)
        }

        /// Finds the lanes that are the decoder's, and goes through the changes of the time before the first of them.
        ///
        /// - Parameter end: lanes that are not of this block, from the first one on.
        @inline(__always)
        mutating func sort(
            _ words: __m512i, until end: UInt32, _ state: EVT3State, _ run: borrowing EventRun
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

            findChanges(of: highs & ((hard & (0 &- hard)) &- 1), words, state, &hard)
            if unsafe !run.counts.contains(.stepsBack) { hard |= stepsBack }
            return hard
        }

        /// Goes through TIME_HIGHs, all at once. What comes after the last part there is room for is the decoder's.
        @inline(__always)
        private mutating func findChanges(
            of highs: UInt32, _ words: __m512i, _ state: EVT3State, _ hard: inout UInt32
        ) {
            if highs == 0 {
                starts = splatWide(state.start)
                return
            }
            let packed = _mm512_maskz_compress_epi16(highs, _mm512_and_si512(words, _mm512_set1_epi16(0x0FFF)))
            let values = _mm512_cvtepu16_epi64(_mm512_castsi512_si128(packed))
            let there = UInt8(truncatingIfNeeded: UInt32(1) &<< UInt32(min(7, highs.nonzeroBitCount)) &- 1)
            func inBlock(_ lanes: UInt8) -> UInt32 {
                _mm512_movepi16_mask(_mm512_maskz_expand_epi16(highs, _mm512_maskz_set1_epi16(UInt32(lanes), -1)))
            }

            // Half of the clock's range behind, it has wrapped; less than that, it stepped back.
            let before = _mm512_set_epi64(6, 5, 4, 3, 2, 1, 0, 0)
            let high = splatWide(UInt64(state.timeHigh))
            let steps = _mm512_sub_epi64(values, _mm512_mask_permutexvar_epi64(high, 0xFE, before, values))
            let changed = there & _mm512_test_epi64_mask(steps, steps)
            let falls = there & _mm512_movepi64_mask(steps)
            let wrapped = falls & _mm512_movepi64_mask(_mm512_add_epi64(steps, splatWide(2047)))
            changes = inBlock(changed)
            wraps = inBlock(wrapped)
            stepsBack = inBlock(falls & ~wrapped)
            if highs.nonzeroBitCount > 7 { hard |= inBlock(0x80) }

            let upTo = _mm512_set_epi64(0xFF, 0x7F, 0x3F, 0x1F, 0xF, 7, 3, 1)
            let wrapsUpTo = _mm512_popcnt_epi64(_mm512_and_si512(splatWide(UInt64(wrapped)), upTo))
            let since = _mm512_add_epi64(
                _mm512_slli_epi64(_mm512_sub_epi64(values, high), 12), _mm512_slli_epi64(wrapsUpTo, 24))
            starts = _mm512_add_epi64(
                splatWide(state.start),
                _mm512_maskz_permutexvar_epi64(0xFE, before, _mm512_maskz_compress_epi64(changed, since)))
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
                let part = splatWide(UInt64(changed.nonzeroBitCount))
                state.start = UInt64(
                    bitPattern: _mm_cvtsi128_si64(_mm512_castsi512_si128(_mm512_permutexvar_epi64(part, starts))))
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
