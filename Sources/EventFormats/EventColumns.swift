import VectorKernels

/// Events as a structure of arrays: one column for each field, so that a program maps just what it reads.
///
/// Kinds of data have columns of their own: change-detection events (t, x, y, on), edges at the trigger inputs (t, id,
/// rising), and the rate controller's reports (t, events, isOutput). Times are microseconds of the sensor's clock.
///
/// With the decoders' kernels, the only unsafe memory of this module. The memory is either the caller's, who keeps it
/// alive and to himself while the columns are used, or owned and freed with them. Public because other modules own values
/// of it; see its members.
@safe public struct EventColumns: ~Copyable {
    /// The most events that one word of any format gives: a whole 32-pixel vector.
    package static let mostEventsPerWord = 32

    package private(set) var count = 0
    package private(set) var triggerCount = 0
    package private(set) var counterCount = 0

    /// Whether the last few hundred rows may be left: filled in small steps, they take as long as ten times as many where pixels are dense.
    package var mayEndEarly = false

    private let storage: Pointers
    private let capacities: Capacities
    private let owned: UnsafeMutableRawPointer?

    /// How many rows each kind of data has room for.
    package struct Capacities: Equatable, Sendable {
        package var events: Int
        package var triggers: Int
        package var counters: Int

        package init(events: Int, triggers: Int, counters: Int) {
            self.events = events
            self.triggers = triggers
            self.counters = counters
        }
    }

    /// Where each column starts.
    @unsafe package struct Pointers {
        package var t: UnsafeMutablePointer<UInt64>
        package var x: UnsafeMutablePointer<UInt16>
        package var y: UnsafeMutablePointer<UInt16>
        package var on: UnsafeMutablePointer<UInt8>
        package var triggerT: UnsafeMutablePointer<UInt64>
        package var triggerID: UnsafeMutablePointer<UInt8>
        package var triggerRising: UnsafeMutablePointer<UInt8>
        package var counterT: UnsafeMutablePointer<UInt64>
        package var counterEvents: UnsafeMutablePointer<UInt32>
        package var counterIsOutput: UnsafeMutablePointer<UInt8>

        package init(
            t: UnsafeMutablePointer<UInt64>, x: UnsafeMutablePointer<UInt16>, y: UnsafeMutablePointer<UInt16>,
            on: UnsafeMutablePointer<UInt8>, triggerT: UnsafeMutablePointer<UInt64>,
            triggerID: UnsafeMutablePointer<UInt8>, triggerRising: UnsafeMutablePointer<UInt8>,
            counterT: UnsafeMutablePointer<UInt64>, counterEvents: UnsafeMutablePointer<UInt32>,
            counterIsOutput: UnsafeMutablePointer<UInt8>
        ) {
            unsafe self.t = t
            unsafe self.x = x
            unsafe self.y = y
            unsafe self.on = on
            unsafe self.triggerT = triggerT
            unsafe self.triggerID = triggerID
            unsafe self.triggerRising = triggerRising
            unsafe self.counterT = counterT
            unsafe self.counterEvents = counterEvents
            unsafe self.counterIsOutput = counterIsOutput
        }
    }

    /// How columns of given capacities lie in one block: each starts on a multiple of 64 bytes.
    package struct Layout: Sendable {
        package let capacities: Capacities
        package let length: Int
        private let offsets: InlineArray<10, Int>

        package init(_ capacities: Capacities) {
            // In the order of `Pointers`.
            let rows = [
                (capacities.events, 8), (capacities.events, 2), (capacities.events, 2), (capacities.events, 1),
                (capacities.triggers, 8), (capacities.triggers, 1), (capacities.triggers, 1),
                (capacities.counters, 8), (capacities.counters, 4), (capacities.counters, 1),
            ]
            var offsets = InlineArray<10, Int>(repeating: 0)
            var end = 0
            for (column, (count, width)) in rows.enumerated() {
                offsets[column] = end
                end += (count * width + 63) / 64 * 64
            }
            self.capacities = capacities
            self.offsets = offsets
            length = end
        }

        /// The columns of a block that starts at `base`, which is aligned to 64 bytes and `length` bytes long.
        @unsafe package func pointers(at base: UnsafeMutableRawPointer) -> Pointers {
            unsafe Pointers(
                t: (base + offsets[0]).assumingMemoryBound(to: UInt64.self),
                x: (base + offsets[1]).assumingMemoryBound(to: UInt16.self),
                y: (base + offsets[2]).assumingMemoryBound(to: UInt16.self),
                on: (base + offsets[3]).assumingMemoryBound(to: UInt8.self),
                triggerT: (base + offsets[4]).assumingMemoryBound(to: UInt64.self),
                triggerID: (base + offsets[5]).assumingMemoryBound(to: UInt8.self),
                triggerRising: (base + offsets[6]).assumingMemoryBound(to: UInt8.self),
                counterT: (base + offsets[7]).assumingMemoryBound(to: UInt64.self),
                counterEvents: (base + offsets[8]).assumingMemoryBound(to: UInt32.self),
                counterIsOutput: (base + offsets[9]).assumingMemoryBound(to: UInt8.self))
        }
    }

    /// Columns in the caller's memory.
    @unsafe package init(_ pointers: Pointers, _ capacities: Capacities) {
        unsafe storage = pointers
        self.capacities = capacities
        unsafe owned = nil
    }

    /// Columns in the caller's memory that hold something already; counts beyond a capacity are the caller's mistake.
    @unsafe package init(_ pointers: Pointers, _ capacities: Capacities, filled: Capacities) {
        unsafe self.init(pointers, capacities)
        count = filled.events
        triggerCount = filled.triggers
        counterCount = filled.counters
    }

