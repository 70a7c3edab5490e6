#if arch(x86_64)
    import _Builtin_intrinsics.intel

    /// What is seldom in a good stream and frequent in garbage, of one block of EVT2.1 or EVT4: triggers, messages, and words that
    /// mean nothing here. So that garbage takes hardly longer than events do, a block need not end for them.
    struct FineRareWords {
        /// Lanes of each kind.
        private(set) var triggers: UInt16 = 0
        private var messages: UInt16 = 0
        private var unknown: UInt16 = 0
        /// Continuations that continue nothing, and lanes up to which a message goes on.
        private var strays: UInt16 = 0
        private var covered: UInt16 = 0

        /// Finds what a block has of them, and leaves the decoder its words only.
        ///
        /// - Parameter beyond: lanes that are not of this block.
        @inline(__always)
        mutating func sort(
            _ lanes: inout FineLanes, beyond: UInt16, _ kinds: FineKinds, _ state: FineState, _ run: borrowing EventRun
        ) {
            let meanings = _mm512_permutexvar_epi32(
                _mm512_srli_epi32(lanes.words, 28), _mm512_cvtepu8_epi32(kinds.meanings))
            triggers = ~beyond & _mm512_test_epi32_mask(meanings, splat(FineKinds.trigger))
            messages = _mm512_test_epi32_mask(meanings, splat(FineKinds.message))
            unknown = ~lanes.padding & _mm512_test_epi32_mask(meanings, splat(FineKinds.unknown))
            let continuations = _mm512_test_epi32_mask(meanings, splat(FineKinds.continuation))
            // A message goes through continuations and padding: adding 1 at their start carries through all of them.
            let passed = UInt32(continuations | lanes.padding)
            let begun = (UInt32(messages) &<< 1 | (state.isInMessage ? 1 : 0)) & passed
            covered = UInt16(truncatingIfNeeded: passed & ~(passed &+ begun))
            strays = continuations & ~covered

            // Rate-controller reports, 0x0014 and 0x0016.
            let reports = _mm512_xor_si512(_mm512_and_si512(lanes.words, splat(0xFFFD)), splat(0x0014))
            lanes.hard = beyond | messages & _mm512_testn_epi32_mask(reports, reports)
            let counts = unsafe run.counts
            if !counts.contains(.unknown) { lanes.hard |= unknown }
            if !counts.contains(.strayContinuations) { lanes.hard |= strays }
            if !counts.contains(.ignoredMessages) { lanes.hard |= messages }
            if state.hasTime {
                if unsafe triggers.nonzeroBitCount > run.triggerCapacity &- run.triggerCount { lanes.hard |= triggers }
            } else {
                lanes.hard |= lanes.highs
                if !counts.contains(.eventsBeforeTime) { lanes.hard |= lanes.events | triggers }
            }
            if !counts.contains(.stepsBack) { lanes.hard |= lanes.stepsBack }
        }

        /// Leaves out the first of the decoder's lanes and what comes after it, counts the others, and gives their triggers.
        @inline(__always)
        mutating func take(_ lanes: FineLanes, _ state: inout FineState, _ run: inout EventRun) {
            let below = lanes.below
            triggers &= below
            unsafe run.rare.unknown &+= (unknown & below).nonzeroBitCount
            unsafe run.rare.strayContinuations &+= (strays & below).nonzeroBitCount
            unsafe run.rare.ignoredMessages &+= (messages & below).nonzeroBitCount
            unsafe run.rare.stepsBack &+= (lanes.stepsBack & below).nonzeroBitCount
            state.isInMessage = (messages | covered) & (below ^ below &>> 1) != 0
            if !state.hasTime {
                unsafe run.rare.eventsBeforeTime &+= triggers.nonzeroBitCount
                triggers = 0
            } else if triggers != 0 {
                unsafe run.store(triggers, of: lanes.words, highs: lanes.highOf, origin: state.origin)
            }
        }
    }

    extension EventRun {
        /// Writes triggers, each with its own TIME_HIGH, and nothing behind them: others' columns begin there.
        @inline(__always)
        mutating func store(_ triggers: UInt16, of words: __m512i, highs: __m512i, origin: UInt64) {
            let index = unsafe triggerCount
            let number = triggers.nonzeroBitCount
            let wanted = UInt16(truncatingIfNeeded: UInt32(1) &<< UInt32(number) &- 1)
            let words = _mm512_maskz_compress_epi32(triggers, words)
            let highs = _mm512_maskz_compress_epi32(triggers, highs)
            let lows = lowsOf(words)
            unsafe _mm_mask_storeu_epi8(
                triggerID + index, wanted,
                _mm512_cvtepi32_epi8(_mm512_and_si512(_mm512_srli_epi32(words, 8), splat(0x1F))))
            unsafe _mm_mask_storeu_epi8(
                triggerRising + index, wanted, _mm512_cvtepi32_epi8(_mm512_and_si512(words, splat(1))))
            unsafe _mm512_mask_storeu_epi64(
                triggerT + index, UInt8(truncatingIfNeeded: wanted), fineTimes(lows.lowHalf, highs.lowHalf, origin))
            if number > 8 {
                unsafe _mm512_mask_storeu_epi64(
                    triggerT + (index &+ 8), UInt8(truncatingIfNeeded: wanted &>> 8),
                    fineTimes(lows.highHalf, highs.highHalf, origin))
            }
            unsafe triggerCount = index &+ number
        }
    }
#endif
