/// Writes EVT2.1: every word carries up to 32 pixels of a row.
package struct EVT21Encoder: EventEncoder {
    private let order: EVT21Word.Order
    private var clock = EncoderClock(highBits: EVT2Word.timeHighBits, lowBits: EVT2Word.timeLowBits)
    private var words: [UInt64] = []

    package init() { self.init(order: .little) }

    package init(order: EVT21Word.Order) { self.order = order }

    package mutating func appendEvent(t: UInt64, x: UInt16, y: UInt16, on: UInt8) throws(EncodingError) {
        try appendVector(t: t, x: x, y: y, on: on, mask: 1)
    }

    package mutating func appendVector(t: UInt64, x: UInt16, y: UInt16, on: UInt8, mask: UInt32) throws(EncodingError) {
        try checkPlace(x, y, mask: mask)
        try advance(to: t)
        append(EVT21Word(on: on, timeLow: clock.low(of: t), x: x, y: y, mask: mask))
    }

    package mutating func appendTrigger(t: UInt64, id: UInt8, rising: UInt8) throws(EncodingError) {
        guard id < 32 else { throw .triggerID }
        try advance(to: t)
        append(EVT21Word(triggerID: id, rising: rising, timeLow: clock.low(of: t)))
    }

    package mutating func appendCounter(t: UInt64, events: UInt32, isOutput: UInt8) throws(EncodingError) {
        guard events <= EVT2Word.counterMask else { throw .counter }
        try advance(to: t)
        let subtype = MonitoringMessage(isOutput: isOutput != 0).rawValue
        append(EVT21Word(.others, timeLow: clock.low(of: t), upper: UInt64(subtype), lower: events))
    }

    package mutating func appendTime(_ t: UInt64) throws(EncodingError) {
        let before = words.count
        try advance(to: t)
        guard words.count == before, let high = clock.value else { return }
        append(EVT21Word(timeHigh: high))
    }

    package mutating func takeBytes() -> [UInt8] {
        defer { words = [] }
        return words.littleEndianBytes()
    }

    private mutating func advance(to t: UInt64) throws(EncodingError) {
        let order = order
        try clock.advance(to: t) { words.append(EVT21Word(timeHigh: $0).littleEndian(in: order)) }
    }

    private mutating func append(_ word: EVT21Word) { words.append(word.littleEndian(in: order)) }
}
