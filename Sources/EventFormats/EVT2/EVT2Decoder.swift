/// The meaning of EVT2's words, one at a time: the specification that any faster decoder is held to.
package struct EVT2Decoder: WordDecoder {
    private let sensor: SensorGeometry
    private var clock = FineClock()
    private var message = Message.none
    package var defects = StreamDefects()

    private enum Message {
        case none
        /// A count that its continuation shall bring.
        case counter(MonitoringMessage, t: UInt64?, offset: UInt64)
        /// A message that we don't read, or the rest of one that is complete.
        case ignored
    }

    package init(sensor: SensorGeometry) { self.sensor = sensor }

    package var currentT: UInt64 { clock.current }

    @inline(__always)
    package mutating func take(_ bits: UInt32, at offset: UInt64, into columns: inout EventColumns) {
        let word = EVT2Word(bits: bits)
        if word.kind == .continued { return continueMessage(word, at: offset, into: &columns) }
        endMessage()
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
            if let kind = MonitoringMessage(rawValue: word.subtype) {
                message = .counter(kind, t: clock.isKnown ? clock.time(low: word.timeLow) : nil, offset: offset)
            } else {
                ignoreMessage(at: offset)
            }
        case .imu:
            ignoreMessage(at: offset)
        case .continued, nil:
            defects.count(.unknownWord, at: offset)
        }
    }

    private mutating func continueMessage(_ word: EVT2Word, at offset: UInt64, into columns: inout EventColumns) {
        switch message {
        case .none:
            defects.count(.strayContinuation, at: offset)
        case .ignored:
            break
        case .counter(let kind, let t, let start):
            message = .ignored
            guard let t else { return defects.count(.eventBeforeTime, at: start) }
            columns.appendCounter(t: t, events: word.payload & EVT2Word.counterMask, isOutput: kind.isOutput)
        }
    }

    private mutating func ignoreMessage(at offset: UInt64) {
        defects.count(.ignoredMessage, at: offset)
        message = .ignored
    }

    /// A word of another kind: what a message still lacks does not come any more.
    private mutating func endMessage() {
        if case .counter(_, _, let start) = message { defects.count(.brokenMessage, at: start) }
        message = .none
    }

    package mutating func finish() { endMessage() }

    package mutating func resynchronise() {
        finish()
        clock.forget()
    }

    package mutating func restart() {
        resynchronise()
        clock.restart()
    }
}