    /// Columns in memory of their own.
    package init(_ capacities: Capacities) {
        let layout = Layout(capacities)
        let memory = UnsafeMutableRawPointer.allocate(byteCount: max(layout.length, 64), alignment: 64)
        unsafe storage = layout.pointers(at: memory)
        self.capacities = capacities
        unsafe owned = memory
    }

    deinit {
        unsafe owned?.deallocate()
    }

    /// Whether the next word, whatever it is, finds room.
    package var hasRoomForAWord: Bool {
        count &+ Self.mostEventsPerWord <= capacities.events && triggerCount < capacities.triggers
            && counterCount < capacities.counters
    }

    /// Whether there is more room than for any step of a kernel.
    var isRoomy: Bool { unsafe count &+ EventRun.roomy <= capacities.events }

    package mutating func removeAll() {
        count = 0
        triggerCount = 0
        counterCount = 0
    }

    // The appending functions write without a check: decoders ask `hasRoomForAWord` before each word.

    package mutating func appendEvent(t: UInt64, x: UInt16, y: UInt16, on: UInt8) {
        unsafe storage.t[count] = t
        unsafe storage.x[count] = x
        unsafe storage.y[count] = y
        unsafe storage.on[count] = on
        count &+= 1
    }

    package mutating func appendTrigger(t: UInt64, id: UInt8, rising: UInt8) {
        unsafe storage.triggerT[triggerCount] = t
        unsafe storage.triggerID[triggerCount] = id
        unsafe storage.triggerRising[triggerCount] = rising
        triggerCount &+= 1
    }

    package mutating func appendCounter(t: UInt64, events: UInt32, isOutput: UInt8) {
        unsafe storage.counterT[counterCount] = t
        unsafe storage.counterEvents[counterCount] = events
        unsafe storage.counterIsOutput[counterCount] = isOutput
        counterCount &+= 1
    }

    /// Appends the pixels of a vector: bit i of `mask` is pixel x + i. Those that are not on the sensor are left out.
    ///
    /// - Returns: how many were left out.
    package mutating func appendVector(
        t: UInt64, x: Int, y: UInt16, on: UInt8, mask: UInt32, sensor: SensorGeometry
    ) -> Int {
        var rest = mask
        while rest != 0 {
            let column = x &+ rest.trailingZeroBitCount
            guard y < sensor.height, column < Int(sensor.width) else { return rest.bitCount }
            appendEvent(t: t, x: UInt16(truncatingIfNeeded: column), y: y, on: on)
            rest &= rest &- 1
        }
        return 0
    }

    /// Has a kernel append events of whole words, and count the defects of those it takes.
    ///
    /// - Returns: how many words it took.
    @unsafe mutating func appendRun(
        of words: UnsafeRawBufferPointer, wordLength: Int, sensor: SensorGeometry, defects: inout StreamDefects,
        _ kernel: (inout EventRun) -> Void
    ) -> Int {
        guard let start = words.baseAddress else { return 0 }
        let number = words.count / wordLength
        var run = unsafe EventRun(
            next: start, left: number, t: storage.t, x: storage.x, y: storage.y, on: storage.on, count: count,
            capacity: capacities.events, triggerT: storage.triggerT, triggerID: storage.triggerID,
            triggerRising: storage.triggerRising, triggerCount: triggerCount, triggerCapacity: capacities.triggers,
            width: sensor.width, height: sensor.height, countsOutside: defects[.eventOutsideSensor].count > 0,
            counts: defects.rareWordsSeen, mayEndEarly: mayEndEarly)
        unsafe kernel(&run)
        unsafe count = run.count
        unsafe triggerCount = run.triggerCount
        defects.countMore(.eventOutsideSensor, unsafe run.outside)
        unsafe defects.countMore(run.rare)
        return unsafe number &- run.left
    }

    // What was appended, column by column.

    package var t: Span<UInt64> {
        @_lifetime(borrow self) borrowing get { unsafe column(storage.t, count) }
    }
    package var x: Span<UInt16> {
        @_lifetime(borrow self) borrowing get { unsafe column(storage.x, count) }
    }
    package var y: Span<UInt16> {
        @_lifetime(borrow self) borrowing get { unsafe column(storage.y, count) }
    }
    package var on: Span<UInt8> {
        @_lifetime(borrow self) borrowing get { unsafe column(storage.on, count) }
    }
    package var triggerT: Span<UInt64> {
        @_lifetime(borrow self) borrowing get { unsafe column(storage.triggerT, triggerCount) }
    }
    package var triggerID: Span<UInt8> {
        @_lifetime(borrow self) borrowing get { unsafe column(storage.triggerID, triggerCount) }
    }
    package var triggerRising: Span<UInt8> {
        @_lifetime(borrow self) borrowing get { unsafe column(storage.triggerRising, triggerCount) }
    }
    package var counterT: Span<UInt64> {
        @_lifetime(borrow self) borrowing get { unsafe column(storage.counterT, counterCount) }
    }
    package var counterEvents: Span<UInt32> {
        @_lifetime(borrow self) borrowing get { unsafe column(storage.counterEvents, counterCount) }
    }
    package var counterIsOutput: Span<UInt8> {
        @_lifetime(borrow self) borrowing get { unsafe column(storage.counterIsOutput, counterCount) }
    }

    /// A column of ours, whose first `count` rows were appended.
    @_lifetime(borrow self)
    private borrowing func column<Element>(_ start: UnsafeMutablePointer<Element>, _ count: Int) -> Span<Element> {
        unsafe _overrideLifetime(Span(_unsafeStart: start, count: count), borrowing: self)
    }
}
