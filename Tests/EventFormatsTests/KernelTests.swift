import EventFormats
import Foundation
import Testing

/// The plain decoders say what words mean; whatever is faster has to say the same of any bytes.
///
/// NEUROMORPHIC_KERNEL_ROUNDS, a number, makes the random ones as many times longer.
@Suite("Kernels")
struct KernelTests {
    static let rounds = ProcessInfo.processInfo.environment["NEUROMORPHIC_KERNEL_ROUNDS"].flatMap { Int($0) } ?? 1

    /// Runs as often as was asked for, each time with a seed of its own; the first that differs is enough.
    private func check(
        _ format: EventFormat, times: Int, _ make: (inout SplitMix64) throws -> [KernelRun]
    ) rethrows {
        for _ in 0..<times * Self.rounds {
            let seed = UInt64.random(in: 0...UInt64.max)
            var random = SplitMix64(seed: seed)
            for run in try make(&random) {
                let differences = run.differences()
                guard differences.isEmpty else {
                    return differences.forEach { Issue.record("\($0), seed \(seed)") }
                }
            }
        }
    }

    @Test("Streams of every look", arguments: EventFormat.allCases, Profile.allCases)
    func profiles(_ format: EventFormat, _ profile: Profile) {
        check(format, times: profile == .garbage ? 16 : 4) { random in
            let sensor = random.sensor()
            var writer = WordWriter(format, t: Profile.start(format, &random))
            writer.appendTimeHigh()
            profile.append(250, to: &writer, sensor, &random)
            return [
                KernelRun(
                    format: format, sensor: sensor, items: random.items(writer.bytes), capacities: random.capacities())
            ]
        }
    }

    /// What a kernel guesses of a stream, it takes along into the next piece.
    @Test("Nearly all pixels, in pieces of every length", arguments: EventFormat.allCases)
    func flashInPieces(_ format: EventFormat) {
        check(format, times: 1) { random in
            let sensor = SensorGeometry(width: random.one(of: [1280, 640, 600]), height: 480)!
            var writer = WordWriter(format, t: Profile.start(format, &random))
            writer.appendTimeHigh()
            Profile.flash.append(8, to: &writer, sensor, &random)
            let bytes = writer.bytes
            return (1...130).map { words in
                let length = words * format.wordLength
                let items = stride(from: 0, to: bytes.count, by: length).map { start in
                    StreamItem.bytes(Array(bytes[start..<min(start + length, bytes.count)]))
                }
                return KernelRun(format: format, sensor: sensor, items: items + [.finish])
            }
        }
    }

    @Test("Random bytes", arguments: EventFormat.allCases)
    func randomBytes(_ format: EventFormat) {
        check(format, times: 10) { random in
            let bytes = random.bytes(4096)
            return [
                KernelRun(
                    format: format, sensor: random.sensor(), items: random.items(bytes),
                    capacities: random.capacities())
            ]
        }
    }

    @Test("Random words, mostly events", arguments: EventFormat.allCases)
    func randomWords(_ format: EventFormat) {
        check(format, times: 40) { random in
            var words = RandomWords(format, &random)
            let bytes = words.bytes(1000, &random)
            return [
                KernelRun(
                    format: format, sensor: random.sensor(), items: random.items(bytes),
                    capacities: random.capacities())
            ]
        }
    }

    @Test("Random words, mostly of few kinds", arguments: EventFormat.allCases)
    func randomWordsOfFewKinds(_ format: EventFormat) {
        check(format, times: 40) { random in
            let kinds = (0..<1 + random.next() % 4).map { _ in random.one(of: format.kinds.known) }
            var words = RandomWords(format, mostly: kinds, &random)
            let bytes = words.bytes(1000, &random)
            return [
                KernelRun(
                    format: format, sensor: random.sensor(), items: random.items(bytes),
                    capacities: random.capacities())
            ]
        }
    }

    @Test("Everything rare, at every place of a block", arguments: EventFormat.allCases)
    func rareThings(_ format: EventFormat) {
        check(format, times: 1) { random in
            var runs: [KernelRun] = []
            // On one that is smaller than 2048 all of them exist.
            let sensor = SensorGeometry(width: random.one(of: [1280, 640, 70, 40]), height: 480)!
            for thing in RareThing.all(format, sensor) {
                for place in 0...33 { runs.append(run(with: thing, at: place, format, sensor, &random)) }
            }
            return runs
        }
    }

