import EventFormats
import Testing

@Suite("Kernels of EVT2, EVT2.1 and EVT4")
struct FineKernelTests {
    private static let sensor = SensorGeometry(width: 1280, height: 720)!
    private static let formats = [EventFormat.evt2, .evt21, .evt21Legacy, .evt4]

    @Test("Every kernel gives what the plain decoder gives", arguments: formats, 0..<Mood.all.count)
    func agrees(_ format: EventFormat, _ mood: Int) throws {
        for _ in 0..<60 {
            let seed = UInt64.random(in: 0...UInt64.max)
            var random = SplitMix64(seed: seed)
            let items = stream(of: format, Mood.all[mood], &random)
            let plain = try decode(items, as: format, sensor: Self.sensor, kernel: .plain)
            let rooms = [32, 33, 64, 96, 100, 128, 200, 1000, 3000, 7000].map {
                EventColumns.Capacities(events: $0, triggers: 3, counters: 3)
            }
            for kernel in [Kernel.portable, .avx512] where kernel.isAvailable {
                for feed in [Feed.whole, .pieces(1 + Int(random.next() % 300)), .pieces(4096)] {
                    for capacities in [.plenty, rooms[Int(random.next() % UInt64(rooms.count))]] {
                        let fast = try decode(
                            items, as: format, sensor: Self.sensor, feed: feed, capacities: capacities, kernel: kernel)
                        #expect(
                            fast.difference(from: plain) == nil, "\(kernel), \(feed), \(capacities), seed \(seed)")
                    }
                }
            }
        }
    }

    private func stream(of format: EventFormat, _ mood: Mood, _ random: inout SplitMix64) -> [StreamItem] {
        var items: [StreamItem] = []
        for _ in 0...random.next() % 3 {
            var words: [UInt64] = []
            var course = Course(high: random.next() % (1 << 28))
            // Now and then more than a kernel takes in one go.
            for _ in 0...random.next() % (random.once(in: 8) ? 4000 : 600) {
                words.append(contentsOf: piece(of: format, mood, &course, &random))
            }
            // The time of the last event shows where nothing comes after it.
            if random.once(in: 4) { words += Array(repeating: 0x3 << (8 * UInt64(format.wordLength) - 4), count: 20) }
            let length = format.wordLength
            items.append(
                .bytes(
                    words.flatMap { word in
                        let bits = format == .evt21Legacy ? word << 32 | word >> 32 : word
                        return (0..<length).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt64($0))) }
                    }))
            items.append([.resynchronise, .restart, .finish][Int(random.next() % 3)])
        }
        return items
    }

    /// A time, an event or something else.
    private func piece(
        of format: EventFormat, _ mood: Mood, _ course: inout Course, _ random: inout SplitMix64
    ) -> [UInt64] {
        if random.once(in: mood.change) { course.oddities = random.next() % 16 }
        if random.once(in: mood.time) {
            var high = course.high
            switch random.next() % mood.fall {
            case 0: high = random.next() % (1 << 28)
            case 1: high &-= random.next() % 3
            case 2: high = random.next() % 3
            case 3: high = (1 << 28) - 1 - random.next() % 3
            case 4: high &+= 1020 + random.next() % 8
            default: high &+= [0, 0, 1, 1, 3][Int(random.next() % 5)]
            }
            course.high = high & 0x0FFF_FFFF
            return [Self.timeHigh(course.high, of: format)]
        }
        if random.once(in: mood.oddity) {
            guard let kind = course.oddities else { return Self.oddity(of: format, &random) }
            return [(kind << 28 | random.next() % (1 << 28)) << (8 * UInt64(format.wordLength) - 32)]
        }
        return Self.event(of: format, mood, line: &course.line, &random)
    }

    private static func timeHigh(_ high: UInt64, of format: EventFormat) -> UInt64 {
        switch format {
        case .evt2: 0x8 << 28 | high
        case .evt4: 0xE << 28 | high
        default: 0x8 << 60 | high << 32
        }
    }

    /// - Parameter line: the polarity, low time and row of the event before.
    private static func event(
        of format: EventFormat, _ mood: Mood, line: inout UInt64, _ random: inout SplitMix64
    ) -> [UInt64] {
        let isOutside = random.once(in: mood.outside)
        // Also just so far to the right that some of a vector's pixels are.
        let right = isOutside && random.once(in: 2) ? 1245 + random.next() % 8 : nil
        let x = right ?? random.next() % (isOutside ? 2048 : 1280)
        if isOutside || random.once(in: mood.line) {
            switch random.next() % 6 {
            case 0: line ^= 1
            case 1: line ^= 1 << 22
            case 2: line ^= 1 << 28
            default:
                // Also just below the last row.
                let low = isOutside && random.once(in: 2) ? 719 + random.next() % 3 : nil
                let y = low ?? random.next() % (isOutside && right == nil ? 2048 : 720)
                line = (random.next() % 2) << 28 | (random.next() % 64) << 22 | y
            }
        }
        let (on, upper) = (line >> 28, line & 0x0FFF_FFFF | x << 11)
        let all = random.next() % (1 << 32)
        let mask: UInt64 =
            switch random.next() % mood.vector {
            case 0: mood.isFull ? ~(all & random.next() & random.next() & random.next()) & 0xFFFF_FFFF : all
            case 1: all & random.next() & random.next()
            case 2: [0, 0xFFFF_FFFF, 0xFF, 3 << (all % 31)][Int(random.next() % 4)]
            default: 1 << (all % 32)
            }
        let isFar = x > 1280 - 32 && !isOutside
        switch format {
        case .evt2: return [on << 28 | upper]
        case .evt4 where mask.nonzeroBitCount == 1: return [(0xA | on) << 28 | upper]
        case .evt4: return [(0xC | on) << 28 | upper, isFar ? 1 : mask]
        default: return [(on << 28 | upper) << 32 | (isFar ? 1 : mask)]
        }
    }

    /// What is rare: any word, messages, triggers, padding.
    private static func oddity(of format: EventFormat, _ random: inout SplitMix64) -> [UInt64] {
        let kinds: [UInt64] = format == .evt4 ? [0x6, 0x7, 0x9, 0xF, 0x1] : [0xE, 0xF, 0xA, 0xD, 0x3]
        let subtype: UInt64 = random.once(in: 2) ? [0x14, 0x16][Int(random.next() % 2)] : random.next() % 0x1_0000
        let word = kinds[Int(random.next() % 5)] << 28 | (random.next() % 64) << 22 | subtype
        switch random.next() % 4 {
        case 0: return [random.next()]
        case 1: return [format.wordLength == 8 ? .max : 0xFFFF_FFFF]
        case 2: return [format.wordLength == 8 ? word << 32 | subtype : word, random.next() | 0xF << 28 | 0xF << 60]
        default: return [format.wordLength == 8 ? word << 32 | subtype : word]
        }
    }

    /// What a stream goes on from.
    private struct Course {
        var high: UInt64
        /// The polarity, low time and row of the event before.
        var line: UInt64 = 0
        /// The kind of all oddities, until another one is drawn.
        var oddities: UInt64?
    }

    /// How often things happen: once in so many words.
    private struct Mood {
        var time: UInt64
        /// Below five of so many, of the times.
        var fall: UInt64
        var oddity: UInt64
        var outside: UInt64
        /// Below three of so many, of the events.
        var vector: UInt64
        /// Another row, low time or polarity.
        var line: UInt64 = 1
        /// Whether vectors have nearly all of their pixels.
        var isFull = false
        /// Another kind that all oddities have then.
        var change: UInt64 = 1 << 60

        static let all = [
            Mood(time: 64, fall: 1 << 20, oddity: 1 << 20, outside: 1 << 20, vector: 1 << 20),
            Mood(time: 64, fall: 1 << 20, oddity: 1 << 20, outside: 1 << 20, vector: 30),
            Mood(time: 3, fall: 1 << 20, oddity: 1 << 20, outside: 1 << 20, vector: 3),
            Mood(time: 5, fall: 8, oddity: 1 << 20, outside: 20, vector: 6),
            Mood(time: 40, fall: 20, oddity: 20, outside: 100, vector: 30),
            Mood(time: 20, fall: 10, oddity: 3, outside: 3, vector: 4),
            Mood(time: 30, fall: 30, oddity: 300, outside: 2, vector: 100),
            // Little but times, as of a quiet scene.
            Mood(time: 4, fall: 300, oddity: 1 << 20, outside: 1 << 20, vector: 1 << 20),
            Mood(time: 2, fall: 1000, oddity: 1 << 20, outside: 600, vector: 1 << 20),
            Mood(time: 1, fall: 200, oddity: 1 << 20, outside: 1 << 20, vector: 1 << 20),
            // Many pixels for long.
            Mood(time: 300, fall: 1 << 20, oddity: 1 << 20, outside: 1 << 20, vector: 3),
            Mood(time: 60, fall: 1 << 20, oddity: 3000, outside: 400, vector: 8),
            // Most pixels of a line, for long or with now and then something else.
            Mood(time: 600, fall: 1 << 20, oddity: 1 << 20, outside: 1 << 20, vector: 1, line: 40, isFull: true),
            Mood(time: 100, fall: 20, oddity: 1000, outside: 300, vector: 1, line: 30),
            Mood(time: 100, fall: 20, oddity: 1000, outside: 1000, vector: 1, line: 8),
            // Garbage, and garbage for long before the time is known.
            Mood(time: 8, fall: 5, oddity: 2, outside: 2, vector: 4),
            Mood(time: 300, fall: 8, oddity: 1, outside: 2, vector: 4),
            Mood(time: 300, fall: 8, oddity: 3, outside: 2, vector: 4),
            // Many times after the last event.
            Mood(time: 2, fall: 8, oddity: 1, outside: 2, vector: 4),
            // Oddities of one kind after the other, for long.
            Mood(time: 8, fall: 1 << 20, oddity: 1, outside: 2, vector: 4, change: 300),
            Mood(time: 1 << 20, fall: 8, oddity: 1, outside: 2, vector: 4, change: 1000),
        ]
    }
}
