/// The meaning of EVT4's words, one at a time: the specification that any faster decoder is held to.
package struct EVT4Decoder: WordDecoder {
    private let sensor: SensorGeometry
    private var clock = FineClock()
    private var expected = Expected.anything
    package var defects = StreamDefects()

    /// What the words before let the next one be.
    private enum Expected {
        case anything
        /// The next word is the mask of this vector, whatever it looks like.
        case mask(of: EVT4Word, offset: UInt64)
        /// A count that its continuation shall bring.
        case count(MonitoringMessage, t: UInt64?, offset: UInt64)
        /// The rest of a message that we don't read, or that is complete.
        case restOfMessage
    }

    package init(sensor: SensorGeometry) { self.sensor = sensor }

    package var currentT: UInt64 { clock.current }

    @inline(__always)
    package mutating func take(_ bits: UInt32, at offset: UInt64, into columns: inout EventColumns) {
        let word = EVT4Word(bits: bits)
        if case .mask(let vector, let start) = expected {
            expected = .anything
            return emit(vector, mask: bits, at: start, into: &columns)
        }
        if word == .padding { return }
        if word.kind == .continued { return continueMessage(word, at: offset, into: &columns) }
        endMessage()
        switch word.kind {
        case .timeHigh:
            clock.take(high: word.timeHigh, at: offset, &defects)
        case .off, .on:
            emit(word, mask: 1, at: offset, into: &columns)
        case .vectorOff, .vectorOn:
            expected = .mask(of: word, offset: offset)
        case .trigger:
            guard clock.isKnown else { return defects.count(.eventBeforeTime, at: offset) }
            columns.appendTrigger(t: clock.time(low: word.timeLow), id: word.triggerID, rising: word.triggerRising)
        case .others:
            if let kind = MonitoringMessage(rawValue: word.subtype) {
                expected = .count(kind, t: clock.isKnown ? clock.time(low: word.timeLow) : nil, offset: offset)
            } else {
                defects.count(.ignoredMessage, at: offset)
                expected = .restOfMessage
            }
        case .continued, .padding, nil:
            defects.count(.unknownWord, at: offset)
        }
    }

    private mutating func emit(_ word: EVT4Word, mask: UInt32, at offset: UInt64, into columns: inout EventColumns) {
        guard clock.isKnown else { return defects.countEvents(.eventBeforeTime, mask, at: offset) }
        let outside = columns.appendVector(
            t: clock.time(low: word.timeLow), x: Int(word.x), y: word.y, on: word.on, mask: mask, sensor: sensor)
        if outside > 0 { defects.count(.eventOutsideSensor, outside, at: offset) }
    }

    private mutating func continueMessage(_ word: EVT4Word, at offset: UInt64, into columns: inout EventColumns) {
        switch expected {
        case .anything, .mask:
            defects.count(.strayContinuation, at: offset)
        case .restOfMessage:
            break
        case .count(let kind, let t, let start):
            expected = .restOfMessage
            guard let t else { return defects.count(.eventBeforeTime, at: start) }
            columns.appendCounter(t: t, events: word.payload, isOutput: kind.isOutput)
        }
    }

    /// A word of another kind, or the end: what a message or a vector still lacks does not come any more.
    private mutating func endMessage() {
        switch expected {
        case .count(_, _, let start): defects.count(.brokenMessage, at: start)
        case .mask(_, let start): defects.count(.truncatedByte, MemoryLayout<Word>.size, at: start)
        case .anything, .restOfMessage: break
        }
        expected = .anything
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
