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

            // Without branches but for the rarest: in garbage nobody can foresee them.
            let mayStepBack: UInt64 = unsafe run.counts.contains(.stepsBack) ? 1 : 0
            var high = UInt64(state.timeHigh)
            starts[0] = state.start
            var part = 0
            var rest = highs & ((hard & (0 &- hard)) &- 1)
            while rest != 0 {
                let lane = rest.trailingZeroBitCount
                let bit = UInt32(1) &<< UInt32(lane)
                rest &= rest &- 1
                let value = unsafe UInt64(
                    pointer.loadUnaligned(fromByteOffset: 2 &* lane, as: UInt16.self) & 0x0FFF)
                let difference = value &- high
                // Half of the clock's range behind, it has wrapped; less than that, it stepped back.
                let wrap = (difference &+ 2047) &>> 63
                let step = difference &>> 63 ^ wrap
                let change: UInt32 = difference == 0 ? 0 : 1
                guard part < 7, step <= mayStepBack else { return hard | bit }
                let start = starts[part] &+ difference &<< 12 &+ wrap &<< 24
                part &+= Int(change)
                starts[part] = start
                changes |= change &<< UInt32(lane)
                wraps |= UInt32(truncatingIfNeeded: wrap) &<< UInt32(lane)
                stepsBack |= UInt32(truncatingIfNeeded: step) &<< UInt32(lane)
                high = value
            }
            return hard
        }

        /// Counts what is below the first of the decoder's lanes, gives its triggers, and says what it leaves.
        ///
        /// - Parameters:
        ///   - lows: the lower part of the time in each lane.
        ///   - below: the lanes before that one.
        @inline(__always)
        func apply(
            _ lows: __m512i, at pointer: UnsafeRawPointer, below: UInt32, _ state: inout EVT3State,
            _ run: inout EventRun
        ) {
            unsafe run.rare.unknown &+= (unknown & below).nonzeroBitCount
            unsafe run.rare.strayContinuations &+= (strays & below).nonzeroBitCount
            unsafe run.rare.ignoredMessages &+= (messages & below).nonzeroBitCount
            unsafe run.rare.stepsBack &+= (stepsBack & below).nonzeroBitCount
            state.wraps &+= UInt64((wraps & below).nonzeroBitCount)
            var rest = triggers & below
            if !state.hasTime {
                unsafe run.rare.eventsBeforeTime &+= rest.nonzeroBitCount
            } else if rest != 0 {
                let low = unsafe unsafeBitCast(lows, to: SIMD32<UInt16>.self)
                while rest != 0 {
                    let lane = rest.trailingZeroBitCount
                    rest &= rest &- 1
                    let part = (changes & (UInt32(1) &<< UInt32(lane) &- 1)).nonzeroBitCount
                    let word = unsafe pointer.loadUnaligned(fromByteOffset: 2 &* lane, as: UInt16.self)
                    let index = unsafe run.triggerCount
                    unsafe run.triggerT[index] = starts[part] &+ UInt64(low[lane])
                    unsafe run.triggerID[index] = UInt8(truncatingIfNeeded: word &>> 8 & 0x0F)
                    unsafe run.triggerRising[index] = UInt8(truncatingIfNeeded: word & 1)
                    unsafe run.triggerCount = index &+ 1
                }
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
    }
#endif
