#if arch(x86_64)
    import CPlatform
    import _Builtin_intrinsics.intel

    /// Goes through EVT2 by 64 words: counts what is just counted, and lists events, times and triggers.
    @unsafe struct EVT2Sieve {
        private var next: UnsafeRawPointer
        private var left: Int
        private var isInMessage: Bool
        private var counts = RareWordCounts()
        /// Whether nothing rare was among the words of a list, or something that the decoder has to take, or they have ended.
        private(set) var isDone = false

        private let hasTime: Bool
        /// The meanings that are the decoder's.
        private let declined: UInt32
        private let declinesStrays: Bool
        private let declinesOutside: Bool
        private let lastPlace: __m512i

        @inline(__always)
        init(_ run: borrowing EventRun, _ state: FineState) {
            unsafe next = run.next
            unsafe left = run.left
            unsafe isDone = run.left == 0
            unsafe isInMessage = state.isInMessage
            unsafe hasTime = state.hasTime
            let counts = unsafe run.counts
            var declined: UInt32 = 0
            if !counts.contains(.unknown) { declined |= FineKinds.unknown }
            if !counts.contains(.ignoredMessages) { declined |= FineKinds.message }
            if !state.hasTime || !counts.contains(.stepsBack) { declined |= FineKinds.time }
            if !state.hasTime, !counts.contains(.eventsBeforeTime) {
                declined |= FineKinds.event | FineKinds.trigger
            }
            unsafe self.declined = declined
            unsafe declinesStrays = !counts.contains(.strayContinuations)
            unsafe declinesOutside = !run.countsOutside
            unsafe lastPlace = FineColumns(run).lastPlace
        }

        /// Goes on until the list may be full.
        ///
        /// - Parameters:
        ///   - most: how many words the list shall have at most; 64 or more.
        ///   - room: likewise for triggers.
        @inline(__always)
        mutating func fill(_ list: inout EVT2List, upTo most: Int, triggers room: Int) {
            var isAllWanted = unsafe hasTime
            repeat {
                let words: EVT2Words
                var beyond: UInt64 = 0
                if unsafe left >= 64 {
                    words = EVT2Words { quarter in
                        unsafe platform_prefetch(next + (4096 &+ 64 &* quarter))
                        return unsafe _mm512_loadu_si512(next + 64 &* quarter)
                    }
                } else {
                    unsafe beyond = UInt64.max &<< UInt64(truncatingIfNeeded: left)
                    words = EVT2Words { quarter in
                        unsafe _mm512_maskz_loadu_epi32(
                            UInt16(truncatingIfNeeded: ~beyond &>> UInt64(16 &* quarter)), next + 64 &* quarter)
                    }
                }
                let kinds = unsafe EVT2KindsOfWords(words, isInMessage: isInMessage)
                let wanted = kinds.lanes(of: FineKinds.event | FineKinds.trigger | FineKinds.time)
                var hard = unsafe beyond | kinds.lanes(of: declined)
                if unsafe declinesStrays { hard |= kinds.strays }
                if words.mayBeReports { hard |= kinds.messages & words.reports }
                if unsafe hasTime {
                    if unsafe list.count > room &- 64 {
                        let triggers = kinds.lanes(of: FineKinds.trigger)
                        if unsafe list.count &+ triggers.nonzeroBitCount > room { hard |= triggers }
                    }
                    if unsafe declinesOutside {
                        hard |= unsafe kinds.lanes(of: FineKinds.event) & words.outside(lastPlace)
                    }
                }
                // Mostly all of them are taken.
                if hard == 0 {
                    unsafe take(words, kinds, wanted, .max, 64, &list)
                    unsafe isDone = left == 0
                    isAllWanted = isAllWanted && wanted == .max
                } else {
                    let below = (hard & (0 &- hard)) &- 1
                    unsafe take(words, kinds, wanted, below, below.nonzeroBitCount, &list)
                    unsafe isDone = true
                }
            } while unsafe !isDone && list.count &+ 64 <= most
            if isAllWanted { unsafe isDone = true }
        }

        /// - Parameters:
        ///   - below: the words to take.
        ///   - taken: how many they are.
        @inline(__always)
        private mutating func take(
            _ words: EVT2Words, _ kinds: EVT2KindsOfWords, _ wanted: UInt64, _ below: UInt64, _ taken: Int,
            _ list: inout EVT2List
        ) {
            unsafe next += 4 &* taken
            unsafe left &-= taken
            let known = (kinds.messages | kinds.continuations | wanted) & below
            unsafe counts.unknown &+= taken &- known.nonzeroBitCount
            unsafe counts.strayContinuations &+= (kinds.strays & below).nonzeroBitCount
            unsafe counts.ignoredMessages &+= (kinds.messages & below).nonzeroBitCount
            unsafe isInMessage = (kinds.messages | kinds.covered) & (below ^ below &>> 1) != 0
            if unsafe hasTime {
                unsafe list.append(words, wanted & below)
            } else {
                unsafe counts.eventsBeforeTime &+= (wanted & below).nonzeroBitCount
            }
        }

        /// Tells how far it went, and what it counted.
        @inline(__always)
        func leave(_ run: inout EventRun, _ state: inout FineState) {
            unsafe run.next = next
            unsafe run.left = left
            unsafe run.rare.unknown &+= counts.unknown
            unsafe run.rare.strayContinuations &+= counts.strayContinuations
            unsafe run.rare.ignoredMessages &+= counts.ignoredMessages
            unsafe run.rare.eventsBeforeTime &+= counts.eventsBeforeTime
            unsafe state.isInMessage = isInMessage
        }
    }

    /// 64 words.
    struct EVT2Words {
        let quarters: (__m512i, __m512i, __m512i, __m512i)

        @inline(__always)
        init(_ load: (Int) -> __m512i) { quarters = (load(0), load(1), load(2), load(3)) }

        /// Whether any may be a rate-controller report.
        @inline(__always)
        var mayBeReports: Bool {
            func difference(_ words: __m512i) -> __m512i {
                _mm512_and_si512(_mm512_xor_si512(words, splat(0x0014)), splat(0xFFFD))
            }
            let least = _mm512_min_epu32(
                _mm512_min_epu32(difference(quarters.0), difference(quarters.1)),
                _mm512_min_epu32(difference(quarters.2), difference(quarters.3)))
            return _mm512_testn_epi32_mask(least, least) != 0
        }

        /// What would be rate-controller reports, 0x0014 and 0x0016, if they were messages.
        @inline(__always)
        var reports: UInt64 {
            lanes { words in
                _mm512_testn_epi32_mask(_mm512_xor_si512(words, splat(0x0014)), splat(0xFFFD))
            }
        }

        /// What would be outside the sensor if they were events.
        @inline(__always)
        func outside(_ lastPlace: __m512i) -> UInt64 {
            lanes { words in
                let excess = _mm512_subs_epu16(placesOf(words), lastPlace)
                return _mm512_test_epi32_mask(excess, excess)
            }
        }

        @inline(__always)
        private func lanes(_ test: (__m512i) -> UInt16) -> UInt64 {
            UInt64(test(quarters.0)) | UInt64(test(quarters.1)) &<< 16 | UInt64(test(quarters.2)) &<< 32
                | UInt64(test(quarters.3)) &<< 48
        }
    }

    /// What each of 64 words means.
    private struct EVT2KindsOfWords {
        /// A byte each.
        private let meanings: __m512i
        let messages: UInt64
        let continuations: UInt64
        /// Continuations that belong to a message, and those that don't.
        let covered: UInt64
        var strays: UInt64 { continuations & ~covered }

        @inline(__always)
        init(_ words: EVT2Words, isInMessage: Bool) {
            // The last byte of each word.
            let numbers = _mm512_add_epi8(_mm512_slli_epi16(byteNumbers(), 2), _mm512_set1_epi8(3))
            let kinds = _mm512_mask_blend_epi64(
                0xF0, _mm512_permutex2var_epi8(words.quarters.0, numbers, words.quarters.1),
                _mm512_permutex2var_epi8(words.quarters.2, numbers, words.quarters.3))
            let meanings = _mm512_shuffle_epi8(
                _mm512_broadcast_i32x4(FineKinds.evt2.meanings),
                _mm512_and_si512(_mm512_srli_epi16(kinds, 4), _mm512_set1_epi8(0xF)))
            self.meanings = meanings
            messages = Self.lanes(meanings, FineKinds.message)
            continuations = Self.lanes(meanings, FineKinds.continuation)
            // A message goes through continuations: adding 1 at their start carries through all of them.
            let begun = (messages &<< 1 | (isInMessage ? 1 : 0)) & continuations
            covered = continuations & ~(continuations &+ begun)
        }

        @inline(__always)
        func lanes(of meaning: UInt32) -> UInt64 { Self.lanes(meanings, meaning) }

        @inline(__always)
        private static func lanes(_ meanings: __m512i, _ meaning: UInt32) -> UInt64 {
            _mm512_test_epi8_mask(meanings, _mm512_set1_epi8(Int8(truncatingIfNeeded: meaning)))
        }
    }
#endif
