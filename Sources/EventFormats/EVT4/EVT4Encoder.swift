/// Writes EVT4: single events, and vectors of 32 pixels with a mask word of their own.
package struct EVT4Encoder: EventEncoder {
    private var clock = EncoderClock(highBits: EVT2Word.timeHighBits, lowBits: EVT2Word.timeLowBits)
    private var words: [UInt32] = []

    package init() {}

    package mutating func appendEvent(t: UInt64, x: UInt16, y: UInt16, on: UInt8) throws(EncodingError) {
        try checkPlace(x, y)
        try advance(to: t)
        append(EVT4Word(on == 0 ? .off : .on, timeLow: clock.low(of: t), x: x, y: y))
    }

    package mutating func appendVector(t: UInt64, x: UInt16, y: UInt16, on: UInt8, mask: UInt32) throws(EncodingError) {
        try checkPlace(x, y, mask: mask)
        try advance(to: t)
        append(EVT4Word(on == 0 ? .vectorOff : .vectorOn, timeLow: clock.low(of: t), x: x, y: y))
        words.append(mask)
    }

    package mutating func appendTrigger(t: UInt64, id: UInt8, rising: UInt8) throws(EncodingError) {
        guard id < 32 else { throw .triggerID }
        try advance(to: t)
        append(EVT4Word(triggerID: id, rising: rising, timeLow: clock.low(of: t)))
    }

    package mutating func appendCounter(t: UInt64, events: UInt32, isOutput: UInt8) throws(EncodingError) {
        guard events <= EVT2Word.counterMask else { throw .counter }
        try advance(to: t)
        let subtype = MonitoringMessage(isOutput: isOutput != 0).rawValue
        append(EVT4Word(.others, timeLow: clock.low(of: t), UInt32(subtype)))
        append(EVT4Word(continued: events))
    }

    package mutating func appendTime(_ t: UInt64) throws(EncodingError) {
        let before = words.count
        try advance(to: t)
        guard words.count == before, let high = clock.value else { return }
        append(EVT4Word(timeHigh: high))
    }

    package mutating func takeBytes() -> [UInt8] {
        defer { words = [] }
        return words.littleEndianBytes()
    }

    private mutating func advance(to t: UInt64) throws(EncodingError) {
        try clock.advance(to: t) { words.append(EVT4Word(timeHigh: $0).bits) }
    }

    private mutating func append(_ word: EVT4Word) { words.append(word.bits) }
}
