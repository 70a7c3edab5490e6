import VectorKernels

/// What can be wrong with a stream, counted by kind, the first of each with its offset in bytes.
///
/// A live camera has nobody to throw to, so decoders take any bytes: what is unusable is skipped and counted here.
package struct StreamDefects: Equatable, Sendable {
    package enum Kind: Int, CaseIterable, Sendable {
        /// Events, triggers and counters before the first TIME_HIGH (or the first one after a loss).
        case eventBeforeTime
        /// Events before the first row word.
        case eventBeforeRow
        /// Events before the first vector base.
        case eventBeforeBase
        /// Events whose pixel is not on the sensor.
        case eventOutsideSensor
        /// TIME_HIGH words that fell without being a wrap; taken as they are.
        case timeStepBack
        /// Words of a kind that means nothing in the format.
        case unknownWord
        /// Continuation words that continue nothing.
        case strayContinuation
        /// Rate-controller reports that lack their continuation.
        case brokenMessage
        /// Bytes of a word that the stream's end or a loss cut off.
        case truncatedByte
        /// Not a defect: monitoring messages of kinds that we don't read.
        case ignoredMessage
    }

    package struct Entry: Equatable, Sendable {
        package var count: UInt64 = 0
        /// Bytes from the start of the stream; 0 while `count` is 0.
        package var firstOffset: UInt64 = 0
    }

    private var entries: InlineArray<10, Entry> = .init(repeating: Entry())

    package init() {}

    package subscript(kind: Kind) -> Entry { entries[kind.rawValue] }

    package mutating func count(_ kind: Kind, _ number: Int = 1, at offset: UInt64) {
        if entries[kind.rawValue].count == 0 { entries[kind.rawValue].firstOffset = offset }
        entries[kind.rawValue].count &+= UInt64(truncatingIfNeeded: number)
    }

    /// Counts what is not the first of its kind.
    mutating func countMore(_ kind: Kind, _ number: Int) {
        entries[kind.rawValue].count &+= UInt64(truncatingIfNeeded: number)
    }

    mutating func countMore(_ rare: RareWordCounts) {
        countMore(.unknownWord, rare.unknown)
        countMore(.strayContinuation, rare.strayContinuations)
        countMore(.ignoredMessage, rare.ignoredMessages)
        countMore(.timeStepBack, rare.stepsBack)
        countMore(.eventBeforeTime, rare.eventsBeforeTime)
    }

    /// What kernels may just count.
    var rareWordsSeen: RareWords {
        var seen = RareWords()
        if self[.unknownWord].count > 0 { seen.insert(.unknown) }
        if self[.strayContinuation].count > 0 { seen.insert(.strayContinuations) }
        if self[.ignoredMessage].count > 0 { seen.insert(.ignoredMessages) }
        if self[.timeStepBack].count > 0 { seen.insert(.stepsBack) }
        if self[.eventBeforeTime].count > 0 { seen.insert(.eventsBeforeTime) }
        return seen
    }

    /// All defects together; messages that were merely ignored are not among them.
    package var total: UInt64 {
        var sum: UInt64 = 0
        for kind in Kind.allCases where kind != .ignoredMessage { sum &+= self[kind].count }
        return sum
    }

    package static func == (one: StreamDefects, other: StreamDefects) -> Bool {
        Kind.allCases.allSatisfy { one[$0] == other[$0] }
    }
}

extension StreamDefects {
    /// Counts the events that a vector's mask would have given; an empty mask loses nothing.
    mutating func countEvents(_ kind: Kind, _ mask: UInt32, at offset: UInt64) {
        if mask != 0 { count(kind, mask.bitCount, at: offset) }
    }
}
