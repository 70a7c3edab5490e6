/// Writes EVT4: single events, and vectors of 32 pixels with a mask word of their own.
package struct EVT4Encoder: EventEncoder {
    private var words = FineTimeWords { EVT4Word(timeHigh: $0).bits }

    package init() {}

    package mutating func appendEvent(t: UInt64, x: UInt16, y: UInt16, on: UInt8) throws(EncodingError) {
        try checkPlace(x, y)
        let low = try words.advance(to: t)
        append(EVT4Word(on == 0 ? .off : .on, timeLow: low, x: x, y: y))
    }

    package mutating func appendVector(t: UInt64, x: UInt16, y: UInt16, on: UInt8, mask: UInt32) throws(EncodingError) {
        try checkPlace(x, y, mask: mask)
        let low = try words.advance(to: t)
        append(EVT4Word(on == 0 ? .vectorOff : .vectorOn, timeLow: low, x: x, y: y))
        words.append(mask)
    }

    package mutating func appendTrigger(t: UInt64, id: UInt8, rising: UInt8) throws(EncodingError) {
        try FineLimits.check(triggerID: id)
        let low = try words.advance(to: t)
        append(EVT4Word(triggerID: id, rising: rising, timeLow: low))
    }

    package mutating func appendCounter(t: UInt64, events: UInt32, isOutput: UInt8) throws(EncodingError) {
        try FineLimits.check(counter: events)
        let low = try words.advance(to: t)
        let subtype = MonitoringMessage(isOutput: isOutput != 0).rawValue
        append(EVT4Word(.others, timeLow: low, UInt32(subtype)))
        append(EVT4Word(continued: events))
    }

    package mutating func appendTime(_ t: UInt64) throws(EncodingError) { try words.sayTime(t) }

    package mutating func takeBytes() -> [UInt8] { words.takeBytes() }

    private mutating func append(_ word: EVT4Word) { words.append(word.bits) }
}
