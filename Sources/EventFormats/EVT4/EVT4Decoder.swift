/// The meaning of EVT4's words, one at a time: the specification that any faster decoder is held to.
package struct EVT4Decoder: WordDecoder {
    let sensor: SensorGeometry
    var clock = FineClock()
    var message = ContinuedMessage()
    /// A vector whose mask is the next word, whatever that looks like.
    var vector: (word: EVT4Word, offset: UInt64)?
    package var defects = StreamDefects()

    package init(sensor: SensorGeometry) { self.sensor = sensor }

    package var currentT: UInt64 { clock.current }

    @inline(__always)
    package mutating func take(_ bits: UInt32, at offset: UInt64, into columns: inout EventColumns) {
        if let (header, start) = vector {
            vector = nil
            return emit(header, mask: bits, at: start, into: &columns)
        }
        let word = EVT4Word(bits: bits)
        if word == .padding { return }
        if word.kind == .continued {
            return message.take(word.payload, at: offset, into: &columns, defects: &defects)
        }
        message.end(defects: &defects)
        switch word.kind {
        case .timeHigh:
            clock.take(high: word.timeHigh, at: offset, &defects)
        case .off, .on:
            emit(word, mask: 1, at: offset, into: &columns)
        case .vectorOff, .vectorOn:
            vector = (word, offset)
        case .trigger:
            guard clock.isKnown else { return defects.count(.eventBeforeTime, at: offset) }
            columns.appendTrigger(t: clock.time(low: word.timeLow), id: word.triggerID, rising: word.triggerRising)
        case .others:
            message.begin(word.subtype, timeLow: word.timeLow, at: offset, clock: &clock, defects: &defects)
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

    package mutating func finish() {
        message.end(defects: &defects)
        if let (_, start) = vector { defects.count(.truncatedByte, MemoryLayout<Word>.size, at: start) }
        vector = nil
    }

    package mutating func resynchronise() {
        finish()
        clock.forget()
    }

    package mutating func restart() {
        resynchronise()
        clock.restart()
    }
}
