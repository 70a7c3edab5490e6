/// Writes EVT3: row, time and vector base are said only when they change.
package struct EVT3Encoder: EventEncoder {
    private var clock = EncoderClock(highBits: EVT3Word.timeBits, lowBits: EVT3Word.timeBits)
    private var timeLow: UInt64?
    private var row: UInt16?
    /// The pixel and polarity that a vector word would start at.
    private var base: (x: Int, on: UInt8)?
    package private(set) var words: [UInt16] = []

    package init() {}

    package mutating func appendEvent(t: UInt64, x: UInt16, y: UInt16, on: UInt8) throws(EncodingError) {
        try checkPlace(x, y)
        try advance(to: t)
        move(to: y)
        append(EVT3Word(.addressX, x: x, on: on))
        // Decoders in the field keep one place for both: a single event moves the base of those.
        base = nil
    }

    package mutating func appendVector(t: UInt64, x: UInt16, y: UInt16, on: UInt8, mask: UInt32) throws(EncodingError) {
        try checkPlace(x, y, mask: mask)
        try advance(to: t)
        move(to: y)
        if base == nil || base! != (Int(x), on & 1) { append(EVT3Word(.vectorBase, x: x, on: on)) }
        append(EVT3Word(.vector12, UInt16(truncatingIfNeeded: mask)))
        append(EVT3Word(.vector12, UInt16(truncatingIfNeeded: mask >> 12)))
        append(EVT3Word(.vector8, UInt16(truncatingIfNeeded: mask >> 24)))
        base = (Int(x) &+ 32, on & 1)
    }

    package mutating func appendTrigger(t: UInt64, id: UInt8, rising: UInt8) throws(EncodingError) {
        guard id < 16 else { throw .triggerID }
        try advance(to: t)
        append(EVT3Word(triggerID: id, rising: rising))
    }

    package mutating func appendCounter(t: UInt64, events: UInt32, isOutput: UInt8) throws(EncodingError) {
        guard events < 1 << 28 else { throw .counter }
        try advance(to: t)
        append(EVT3Word(.others, MonitoringMessage(isOutput: isOutput != 0).rawValue))
        append(EVT3Word(.continued12, UInt16(truncatingIfNeeded: events)))
        append(EVT3Word(.continued12, UInt16(truncatingIfNeeded: events >> 12)))
        append(EVT3Word(.continued4, UInt16(truncatingIfNeeded: events >> 24)))
    }

    package mutating func appendTime(_ t: UInt64) throws(EncodingError) { try advance(to: t, isSaidAgain: true) }

    /// Says the row and the vector base again when they are needed, so that a reader can join here.
    package mutating func forgetPlace() {
        row = nil
        base = nil
    }

    /// Empties `words` and keeps their memory.
    package mutating func removeWords() { words.removeAll(keepingCapacity: true) }

    package mutating func takeBytes() -> [UInt8] {
        defer { words = [] }
        return words.littleEndianBytes()
    }

    private mutating func advance(to t: UInt64, isSaidAgain: Bool = false) throws(EncodingError) {
        var highs = 0
        try clock.advance(to: t) { value in
            words.append(EVT3Word(.timeHigh, UInt16(truncatingIfNeeded: value)).bits)
            highs &+= 1
        }
        if isSaidAgain, highs == 0, let high = clock.value {
            append(EVT3Word(.timeHigh, UInt16(truncatingIfNeeded: high)))
        }
        // A TIME_HIGH that changes sets the low part to 0.
        timeLow = isSaidAgain ? nil : highs > 0 ? 0 : timeLow
        let low = clock.low(of: t)
        if timeLow != low {
            append(EVT3Word(.timeLow, UInt16(truncatingIfNeeded: low)))
            timeLow = low
        }
    }

    private mutating func move(to y: UInt16) {
        guard row != y else { return }
        append(EVT3Word(.addressY, y))
        row = y
    }

    private mutating func append(_ word: EVT3Word) { words.append(word.bits) }
}
