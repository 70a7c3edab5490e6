import EventFormats
import Testing

@Suite("Encoders")
struct EncoderTests {
    /// One thing to write.
    enum Item: CustomTestStringConvertible {
        case event(t: UInt64, x: UInt16, y: UInt16)
        case vector(t: UInt64, x: UInt16, y: UInt16, mask: UInt32)
        case trigger(t: UInt64, id: UInt8)
        case counter(t: UInt64, events: UInt32)
        case time(UInt64)

        var testDescription: String { "\(self)" }

        func write(with encoder: inout any EventEncoder) throws(EncodingError) {
            switch self {
            case .event(let t, let x, let y): try encoder.appendEvent(t: t, x: x, y: y, on: 1)
            case .vector(let t, let x, let y, let mask): try encoder.appendVector(t: t, x: x, y: y, on: 1, mask: mask)
            case .trigger(let t, let id): try encoder.appendTrigger(t: t, id: id, rising: 1)
            case .counter(let t, let events): try encoder.appendCounter(t: t, events: events, isOutput: 1)
            case .time(let t): try encoder.appendTime(t)
            }
        }
    }

    struct Refusal: CustomTestStringConvertible {
        let format: EventFormat
        let item: Item
        let error: EncodingError

        var testDescription: String { "\(format.fileName): \(item)" }
    }

    /// The start of every stream here: a time in the second wrap of the clock.
    private static func start(_ format: EventFormat) -> UInt64 { UInt64(1) << format.timeBits + 1000 }

    static let refusals: [Refusal] = EventFormat.allCases.flatMap { format in
        let t = start(format)
        let wrap = UInt64(1) << format.timeBits
        let rows: [(Item, EncodingError)] = [
            (.event(t: t + 9, x: 2048, y: 0), .coordinate),
            (.event(t: t + 9, x: 0, y: 2048), .coordinate),
            (.event(t: t + 9, x: .max, y: .max), .coordinate),
            (.vector(t: t + 9, x: 2048, y: 0, mask: 1), .coordinate),
            (.vector(t: t + 9, x: 0, y: 2048, mask: 1), .coordinate),
            (.vector(t: t + 9, x: 2047, y: 0, mask: 2), .coordinate),
            (.vector(t: t + 9, x: 2017, y: 0, mask: 0x8000_0000), .coordinate),
            (.vector(t: t + 9, x: .max, y: 0, mask: .max), .coordinate),
            (.trigger(t: t + 9, id: format.triggerInputs), .triggerID),
            (.trigger(t: t + 9, id: .max), .triggerID),
            (.counter(t: t + 9, events: 1 << format.counterBits), .counter),
            (.counter(t: t + 9, events: .max), .counter),
            (.event(t: wrap - 1, x: 0, y: 0), .timeBeforeWrap),
            (.vector(t: wrap - 1, x: 0, y: 0, mask: 1), .timeBeforeWrap),
            (.trigger(t: 0, id: 0), .timeBeforeWrap),
            (.counter(t: wrap - 1, events: 0), .timeBeforeWrap),
            (.time(wrap - 1), .timeBeforeWrap),
            (.event(t: t + 1 << 40 + 1 << 13, x: 0, y: 0), .timeGap),
            (.vector(t: t + 1 << 40 + 1 << 13, x: 0, y: 0, mask: 1), .timeGap),
            (.trigger(t: .max, id: 0), .timeGap),
            (.counter(t: t + 1 << 41, events: 0), .timeGap),
            (.time(.max), .timeGap),
        ]
        return rows.map { Refusal(format: format, item: $0, error: $1) }
    }

    @Test("What has no bits is refused, and nothing of it is written", arguments: refusals)
    func refused(_ refusal: Refusal) throws {
        let t = Self.start(refusal.format)
        let around: [Item] = [.event(t: t, x: 3, y: 4), .vector(t: t + 1, x: 7, y: 4, mask: 0x00F0_0F0F)]
        let after: [Item] = [
            .vector(t: t + 2, x: 39, y: 4, mask: 3), .trigger(t: t + 3, id: 1), .event(t: t + 3, x: 1, y: 1),
        ]
        var plain = refusal.format.encoder()
        var tried = refusal.format.encoder()
        for item in around {
            try item.write(with: &plain)
            try item.write(with: &tried)
        }
        #expect(throws: refusal.error) { try refusal.item.write(with: &tried) }
        #expect(tried.takeBytes() == plain.takeBytes(), "the bytes before")
        #expect(throws: refusal.error) { try refusal.item.write(with: &tried) }
        #expect(tried.takeBytes() == [], "the refused item's bytes")
        for item in after {
            try item.write(with: &plain)
            try item.write(with: &tried)
        }
        #expect(tried.takeBytes() == plain.takeBytes(), "the bytes after")
    }

    @Test(
        "A refused first item leaves a fresh encoder",
        arguments: refusals.filter { $0.error != .timeGap && $0.error != .timeBeforeWrap })
    func fresh(_ refusal: Refusal) throws {
        var plain = refusal.format.encoder()
        var tried = refusal.format.encoder()
        #expect(throws: refusal.error) { try refusal.item.write(with: &tried) }
        for item in [Item.event(t: 5, x: 3, y: 4), .trigger(t: 6, id: 1)] {
            try item.write(with: &plain)
            try item.write(with: &tried)
        }
        #expect(tried.takeBytes() == plain.takeBytes())
    }

