#if arch(x86_64)
    import _Builtin_intrinsics.intel

    /// EVT3 with AVX-512, 32 words at a time. Needs the features that `processorHasVectors` tells.
    ///
    /// A block's rows, times and single events have no order but their own: for each lane, the row that holds there is the last row word
    /// at or before it, found by counting row words and looking the count up among them; likewise the time. What is left is to push the
    /// events together and write all columns whole. A vector ends the block: it gives its pixels by pushing the column numbers together
    /// under its mask.
    @export(interface)
    @inline(never)
    package func decodeEVT3Vectors(_ run: inout EventRun, _ state: inout EVT3State) {
        var pointer = unsafe run.next
        var left = unsafe run.left
        var count = unsafe run.count
        let limit = unsafe run.capacity &- EventRun.slack
        let t = unsafe run.t
        let x = unsafe run.x
        let y = unsafe run.y
        let on = unsafe run.on
        let start = state.start
        var low = state.low
        var row = state.row
        var base = state.base
        var vectorOn = state.vectorOn
        let width = unsafe Int(run.width)
        let height = unsafe run.height
        let countsOutside = unsafe run.countsOutside
        var outside = 0

        let starts = _mm512_set1_epi64(Int64(bitPattern: start))
        let lastX = unsafe _mm512_set1_epi16(Int16(bitPattern: run.width &- 1))
        let lastY = unsafe _mm512_set1_epi16(Int16(bitPattern: run.height &- 1))
        let timeHigh = _mm512_set1_epi16(Int16(bitPattern: state.timeHigh))
        let payload = _mm512_set1_epi16(0x0FFF)
        let coordinate = _mm512_set1_epi16(0x07FF)
        let one = _mm512_set1_epi16(1)
        let bit3 = _mm512_set1_epi16(Int16(bitPattern: 0x8000))
        let bit2 = _mm512_set1_epi16(0x4000)
        let bit1 = _mm512_set1_epi16(0x2000)
        let bit0 = _mm512_set1_epi16(0x1000)
        let columns = laneNumbers()

        decoding: while left > 0, count <= limit {
            // ---- Rows, times and single events, up to the first word of another kind ----
            let words: __m512i
            var beyond: UInt32 = 0
            if left >= 32 {
                words = unsafe _mm512_loadu_si512(pointer)
            } else {
                beyond = UInt32.max &<< UInt32(truncatingIfNeeded: left)
                words = unsafe _mm512_maskz_loadu_epi16(~beyond, pointer)
            }
            let kind3 = _mm512_test_epi16_mask(words, bit3)
            let kind2 = _mm512_test_epi16_mask(words, bit2)
            let kind1 = _mm512_test_epi16_mask(words, bit1)
            let kind0 = _mm512_test_epi16_mask(words, bit0)
            var events = kind1 & ~(kind3 | kind2 | kind0)
            var rows = ~(kind3 | kind2 | kind1 | kind0)
            var lows = kind2 & kind1 & ~(kind3 | kind0)
            var easy = events | rows | lows
            let highs = kind3 & ~(kind2 | kind1 | kind0)
            if highs != 0 {
                // The same again says nothing.
                easy |= highs & _mm512_testn_epi16_mask(_mm512_xor_si512(words, timeHigh), payload)
            }
            var hard = ~easy | beyond
            var below = hard == 0 ? UInt32.max : (hard & (0 &- hard)) &- 1
            events &= below
            rows &= below
            lows &= below
            if events != 0 {
                let places = _mm512_and_si512(words, coordinate)
                let rowOf = filled(_mm512_and_si512(words, coordinate), rows, before: row)
                let excess = _mm512_or_si512(
                    _mm512_subs_epu16(places, lastX), _mm512_subs_epu16(rowOf, lastY))
                let off = events & _mm512_test_epi16_mask(excess, excess)
                if off != 0 {
                    if countsOutside {
                        outside &+= off.nonzeroBitCount
                        events &= ~off
                    } else {
                        hard = off
                        below = (off & (0 &- off)) &- 1
                        events &= below
                        rows &= below
                        lows &= below
                    }
                }
                let lowOf = filled(_mm512_and_si512(words, payload), lows, before: low)
                let packed = _mm512_maskz_compress_epi16(events, words)
                unsafe _mm512_storeu_si512(x + count, _mm512_and_si512(packed, coordinate))
                unsafe _mm512_storeu_si512(y + count, _mm512_maskz_compress_epi16(events, rowOf))
                let polarity = _mm512_and_si512(_mm512_srli_epi16(packed, 11), one)
                unsafe store(_mm512_cvtepi16_epi8(polarity), on + count)
                let times = _mm512_maskz_compress_epi16(events, lowOf)
                let number = events.nonzeroBitCount
                unsafe storeTimes(times.lowHalf, starts, t + count)
                if number > 16 { unsafe storeTimes(times.highHalf, starts, t + (count &+ 16)) }
                count &+= number
            }
            if rows != 0 { row = unsafe word(pointer, 31 &- rows.leadingZeroBitCount) & 0x07FF }
            if lows != 0 { low = unsafe word(pointer, 31 &- lows.leadingZeroBitCount) & 0x0FFF }
            if hard == 0 {
                unsafe pointer += 64
                left &-= 32
                continue
            }
            let taken = below.nonzeroBitCount
            unsafe pointer += 2 &* taken
            left &-= taken
            if left == 0 { break }

            // ---- Vectors ----
            let time = start &+ UInt64(low)
            let times = _mm512_set1_epi64(Int64(bitPattern: time))
            let rowOf = _mm512_set1_epi16(Int16(bitPattern: row))
            var vectors = 0
            while count <= limit {
                var mask: UInt32
                var column = base
                var polarity = vectorOn
                var advance = 32
                let length: Int
                let four = left >= 4 ? unsafe pointer.loadUnaligned(as: UInt64.self) : 0
                if four & 0xF000_F000_F000_F000 == 0x5000_4000_4000_3000 {
                    // As sensors send them: VECT_BASE_X, VECT_12, VECT_12, VECT_8.
                    mask = wholeVector(four >> 16)
                    column = Int(four & 0x7FF)
                    polarity = UInt8(truncatingIfNeeded: four >> 11 & 1)
                    length = 4
                } else if four & 0xF000_F000_F000 == 0x5000_4000_4000, base >= 0 {
                    mask = wholeVector(four)
                    length = 3
                } else {
                    guard left > 0 else { break decoding }
                    let bits = unsafe word(pointer, 0)
                    length = 1
                    switch bits >> 12 {
                    case 3:
                        base = Int(bits & 0x7FF)
                        vectorOn = UInt8(truncatingIfNeeded: bits >> 11 & 1)
                        unsafe pointer += 2
                        left &-= 1
                        vectors &+= 1
                        continue
                    case 4 where base >= 0: mask = UInt32(bits & 0xFFF)
                    case 5 where base >= 0: mask = UInt32(bits & 0xFF)
                    default:
                        if vectors == 0 { break decoding }
                        continue decoding
                    }
                    advance = bits >> 12 == 4 ? 12 : 8
                }
                if column &+ 32 > width || row >= height {
                    let room = row < height ? max(0, min(32, width &- column)) : 0
                    let inside = mask & UInt32(truncatingIfNeeded: UInt64(1) &<< UInt64(room) &- 1)
                    if inside != mask {
                        guard countsOutside else { break decoding }
                        outside &+= (mask & ~inside).nonzeroBitCount
                        mask = inside
                    }
                }
                base = column &+ advance
                vectorOn = polarity
                vectors &+= 1
                unsafe pointer += 2 &* length
                left &-= length
                let number = mask.nonzeroBitCount
                let places = _mm512_add_epi16(
                    _mm512_maskz_compress_epi16(mask, columns), _mm512_set1_epi16(Int16(truncatingIfNeeded: column)))
                unsafe _mm512_storeu_si512(x + count, places)
                unsafe _mm512_storeu_si512(y + count, rowOf)
                unsafe store(_mm256_set1_epi8(Int8(bitPattern: vectorOn)), on + count)
                unsafe _mm512_storeu_si512(t + count, times)
                unsafe _mm512_storeu_si512(t + (count &+ 8), times)
                if number > 16 {
                    unsafe _mm512_storeu_si512(t + (count &+ 16), times)
                    unsafe _mm512_storeu_si512(t + (count &+ 24), times)
                }
                count &+= number
            }
        }
        unsafe run.next = pointer
        unsafe run.left = left
        unsafe run.count = count
        unsafe run.outside &+= outside
        state.low = low
        state.row = row
        state.base = base
        state.vectorOn = vectorOn
    }

    /// A lane each: 0 ... 31.
    @inline(__always)
    func laneNumbers() -> __m512i {
        _mm512_cvtepu8_epi16(
            _mm256_setr_epi8(
                0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27,
                28,
                29, 30, 31))
    }

    /// The mask of VECT_12, VECT_12 and VECT_8, which lie one after the other.
    @inline(__always)
    private func wholeVector(_ three: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: three & 0xFFF | three >> 4 & 0xFF_F000 | three >> 8 & 0xFF00_0000)
    }

    @inline(__always)
    private func word(_ pointer: UnsafeRawPointer, _ index: Int) -> UInt16 {
        unsafe pointer.loadUnaligned(fromByteOffset: 2 &* index, as: UInt16.self)
    }

    /// For each lane the last of the marked lanes' values at or before it, or `before` where there is none.
    @inline(__always)
    private func filled(_ values: __m512i, _ marked: UInt32, before: UInt16) -> __m512i {
        // How many marked lanes there are up to each lane: those of its half, and all of the half before it.
        let halves = _mm512_shuffle_epi8(
            _mm512_set1_epi32(Int32(bitPattern: marked)),
            _mm512_mask_set1_epi16(_mm512_set1_epi16(0x0100), 0xFFFF_0000, 0x0302))
        let upTo = _mm512_popcnt_epi16(_mm512_and_si512(halves, lanesUpTo()))
        let lower = (marked & 0xFFFF).nonzeroBitCount
        let rank = _mm512_add_epi16(
            upTo, _mm512_mask_set1_epi16(_mm512_set1_epi16(-1), 0xFFFF_0000, Int16(truncatingIfNeeded: lower &- 1)))
        // -1 looks into the second table.
        return _mm512_permutex2var_epi16(
            _mm512_maskz_compress_epi16(marked, values), rank, _mm512_set1_epi16(Int16(bitPattern: before)))
    }

    /// Bit i of a lane is set where lane i of its half is not after it.
    @inline(__always)
    private func lanesUpTo() -> __m512i {
        let half = _mm256_setr_epi16(
            0x1, 0x3, 0x7, 0xF, 0x1F, 0x3F, 0x7F, 0xFF, 0x1FF, 0x3FF, 0x7FF, 0xFFF, 0x1FFF, 0x3FFF, 0x7FFF, -1)
        return _mm512_broadcast_i64x4(half)
    }

    @inline(__always)
    private func store(_ bytes: __m256i, _ target: UnsafeMutablePointer<UInt8>) {
        unsafe UnsafeMutableRawPointer(target).storeBytes(of: bytes, as: __m256i.self)
    }

    /// Writes 16 times, each 16 bits and the common start.
    @inline(__always)
    private func storeTimes(_ lows: __m256i, _ start: __m512i, _ target: UnsafeMutablePointer<UInt64>) {
        unsafe _mm512_storeu_si512(
            target, _mm512_add_epi64(_mm512_cvtepu16_epi64(lows.lowHalf), start))
        unsafe _mm512_storeu_si512(
            target + 8, _mm512_add_epi64(_mm512_cvtepu16_epi64(lows.highHalf), start))
    }
#endif
