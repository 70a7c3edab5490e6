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
        unsafe run.next = pointer
        unsafe run.left = left
        unsafe run.count = count
        if unsafe takeMany(&run, &time) { some = manyWords }
        unsafe pointer = run.next
        unsafe left = run.left
        unsafe count = run.count
    }
    unsafe run.next = pointer
    unsafe run.left = left
    unsafe run.count = count
    unsafe run.outside &+= outside
    state = time
}

@inline(never)
private func takeMany(_ run: inout EventRun, _ state: inout FineState) -> Bool {
    unsafe run.takeMany(&state)
}

// All inlined, or the module that runs would seem to be the vectors'.
extension EventRun {
    /// Takes words of EVT2 of which few are events, many at a time and with few branches for what can't be foreseen: first the kinds of all of
    /// them are found, then the words of one kind after the other do what they do, times first.
    ///
    /// - Returns: whether it stopped before the words ended or room did.
    @inline(__always)
    fileprivate mutating func takeMany(_ state: inout FineState) -> Bool {
        unsafe withUnsafeTemporaryAllocation(of: UInt64.self, capacity: manyWords &+ 1) { bases in
            while unsafe left >= manyWords && count &+ EventRun.slack <= capacity {
                guard unsafe takeBlock(&state, bases) else { return true }
                unsafe next += 4 &* manyWords
                unsafe left &-= manyWords
            }
            return false
        }
    }

    /// Takes 64 words.
    ///
    /// - Parameter bases: room for one number more than there are words.
    /// - Returns: false, with nothing done, if one of them may be the decoder's or none is rare.
    @inline(__always)
    private mutating func takeBlock(_ state: inout FineState, _ bases: UnsafeMutableBufferPointer<UInt64>) -> Bool {
        let words = unsafe next
        for line in 0..<4 { unsafe platform_prefetch(words + (2048 &+ 64 &* line)) }
        guard let kinds = unsafe KindMasks(evt2: words, height: height) else { return false }
        let (times, events, triggers) = (kinds[0x8], kinds[0x0] | kinds[0x1], kinds[0xA])
        let (messages, continuations) = (kinds[0xD] | kinds[0xE], kinds[0xF])
        let covered = covered(continuations, by: messages, state.isInMessage)
        let room = unsafe triggerCapacity &- triggerCount
        guard events | times != .max, room >= manyWords || triggers.nonzeroBitCount <= room else { return false }
        // Where a TIME_HIGH holds from, with the one before the first word's.
        let starts = times &<< 1 | 1
        // The last word with a time of its own, or -1, and whether TIME_HIGH changes after it.
        let latest = last(events | triggers)
        var change = 0
        var (wraps, falls) = (0, 0)
        var high = Int(state.high)
        unsafe bases[0] = state.base
        var rest = times
        while rest != 0 {
            let place = rest.trailingZeroBitCount
            let value = Int(unsafe words.word(place) & 0x0FFF_FFFF)
            let fall = high &- value
            wraps &+= (Int(FineState.leastWrap) &- 1 &- fall) &>> 63 & 1
            falls &+= (0 &- fall) &>> 63 & 1
            change |= fall & (latest &- place) &>> 63
            unsafe bases[place &+ 1] = state.origin &+ UInt64(bitPattern: Int64(wraps &<< 28 &+ value)) &<< 6
            high = value
            rest &= rest &- 1
        }
        var index = unsafe count
        let beyondX = unsafe 2048 &- UInt32(width)
        rest = events & ~kinds.outside
        while rest != 0 {
            let word = unsafe words.word(rest.trailingZeroBitCount)
            let (column, row) = (word &>> 11 & 0x7FF, word & 0x7FF)
            unsafe t[index] = bases[last(starts & (rest ^ (rest &- 1)))] &+ UInt64(word &>> 22 & 0x3F)
            unsafe x[index] = UInt16(truncatingIfNeeded: column)
            unsafe y[index] = UInt16(truncatingIfNeeded: row)
            unsafe on[index] = UInt8(truncatingIfNeeded: word &>> 28)
            index &+= Int(~(column &+ beyondX) &>> 11 & 1)
            rest &= rest &- 1
        }
        var trigger = unsafe triggerCount
        rest = triggers
        while rest != 0 {
            let word = unsafe words.word(rest.trailingZeroBitCount)
            unsafe triggerT[trigger] = bases[last(starts & (rest ^ (rest &- 1)))] &+ UInt64(word &>> 22 & 0x3F)
            unsafe triggerID[trigger] = UInt8(truncatingIfNeeded: word &>> 8 & 0x1F)
            unsafe triggerRising[trigger] = UInt8(truncatingIfNeeded: word & 1)
            trigger &+= 1
            rest &= rest &- 1
        }
        guard
            unsafe add(
                unknown: (~(times | events | triggers | messages | continuations)).nonzeroBitCount,
                strays: (continuations & ~covered).nonzeroBitCount, messages: messages.nonzeroBitCount,
                stepsBack: falls &- wraps, outside: events.nonzeroBitCount &- (index &- count))
        else { return false }
        unsafe triggerCount = trigger
        unsafe count = index
        state.wrap(times: wraps)
        state.high = UInt32(truncatingIfNeeded: high)
        if change != 0 || latest >= 0 {
            let low = unsafe words.word(max(latest, 0)) &>> 22 & 0x3F
            state.current = state.base &+ UInt64(change == 0 ? low : 0)
        }
        state.isInMessage = (messages | covered) &>> 63 != 0
        return true
    }

    /// Counts what is rare, unless the first of its kind is among it.
    @inline(__always)
    mutating func add(unknown: Int, strays: Int, messages: Int, stepsBack: Int, outside lost: Int) -> Bool {
        let all: RareWords = [.unknown, .strayContinuations, .ignoredMessages, .stepsBack]
        if unsafe !counts.isSuperset(of: all) || !countsOutside {
            guard unsafe unknown == 0 || counts.contains(.unknown),
                unsafe strays == 0 || counts.contains(.strayContinuations),
                unsafe messages == 0 || counts.contains(.ignoredMessages),
                unsafe stepsBack == 0 || counts.contains(.stepsBack), unsafe lost == 0 || countsOutside
            else { return false }
        }
        unsafe rare.unknown &+= unknown
        unsafe rare.strayContinuations &+= strays
        unsafe rare.ignoredMessages &+= messages
        unsafe rare.stepsBack &+= stepsBack
        unsafe outside &+= lost
        return true
    }
}

extension UnsafeRawPointer {
    /// A word of 32 bits.
    @inline(__always)
    fileprivate func word(_ place: Int) -> UInt32 {
        unsafe UInt32(littleEndian: loadUnaligned(fromByteOffset: 4 &* place, as: UInt32.self))
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
