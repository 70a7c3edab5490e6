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
        t.append(all: columns.t)
        x.append(all: columns.x)
        y.append(all: columns.y)
        on.append(all: columns.on)
        triggerT.append(all: columns.triggerT)
        triggerID.append(all: columns.triggerID)
        triggerRising.append(all: columns.triggerRising)
        counterT.append(all: columns.counterT)
        counterEvents.append(all: columns.counterEvents)
        counterIsOutput.append(all: columns.counterIsOutput)
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
///
/// - Parameter watch: called after each piece, which the decoder has used whole.
func decode(
    _ items: [StreamItem], as format: EventFormat, sensor: SensorGeometry, feed: Feed = .whole,
    capacities: EventColumns.Capacities = .plenty, kernel: Kernel = .fastest,
    watch: (any EventDecoder) -> Void = { _ in }
) throws -> Decoded {
    let decoder = format.decoder(for: sensor, kernel)
    let memory = GuardedColumns(capacities)
    defer { withExtendedLifetime(memory) {} }
    var columns = unsafe EventColumns(memory.pointers(), capacities)
    var decoded = Decoded()
    let longest = items.reduce(0) { if case .bytes(let bytes) = $1 { max($0, bytes.count) } else { $0 } }
    let edge = EdgeOfMemory(capacity: longest)
    for item in items {
        switch item {
        case .bytes(let bytes):
            for range in feed.ranges(of: bytes.count) {
                try edge.with(bytes[range]) { piece in
                    try decodeAll(piece, with: decoder, memory, columns: &columns, into: &decoded)
                }
                watch(decoder)
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
    _ bytes: RawSpan, with decoder: any EventDecoder, _ memory: GuardedColumns, columns: inout EventColumns,
    into decoded: inout Decoded
) throws {
    var start = 0
    repeat {
        let wereEmpty = columns.count == 0 && columns.triggerCount == 0 && columns.counterCount == 0
        let used = decoder.decode(bytes.extracting(start..<bytes.byteCount), into: &columns)
        start += used
        guard used >= 0, start <= bytes.byteCount else {
            throw BrokenPromise(description: "\(used) bytes used, \(start - bytes.byteCount) more than there are")
        }
        if let damage = memory.damage() { throw BrokenPromise(description: damage) }
        if start < bytes.byteCount {
            if columns.hasRoomForAWord || used == 0 && wereEmpty {
                throw BrokenPromise(description: "stopped at \(start) of \(bytes.byteCount), with room for a word")
            }
            decoded.append(columns)
            columns.removeAll()
            memory.empty()
        }
    } while start < bytes.byteCount
}

extension Array {
    /// At once: a debug build takes its time for each element.
    fileprivate mutating func append(all elements: Span<Element>) {
        unsafe elements.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }
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
