import VectorKernels

/// What the kinds of words of EVT2, EVT2.1 or EVT4 are to the portable kernels: a digit for each kind, kind 0 lowest.
struct FineMeanings {
    let digits: UInt64
    /// A whole word that says nothing, or nil.
    let padding: UInt32?

    static var evt2: FineMeanings { FineMeanings(digits: 0x4330_0201_0000_0055, padding: nil) }
    static var evt21: FineMeanings { FineMeanings(digits: 0x4300_0201_0000_0055, padding: nil) }
    static var evt4: FineMeanings { FineMeanings(digits: 0x0155_5520_4300_0000, padding: .max) }

    // The digits; 0 means nothing. Events and vectors are never asked for.
    static var timeHigh: UInt64 { 1 }
    static var trigger: UInt64 { 2 }
    static var message: UInt64 { 3 }
    static var continuation: UInt64 { 4 }
    static var event: UInt64 { 5 }

    @inline(__always)
    func meaning(of word: UInt32) -> UInt64 { digits &>> UInt64((word &>> 28) &<< 2) & 0xF }
}

extension EventRun {
    /// Takes a word other than an event or a vector, and says whether it did: the decoder notes the first of each kind that is no good.
    @inline(__always)
    mutating func take(rare word: UInt32, _ meanings: FineMeanings, _ time: inout FineState) -> Bool {
        switch meanings.meaning(of: word) {
        case FineMeanings.timeHigh:
            let high = word & 0x0FFF_FFFF
            if high < time.high {
                if time.high &- high >= FineState.leastWrap {
                    time.wrap()
                } else {
                    guard unsafe counts.contains(.stepsBack) else { return false }
                    unsafe rare.stepsBack &+= 1
                }
            }
            time.take(high: high)
        case FineMeanings.trigger:
            guard unsafe triggerCount < triggerCapacity else { return false }
            time.current = time.base &+ UInt64(word &>> 22 & 0x3F)
            unsafe triggerT[triggerCount] = time.current
            unsafe triggerID[triggerCount] = UInt8(truncatingIfNeeded: word &>> 8 & 0x1F)
            unsafe triggerRising[triggerCount] = UInt8(truncatingIfNeeded: word & 1)
            unsafe triggerCount &+= 1
        case FineMeanings.message:
            // Rate-controller reports, 0x0014 and 0x0016, are the decoder's.
            guard unsafe counts.contains(.ignoredMessages), word & 0xFFFD != 0x0014 else { return false }
            unsafe rare.ignoredMessages &+= 1
            time.isInMessage = true
            return true
        case FineMeanings.continuation:
            if time.isInMessage { return true }
            guard unsafe counts.contains(.strayContinuations) else { return false }
            unsafe rare.strayContinuations &+= 1
        case FineMeanings.event:
            return false
        default:
            // Padding ends no message.
            if word == meanings.padding { return true }
            guard unsafe counts.contains(.unknown) else { return false }
            unsafe rare.unknown &+= 1
        }
        time.isInMessage = false
        return true
    }
}
