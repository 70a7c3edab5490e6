import VectorKernels

/// The meaning of EVT3's words, one at a time: the specification that any faster decoder is held to.
///
/// Time, row, and vector base are states that words set and events use. Where decoders in the field differ, ours emits
/// nothing before the first TIME_HIGH, leaves out what lies outside the sensor, and takes each vector word by itself.
package struct EVT3Decoder: WordDecoder {
    let sensor: SensorGeometry
    /// Microseconds: the latest time word's.
    package private(set) var currentT: UInt64 = 0
    private(set) var clock = TimestampUnwrapper(highBits: EVT3Word.timeBits, lowBits: EVT3Word.timeBits)
    private(set) var row: UInt16?
    private(set) var base: Base?
    private var message = Message.none
    /// A kernel's guess, which changes how fast it is and nothing else.
    private(set) var isDense = false
    package var defects = StreamDefects()

    struct Base {
        /// Moves on by 12 or 8 with each vector word, also beyond the sensor.
        var x: Int
        let on: UInt8
    }

    /// How much of an OTHERS message has come: a sub-type, then 12, 12 and 4 bits of payload.
    private enum Message {
        case none
        case counter(MonitoringMessage, payload: UInt32, parts: Int, offset: UInt64)
        /// A message that we don't read, or the rest of one that is complete or broken.
        case ignored
    }

    package init(sensor: SensorGeometry) { self.sensor = sensor }

    @inline(__always)
    package mutating func take(_ bits: UInt16, at offset: UInt64, into columns: inout EventColumns) {
        let word = EVT3Word(bits: bits)
        switch word.kind {
        case .continued12, .continued4:
            continueMessage(word, at: offset, into: &columns)
            return
        default:
            endMessage()
        }
        switch word.kind {
        case .addressY:
            row = word.y
        case .addressX:
            guard let y = rowForEvents(mask: 1, at: offset) else { return }
            guard word.x < sensor.width, y < sensor.height else {
                return defects.count(.eventOutsideSensor, at: offset)
            }
            columns.appendEvent(t: currentT, x: word.x, y: y, on: word.on)
        case .vectorBase:
            base = Base(x: Int(word.x), on: word.on)
        case .vector12, .vector8:
            guard let start = base else {
                defects.countEvents(clock.isKnown ? .eventBeforeBase : .eventBeforeTime, word.mask, at: offset)
                return
            }
            base?.x = start.x &+ word.width
            guard let y = rowForEvents(mask: word.mask, at: offset) else { return }
            let outside = columns.appendVector(
                t: currentT, x: start.x, y: y, on: start.on, mask: word.mask, sensor: sensor)
            if outside > 0 { defects.count(.eventOutsideSensor, outside, at: offset) }
        case .timeLow:
            // The high part that is left after a loss is as old as the loss.
            if clock.isKnown { currentT = clock.base &+ UInt64(word.payload) }
        case .timeHigh:
            takeTimeHigh(word, at: offset)
        case .trigger:
            guard clock.isKnown else { return defects.count(.eventBeforeTime, at: offset) }
            columns.appendTrigger(t: currentT, id: word.triggerID, rising: word.triggerRising)
        case .others:
            if let kind = MonitoringMessage(rawValue: word.payload) {
                message = .counter(kind, payload: 0, parts: 0, offset: offset)
            } else {
                defects.count(.ignoredMessage, at: offset)
                message = .ignored
            }
        case .continued12, .continued4, nil:
            defects.count(.unknownWord, at: offset)
        }
    }

    private mutating func takeTimeHigh(_ word: EVT3Word, at offset: UInt64) {
        let wasKnown = clock.isKnown
        let step = clock.take(high: UInt64(word.payload))
        if step == .steppedBack { defects.count(.timeStepBack, at: offset) }
        // The low part is 0 until it is said, but a repeated TIME_HIGH says nothing new.
        if step != .same || !wasKnown { currentT = clock.base }
    }

    /// The row of events that may be emitted; without one, they are counted as lost.
    private mutating func rowForEvents(mask: UInt32, at offset: UInt64) -> UInt16? {
        guard clock.isKnown else {
            defects.countEvents(.eventBeforeTime, mask, at: offset)
            return nil
        }
        guard let row else {
            defects.countEvents(.eventBeforeRow, mask, at: offset)
            return nil
        }
        return row
    }

    private mutating func continueMessage(_ word: EVT3Word, at offset: UInt64, into columns: inout EventColumns) {
        switch message {
        case .none:
            defects.count(.strayContinuation, at: offset)
        case .ignored:
            break
        case .counter(let kind, let payload, let parts, let start):
            let bits = UInt32(word.kind == .continued12 ? word.payload : word.nibble)
            switch (word.kind, parts) {
            case (.continued12, 0), (.continued12, 1):
                message = .counter(
                    kind, payload: payload | bits << (12 &* UInt32(parts)), parts: parts &+ 1, offset: start)
            case (.continued4, 2):
                message = .ignored
                guard clock.isKnown else { return defects.count(.eventBeforeTime, at: start) }
                columns.appendCounter(t: currentT, events: payload | bits << 24, isOutput: kind.isOutput)
            default:
                message = .ignored
                defects.count(.brokenMessage, at: start)
            }
        }
    }

    /// A word of another kind: what a message still lacks does not come any more.
    private mutating func endMessage() {
        switch message {
        case .none: return
        case .ignored: break
        case .counter(_, _, _, let start): defects.count(.brokenMessage, at: start)
        }
        message = .none
    }

    // MARK: - For kernels

    /// Whether no message is under way that says something.
    var isBetweenMessages: Bool { if case .counter = message { false } else { true } }

    /// Whether continuations belong to a message that is ignored.
    var isInMessage: Bool { if case .ignored = message { true } else { false } }

    /// What words have set that a kernel took, at least one.
    mutating func set(_ state: EVT3State) {
        message = state.isInMessage ? .ignored : .none
        isDense = state.isDense
        row = state.row
        base = state.base < 0 ? nil : Base(x: state.base, on: state.vectorOn)
        guard state.hasTime else { return }
        clock.set(high: UInt64(state.timeHigh), wraps: state.wraps)
        currentT = state.start &+ UInt64(state.low)
    }

    package mutating func finish() { endMessage() }

    package mutating func resynchronise() {
        finish()
        clock.forget()
        row = nil
        base = nil
    }

    package mutating func restart() {
        resynchronise()
        clock.restart(at: currentT &+ 1)
    }
}
