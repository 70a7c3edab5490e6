import CPlatform
import VectorKernels

/// Events, times and padding of EVT2 or EVT4 on any processor, four words at a time.
///
/// Four events of one TIME_HIGH are shifted into place two in a register. Other words come one by one: each is written, and counts if it is
/// an event.
///
/// - Parameters:
///   - off: the kind of OFF events; that of ON events is one more.
///   - meanings: what other words are.
@unsafe @inline(__always)
func decodeFineWords(_ run: inout EventRun, _ state: inout FineState, off: UInt32, _ meanings: FineMeanings) {
    var pointer = unsafe run.next
    var left = unsafe run.left
    var count = unsafe run.count
    let limit = unsafe run.capacity &- EventRun.slack
    let (t, x, y, on) = unsafe (run.t, run.x, run.y, run.on)
    let (width, height) = unsafe (UInt32(run.width), UInt32(run.height))
    let countsOutside = unsafe run.countsOutside
    var outside = 0
    var time = state
    // Adding these sets the bit above a coordinate that lies outside the sensor.
    let beyondX = SIMD8<UInt32>(repeating: 2048 &- width)
    let beyondY = SIMD8<UInt32>(repeating: 2048 &- height)

    // How many to take one by one where eight are not all events.
    var some = 8
    decoding: while left > 0, count <= limit {
        while left >= 8, count <= limit {
            // Whatever the compiler makes of eight words: with SSE2 or NEON, four in a register.
            let words = unsafe pointer.loadUnaligned(as: SIMD8<UInt32>.self)
            let columns = words &>> 11 & 0x7FF
            let rows = words & 0x7FF
            let excess = ((columns &+ beyondX) | (rows &+ beyondY)) & 0x0800 | (words ^ off &<< 28) & 0xE000_0000
            if (excess.lowHalf | excess.highHalf).any { break }
            unsafe platform_prefetch(pointer + 1024)
            let lows = words &>> 22 & 0x3F
            let base = SIMD4<UInt64>(repeating: time.base)
            unsafe store(widened(lows.lowHalf) &+ base, t + count)
            unsafe store(widened(lows.highHalf) &+ base, t + (count &+ 4))
            unsafe store(SIMD8<UInt16>(truncatingIfNeeded: columns), x + count)
            unsafe store(SIMD8<UInt16>(truncatingIfNeeded: rows), y + count)
            unsafe store(SIMD8<UInt8>(truncatingIfNeeded: words &>> 28 & 1), on + count)
            time.current = time.base &+ UInt64(lows[7])
            time.isInMessage = false
            count &+= 8
            unsafe pointer += 32
            left &-= 8
        }
        var few = min(left, off == 0 ? some : 8)
        var rare = 0
        while few > 0, count <= limit {
            let word = unsafe UInt32(littleEndian: pointer.loadUnaligned(as: UInt32.self))
            if word &>> 29 == off &>> 1 {
                let (column, row) = (word &>> 11 & 0x7FF, word & 0x7FF)
                let isInside = column < width && row < height
                if !isInside {
                    guard countsOutside else { break decoding }
                    outside &+= 1
                }
                time.current = time.base &+ UInt64(word &>> 22 & 0x3F)
                unsafe t[count] = time.current
                unsafe x[count] = UInt16(truncatingIfNeeded: column)
                unsafe y[count] = UInt16(truncatingIfNeeded: row)
                unsafe on[count] = UInt8(truncatingIfNeeded: word &>> 28 & 1)
                count &+= isInside ? 1 : 0
                time.isInMessage = false
            } else {
                guard unsafe run.take(rare: word, meanings, &time) else { break decoding }
                rare &+= 1
            }
            unsafe pointer += 4
            left &-= 1
            few &-= 1
        }
        some = 8
        // EVT2 only: in EVT4, what lies behind a vector may look like any word.
        guard off == 0, rare > 2 else { continue }
        while left >= manyWords, count <= limit, some == 8 {
            if unsafe takeMany(&run, pointer, &count, &time) {
                unsafe pointer += 4 &* manyWords
                left &-= manyWords
            } else {
                some = manyWords
            }
        }
    }
    unsafe run.next = pointer
    unsafe run.left = left
    unsafe run.count = count
    unsafe run.outside &+= outside
    state = time
}

@inline(never)
private func takeMany(
    _ run: inout EventRun, _ words: UnsafeRawPointer, _ count: inout Int, _ state: inout FineState
) -> Bool { unsafe run.takeMany(words, &count, &state) }

