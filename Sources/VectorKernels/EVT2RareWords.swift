#if arch(x86_64)
    import CPlatform
    import _Builtin_intrinsics.intel

    /// EVT2 as long as each 64 words have something rare among them, and before the time is known.
    ///
    /// Most words of garbage are just counted. The others are pushed together, and taken when there are many.
    @inline(never)
    func decodeEVT2RareWords(_ run: inout EventRun, _ state: inout FineState) {
        // More than a kilobyte in all would come from the heap.
        let capacity = 224
        unsafe withScratch(4 &* (capacity &+ 16)) { list in
            // What is listed has to find room.
            let limit = unsafe run.capacity &- EventRun.slack &- 64
            let lastPlace = unsafe FineColumns(run).lastPlace
            var isLast = false
            while !isLast, unsafe run.left > 0, unsafe run.count <= limit {
                var number = 0
                var triggers = 0
                repeat {
                    var words = unsafe EVT2RareWords(run, lastPlace)
                    number &+= unsafe words.sieve(&state, &run, &triggers, into: list + 4 &* number)
                    isLast = words.isLast
                } while unsafe !isLast && run.left > 0 && number <= capacity &- 64 && run.count &+ number <= limit
                if number == 0 { continue }
                let (next, left, isInMessage) = unsafe (run.next, run.left, state.isInMessage)
                unsafe run.next = UnsafeRawPointer(list)
                unsafe run.left = number
                unsafe decodePlainEVT2Words(&run, &state)
                unsafe run.next = next
                unsafe run.left = left
                state.isInMessage = isInMessage
            }
        }
    }

    /// 64 words.
    private struct EVT2RareWords {
        private let words: (__m512i, __m512i, __m512i, __m512i)
        private let beyond: UInt64
        /// Events outside the sensor, and anything that might be.
        private var outside: UInt64
        /// Whether nothing rare is among them, or something that the decoder has to take.
        private(set) var isLast = false

        @inline(__always)
        init(_ run: borrowing EventRun, _ lastPlace: __m512i) {
            let left = unsafe run.left
            let beyond = left >= 64 ? 0 : UInt64.max &<< UInt64(truncatingIfNeeded: left)
            let next = unsafe run.next
            func load(_ quarter: Int) -> __m512i {
                unsafe platform_prefetch(next + (2048 &+ 64 &* quarter))
                return unsafe _mm512_maskz_loadu_epi32(
                    UInt16(truncatingIfNeeded: ~beyond &>> UInt64(16 &* quarter)), next + 64 &* quarter)
            }
            self.beyond = beyond
            words = (load(0), load(1), load(2), load(3))
            outside = 0
            outside = lanes { words in
                let excess = _mm512_subs_epu16(placesOf(words), lastPlace)
                return _mm512_test_epi32_mask(excess, excess)
            }
        }

        /// Counts what is just counted, and lists the others.
        ///
        /// - Parameter listed: how many triggers are in the list.
        /// - Returns: how many came to the list.
        @inline(__always)
        mutating func sieve(
            _ time: inout FineState, _ run: inout EventRun, _ listed: inout Int, into list: UnsafeMutableRawPointer
        ) -> Int {
            let meanings = self.meanings
            func lanes(of meaning: UInt32) -> UInt64 {
                _mm512_test_epi8_mask(meanings, _mm512_set1_epi8(Int8(truncatingIfNeeded: meaning)))
            }
            let messages = lanes(of: FineKinds.message)
            let continuations = lanes(of: FineKinds.continuation)
            // A message goes through continuations: adding 1 at their start carries through all of them.
            let begun = (messages &<< 1 | (time.isInMessage ? 1 : 0)) & continuations
            let covered = continuations & ~(continuations &+ begun)
            let strays = continuations & ~covered
            let unknown = lanes(of: FineKinds.unknown)
            let triggers = lanes(of: FineKinds.trigger)
            let timed = lanes(of: FineKinds.trigger | FineKinds.event)
            outside &= lanes(of: FineKinds.event)

            // ---- Up to which word ----
            let counts = unsafe run.counts
            var hard = beyond | messages & reports | lanes(of: Self.declined(counts, hasTime: time.hasTime))
            if !counts.contains(.strayContinuations) { hard |= strays }
            if time.hasTime {
                if unsafe triggers.nonzeroBitCount &+ listed > run.triggerCapacity &- run.triggerCount {
                    hard |= triggers
                }
                if unsafe !run.countsOutside { hard |= outside }
            }
            let below = (hard & (0 &- hard)) &- 1
            isLast = hard != 0 || (unknown | messages | continuations) == 0 && time.hasTime

            // ---- What they leave behind ----
            // Mostly all of them: what comes next can begin before it is known.
            if hard == 0 {
                unsafe run.next += 256
                unsafe run.left &-= 64
            } else {
                let taken = below.nonzeroBitCount
                unsafe run.next += 4 &* taken
                unsafe run.left &-= taken
            }
            unsafe run.rare.unknown &+= (unknown & below).nonzeroBitCount
            unsafe run.rare.strayContinuations &+= (strays & below).nonzeroBitCount
            unsafe run.rare.ignoredMessages &+= (messages & below).nonzeroBitCount
            time.isInMessage = (messages | covered) & (below ^ below &>> 1) != 0
            if !time.hasTime {
                unsafe run.rare.eventsBeforeTime &+= (timed & below).nonzeroBitCount
                return 0
            }
            listed &+= (triggers & below).nonzeroBitCount
            // The last event tells the time even if it isn't on the sensor.
            let last = UInt64(1) &<< UInt64(63 &- (timed & below | 1).leadingZeroBitCount)
            outside &= below & ~last
            unsafe run.outside &+= outside.nonzeroBitCount
            let wanted = below & (timed & ~outside | lanes(of: FineKinds.time))
            return unsafe push(wanted, into: list)
        }

        /// The meanings that are the decoder's.
        @inline(__always)
        private static func declined(_ counts: RareWords, hasTime: Bool) -> UInt32 {
            var declined: UInt32 = 0
            if !counts.contains(.unknown) { declined |= FineKinds.unknown }
            if !counts.contains(.ignoredMessages) { declined |= FineKinds.message }
            if !hasTime || !counts.contains(.stepsBack) { declined |= FineKinds.time }
            if !hasTime, !counts.contains(.eventsBeforeTime) { declined |= FineKinds.event | FineKinds.trigger }
            return declined
        }

        /// What each word means, a byte each.
        @inline(__always)
        private var meanings: __m512i {
            // The last byte of each word.
            let numbers = _mm512_add_epi8(_mm512_slli_epi16(byteNumbers(), 2), _mm512_set1_epi8(3))
            let kinds = _mm512_mask_blend_epi64(
                0xF0, _mm512_permutex2var_epi8(words.0, numbers, words.1),
                _mm512_permutex2var_epi8(words.2, numbers, words.3))
            return _mm512_shuffle_epi8(
                _mm512_broadcast_i32x4(FineKinds.evt2.meanings),
                _mm512_and_si512(_mm512_srli_epi16(kinds, 4), _mm512_set1_epi8(0xF)))
        }

        /// What would be rate-controller reports, 0x0014 and 0x0016, if they were messages.
        @inline(__always)
        private var reports: UInt64 {
            lanes { words in
                _mm512_testn_epi32_mask(
                    _mm512_xor_si512(words, splat(0x0014)), splat(0xFFFD))
            }
        }

        @inline(__always)
        private func lanes(_ test: (__m512i) -> UInt16) -> UInt64 {
            UInt64(test(words.0)) | UInt64(test(words.1)) &<< 16 | UInt64(test(words.2)) &<< 32
                | UInt64(test(words.3)) &<< 48
        }

        /// Writes some words side by side, and says how many they are.
        @inline(__always)
        private func push(_ wanted: UInt64, into list: UnsafeMutableRawPointer) -> Int {
            var number = 0
            func push(_ words: __m512i, _ wanted: UInt64) {
                let lanes = UInt16(truncatingIfNeeded: wanted)
                unsafe _mm512_storeu_si512(list + 4 &* number, _mm512_maskz_compress_epi32(lanes, words))
                number &+= lanes.nonzeroBitCount
            }
            push(words.0, wanted)
            push(words.1, wanted &>> 16)
            push(words.2, wanted &>> 32)
            push(words.3, wanted &>> 48)
            return number
        }
    }
#endif