    /// A kernel begins a piece anew, so a place in a piece is a place in its first blocks.
    private func run(
        with thing: RareThing, at place: Int, _ format: EventFormat, _ sensor: SensorGeometry,
        _ random: inout SplitMix64
    ) -> KernelRun {
        let look = random.one(of: [Profile.sparse, .sparse, .mixed, .quarter, .dense, .flash, .runs])
        var writer = WordWriter(format, t: random.one(of: [0, 4100, Profile.start(format, &random)]))
        func piece(_ write: (inout WordWriter) -> Void) -> StreamItem {
            var next = WordWriter(format, t: writer.t)
            next.y = writer.y
            write(&next)
            writer = next
            return .bytes(next.bytes)
        }
        var items = [
            piece { writer in
                writer.appendTimeHigh()
                if !random.once(in: 8) { writer.appendRow(UInt16(random.next() % 400)) }
                if random.once(in: 2) { writer.appendVector(x: 3, on: 1, mask: random.mask(ofEight: 2)) }
                // From the second event outside on, none of them is the first.
                if random.once(in: 2) { writer.appendEvent(x: 2047, on: 1) }
            }
        ]
        let splits = random.once(in: 3)
        items.append(
            piece { writer in
                look.append(place + 1, to: &writer, sensor, &random)
                writer.shorten(to: place)
                thing.append(&writer)
                if !splits { look.append(40, to: &writer, sensor, &random) }
            })
        items.append(
            piece { writer in
                // What was set before shows in these, a message that goes on among it.
                if random.once(in: 2) { writer.appendContinuation() }
                // A whole vector ends a message.
                if format == .evt3, random.once(in: 2) {
                    writer.append([0x4003, 0x4000, 0x5081])
                    writer.appendContinuation()
                }
                if format == .evt3 { writer.append([0x4003, 0x2001, 0x5003, 0x6001, 0x2802]) }
                writer.appendEvent(x: 1, on: 0)
                writer.appendTrigger(id: 2, rising: 1)
                if splits { look.append(20, to: &writer, sensor, &random) }
            })
        return KernelRun(format: format, sensor: sensor, items: items + [.finish])
    }

    @Test("Recordings of real cameras", .enabled(if: Recordings.arePresent, Recordings.missing))
    func recordings() throws {
        for file in try FileManager.default.contentsOfDirectory(atPath: Recordings.folder.path())
        where file.hasPrefix("evt") && file.hasSuffix(".raw") {
            let bytes = try Recordings.bytes(file)
            let header = try unsafe RAWHeader.read(bytes.span.bytes)
            var rest = bytes[header.length...]
            var items: [StreamItem] = []
            while !rest.isEmpty {
                items.append(.bytes(Array(rest.prefix(32_771))))
                rest = rest.dropFirst(32_771)
            }
            let run = KernelRun(
                format: header.format, sensor: header.sensor, items: items,
                capacities: EventColumns.Capacities(events: 4099, triggers: 7, counters: 5))
            #expect(run.differences() == [], "\(file)")
        }
    }

    @Test("Columns that were written past their end are noticed")
    func guarded() {
        let columns = GuardedColumns(EventColumns.Capacities(events: 33, triggers: 1, counters: 2))
        let pointers = unsafe columns.pointers()
        unsafe pointers.t[32] = 1
        unsafe pointers.counterIsOutput[1] = 1
        #expect(columns.damage() == nil)
        unsafe pointers.on[33] = 1
        #expect(columns.damage() == "0 bytes behind column 3 were written")
        unsafe pointers.on[33] = 0xC5
        unsafe pointers.counterIsOutput[5] = 1
        #expect(columns.damage() == "3 bytes behind column 9 were written")
        unsafe pointers.counterIsOutput[5] = 0xC5
        unsafe pointers.t[-1] = 1
        #expect(columns.damage() != nil)
        withExtendedLifetime(columns) {}
    }
}

/// Words of which most are events where others are rare.
private struct RandomWords {
    let format: EventFormat
    /// Bits of a coordinate: few, so that most are on the sensor, or all.
    private let places: UInt64
    /// How often a word may be any: 0 is never.
    private let rare: UInt64
    /// Some kinds of events more often than others, so that there are blocks full of one.
    private let kinds: [UInt64]
    private var timeHigh: UInt64

    init(_ format: EventFormat, _ random: inout SplitMix64) {
        var kinds: [UInt64] = []
        for kind in format.eventKinds {
            kinds += [UInt64](repeating: kind, count: random.one(of: [0, 1, 1, 4, 16]))
        }
        self.init(format, mostly: kinds.isEmpty ? format.eventKinds : kinds, &random)
    }

    init(_ format: EventFormat, mostly kinds: [UInt64], _ random: inout SplitMix64) {
        self.format = format
        self.kinds = kinds
        places = random.one(of: [0x7FF, 0x3FF, 0x1FF, 0x1F])
        rare = random.one(of: [2, 8, 40, 200])
        timeHigh = random.next() % 4096
    }

    mutating func bytes(_ count: Int, _ random: inout SplitMix64) -> [UInt8] {
        var writer = WordWriter(format)
        if !random.once(in: 10) { writer.append(format.timeHigh(timeHigh)) }
        if !random.once(in: 10) { writer.appendRow(UInt16(random.next() & places)) }
        for _ in 0..<count {
            switch random.next() % (rare * 4) {
            case 0: writer.append(random.next())
            case 1: writer.append(format.word(random.one(of: format.kinds.known), random.next()))
            case 2: writer.append(format.timeHigh(timeHigh))
            case 3:
                timeHigh = random.one(of: [timeHigh &+ 1, timeHigh &- 1, 0xFFF, 0, random.next()])
                writer.append(format.timeHigh(timeHigh))
            default: writer.append(format.word(random.one(of: kinds), payload(&random)))
            }
        }
        return writer.bytes
    }

    private func payload(_ random: inout SplitMix64) -> UInt64 {
        let bits = random.next()
        let fine = bits & (0x3F << 22) | bits & (places << 11) | bits & places
        return switch format {
        case .evt2, .evt4: fine
        case .evt21, .evt21Legacy: fine << 32 | UInt64(random.mask(ofEight: random.one(of: [1, 2, 4, 7])))
        case .evt3: bits & (places | 0x800)
        }
    }
}
