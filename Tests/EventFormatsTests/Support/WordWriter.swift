import EventFormats

/// Writes a stream word by word, in any format, as a sensor does or as no sensor would.
struct WordWriter {
    let format: EventFormat
    private(set) var bytes: [UInt8] = []
    /// What the next words say; EVT3 has words of their own for row and time.
    var t: UInt64 = 0
    var y: UInt16 = 0

    init(_ format: EventFormat, t: UInt64 = 0) {
        self.format = format
        self.t = t
    }

    /// Whatever it means.
    mutating func append(_ bits: UInt64) {
        let word = format == .evt21Legacy ? bits << 32 | bits >> 32 : bits
        for byte in 0..<UInt64(format.wordLength) { bytes.append(UInt8(truncatingIfNeeded: word >> (8 * byte))) }
    }

    /// Drops the latest words, down to so many.
    mutating func shorten(to words: Int) { bytes.removeLast(max(bytes.count - words * format.wordLength, 0)) }

    mutating func append(_ words: [UInt64]) {
        for word in words { append(word) }
    }

    mutating func appendTimeHigh() { append(format.timeHigh(t >> format.lowBits)) }

    /// The time of the next words, where a word says it.
    mutating func appendTimeLow() {
        if format == .evt3 { append(EVT3Word(.timeLow, UInt16(t & 0xFFF)).bits) }
    }

    /// The row of the next words, where a word says it.
    mutating func appendRow(_ row: UInt16) {
        y = row
        if format == .evt3 { append(EVT3Word(.addressY, row).bits) }
    }

    mutating func appendEvent(x: UInt16, on: UInt8) {
        switch format {
        case .evt2: append(EVT2Word(on: on, timeLow: low, x: x, y: y).bits)
        case .evt21, .evt21Legacy: append(EVT21Word(on: on, timeLow: low, x: x, y: y, mask: 1).bits)
        case .evt3: append(EVT3Word(.addressX, x: x, on: on).bits)
        case .evt4: append(EVT4Word(on == 0 ? .off : .on, timeLow: low, x: x, y: y).bits)
        }
    }

    /// 32 pixels; EVT2 has but single ones.
    mutating func appendVector(x: UInt16, on: UInt8, mask: UInt32) {
        switch format {
        case .evt2:
            for bit in 0..<UInt16(32) where mask >> bit & 1 == 1 { appendEvent(x: x &+ bit, on: on) }
        case .evt21, .evt21Legacy: append(EVT21Word(on: on, timeLow: low, x: x, y: y, mask: mask).bits)
        case .evt3:
            append(EVT3Word(.vectorBase, x: x, on: on).bits)
            append(mask: mask)
        case .evt4:
            append(EVT4Word(on == 0 ? .vectorOff : .vectorOn, timeLow: low, x: x, y: y).bits)
            append(UInt64(mask))
        }
    }

    /// EVT3's 12, 12 and 8 pixels that follow whatever base there is.
    mutating func append(mask: UInt32) {
        append(EVT3Word(.vector12, UInt16(truncatingIfNeeded: mask)).bits)
        append(EVT3Word(.vector12, UInt16(truncatingIfNeeded: mask >> 12)).bits)
        append(EVT3Word(.vector8, UInt16(truncatingIfNeeded: mask >> 24)).bits)
    }

    mutating func appendTrigger(id: UInt8, rising: UInt8) {
        switch format {
        case .evt2: append(EVT2Word(triggerID: id, rising: rising, timeLow: low).bits)
        case .evt21, .evt21Legacy: append(EVT21Word(triggerID: id, rising: rising, timeLow: low).bits)
        case .evt3: append(EVT3Word(triggerID: id, rising: rising).bits)
        case .evt4: append(EVT4Word(triggerID: id, rising: rising, timeLow: low).bits)
        }
    }

    /// A message with so many of its continuations, or more than it has.
    mutating func appendOthers(_ subtype: UInt16, continuations: Int) {
        switch format {
        case .evt2: append(EVT2Word(.others, timeLow: low, UInt32(subtype)).bits)
        case .evt21, .evt21Legacy:
            append(EVT21Word(.others, timeLow: low, upper: UInt64(subtype), lower: 0x0012_3456).bits)
        case .evt3: append(EVT3Word(.others, subtype).bits)
        case .evt4: append(EVT4Word(.others, timeLow: low, UInt32(subtype)).bits)
        }
        for number in 0..<continuations { appendContinuation(last: format != .evt3 || number == 2) }
    }

    mutating func appendContinuation(last: Bool = true) {
        switch format {
        case .evt2: append(EVT2Word(continued: 0x0012_3456).bits)
        case .evt21, .evt21Legacy: append(EVT21Word(.continued, timeLow: 0x2A, upper: 5, lower: 7).bits)
        case .evt3: append(EVT3Word(last ? .continued4 : .continued12, 0x345).bits)
        case .evt4: append(EVT4Word(continued: 0x0012_3456).bits)
        }
    }

    private var low: UInt64 { t & 0x3F }

    private mutating func append(_ bits: some FixedWidthInteger & UnsignedInteger) { append(UInt64(bits)) }
}

extension EventFormat {
    /// A word's kind is its upper four bits.
    func word(_ kind: UInt64, _ payload: UInt64) -> UInt64 {
        let shift = UInt64(wordLength * 8 - 4)
        return kind << shift | payload & (1 << shift - 1)
    }

    func timeHigh(_ value: UInt64) -> UInt64 {
        switch self {
        case .evt2: UInt64(EVT2Word(timeHigh: value).bits)
        case .evt21, .evt21Legacy: EVT21Word(timeHigh: value).bits
        case .evt3: UInt64(EVT3Word(.timeHigh, UInt16(truncatingIfNeeded: value)).bits)
        case .evt4: UInt64(EVT4Word(timeHigh: value).bits)
        }
    }

    /// Kinds that mean something, and those that don't.
    var kinds: (known: [UInt64], unknown: [UInt64]) {
        let known: [UInt64] =
            switch self {
            case .evt2: [0x0, 0x1, 0x8, 0xA, 0xD, 0xE, 0xF]
            case .evt21, .evt21Legacy: [0x0, 0x1, 0x8, 0xA, 0xE, 0xF]
            case .evt3: [0x0, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0xA, 0xE, 0xF]
            case .evt4: [0x6, 0x7, 0x9, 0xA, 0xB, 0xC, 0xD, 0xE, 0xF]
            }
        return (known, (0..<16).filter { !known.contains($0) })
    }

    /// The kinds that a stream consists of; the others are rare.
    var eventKinds: [UInt64] {
        switch self {
        case .evt2, .evt21, .evt21Legacy: [0x0, 0x1]
        case .evt3: [0x0, 0x2, 0x3, 0x4, 0x5, 0x6]
        case .evt4: [0xA, 0xB, 0xC, 0xD]
        }
    }
}
