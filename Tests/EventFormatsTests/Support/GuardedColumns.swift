import Glibc

#if !ONE_MODULE
    import EventFormats
#endif

/// Columns that tell when somebody wrote outside: each lies by itself, between bytes that must stay as they are.
///
/// As in a C program's arrays, no column starts on more than its elements' alignment.
@safe final class GuardedColumns {
    let capacities: EventColumns.Capacities
    /// The columns, in `Pointers`' order: where their rows begin in `memory`, how many there are, how long each is.
    private let columns: [(start: Int, rows: Int, width: Int)]
    /// Everything between the columns, before the first and behind the last.
    private let guards: [Range<Int>]
    private let memory: UnsafeMutableRawPointer

    /// More than a step of any kernel writes past a column's end: 64 times of 8 bytes.
    private static let guardLength = 1024
    private static let guardByte: UInt8 = 0xC5
    private static let emptyByte: UInt8 = 0x3A

    init(_ capacities: EventColumns.Capacities) {
        let (events, triggers, counters) = (capacities.events, capacities.triggers, capacities.counters)
        var columns: [(start: Int, rows: Int, width: Int)] = []
        var end = Self.guardLength
        for (rows, width) in [
            (events, 8), (events, 2), (events, 2), (events, 1), (triggers, 8), (triggers, 1), (triggers, 1),
            (counters, 8), (counters, 4), (counters, 1),
        ] {
            let start = (end + 63) / 64 * 64 + width
            columns.append((start, rows, width))
            end = start + rows * width + Self.guardLength
        }
        self.capacities = capacities
        self.columns = columns
        let ends = [0] + columns.map { $0.start + $0.rows * $0.width }
        guards = zip(ends, columns.map(\.start) + [end]).map { $0..<$1 }
        unsafe memory = UnsafeMutableRawPointer.allocate(byteCount: end, alignment: 64)
        for range in guards { unsafe memset(memory + range.lowerBound, CInt(Self.guardByte), range.count) }
        empty()
    }

    deinit { unsafe memory.deallocate() }

    /// Makes rows that nobody writes differ from rows of an earlier turn, where that costs little.
    func empty() {
        guard capacities.events <= 4096 else { return }
        for (start, rows, width) in columns { unsafe memset(memory + start, CInt(Self.emptyByte), rows * width) }
    }

    /// What was damaged; nil where nothing was.
    func damage() -> String? {
        for (index, range) in guards.enumerated() {
            // Equal to itself moved by one: all bytes are the first.
            let start = unsafe memory + range.lowerBound
            let isWhole =
                unsafe start.load(as: UInt8.self) == Self.guardByte && memcmp(start, start + 1, range.count - 1) == 0
            guard !isWhole else { continue }
            let place = range.first { unsafe memory.load(fromByteOffset: $0, as: UInt8.self) != Self.guardByte } ?? 0
            return "\(place - range.lowerBound) bytes behind column \(index - 1) were written"
        }
        return nil
    }

    /// Valid while the object is.
    @unsafe func pointers() -> EventColumns.Pointers {
        unsafe EventColumns.Pointers(
            t: column(0), x: column(1), y: column(2), on: column(3), triggerT: column(4), triggerID: column(5),
            triggerRising: column(6), counterT: column(7), counterEvents: column(8), counterIsOutput: column(9))
    }

    @unsafe private func column<Element>(_ index: Int) -> UnsafeMutablePointer<Element> {
        unsafe (memory + columns[index].start).assumingMemoryBound(to: Element.self)
    }
}
