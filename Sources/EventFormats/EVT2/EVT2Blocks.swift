import CPlatform
import VectorKernels

/// Blocks of words whose kinds are found before any of their words is taken: so there is always something to do while the processor learns
/// that it took a branch in vain.
private let blocksAtOnce = 8

/// Takes words of EVT2 of which few are events, many at a time and with few branches for what can't be foreseen: first the kinds of all of
/// them are found, then a block's words of one kind after the other do what they do, times first.
///
/// - Returns: whether it stopped before the words ended or room did.
@inline(never)
func takeBlocks(_ run: inout EventRun, _ state: inout FineState) -> Bool {
    unsafe run.takeBlocks(&state)
}

@inline(never)
private func findKinds(
    _ words: UnsafeRawPointer, height: UInt16, _ kinds: UnsafeMutableBufferPointer<KindMasks>, count: Int
) {
    for block in 0..<count {
        let words = unsafe words + 4 &* manyWords &* block
        for line in 0..<4 { unsafe platform_prefetch(words + (2048 &+ 64 &* line)) }
        unsafe kinds[block] = KindMasks(evt2: words, height: height)
    }
}

// All inlined, or the module that runs would seem to be the vectors'.
extension EventRun {
    @inline(__always)
    fileprivate mutating func takeBlocks(_ state: inout FineState) -> Bool {
        unsafe withUnsafeTemporaryAllocation(of: UInt64.self, capacity: manyWords &+ 1) { bases in
            unsafe withUnsafeTemporaryAllocation(of: KindMasks.self, capacity: blocksAtOnce) { kinds in
                while unsafe left >= manyWords {
                    let blocks = unsafe min(left / manyWords, blocksAtOnce)
                    unsafe findKinds(next, height: height, kinds, count: blocks)
                    let first = unsafe count
                    var tally = BlockTally()
                    defer { unsafe add(tally, written: count &- first) }
                    for block in 0..<blocks {
                        guard unsafe count &+ EventRun.slack <= capacity else { return false }
                        guard unsafe takeBlock(kinds[block], &state, &tally, bases) else { return true }
                        unsafe next += 4 &* manyWords
                        unsafe left &-= manyWords
                    }
                }
                return false
            }
        }
    }

    /// Takes 64 words.
    ///
    /// - Parameter bases: room for one number more than there are words.
    /// - Returns: false, with nothing done, if one of them may be the decoder's or none is rare.
    @inline(__always)
    private mutating func takeBlock(
        _ kinds: KindMasks, _ state: inout FineState, _ tally: inout BlockTally,
        _ bases: UnsafeMutableBufferPointer<UInt64>
    ) -> Bool {
        let words = unsafe next
        let (times, events, triggers) = (kinds[0x8], kinds[0x0] | kinds[0x1], kinds[0xA])
        let (messages, continuations) = (kinds[0xD] | kinds[0xE], kinds[0xF])
        let covered = covered(continuations, by: messages, state.isInMessage)
        let rareWords = RareMasks(
            unknown: ~(times | events | triggers | messages | continuations), strays: continuations & ~covered,
            messages: messages)
        let room = unsafe triggerCapacity &- triggerCount
        guard events | times != .max, room >= manyWords || triggers.nonzeroBitCount <= room,
            unsafe !kinds.mayReport || !words.isReport(among: messages)
        else { return false }
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
        guard unsafe mayCount(rareWords, stepsBack: falls &- wraps),
            unsafe countsOutside || events.nonzeroBitCount == index &- count
        else { return false }
        tally.add(rareWords, events: events)
        unsafe rare.stepsBack &+= falls &- wraps
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

    /// Counts what was taken.
    @inline(__always)
    private mutating func add(_ tally: BlockTally, written: Int) {
        let (unknown, strays, messages, events) = tally.counts
        unsafe rare.unknown &+= unknown
        unsafe rare.strayContinuations &+= strays
        unsafe rare.ignoredMessages &+= messages
        unsafe outside &+= events &- written
    }
}

extension UnsafeRawPointer {
    /// A word of 32 bits.
    @inline(__always)
    fileprivate func word(_ place: Int) -> UInt32 {
        unsafe UInt32(littleEndian: loadUnaligned(fromByteOffset: 4 &* place, as: UInt32.self))
    }

    /// Whether one of some messages is a rate-controller report, 0x0014 or 0x0016, which are the decoder's.
    @inline(__always)
    fileprivate func isReport(among messages: UInt64) -> Bool {
        var rest = messages
        while rest != 0 {
            if unsafe word(rest.trailingZeroBitCount) & 0xFFFD == 0x0014 { return true }
            rest &= rest &- 1
        }
        return false
    }
}
