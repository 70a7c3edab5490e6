import EventFormats
import Testing

/// Camera buffers end anywhere, also within a word, a vector, a message.
@Suite("Cut anywhere")
struct CutTests {
    /// About 4 KiB: what an encoder writes, with some damage, and random words that may be anything.
    struct Stream: CustomTestStringConvertible {
        let format: EventFormat
        let isRandom: Bool
        let bytes: [UInt8]
        var sensor: SensorGeometry { Self.sensor }

        private static let sensor = SensorGeometry(width: 640, height: 480)!

        var testDescription: String { "\(format.fileName), \(isRandom ? "random words" : "encoded with damage")" }

        init(_ format: EventFormat, isRandom: Bool) {
            self.format = format
            self.isRandom = isRandom
            if isRandom {
                // Of the random streams the one that gives most.
                let starts = GoldenTests.randomStreams.filter { $0.format == format }.map { stream in
                    var bytes: [UInt8] = []
                    for case .bytes(let more) in stream.items() { bytes += more }
                    return Array(bytes.prefix(4096))
                }
                let events = starts.map { (try? decode([.bytes($0)], as: format, sensor: Self.sensor).t.count) ?? 0 }
                bytes = zip(starts, events).max { $0.1 < $1.1 }?.0 ?? []
            } else {
                var events = RandomEvents(format, sensor: Self.sensor, seed: 4096)
                var bytes: [UInt8] = []
                while bytes.count < 4096, let more = try? events.write(20) { bytes += more }
                var random = SplitMix64(seed: 4096)
                for place in stride(from: 500, to: 4096, by: 300) { bytes[place] ^= 1 << UInt8(random.next() % 8) }
                self.bytes = Array(bytes.prefix(4096))
            }
        }
    }

    static let streams: [Stream] = EventFormat.allCases.flatMap { format in
        [false, true].map { Stream(format, isRandom: $0) }
    }

    private func decoded(_ stream: Stream, _ feed: Feed) throws -> Decoded {
        try decode([.bytes(stream.bytes), .finish], as: stream.format, sensor: stream.sensor, feed: feed)
    }

    @Test("Two pieces give what one gives, for every cut", arguments: streams)
    func two(_ stream: Stream) throws {
        try #require(stream.bytes.count == 4096)
        let whole = try decoded(stream, .whole)
        try #require(whole.t.count > 100 && whole.defects.total > 0)
        for place in 0...stream.bytes.count {
            let cut = try decoded(stream, .cut([place]))
            try #require(cut.difference(from: whole) == nil, "cut at \(place)")
        }
    }

    @Test("Three pieces give what one gives", arguments: streams)
    func three(_ stream: Stream) throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix64(seed: seed)
        let whole = try decoded(stream, .whole)
        for _ in 0..<300 {
            let first = Int(random.next() % UInt64(stream.bytes.count + 1))
            // Half of the second pieces are shorter than two words of any format.
            let second = first + Int(random.next() % (random.once(in: 2) ? 16 : UInt64(stream.bytes.count - first + 1)))
            let cut = try decoded(stream, .cut([first, second]))
            try #require(cut.difference(from: whole) == nil, "cut at \(first) and \(second), seed \(seed)")
        }
    }

    @Test("Byte by byte gives what one piece gives", arguments: streams)
    func bytes(_ stream: Stream) throws {
        #expect(try decoded(stream, .pieces(1)).difference(from: decoded(stream, .whole)) == nil)
    }

    @Test("An empty piece changes nothing", arguments: EventFormat.allCases)
    func empty(_ format: EventFormat) throws {
        let nothing = try decode([.bytes([]), .bytes([]), .finish], as: format, sensor: .largestSensor)
        #expect(nothing == Decoded())
    }
}
