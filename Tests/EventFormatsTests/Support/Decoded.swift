#if !ONE_MODULE
    import EventFormats
#endif

/// What a decoder made of a stream, as plain arrays that can be compared and printed.
struct Decoded: Equatable {
    var t: [UInt64] = []
    var x: [UInt16] = []
    var y: [UInt16] = []
    var on: [UInt8] = []
    var triggerT: [UInt64] = []
    var triggerID: [UInt8] = []
    var triggerRising: [UInt8] = []
    var counterT: [UInt64] = []
    var counterEvents: [UInt32] = []
    var counterIsOutput: [UInt8] = []
    var defects = StreamDefects()
    var now: UInt64 = 0

    mutating func append(_ columns: borrowing EventColumns) {
        for i in 0..<columns.count {
            t.append(columns.t[i])
            x.append(columns.x[i])
            y.append(columns.y[i])
            on.append(columns.on[i])
        }
        for i in 0..<columns.triggerCount {
            triggerT.append(columns.triggerT[i])
            triggerID.append(columns.triggerID[i])
            triggerRising.append(columns.triggerRising[i])
        }
        for i in 0..<columns.counterCount {
            counterT.append(columns.counterT[i])
            counterEvents.append(columns.counterEvents[i])
            counterIsOutput.append(columns.counterIsOutput[i])
        }
    }

    mutating func appendEvent(t: UInt64, x: UInt16, y: UInt16, on: UInt8) {
        self.t.append(t)
        self.x.append(x)
        self.y.append(y)
        self.on.append(on)
    }

    mutating func appendTrigger(t: UInt64, id: UInt8, rising: UInt8) {
        triggerT.append(t)
        triggerID.append(id)
        triggerRising.append(rising)
    }

    mutating func appendCounter(t: UInt64, events: UInt32, isOutput: UInt8) {
        counterT.append(t)
        counterEvents.append(events)
        counterIsOutput.append(isOutput)
    }

    func event(_ i: Int) -> String { "event \(t[i]) \(x[i]) \(y[i]) \(on[i])" }
    func trigger(_ i: Int) -> String { "trigger \(triggerT[i]) \(triggerID[i]) \(triggerRising[i])" }
    func counter(_ i: Int) -> String { "counter \(counterT[i]) \(counterEvents[i]) \(counterIsOutput[i])" }

    /// In the words of the golden files.
    var lines: [String] {
        var lines = t.indices.map(event)
        lines += triggerT.indices.map(trigger)
        lines += counterT.indices.map(counter)
        for kind in StreamDefects.Kind.allCases where defects[kind].count > 0 || defects[kind].firstOffset > 0 {
            lines.append("defect \(kind) \(defects[kind].count) \(defects[kind].firstOffset)")
        }
        return lines + ["now \(now)"]
    }

    /// Where two results part; nil where they are equal.
    func difference(from wanted: Decoded) -> String? {
        if self == wanted { return nil }
        let (got, want) = (lines, wanted.lines)
        let place = zip(got, want).enumerated().first { $1.0 != $1.1 }?.offset ?? min(got.count, want.count)
        return "line \(place) is \(place < got.count ? got[place] : "missing"), wanted "
            + "\(place < want.count ? want[place] : "none"), of \(got.count) and \(want.count) lines"
    }
}

/// A piece of a stream, or something that happens to it.
enum StreamItem: Equatable {
    case bytes([UInt8])
    case resynchronise
    case restart
    case finish
}

/// How a stream is handed to a decoder.
enum Feed {
    /// Each piece at once.
    case whole
    /// Pieces of so many bytes at most.
    case pieces(Int)
    /// Each `bytes` item cut at these places; others are not.
    case cut([Int])
}

extension EventColumns.Capacities {
    /// Room for one word, whatever it is.
    static let oneWord = Self(events: EventColumns.mostEventsPerWord, triggers: 1, counters: 1)
    /// More than a few thousand words of any format need.
    static let plenty = Self(events: 1 << 17, triggers: 1 << 14, counters: 1 << 14)
}

/// A decoder that was given less than it takes, or took more than it was given.
struct BrokenPromise: Error, CustomStringConvertible {
    let description: String
}

/// Plays a stream to a decoder, with columns that are emptied whenever they are full.
func decode(
    _ items: [StreamItem], as format: EventFormat, sensor: SensorGeometry, feed: Feed = .whole,
    capacities: EventColumns.Capacities = .plenty, kernel: Kernel = .fastest
) throws -> Decoded {
    let decoder = format.decoder(for: sensor, kernel)
    var columns = EventColumns(capacities)
    var decoded = Decoded()
    for item in items {
        switch item {
        case .bytes(let bytes):
            for range in feed.ranges(of: bytes.count) {
                try decodeAll(bytes, range, with: decoder, columns: &columns, into: &decoded)
            }
        case .resynchronise: decoder.resynchronise()
        case .restart: decoder.restart()
        case .finish: decoder.finish()
        }
    }
    decoded.append(columns)
    decoded.defects = decoder.defects
    decoded.now = decoder.currentT
    return decoded
}

private func decodeAll(
    _ bytes: [UInt8], _ range: Range<Int>, with decoder: any EventDecoder, columns: inout EventColumns,
    into decoded: inout Decoded
) throws {
    var start = range.lowerBound
    repeat {
        let wereEmpty = columns.count == 0 && columns.triggerCount == 0 && columns.counterCount == 0
        let used = unsafe decoder.decode(bytes.span.bytes.extracting(start..<range.upperBound), into: &columns)
        start += used
        guard used >= 0, start <= range.upperBound else {
            throw BrokenPromise(description: "\(used) bytes used, \(start - range.upperBound) more than there are")
        }
        if start < range.upperBound {
            if columns.hasRoomForAWord || used == 0 && wereEmpty {
                throw BrokenPromise(description: "stopped at \(start) of \(range), columns with room for a word")
            }
            decoded.append(columns)
            columns.removeAll()
        }
    } while start < range.upperBound
}

extension Feed {
    func ranges(of count: Int) -> [Range<Int>] {
        switch self {
        case .whole: return [0..<count]
        case .pieces(let length):
            return stride(from: 0, to: count, by: length).map { $0..<min($0 + length, count) }
        case .cut(let places):
            let ends = [0] + places.map { min($0, count) }.sorted() + [count]
            return zip(ends, ends.dropFirst()).map { $0..<$1 }
        }
    }
}
