/// What the encoders of EVT2, EVT2.1 and EVT4 share: the words so far, and the part of the time that TIME_HIGH says.
struct FineTimeWords<Word: FixedWidthInteger> {
    private var clock = EncoderClock(highBits: EVT2Word.timeHighBits, lowBits: EVT2Word.timeLowBits)
    private var words: [Word] = []
    private let timeHigh: (UInt64) -> Word

    /// - Parameter timeHigh: makes the format's TIME_HIGH word of a value.
    init(timeHigh: @escaping (UInt64) -> Word) { self.timeHigh = timeHigh }

    /// Says the time as far as TIME_HIGH says it, and returns the bits that are left for the word itself.
    mutating func advance(to t: UInt64) throws(EncodingError) -> UInt64 {
        try clock.advance(to: t) { words.append(timeHigh($0)) }
        return clock.low(of: t)
    }

    /// Says the time even if it was said before.
    mutating func sayTime(_ t: UInt64) throws(EncodingError) {
        let before = words.count
        _ = try advance(to: t)
        if words.count == before, let high = clock.value { words.append(timeHigh(high)) }
    }

    mutating func append(_ word: Word) { words.append(word) }

    mutating func takeBytes() -> [UInt8] {
        defer { words = [] }
        return words.littleEndianBytes()
    }
}

/// Refuses triggers and counts for which EVT2, EVT2.1 and EVT4 have no bits.
enum FineLimits {
    static func check(triggerID: UInt8) throws(EncodingError) { if triggerID >= 32 { throw .triggerID } }

    static func check(counter: UInt32) throws(EncodingError) { if counter > EVT2Word.counterMask { throw .counter } }
}
