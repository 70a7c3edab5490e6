import EventFormats
import Testing

@Suite("Random bytes")
struct RandomBytesTests {
    @Test("1 MiB of random bytes decodes, and word by word it gives the same", arguments: EventFormat.allCases)
    func mebibyte(_ format: EventFormat) throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix64(seed: seed)
        let bytes = random.bytes(1 << 20)
        let items = [StreamItem.bytes(bytes), .finish]
        let whole = try decode(items, as: format, sensor: .largestSensor)
        #expect(DecoderChecks.implausible(whole, of: format, items, sensor: .largestSensor) == [], "seed \(seed)")
        #expect(whole.t.count > 1000 && whole.defects.total > 1000, "seed \(seed)")
        let words = try decode(items, as: format, sensor: .largestSensor, feed: .pieces(format.wordLength))
        #expect(words.difference(from: whole) == nil, "seed \(seed)")
    }

    @Test("What holds for any bytes holds for random ones")
    func checks() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix64(seed: seed)
        for _ in 0..<400 {
            let input = random.bytes(Int(random.next() % 600))
            #expect(DecoderChecks.broken(by: input) == [], "\(input), seed \(seed)")
        }
    }

    @Test("The checks see what is wrong")
    func seen() {
        let items = [StreamItem.bytes([UInt8](repeating: 0, count: 8)), .finish]
        func broken(_ format: EventFormat, _ change: (inout Decoded) -> Void) -> Int {
            var decoded = Decoded()
            decoded.defects.count(.eventBeforeTime, at: 0)
            change(&decoded)
            return DecoderChecks.implausible(decoded, of: format, items).count
        }
        #expect(broken(.evt2) { _ in } == 0)
        #expect(broken(.evt2) { $0.appendEvent(t: 0, x: 40, y: 0, on: 0) } == 1)
        #expect(broken(.evt2) { $0.appendEvent(t: 0, x: 0, y: 30, on: 0) } == 1)
        #expect(broken(.evt2) { $0.appendEvent(t: 0, x: 0, y: 0, on: 2) } == 1)
        #expect(broken(.evt3) { $0.appendTrigger(t: 0, id: 16, rising: 0) } == 1)
        #expect(broken(.evt2) { $0.appendTrigger(t: 0, id: 16, rising: 0) } == 0)
        #expect(broken(.evt2) { $0.appendCounter(t: 0, events: 1 << 22, isOutput: 0) } == 1)
        #expect(broken(.evt3) { $0.appendCounter(t: 0, events: 1 << 22, isOutput: 0) } == 0)
        #expect(broken(.evt2) { $0.defects.count(.eventBeforeTime, 2, at: 0) } == 1)
        #expect(broken(.evt2) { $0.defects.count(.unknownWord, 3, at: 0) } == 2)
        #expect(broken(.evt2) { $0.defects.count(.unknownWord, at: 8) } == 1)
        #expect(broken(.evt2) { $0.defects.count(.truncatedByte, 4, at: 0) } == 1)
        #expect(broken(.evt2) { $0.defects.count(.eventBeforeRow, at: 0) } == 1)
        #expect(broken(.evt2) { $0.defects = StreamDefects() } == 1)
    }
}
