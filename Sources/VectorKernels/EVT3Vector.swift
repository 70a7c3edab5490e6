#if arch(x86_64)
    import CPlatform
    import _Builtin_intrinsics.intel

    /// EVT3 with AVX-512, 32 words at a time and without a loop over them. Needs the features that the target is compiled with.
    ///
    /// What holds at a word (row, time, column of a vector's first pixel) is what the last word of some kind at or before it has set: for
    /// each lane the words of that kind up to it are counted, and the count looked up among them. A block with nothing but single events
    /// then pushes its events together. Otherwise each word gives a mask of its pixels; the places of all bits set in those masks, in
    /// their order, are the events, each naming its word's lane and a pixel. Where most words are vectors, a run of those at a time is
    /// faster; where nearly all their pixels are set, one vector at a time.
    @export(interface)
    @inline(never)
    package func decodeEVT3Vectors(_ run: inout EventRun, _ state: inout EVT3State) {
        let mayEnd = unsafe run.mayEndEarly && run.isRoomy
        if state.isDense, state.hasTime, state.row != nil { state.isDense = unsafe decodeDenseVectors(&run, &state) }
        unsafe withScratch(PixelList.length) { memory in
            var length = 256
            // Blocks of many vectors for which runs of them aren't tried.
            var patience = 0
            while unsafe run.left > 0, unsafe run.isRoomy || !mayEnd {
                let before = unsafe run.left
                if state.hasTime, state.row != nil {
                    while unsafe decodePlain(&run, &state, PixelList(memory), patience) {
                        // Now and then, whether they are still such runs is asked again.
                        let left = unsafe run.left
                        let part = min(left, 2048)
                        unsafe run.left = part
                        unsafe decodeVectorRuns(&run, &state)
                        let taken = unsafe part &- run.left
                        unsafe run.left = left &- taken
                        patience = taken >= 256 ? 0 : min(1024, 4 &* patience &+ 4)
                        guard unsafe run.isRoomy || !mayEnd else { return }
                    }
                }
                // Rare words seldom come alone, and least where there is hardly a plain block between them.
                let left = unsafe run.left
                length = before &- left < 32 ? min(2 &* length, 4096) : 256
                let part = min(left, length)
                unsafe run.left = part
                unsafe decodeRare(&run, &state, PixelList(memory))
                let taken = unsafe part &- run.left
                unsafe run.left = left &- taken
                if taken < part { return }
            }
        }
    }

    @inline(never)
    private func decodePlain(
        _ run: inout EventRun, _ state: inout EVT3State, _ pixels: PixelList, _ patience: Int
    ) -> Bool {
        unsafe decode(&run, &state, pixels, takesRare: false, patience)
    }

    @inline(never)
    private func decodeRare(_ run: inout EventRun, _ state: inout EVT3State, _ pixels: PixelList) {
        _ = unsafe decode(&run, &state, pixels, takesRare: true, 0)
    }

    /// - Parameters:
    ///   - takesRare: also words that are rare in a good stream; otherwise time and row are known.
    ///   - patience: blocks of many vectors to take before runs of them are tried.
    /// - Returns: whether runs of whole vectors may come next.
    @inline(__always)
    private func decode(
        _ run: inout EventRun, _ state: inout EVT3State, _ pixels: PixelList, takesRare: Bool, _ patience: Int
    ) -> Bool {
        let columns = unsafe Columns(run)
        let capacity = unsafe run.capacity
        var pointer = unsafe run.next
        var left = unsafe run.left
        var count = unsafe run.count
        // A copy, so that it stays in registers.
        var now = state
        // Vectors with most of their pixels set have just turned out not to come.
        var wasDense = false
        // Pixels of up to 4096 words that weren't listed, as they are outside the sensor: a number for each lane.
        var allUnseen = _mm512_setzero_si512()
        // Runs of whole vectors may come.
        var areRuns = false
        var patience = patience

        let payload = _mm512_set1_epi16(0x0FFF)
        let coordinate = _mm512_set1_epi16(0x07FF)

        while left > 0, unsafe count &+ EventRun.slack <= capacity {
            unsafe platform_prefetch(pointer + 2048)
            let words: __m512i
            var beyond: UInt32 = 0
            if left >= 32 {
                words = unsafe _mm512_loadu_si512(pointer)
            } else {
                beyond = UInt32.max &<< UInt32(truncatingIfNeeded: left)
                words = unsafe _mm512_maskz_loadu_epi16(~beyond, pointer)
            }
            var block = EVT3Block(words)

            // ---- Up to which lane ----
            var hard = beyond
            if !takesRare || now.hasTime {
                if UInt(bitPattern: now.base) > 8192 || !takesRare && now.isDense {
                    hard |= block.bases | block.vectors
                }
            }
            var rare: EVT3RareWords?
            if takesRare {
                if now.hasTime {
                    if now.row == nil { hard |= block.events | block.vectors }
                } else if unsafe !run.counts.contains(.eventsBeforeTime) {
                    hard |= block.events | block.vectors
                }
                var found = EVT3RareWords(block.kinds)
                hard = unsafe found.sort(words, until: hard, now, run)
                rare = found
            } else {
                hard |= ~(block.plain | block.highs(now.timeHigh))
            }
            var below = UInt32.max
            if hard != 0 {
                below = (hard & (0 &- hard)) &- 1
                if below == 0 {
                    guard !takesRare, now.isDense else { break }
                    unsafe run.next = pointer
                    unsafe run.left = left
                    unsafe run.count = count
                    var inMemory = now
                    inMemory.isDense = unsafe decodeDenseVectors(&run, &inMemory)
                    now = inMemory
                    wasDense = true
                    unsafe pointer = run.next
                    unsafe left = run.left
                    unsafe count = run.count
                    continue
                }
                block.cut(below)
            }

            // ---- What holds at each lane ----
            let rowOf = filled(_mm512_and_si512(words, coordinate), block.rows, before: now.row ?? 0)
            var starts = _mm512_set1_epi64(Int64(bitPattern: now.start))
            var part = _mm512_setzero_si512()
            let changes = (rare?.changes ?? 0) & below
            let isSplit = changes != 0 || now.start & 0x0FFF != 0
            // The lowest 16 bits of the time are the start's and the low part, one above the other, but where the start is odd.
            let upper = isSplit ? 0 : UInt16(truncatingIfNeeded: now.start)
            var lowValues = _mm512_or_si512(
                _mm512_and_si512(words, payload), _mm512_set1_epi16(Int16(bitPattern: upper)))
            if changes != 0 {
                // A TIME_HIGH begins at 0.
                lowValues = _mm512_mask_mov_epi16(lowValues, changes, part)
                block.lows |= changes
                part = marked(changes)
                starts = rare?.starts ?? starts
            }
            let lowOf = filled(lowValues, block.lows, before: now.low | upper)

            // ---- Events ----
            let times = Times(low: lowOf, part: part, starts: starts, isSplit: isSplit)
            if takesRare, !now.hasTime {
                unsafe run.rare.eventsBeforeTime &+= bitCount(block.pixels)
            } else if block.vectors == 0 {
                // Pushing together is slow, so only the lanes' numbers are.
                let lane = _mm512_maskz_compress_epi16(block.events, laneNumbers())
                let packed = _mm512_permutexvar_epi16(lane, words)
                let number = block.events.nonzeroBitCount
                let wrote = unsafe columns.write(
                    number, at: count, x: _mm512_and_si512(packed, coordinate),
                    y: _mm512_permutexvar_epi16(lane, rowOf),
                    on: _mm512_test_epi16_mask(packed, _mm512_set1_epi16(0x0800)), times.of(lane))
                if wrote != number {
                    guard unsafe run.countsOutside else { break }
                    unsafe run.outside &+= number &- wrote
                }
                count &+= wrote
            } else {
                if !takesRare, block.vectors.nonzeroBitCount >= 20, block.bases.nonzeroBitCount <= 2 {
                    let starts = block.rows | block.lows
                    if patience > 0 {
                        patience &-= 1
                    } else if starts != 0, bitCount(block.vectorPixels) <= 128 {
                        if starts & 1 != 0 {
                            areRuns = true
                            break
                        }
                        // First what comes before them.
                        below = (starts & (0 &- starts)) &- 1
                        block.cut(below)
                    }
                }
                var masks = block.pixels
                var places = EVT3Places()
                var unseen = _mm512_setzero_si512()
                if takesRare {
                    // Where words are rare they are random, and most of the pixels not on the sensor: not listed then.
                    places = EVT3Places(block, now)
                    let off = unsafe columns.outside(x: places.columns, y: rowOf)
                    unseen = _mm512_maskz_mov_epi16(off, masks)
                    masks = _mm512_maskz_mov_epi16(~off, masks)
                }
                let few = FewPixels(masks)
                let fewMasks = FewMasks(masks)
                let areFew = takesRare ? fewMasks.areAll : few.areAll
                var total = takesRare ? fewMasks.count : few.count
                var inFirstHalf = 0
                if !areFew { (total, inFirstHalf) = unsafe pixels.fill(masks) }
                guard count &+ total &+ 32 <= capacity else { break }
                if !takesRare, total > 128, !wasDense {
                    now.isDense = true
                    continue
                }

                if !takesRare { places = EVT3Places(block, now) }
                // Asked once for all of a block with many.
                let areInside = unsafe !areFew && !takesRare && places.areInside(block, rowOf, run)
                wasDense = false
                let first = count
                var listed = 0
                var pixel: (lane: __m512i, place: __m512i)
                if areFew {
                    pixel = takesRare ? fewMasks.list : few.list(masks)
                } else {
                    pixel = unsafe pixels.read(at: 0, inFirstHalf: inFirstHalf)
                }
                while true {
                    let number = min(32, total &- listed)
                    let places = places.of(pixel.lane)
                    count &+= unsafe columns.write(
                        number, at: count, x: _mm512_add_epi16(places.columns, pixel.place),
                        y: _mm512_permutexvar_epi16(pixel.lane, rowOf), on: places.on, times.of(pixel.lane),
                        areInside: areInside)
                    listed &+= 32
                    guard listed < total else { break }
                    pixel = unsafe pixels.read(at: listed, inFirstHalf: inFirstHalf)
                }
                let outside = total &- (count &- first)
                if unsafe !run.countsOutside,
                    outside > 0 || takesRare && _mm512_test_epi16_mask(unseen, unseen) != 0
                {
                    count = first
                    break
                }
                if outside > 0 { unsafe run.outside &+= outside }
                if takesRare { allUnseen = _mm512_add_epi16(allUnseen, _mm512_popcnt_epi16(unseen)) }
            }

            // ---- What the block leaves behind ----
            if block.bases | block.vectors != 0 {
                var since = UInt32.max
                if block.bases != 0 {
                    let lane = 31 &- block.bases.leadingZeroBitCount
                    let word = unsafe word(pointer, lane)
                    now.base = Int(word & 0x07FF)
                    now.vectorOn = UInt8(truncatingIfNeeded: word &>> 11 & 1)
                    since = UInt32.max &<< UInt32(truncatingIfNeeded: lane)
                }
                if now.base >= 0 {
                    now.base &+=
                        8 &* (block.vectors & since).nonzeroBitCount &+ 4 &* (block.wide & since).nonzeroBitCount
                }
            }
            // Without branches, as nobody can foresee them.
            let lastRow = unsafe word(pointer, 31 &- (block.rows | 1).leadingZeroBitCount) & 0x07FF
            now.row = block.rows == 0 ? now.row : lastRow
            let lastLow = unsafe word(pointer, 31 &- (block.lows | 1).leadingZeroBitCount)
            now.low =
                block.lows == 0 || takesRare && !now.hasTime ? now.low : lastLow & 0x8000 == 0 ? lastLow & 0x0FFF : 0
            now.isInMessage = false
            if let rare {
                var inMemory = now
                unsafe rare.apply(
                    words, isSplit ? lowOf : _mm512_and_si512(lowOf, payload), at: pointer, below: below, &inMemory,
                    &run)
                now = inMemory
            }
            let taken = below.nonzeroBitCount
            unsafe pointer += 2 &* taken
            left &-= taken
        }
        if takesRare { unsafe run.outside &+= sum(allUnseen) }
        unsafe run.next = pointer
        unsafe run.left = left
        unsafe run.count = count
        state = now
        return areRuns
    }

    /// The bits that are set in all of them.
    @inline(__always)
    private func bitCount(_ masks: __m512i) -> Int { sum(_mm512_popcnt_epi16(masks)) }

    /// The sum of all lanes, each of them positive.
    @inline(__always)
    private func sum(_ counts: __m512i) -> Int {
        Int(_mm512_reduce_add_epi32(_mm512_madd_epi16(counts, _mm512_set1_epi16(1))))
    }

    @inline(__always)
    func word(_ pointer: UnsafeRawPointer, _ index: Int) -> UInt16 {
        unsafe pointer.loadUnaligned(fromByteOffset: 2 &* index, as: UInt16.self)
    }
#endif
