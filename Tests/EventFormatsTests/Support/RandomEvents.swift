import EventFormats

/// Writes random items with an encoder, and keeps what a decoder should make of them.
struct RandomEvents {
    let format: EventFormat
    let sensor: SensorGeometry
    private var random: SplitMix64
    private var encoder: any EventEncoder
    private var t: UInt64
    private var hasStarted = false
    /// What the decoder can't know of the first time: the wraps before it.
    private let lostWraps: UInt64
    private(set) var expected = Decoded()
    private(set) var counts = (events: 0, triggers: 0, counters: 0, wraps: 0, falls: 0)

    init(_ format: EventFormat, sensor: SensorGeometry, seed: UInt64) {
        self.format = format
        self.sensor = sensor
        random = SplitMix64(seed: seed)
        encoder = format.encoder()
        t = random.next() >> 24
        lostWraps = format.wrapStart(t)
    }

    /// Writes so many items; takes out what was written since the last call.
    mutating func write(_ items: Int) throws -> [UInt8] {
        for _ in 0..<items { try writeOne() }
        return encoder.takeBytes()
    }

    /// Takes out what is expected of the items since the last call.
    mutating func takeExpected() -> Decoded {
        defer { expected = Decoded() }
        return expected
    }

    private mutating func writeOne() throws {
        if !hasStarted { try encoder.appendTime(t) }
        hasStarted = true
        moveTime()
        let time = t - lostWraps
        switch random.next() % 32 {
        case 0:
            let (id, rising) = (UInt8(random.next() % UInt64(format.triggerInputs)), UInt8(random.next() >> 63))
            try encoder.appendTrigger(t: t, id: id, rising: rising)
            expected.appendTrigger(t: time, id: id, rising: rising)
            counts.triggers += 1
        case 1:
            let largest = UInt32(1) << format.counterBits - 1
            let events = random.once(in: 4) ? largest : UInt32(truncatingIfNeeded: random.next()) & largest
            let isOutput = UInt8(random.next() >> 63)
            try encoder.appendCounter(t: t, events: events, isOutput: isOutput)
            expected.appendCounter(t: time, events: events, isOutput: isOutput)
            counts.counters += 1
        case 2:
            try encoder.appendTime(t)
        case 3..<12:
            let (x, y, on) = place()
            // Bits from the right edge on must be 0: no format has bits for what is not on the largest sensor.
            let columns = min(Int(sensor.width) - Int(x), 32)
            var mask = UInt32(truncatingIfNeeded: random.next()) & UInt32(truncatingIfNeeded: random.next())
            if random.once(in: 8) { mask = .max }
            if random.once(in: 16) { mask = 0 }
            mask &= UInt32(truncatingIfNeeded: 1 << UInt64(columns) - 1)
            try encoder.appendVector(t: t, x: x, y: y, on: on, mask: mask)
            for bit in 0..<32 where mask >> bit & 1 == 1 {
                expected.appendEvent(t: time, x: x + UInt16(bit), y: y, on: on)
                counts.events += 1
            }
        default:
            let (x, y, on) = place()
            try encoder.appendEvent(t: t, x: x, y: y, on: on)
            expected.appendEvent(t: time, x: x, y: y, on: on)
            counts.events += 1
        }
    }

    private mutating func place() -> (x: UInt16, y: UInt16, on: UInt8) {
        let r = random.next()
        let (right, bottom) = (sensor.width - 1, sensor.height - 1)
        let on = UInt8(r >> 63)
        if random.once(in: 10) { return (r & 1 == 0 ? 0 : right, r & 2 == 0 ? 0 : bottom, on) }
        return (
            UInt16(truncatingIfNeeded: r >> 8) % sensor.width,
            random.once(in: 3) ? bottom / 2 : UInt16(truncatingIfNeeded: r >> 24) % sensor.height, on
        )
    }

    /// Mostly a little forward or not at all; now and then far ahead, over wraps, or back within the latest one.
    private mutating func moveTime() {
        let before = t
        switch random.next() % 64 {
        case 0..<24: break
        case 24..<58: t += random.next() % 40
        case 58..<61: t += random.next() % 20_000
        case 61:
            // Up to any bit of the clock, or over a wrap or two.
            let range = UInt64(1) << format.timeBits
            t +=
                random.once(in: 4)
                ? range / 2 + random.next() % (2 * range) : (random.next() % range) >> (random.next() % 40)
        default:
            let wrapStart = format.wrapStart(t)
            t =
                wrapStart
                + (random.once(in: 2) ? max(t - wrapStart, 5_000) - 5_000 : random.next() % (t - wrapStart + 1))
        }
        if t < before { counts.falls += 1 }
        counts.wraps += Int(t >> format.timeBits) - Int(before >> format.timeBits)
    }
}