// All inlined, or the module that runs would seem to be the vectors'.
extension EventRun {
    /// Takes many words of EVT2 of which few are events, without a branch for what can't be foreseen: first those that mean something
    /// are found, then each of them does what any of them could.
    ///
    /// - Returns: false, with nothing done, if one of them is the decoder's.
    @inline(__always)
    fileprivate mutating func takeMany(
        _ words: UnsafeRawPointer, _ count: inout Int, _ state: inout FineState
    ) -> Bool {
        guard unsafe triggerCount &+ manyWords <= triggerCapacity else { return false }
        var places = InlineArray<64, UInt8>(repeating: 0)
        var number = 0
        for place in 0..<manyWords {
            let word = unsafe UInt32(littleEndian: words.loadUnaligned(fromByteOffset: 4 &* place, as: UInt32.self))
            unsafe places[unchecked: number] = UInt8(truncatingIfNeeded: place)
            // All kinds but those that mean nothing.
            number &+= Int(0xE503 &>> (word &>> 28) & 1)
        }
        var (index, lost, triggers) = unsafe (count, 0, triggerCount)
        var (wraps, stepsBack, strays, messages, reports) = (0, 0, 0, 0, 0)
        var high = Int(state.high)
        var base = state.base
        var current = state.current
        // The place before which a message was not over.
        var goesOn = state.isInMessage ? 0 : -1
        let beyondX = unsafe 2048 &- UInt32(width)
        let beyondY = unsafe 2048 &- UInt32(height)
        for listed in 0..<number {
            let place = Int(unsafe places[unchecked: listed])
            let word = unsafe UInt32(littleEndian: words.loadUnaligned(fromByteOffset: 4 &* place, as: UInt32.self))
            let kind = 1 &<< Int(word &>> 28)
            let isHigh = kind &>> 8 & 1
            let fall = (high &- Int(word & 0x0FFF_FFFF)) & (0 &- isHigh)
            let isWrap = (Int(FineState.leastWrap) &- 1 &- fall) &>> 63 & 1
            stepsBack &+= (0 &- fall) &>> 63 & 1 &- isWrap
            wraps &+= isWrap
            high &-= fall
            base &+= UInt64(bitPattern: Int64(isWrap &<< 34 &- fall &<< 6))
            current = fall != 0 ? base : current
            let now = base &+ UInt64(word &>> 22 & 0x3F)
            current = kind & 0x0403 != 0 ? now : current

            let (column, row) = (word &>> 11 & 0x7FF, word & 0x7FF)
            let isEvent = kind & 0x0003 != 0 ? 1 : 0
            let isOutside = isEvent & Int(((column &+ beyondX) | (row &+ beyondY)) &>> 11)
            unsafe t[index] = now
            unsafe x[index] = UInt16(truncatingIfNeeded: column)
            unsafe y[index] = UInt16(truncatingIfNeeded: row)
            unsafe on[index] = UInt8(truncatingIfNeeded: word &>> 28 & 1)
            index &+= isEvent &- isOutside
            lost &+= isOutside

            unsafe triggerT[triggers] = now
            unsafe triggerID[triggers] = UInt8(truncatingIfNeeded: word &>> 8 & 0x1F)
            unsafe triggerRising[triggers] = UInt8(truncatingIfNeeded: word & 1)
            triggers &+= kind &>> 10 & 1

            let isMessage = kind & 0x6000 != 0 ? 1 : 0
            let continues = place == goesOn ? kind &>> 15 & 1 : 0
            strays &+= kind &>> 15 & 1 &- continues
            messages &+= isMessage
            reports &+= word & 0xFFFD == 0x0014 ? isMessage : 0
            goesOn = isMessage | continues != 0 ? place &+ 1 : goesOn
        }
        guard reports == 0,
            unsafe add(
                unknown: manyWords &- number, strays: strays, messages: messages, stepsBack: stepsBack, outside: lost)
        else { return false }
        unsafe triggerCount = triggers
        count = index
        state.wrap(times: wraps)
        state.high = UInt32(truncatingIfNeeded: high)
        state.current = current
        state.isInMessage = goesOn == manyWords
        return true
    }

    /// Counts what is rare, unless the first of its kind is among it.
    @inline(__always)
    mutating func add(unknown: Int, strays: Int, messages: Int, stepsBack: Int, outside lost: Int) -> Bool {
        guard unsafe unknown == 0 || counts.contains(.unknown),
            unsafe strays == 0 || counts.contains(.strayContinuations),
            unsafe messages == 0 || counts.contains(.ignoredMessages),
            unsafe stepsBack == 0 || counts.contains(.stepsBack), unsafe lost == 0 || countsOutside
        else { return false }
        unsafe rare.unknown &+= unknown
        unsafe rare.strayContinuations &+= strays
        unsafe rare.ignoredMessages &+= messages
        unsafe rare.stepsBack &+= stepsBack
        unsafe outside &+= lost
        return true
    }
}

extension SIMD4<UInt32> {
    /// Whether any bit is set.
    @inline(__always)
    var any: Bool {
        let pairs = lowHalf | highHalf
        return pairs.x | pairs.y != 0
    }
}

/// By laying zeros between the numbers: of a conversion the compiler makes twice as much.
@inline(__always)
func widened(_ numbers: SIMD4<UInt32>) -> SIMD4<UInt64> {
    var pairs = SIMD8<UInt32>()
    pairs.evenHalf = numbers
    return unsafe unsafeBitCast(pairs, to: SIMD4<UInt64>.self)
}

@inline(__always)
func store<Vector: BitwiseCopyable>(_ vector: Vector, _ target: UnsafeMutablePointer<some BitwiseCopyable>) {
    unsafe UnsafeMutableRawPointer(target).storeBytes(of: vector, as: Vector.self)
}
