/// Writes EVT2.1: every word carries up to 32 pixels of a row.
package struct EVT21Encoder: EventEncoder {
    private let order: EVT21Word.Order
    private var words: FineTimeWords<UInt64>

    package init() { self.init(order: .little) }

    package init(order: EVT21Word.Order) {
        self.order = order
        words = FineTimeWords { EVT21Word(timeHigh: $0).littleEndian(in: order) }
    }

    package mutating func appendEvent(t: UInt64, x: UInt16, y: UInt16, on: UInt8) throws(EncodingError) {
        try appendVector(t: t, x: x, y: y, on: on, mask: 1)
    }

    package mutating func appendVector(t: UInt64, x: UInt16, y: UInt16, on: UInt8, mask: UInt32) throws(EncodingError) {
        try checkPlace(x, y, mask: mask)
        let low = try words.advance(to: t)
        append(EVT21Word(on: on, timeLow: low, x: x, y: y, mask: mask))
    }

    package mutating func appendTrigger(t: UInt64, id: UInt8, rising: UInt8) throws(EncodingError) {
        try FineLimits.check(triggerID: id)
        let low = try words.advance(to: t)
        append(EVT21Word(triggerID: id, rising: rising, timeLow: low))
    }

    package mutating func appendCounter(t: UInt64, events: UInt32, isOutput: UInt8) throws(EncodingError) {
        try FineLimits.check(counter: events)
        let low = try words.advance(to: t)
        let subtype = MonitoringMessage(isOutput: isOutput != 0).rawValue
        append(EVT21Word(.others, timeLow: low, upper: UInt64(subtype), lower: events))
    }

    package mutating func appendTime(_ t: UInt64) throws(EncodingError) { try words.sayTime(t) }

    package mutating func takeBytes() -> [UInt8] { words.takeBytes() }

    private mutating func append(_ word: EVT21Word) { words.append(word.littleEndian(in: order)) }
}
