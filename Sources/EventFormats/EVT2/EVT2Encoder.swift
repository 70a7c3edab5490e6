/// Writes EVT2: every event carries its place and the low part of its time.
package struct EVT2Encoder: EventEncoder {
    private var words = FineTimeWords { EVT2Word(timeHigh: $0).bits }

    package init() {}

    package mutating func appendEvent(t: UInt64, x: UInt16, y: UInt16, on: UInt8) throws(EncodingError) {
        try checkPlace(x, y)
        let low = try words.advance(to: t)
        append(EVT2Word(on: on, timeLow: low, x: x, y: y))
    }

    package mutating func appendVector(t: UInt64, x: UInt16, y: UInt16, on: UInt8, mask: UInt32) throws(EncodingError) {
        guard mask != 0 else { return }
        try checkPlace(x, y, mask: mask)
        for bit in 0..<32 where mask >> UInt32(bit) & 1 == 1 {
            try appendEvent(t: t, x: x &+ UInt16(bit), y: y, on: on)
        }
    }

    package mutating func appendTrigger(t: UInt64, id: UInt8, rising: UInt8) throws(EncodingError) {
        try FineLimits.check(triggerID: id)
        let low = try words.advance(to: t)
        append(EVT2Word(triggerID: id, rising: rising, timeLow: low))
    }

    package mutating func appendCounter(t: UInt64, events: UInt32, isOutput: UInt8) throws(EncodingError) {
        try FineLimits.check(counter: events)
        let low = try words.advance(to: t)
        let subtype = MonitoringMessage(isOutput: isOutput != 0).rawValue
        append(EVT2Word(.others, timeLow: low, UInt32(subtype)))
        append(EVT2Word(continued: events))
    }

    package mutating func appendTime(_ t: UInt64) throws(EncodingError) { try words.sayTime(t) }

    package mutating func takeBytes() -> [UInt8] { words.takeBytes() }

    private mutating func append(_ word: EVT2Word) { words.append(word.bits) }
}
