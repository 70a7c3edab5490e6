import EventFormats
import Foundation
import Testing

extension EventFormat: CustomTestStringConvertible {
    /// As the golden files are called.
    var fileName: String {
        switch self {
        case .evt2: "evt2"
        case .evt21: "evt21"
        case .evt21Legacy: "evt21legacy"
        case .evt3: "evt3"
        case .evt4: "evt4"
        }
    }

    public var testDescription: String { fileName }

    func encoder() -> any EventEncoder {
        switch self {
        case .evt2: EVT2Encoder()
        case .evt21: EVT21Encoder(order: .little)
        case .evt21Legacy: EVT21Encoder(order: .legacy)
        case .evt3: EVT3Encoder()
        case .evt4: EVT4Encoder()
        }
    }

    var timeBits: UInt64 { self == .evt3 ? 24 : 34 }
    var lowBits: UInt64 { self == .evt3 ? 12 : 6 }
    /// The start of the wrap of the clock in which `t` lies.
    func wrapStart(_ t: UInt64) -> UInt64 { (t >> timeBits) << timeBits }
    var triggerInputs: UInt8 { self == .evt3 ? 16 : 32 }
    var counterBits: UInt32 { self == .evt3 ? 28 : 22 }
}

extension SensorGeometry {
    static let largestSensor = SensorGeometry(width: 2048, height: 2048)!
}

/// One case of the golden files: a stream, and what it gives.
struct GoldenCase: CustomTestStringConvertible {
    let format: EventFormat
    var name = ""
    var sensor = SensorGeometry.largestSensor
    var items: [StreamItem] = []
    var expected = Decoded()

    var testDescription: String { "\(format.fileName): \(name)" }

    static func all(_ format: EventFormat) throws -> [GoldenCase] {
        var cases: [GoldenCase] = []
        for line in try goldenLines("\(format.fileName).txt") {
            let fields = line.split(separator: " ")
            func number<T: FixedWidthInteger>(_ place: Int, _: T.Type = T.self) throws -> T {
                guard place < fields.count, let value = T(fields[place]) else { throw BadLine(line: line) }
                return value
            }
            if fields[0] == "case" {
                cases.append(GoldenCase(format: format, name: String(line.dropFirst("case ".count))))
                continue
            }
            guard var last = cases.popLast() else { throw BadLine(line: line) }
            switch fields[0] {
            case "sensor":
                guard let sensor = try SensorGeometry(width: number(1), height: number(2)) else {
                    throw BadLine(line: line)
                }
                last.sensor = sensor
            case "bytes":
                let digits = fields[1...].joined()
                let bytes = try stride(from: 0, to: digits.utf8.count, by: 2).map { place in
                    guard let byte = UInt8(digits.dropFirst(place).prefix(2), radix: 16) else {
                        throw BadLine(line: line)
                    }
                    return byte
                }
                if case .bytes(let before)? = last.items.last {
                    last.items[last.items.count - 1] = .bytes(before + bytes)
                } else {
                    last.items.append(.bytes(bytes))
                }
            case "resynchronise": last.items.append(.resynchronise)
            case "restart": last.items.append(.restart)
            case "finish": last.items.append(.finish)
            case "event":
                try last.expected.appendEvent(t: number(1), x: number(2), y: number(3), on: number(4))
            case "trigger":
                try last.expected.appendTrigger(t: number(1), id: number(2), rising: number(3))
            case "counter":
                try last.expected.appendCounter(t: number(1), events: number(2), isOutput: number(3))
            case "defect":
                guard let kind = StreamDefects.Kind(named: fields[1]) else { throw BadLine(line: line) }
                try last.expected.defects.count(kind, number(2), at: number(3))
            case "now": try last.expected.now = number(1)
            default: throw BadLine(line: line)
            }
            cases.append(last)
        }
        return cases
    }
}

/// A stream of random words, and the digest of what it gives.
struct RandomStream: CustomTestStringConvertible {
    let format: EventFormat
    let kinds: [UInt64]
    let mask: UInt64
    let seed: UInt64
    let words: Int
    let sensor: SensorGeometry
    /// Events, triggers, counters, defects by kind, as they stand in the file.
    let counts: String
    let digest: String

    var testDescription: String { "\(format.fileName), seed \(seed)" }

    static func all() throws -> [RandomStream] {
        try goldenLines("random.txt").map { line in
            let fields = line.split(separator: " ")
            guard fields.count == 12, let format = EventFormat.allCases.first(where: { $0.fileName == fields[0] }),
                let mask = UInt64(fields[2], radix: 16), let seed = UInt64(fields[3]), let words = Int(fields[4]),
                let width = Int(fields[5]), let height = Int(fields[6]),
                let sensor = SensorGeometry(width: width, height: height)
            else { throw BadLine(line: line) }
            return RandomStream(
                format: format, kinds: fields[1].compactMap { UInt64(String($0), radix: 16) }, mask: mask, seed: seed,
                words: words, sensor: sensor, counts: fields[7...10].joined(separator: " "), digest: String(fields[11]))
        }
    }

    /// The same stream as make_golden.py's `random_items`.
    func items() -> [StreamItem] {
        var random = SplitMix64(seed: seed)
        var bytes: [UInt8] = []
        for _ in 0..<words {
            let low = random.next() & mask
            let kind = kinds[Int(random.next() >> 60)]
            var word = kind << UInt64(format.wordLength * 8 - 4) | low
            if format == .evt21Legacy { word = word << 32 | word >> 32 }
            for _ in 0..<format.wordLength {
                bytes.append(UInt8(truncatingIfNeeded: word))
                word >>= 8
            }
        }
        var items: [StreamItem] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let length = Int(random.next() % 997)
            items.append(.bytes(Array(rest.prefix(length))))
            rest = rest.dropFirst(length)
            switch random.next() % 8 {
            case 0: items.append(.resynchronise)
            case 1: items.append(.restart)
            default: break
            }
        }
        return items + [.finish]
    }
}

extension Decoded {
    /// As in random.txt.
    var counts: String {
        "\(t.count) \(triggerT.count) \(counterT.count) "
            + StreamDefects.Kind.allCases.map { "\(defects[$0].count)" }.joined(separator: ",")
    }

    /// As in random.txt.
    var digest: String {
        var sha = SHA256()
        sha.add(t)
        sha.add(x)
        sha.add(y)
        sha.add(on)
        sha.add(triggerT)
        sha.add(triggerID)
        sha.add(triggerRising)
        sha.add(counterT)
        sha.add(counterEvents)
        sha.add(counterIsOutput)
        sha.add(StreamDefects.Kind.allCases.flatMap { [defects[$0].count, defects[$0].firstOffset] })
        return sha.digest()
    }
}

extension StreamDefects.Kind {
    init?(named name: some StringProtocol) {
        guard let kind = Self.allCases.first(where: { "\($0)" == name }) else { return nil }
        self = kind
    }
}

struct BadLine: Error {
    let line: String
}

/// A folder in Tests/.
func testFolder(_ name: String) -> URL {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: name)
}

private func goldenLines(_ file: String) throws -> [String] {
    try String(contentsOf: testFolder("Golden").appending(path: file), encoding: .utf8)
        .split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
}