    @Test("What just has bits is written", arguments: EventFormat.allCases)
    func largest(_ format: EventFormat) throws {
        let t = Self.start(format)
        let late = t + 1 << 40
        let items: [Item] = [
            .event(t: t, x: 2047, y: 2047), .vector(t: t, x: 2047, y: 0, mask: 1),
            .vector(t: t, x: 2016, y: 0, mask: .max),
            .trigger(t: t, id: format.triggerInputs - 1), .counter(t: t, events: 1 << format.counterBits - 1),
            .event(t: late, x: 0, y: 0), .event(t: format.wrapStart(late), x: 0, y: 0),
        ]
        var encoder = format.encoder()
        for item in items { try item.write(with: &encoder) }
        let decoded = try decode([.bytes(encoder.takeBytes()), .finish], as: format, sensor: .largestSensor)
        #expect(decoded.x == [2047, 2047] + Array(2016...2047) + [0, 0])
        #expect(decoded.triggerID == [format.triggerInputs - 1])
        #expect(decoded.counterEvents == [1 << format.counterBits - 1])
        let lost = UInt64(1) << format.timeBits
        #expect(decoded.t.suffix(2) == [late - lost, format.wrapStart(late) - lost])
    }

    @Test("The time can be said again and again, so that a reader can join", arguments: EventFormat.allCases)
    func time(_ format: EventFormat) throws {
        var encoder = format.encoder()
        try encoder.appendTrigger(t: 123_456, id: 1, rising: 1)
        _ = encoder.takeBytes()
        for _ in 0..<3 {
            try encoder.appendTime(123_456)
            let time = encoder.takeBytes()
            #expect(!time.isEmpty)
            var later = encoder
            try later.appendTrigger(t: 123_456, id: 2, rising: 0)
            let decoded = try decode([.bytes(time + later.takeBytes()), .finish], as: format, sensor: .largestSensor)
            #expect(decoded.lines == ["trigger 123456 2 0", "now 123456"])
        }
    }

    @Test("Saying the time does not change what the items around it mean", arguments: EventFormat.allCases)
    func timesBetween(_ format: EventFormat) throws {
        var encoder = format.encoder()
        try encoder.appendTime(70)
        try encoder.appendVector(t: 70, x: 10, y: 3, on: 1, mask: 1)
        try encoder.appendTime(70)
        try encoder.appendVector(t: 71, x: 10, y: 3, on: 1, mask: 1)
        try encoder.appendTime(5000)
        try encoder.appendVector(t: 5001, x: 42, y: 3, on: 0, mask: 2)
        let decoded = try decode([.bytes(encoder.takeBytes()), .finish], as: format, sensor: .largestSensor)
        #expect(decoded.lines == ["event 70 10 3 1", "event 71 10 3 1", "event 5001 43 3 0", "now 5001"])
    }

    @Test("Taking out the bytes leaves none", arguments: EventFormat.allCases)
    func take(_ format: EventFormat) throws {
        var encoder = format.encoder()
        #expect(encoder.takeBytes() == [])
        try encoder.appendEvent(t: 1, x: 1, y: 1, on: 1)
        #expect(encoder.takeBytes().count % format.wordLength == 0)
        #expect(encoder.takeBytes() == [])
    }

    @Test("EVT3 says the vector base again after a single event: others keep one place for both")
    func baseAfterEvent() throws {
        var encoder = EVT3Encoder()
        try encoder.appendVector(t: 1, x: 0, y: 5, on: 1, mask: 1)
        encoder.removeWords()
        try encoder.appendVector(t: 1, x: 32, y: 5, on: 1, mask: 1)
        #expect(encoder.words == [0x4001, 0x4000, 0x5000])
        encoder.removeWords()
        try encoder.appendEvent(t: 1, x: 3, y: 5, on: 0)
        try encoder.appendVector(t: 1, x: 64, y: 5, on: 1, mask: 1)
        #expect(encoder.words == [0x2003, 0x3840, 0x4001, 0x4000, 0x5000])
    }

    @Test("EVT3 says its row and base again after it forgot them")
    func place() throws {
        var encoder = EVT3Encoder()
        try encoder.appendVector(t: 4100, x: 8, y: 5, on: 1, mask: 0xFFF)
        _ = encoder.takeBytes()
        encoder.forgetPlace()
        try encoder.appendTime(4100)
        try encoder.appendVector(t: 4100, x: 20, y: 5, on: 1, mask: 1)
        try encoder.appendEvent(t: 4100, x: 9, y: 5, on: 0)
        let decoded = try decode([.bytes(encoder.takeBytes()), .finish], as: .evt3, sensor: .largestSensor)
        #expect(decoded.lines == ["event 4100 20 5 1", "event 4100 9 5 0", "now 4100"])

        encoder.removeWords()
        try encoder.appendEvent(t: 4100, x: 9, y: 6, on: 0)
        #expect(encoder.words == [0x0006, 0x2009])
        encoder.removeWords()
        #expect(encoder.words == [])
    }
}
