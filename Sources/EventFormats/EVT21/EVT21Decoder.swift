/// The meaning of EVT2.1's words, one at a time: the specification that any faster decoder is held to.
package struct EVT21Decoder: WordDecoder {
    let sensor: SensorGeometry
    let order: EVT21Word.Order
    var clock = FineClock()
    /// Whether continuations belong to a message.
    var isInMessage = false
    package var defects = StreamDefects()

    package init(sensor: SensorGeometry, order: EVT21Word.Order) {
        self.sensor = sensor
        self.order = order
    }

    package var currentT: UInt64 { clock.current }

    @inline(__always)
    package mutating func take(_ bits: UInt64, at offset: UInt64, into columns: inout EventColumns) {
        let word = EVT21Word(littleEndian: bits, in: order)
        if word.kind == .continued {
            if !isInMessage { defects.count(.strayContinuation, at: offset) }
            return
        }
        isInMessage = word.kind == .others
        switch word.kind {
        case .timeHigh:
            clock.take(high: word.timeHigh, at: offset, &defects)
        case .off, .on:
            guard clock.isKnown else { return defects.countEvents(.eventBeforeTime, word.mask, at: offset) }
            let outside = columns.appendVector(
                t: clock.time(low: word.timeLow), x: Int(word.x), y: word.y, on: word.kind == .on ? 1 : 0,
                mask: word.mask, sensor: sensor)
            if outside > 0 { defects.count(.eventOutsideSensor, outside, at: offset) }
        case .trigger:
            guard clock.isKnown else { return defects.count(.eventBeforeTime, at: offset) }
            columns.appendTrigger(t: clock.time(low: word.timeLow), id: word.triggerID, rising: word.triggerRising)
        case .others:
            guard let kind = MonitoringMessage(rawValue: word.subtype) else {
                return defects.count(.ignoredMessage, at: offset)
            }
            guard clock.isKnown else { return defects.count(.eventBeforeTime, at: offset) }
            columns.appendCounter(
                t: clock.time(low: word.timeLow), events: word.payload & EVT2Word.counterMask, isOutput: kind.isOutput)
        case .continued, nil:
            defects.count(.unknownWord, at: offset)
        }
    }

    package mutating func finish() {}

    package mutating func resynchronise() {
        isInMessage = false
        clock.forget()
    }

    package mutating func restart() {
        resynchronise()
        clock.restart()
    }
}
