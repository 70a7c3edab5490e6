/// The meaning of EVT2's words, one at a time: the specification that any faster decoder is held to.
package struct EVT2Decoder: WordDecoder {
    let sensor: SensorGeometry
    var clock = FineClock()
    var message = ContinuedMessage()
    package var defects = StreamDefects()

    package init(sensor: SensorGeometry) { self.sensor = sensor }

    package var currentT: UInt64 { clock.current }

    @inline(__always)
    package mutating func take(_ bits: UInt32, at offset: UInt64, into columns: inout EventColumns) {
        let word = EVT2Word(bits: bits)
        if word.kind == .continued {
            return message.take(word.payload, at: offset, into: &columns, defects: &defects)
        }
        message.end(defects: &defects)
        switch word.kind {
        case .timeHigh:
            clock.take(high: word.timeHigh, at: offset, &defects)
        case .off, .on:
            guard clock.isKnown else { return defects.count(.eventBeforeTime, at: offset) }
            let t = clock.time(low: word.timeLow)
            guard word.x < sensor.width, word.y < sensor.height else {
                return defects.count(.eventOutsideSensor, at: offset)
            }
            columns.appendEvent(t: t, x: word.x, y: word.y, on: word.kind == .on ? 1 : 0)
        case .trigger:
            guard clock.isKnown else { return defects.count(.eventBeforeTime, at: offset) }
            columns.appendTrigger(t: clock.time(low: word.timeLow), id: word.triggerID, rising: word.triggerRising)
        case .others:
            message.begin(word.subtype, timeLow: word.timeLow, at: offset, clock: &clock, defects: &defects)
        case .imu:
            message.ignore(at: offset, defects: &defects)
        case .continued, nil:
            defects.count(.unknownWord, at: offset)
        }
    }

    package mutating func finish() { message.end(defects: &defects) }

    package mutating func resynchronise() {
        finish()
        clock.forget()
    }

    package mutating func restart() {
        resynchronise()
        clock.restart()
    }
}
