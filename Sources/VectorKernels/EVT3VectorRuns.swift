#if arch(x86_64)
    import CPlatform
    import _Builtin_intrinsics.intel

    /// Runs of whole vectors, each with the words before it: mostly a row and the column of the first pixel, now and then a time.
    ///
    /// All events of a run have one row, time and polarity, so that only columns are to be found. How many vectors a run has nobody can
    /// foresee: as if they were always eight, two at a time are pushed together, those that aren't there with an empty mask.
    ///
    /// It ends where something else comes, or pixels outside the sensor, and near the end of words or room. Where most pixels are set, one
    /// vector at a time is faster.
    @inline(never)
    func decodeVectorRuns(_ run: inout EventRun, _ state: inout EVT3State) {
        var pointer = unsafe run.next
        var left = unsafe run.left
        var count = unsafe run.count
        var now = EVT3VectorStart(state)
        let wordsBefore = left
        let width = unsafe Int(run.width)
        let height = unsafe run.height
        var columns = unsafe RunColumns(run, now.t)
        // Eight whole vectors, and the rows written past them.
        let limit = unsafe run.capacity &- (256 &+ RunColumns.slack)

        // Four words before a run, and 32 from its first vector on.
        while left >= 36, count <= limit {
            unsafe platform_prefetch(pointer + 2048)
            // ---- Row and time ----
            let between = unsafe now.take(pointer.loadUnaligned(as: UInt64.self), 4)
            unsafe pointer += 2 &* between
            left &-= between

            // ---- Vectors ----
            let eight = unsafe threes(_mm512_loadu_si512(pointer))
            let whole = wholeVectors(eight)
            if whole == 0 {
                guard between == 4 else { break }
                continue
            }
            guard now.base >= 0, now.base &+ 32 &* whole <= width, now.row < height else { break }
            let some = __mmask8(truncatingIfNeeded: 1 &<< whole &- 1)
            let pairs = unsafe unsafeBitCast(
                _mm512_maskz_cvtepi64_epi32(some, masks(eight)), to: SIMD4<UInt64>.self)
            if unsafe now.t != columns.time { unsafe columns.change(to: now.t, at: count) }
            unsafe columns.write(pairs, x: now.base, y: now.row, on: now.on, at: &count)
            now.base &+= 32 &* whole
            unsafe pointer += 6 &* whole
            left &-= 3 &* whole
        }
        unsafe columns.finish(at: count)
        guard left < wordsBefore else { return }
        unsafe run.next = pointer
        unsafe run.left = left
        unsafe run.count = count
        now.store(to: &state)
    }

    /// Where the events of runs go.
    ///
    /// The time stays for several runs. So it is filled in by stores where multiples of their length are, a fixed number of them for each
    /// run, whether they get as far as its events or further: what is missing comes with the next run or when the time changes.
    @unsafe private struct RunColumns {
        /// Rows past the events that it may write.
        static var slack: Int { 128 }

        private let t: UnsafeMutablePointer<UInt64>
        private let x: UnsafeMutablePointer<UInt16>
        private let y: UnsafeMutablePointer<UInt16>
        private let on: UnsafeMutablePointer<UInt8>
        private(set) var time: UInt64
        private var times: __m512i
        /// Up to here times are written.
        private var place: Int

        @inline(__always)
        init(_ run: borrowing EventRun, _ newTime: UInt64) {
            unsafe t = run.t
            unsafe x = run.x
            unsafe y = run.y
            unsafe on = run.on
            unsafe time = newTime
            unsafe times = splatWide(newTime)
            unsafe _mm512_storeu_si512(t + run.count, times)
            unsafe place = (run.count &+ 7) & ~7
        }

        @inline(__always)
        mutating func change(to newTime: UInt64, at count: Int) {
            unsafe finish(at: count)
            unsafe time = newTime
            unsafe times = splatWide(newTime)
            unsafe _mm512_storeu_si512(t + count, times)
            unsafe place = (count &+ 7) & ~7
        }

        /// The last event of this time has come. As seldom as the loop goes round twice, it is foreseen.
        @inline(__always)
        mutating func finish(at count: Int) {
            repeat {
                for index in 0..<4 { unsafe _mm512_storeu_si512(t + (place &+ 8 &* index), times) }
                unsafe place &+= 32
            } while unsafe place < count
        }

        /// Writes the pixels of eight vectors.
        @inline(__always)
        mutating func write(
            _ pairs: SIMD4<UInt64>, x column: Int, y row: UInt16, on polarity: UInt8, at count: inout Int
        ) {
            var next = count
            let start = _mm512_set1_epi16(Int16(truncatingIfNeeded: column))
            unsafe push(pairs[0], start, &count)
            unsafe push(pairs[1], _mm512_add_epi16(start, _mm512_set1_epi16(64)), &count)
            unsafe push(pairs[2], _mm512_add_epi16(start, _mm512_set1_epi16(128)), &count)
            unsafe push(pairs[3], _mm512_add_epi16(start, _mm512_set1_epi16(192)), &count)

            // 40 rows.
            for index in 0..<5 { unsafe _mm512_storeu_si512(t + (place &+ 8 &* index), times) }
            unsafe place = max(place, min(place &+ 40, count & ~7))
            let rows = _mm512_set1_epi16(Int16(bitPattern: row))
            let polarities = _mm512_set1_epi8(Int8(bitPattern: polarity))
            repeat {
                unsafe _mm512_storeu_si512(y + next, rows)
                unsafe _mm512_storeu_si512(y + (next &+ 32), rows)
                unsafe _mm512_storeu_si512(on + next, polarities)
                next &+= 64
            } while next < count
        }

        /// Writes the columns of two vectors, whose pixels' numbers are pushed together as bytes.
        @inline(__always)
        private func push(_ mask: UInt64, _ start: __m512i, _ count: inout Int) {
            let numbers = _mm512_maskz_compress_epi8(mask, byteNumbers())
            unsafe _mm512_storeu_si512(x + count, _mm512_add_epi16(start, _mm512_cvtepu8_epi16(numbers.lowHalf)))
            if mask.nonzeroBitCount > 32 {
                unsafe _mm512_storeu_si512(
                    x + (count &+ 32), _mm512_add_epi16(start, _mm512_cvtepu8_epi16(numbers.highHalf)))
            }
            count &+= mask.nonzeroBitCount
        }
    }
#endif
