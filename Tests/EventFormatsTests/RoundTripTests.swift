import EventFormats
import Foundation
import Testing

/// What an encoder writes, its decoder reads back equal.
@Suite("Round trip")
struct RoundTripTests {
    static let sensors = [(1, 1), (40, 30), (320, 320), (640, 480), (1280, 720), (2048, 2048)]

    private func roundTrip(_ format: EventFormat, _ size: (Int, Int), events: Int, seed: UInt64) throws {
        let sensor = try #require(SensorGeometry(width: size.0, height: size.1))
        let label: Comment = "\(format.fileName), \(size), seed \(seed)"
        var writer = RandomEvents(format, sensor: sensor, seed: seed)
        var random = SplitMix64(seed: ~seed)
        let decoder = format.decoder(for: sensor)
        var columns = EventColumns(.plenty)
        while writer.counts.events < events {
            let bytes = try writer.write(1000)
            let cut = Int(random.next() % UInt64(bytes.count + 1))
            for piece in [0..<cut, cut..<bytes.count] {
                let used = unsafe decoder.decode(bytes.span.bytes.extracting(piece), into: &columns)
                try #require(used == piece.count, label)
            }
            var decoded = Decoded()
            decoded.append(columns)
            columns.removeAll()
            try #require(decoded.difference(from: writer.takeExpected()) == nil, label)
        }
        decoder.finish()
        #expect(decoder.defects.total == decoder.defects[.timeStepBack].count, label)
        #expect(decoder.defects[.ignoredMessage].count == 0, label)
        if events >= 10_000 {
            // The times of the stream did what they should.
            #expect(writer.counts.wraps > 0 && writer.counts.falls > 100, label)
            #expect(writer.counts.triggers > 100 && writer.counts.counters > 100, label)
        }
    }

    @Test("Random events come back", arguments: EventFormat.allCases, sensors)
    func random(_ format: EventFormat, _ size: (Int, Int)) throws {
        try roundTrip(format, size, events: 17_000, seed: .random(in: 0...UInt64.max))
    }

    @Test(
        "Ten million random events come back",
        .enabled(if: ProcessInfo.processInfo.environment["NEUROMORPHIC_SOAK"] == "1", "set NEUROMORPHIC_SOAK=1"),
        arguments: EventFormat.allCases)
    func randomEventsSoak(_ format: EventFormat) throws {
        try roundTrip(format, (2048, 2048), events: 10_000_000, seed: .random(in: 0...UInt64.max))
    }

    @Test("Every corner of the largest sensor comes back", arguments: EventFormat.allCases)
    func corners(_ format: EventFormat) throws {
        var encoder = format.encoder()
        var expected = Decoded()
        for (t, x, y, on) in [(0, 0, 0, 0), (1, 2047, 0, 1), (2, 0, 2047, 1), (3, 2047, 2047, 0)]
            as [(UInt64, UInt16, UInt16, UInt8)]
        {
            try encoder.appendEvent(t: t, x: x, y: y, on: on)
            try encoder.appendVector(t: t, x: x, y: y, on: 1 - on, mask: 1)
            expected.appendEvent(t: t, x: x, y: y, on: on)
            expected.appendEvent(t: t, x: x, y: y, on: 1 - on)
        }
        expected.now = 3
        let decoded = try decode([.bytes(encoder.takeBytes()), .finish], as: format, sensor: .largestSensor)
        #expect(decoded.lines == expected.lines)
    }

    @Test(
        "Times come back over any step within the clock's rules",
        arguments: EventFormat.allCases)
    func steps(_ format: EventFormat) throws {
        let range = UInt64(1) << format.timeBits
        let low = UInt64(1) << format.lowBits
        // Up by less and more than half the range, to a wrap's both sides, over several wraps; down within a wrap.
        let times: [UInt64] = [
            5, 5, low - 1, low, range / 2 - 1, range / 2, range - 1, range, range + 1, 2 * range - 1, range,
            2 * range - low,
            range + range / 2, range + range / 2 - low, 3 * range, 7 * range + 3, 8 * range - 1, 7 * range,
            7 * range + low - 1,
            7 * range + range / 2 + low, 7 * range, 20 * range - 1, 20 * range,
        ]
        var encoder = format.encoder()
        var expected = Decoded()
        for (i, t) in times.enumerated() {
            try encoder.appendTrigger(t: t, id: UInt8(i % 16), rising: 1)
            expected.appendTrigger(t: t, id: UInt8(i % 16), rising: 1)
        }
        let decoded = try decode([.bytes(encoder.takeBytes()), .finish], as: format, sensor: .largestSensor)
        #expect(decoded.triggerT == expected.triggerT)
        #expect(decoded.triggerID == expected.triggerID)
        #expect(decoded.defects.total == decoded.defects[.timeStepBack].count)
    }

    @Test("The wraps before the first time are lost", arguments: EventFormat.allCases)
    func lostWraps(_ format: EventFormat) throws {
        let range = UInt64(1) << format.timeBits
        var encoder = format.encoder()
        try encoder.appendTrigger(t: 3 * range + 7, id: 1, rising: 0)
        try encoder.appendTrigger(t: 4 * range + 8, id: 2, rising: 0)
        let decoded = try decode([.bytes(encoder.takeBytes()), .finish], as: format, sensor: .largestSensor)
        #expect(decoded.lines == ["trigger 7 1 0", "trigger \(range + 8) 2 0", "now \(range + 8)"])
    }
}
