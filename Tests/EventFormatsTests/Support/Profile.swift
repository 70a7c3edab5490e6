import EventFormats

/// What a camera may look at, as streams.
enum Profile: CaseIterable {
    /// Single events here and there: a row and a time for each, or nearly.
    case sparse
    /// Single events and short vectors.
    case mixed
    /// Vectors of a quarter of their pixels, many a row.
    case quarter
    /// Vectors of nearly all pixels, many a row.
    case dense
    /// The same side by side, as a sensor that sees a flash sends them, with sparser ones among them.
    case flash
    /// Up to eight side by side, mostly of a quarter of their pixels, one row after the other.
    case runs
    /// Any of these, with rare and damaged words.
    case garbage

    /// A time to start from: half of the streams meet a wrap of the clock before long.
    static func start(_ format: EventFormat, _ random: inout SplitMix64) -> UInt64 {
        let range = UInt64(1) << format.timeBits
        return random.once(in: 2) ? random.next() % range : range - 1 - random.next() % 20_000
    }

    /// Writes so many groups of words: a time, a row, some events.
    func append(_ groups: Int, to writer: inout WordWriter, _ sensor: SensorGeometry, _ random: inout SplitMix64) {
        let garbage = self == .garbage ? RareThing.all(writer.format, sensor) : []
        var look = self == .garbage ? .mixed : self
        for _ in 0..<groups {
            let before = writer.t
            writer.t += random.next() % (look == .dense || look == .flash ? 3 : 20)
            let high = writer.t >> writer.format.lowBits
            if before >> writer.format.lowBits != high || random.once(in: 12) { writer.appendTimeHigh() }
            if before != writer.t || random.once(in: 4) { writer.appendTimeLow() }
            if self == .garbage {
                if random.once(in: 60) { look = Self.allCases[Int(random.next() % 6)] }
                if random.once(in: 50) { appendGarbage(garbage, to: &writer, &random) }
            }
            look.appendGroup(to: &writer, sensor, &random)
            if look != .sparse, random.once(in: 200) { writer.appendTrigger(id: 1, rising: UInt8(random.next() >> 63)) }
        }
    }

    private func appendGroup(to writer: inout WordWriter, _ sensor: SensorGeometry, _ random: inout SplitMix64) {
        if self == .sparse || !random.once(in: 4) {
            writer.appendRow(UInt16(truncatingIfNeeded: random.next() % UInt64(sensor.height)))
        }
        let on = UInt8(random.next() >> 63)
        let x = UInt16(truncatingIfNeeded: random.next() % UInt64(sensor.width))
        // Whole vectors on the sensor where it has room for one.
        let start = min(x / 32 * 32, max(sensor.width, 32) - 32)
        switch self {
        case .sparse:
            writer.appendEvent(x: x, on: on)
            // Now and then a whole row at once.
            for _ in 0..<random.one(of: [0, 0, 0, 0, 0, 1, 2, 20]) {
                writer.appendEvent(x: UInt16(truncatingIfNeeded: random.next() % UInt64(sensor.width)), on: on)
            }
        case .mixed, .garbage:
            for _ in 0...random.next() % 4 {
                if random.once(in: 2) {
                    writer.appendEvent(x: UInt16(truncatingIfNeeded: random.next() % UInt64(sensor.width)), on: on)
                } else {
                    writer.appendVector(x: start, on: on, mask: random.mask(ofEight: 1))
                }
            }
        case .quarter, .dense:
            for _ in 0..<random.next() % 12 {
                writer.appendVector(x: start, on: on, mask: random.mask(ofEight: self == .dense ? 7 : 2))
                if writer.format == .evt3, random.once(in: 4) { writer.append(mask: random.mask(ofEight: 2)) }
            }
        case .flash:
            var share: UInt64 = 7
            appendVectors(1 + random.next() % 50, from: start, on: on, to: &writer, &random) { random in
                if random.once(in: 12) { share = random.one(of: [7, 4, 2, 1]) }
                return share
            }
        case .runs:
            let share = random.one(of: [2, 2, 2, 2, 1, 4] as [UInt64])
            appendVectors(1 + random.next() % 8, from: start, on: on, to: &writer, &random) { _ in share }
        }
    }

    /// Writes vectors side by side; most end on the sensor.
    ///
    /// - Parameter share: how many of eight pixels the next one has.
    private func appendVectors(
        _ number: UInt64, from start: UInt16, on: UInt8, to writer: inout WordWriter, _ random: inout SplitMix64,
        _ share: (inout SplitMix64) -> UInt64
    ) {
        let count = UInt16(truncatingIfNeeded: number)
        let first = random.once(in: 4) ? start : start &- min(start, 32 * count)
        for index in 0..<count {
            let mask = random.mask(ofEight: share(&random))
            if index == 0 || writer.format != .evt3 {
                writer.appendVector(x: (first &+ 32 &* index) & 0x07FF, on: on, mask: mask)
            } else {
                writer.append(mask: mask)
            }
        }
    }

    private func appendGarbage(_ things: [RareThing], to writer: inout WordWriter, _ random: inout SplitMix64) {
        switch random.next() % 4 {
        case 0: writer.append(random.next())
        case 1: writer.append(writer.format.word(random.one(of: writer.format.kinds.unknown), random.next()))
        default: random.one(of: things).append(&writer)
        }
    }
}

extension SplitMix64 {
    mutating func one<Element>(of elements: [Element]) -> Element { elements[Int(next() % UInt64(elements.count))] }

    /// 32 bits, each set so many times out of 8.
    mutating func mask(ofEight share: UInt64) -> UInt32 {
        let (a, b, c) = (UInt32(truncatingIfNeeded: next()), UInt32(truncatingIfNeeded: next()), next())
        let d = UInt32(truncatingIfNeeded: c)
        return switch share {
        case 1: a & b & d
        case 2: a & b
        case 7: a | b | d
        default: a
        }
    }
}
