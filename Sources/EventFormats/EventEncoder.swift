/// Writes events in a camera's format: for simulated cameras and for tests. What it writes, the format's decoder reads
/// back equal, times modulo the clock's range included in the first TIME_HIGH.
package protocol EventEncoder {
    init()

    /// Appends one event; times may repeat and, within one wrap of the clock, fall.
    mutating func appendEvent(t: UInt64, x: UInt16, y: UInt16, on: UInt8) throws(EncodingError)

    /// Appends the events of up to 32 pixels of a row: bit i of `mask` is the pixel x + i.
    mutating func appendVector(t: UInt64, x: UInt16, y: UInt16, on: UInt8, mask: UInt32) throws(EncodingError)

    mutating func appendTrigger(t: UInt64, id: UInt8, rising: UInt8) throws(EncodingError)

    /// Appends a report of the rate controller.
    mutating func appendCounter(t: UInt64, events: UInt32, isOutput: UInt8) throws(EncodingError)

    /// Says the time even if it was said before, as sensors do again and again, so that a reader can join here.
    mutating func appendTime(_ t: UInt64) throws(EncodingError)

    /// Takes out the bytes that were written so far.
    mutating func takeBytes() -> [UInt8]
}

/// What a format has no bits for. Nothing of the refused item was written.
package enum EncodingError: Error, Equatable {
    /// A coordinate above 2047.
    case coordinate
    /// A trigger input above 15 (EVT3) or 31.
    case triggerID
    /// A count that needs more than 28 (EVT3) or 22 bits.
    case counter
    /// A time before the latest wrap of the clock, which a stream can't go back over.
    case timeBeforeWrap
    /// A time more than 2^40 microseconds after the one before: hours of TIME_HIGH words would have to fill the gap.
    case timeGap
}

/// Which TIME_HIGH words bring a reader from one time to another.
struct EncoderClock {
    private static let longestGap: UInt64 = 1 << 40

    private let highBits: UInt64
    private let lowBits: UInt64
    /// The latest TIME_HIGH, wraps included.
    private var high: UInt64?

    init(highBits: UInt64, lowBits: UInt64) {
        self.highBits = highBits
        self.lowBits = lowBits
    }

    func low(of t: UInt64) -> UInt64 { t & (1 << lowBits &- 1) }

    /// Calls `write` with the value of each TIME_HIGH word that is needed before `t` can be said: none, one, or several
    /// where a single step would look like a wrap, or hide one.
    mutating func advance(to t: UInt64, write: (UInt64) -> Void) throws(EncodingError) {
        let goal = t >> lowBits
        let mask = 1 << highBits &- 1 as UInt64
        let longestStep = 1 << (highBits &- 1) &- 1 as UInt64
        guard var now = high else {
            high = goal
            return write(goal & mask)
        }
        if goal < now, goal >> highBits != now >> highBits { throw .timeBeforeWrap }
        if goal > now, goal &- now > Self.longestGap >> lowBits { throw .timeGap }
        while now != goal {
            now = now < goal ? min(goal, now &+ longestStep) : max(goal, now < longestStep ? 0 : now &- longestStep)
            write(now & mask)
        }
        high = goal
    }

    /// The latest TIME_HIGH word's value.
    var value: UInt64? { high.map { $0 & (1 << highBits &- 1) } }
}

/// Refuses pixels that no format has bits for: those of a vector, or the one at (x, y).
func checkPlace(_ x: UInt16, _ y: UInt16, mask: UInt32 = 1) throws(EncodingError) {
    let last = Int(x) &+ max(0, 31 &- mask.leadingZeroBitCount)
    guard last < SensorGeometry.largest, Int(y) < SensorGeometry.largest else { throw .coordinate }
}

extension Array where Element: FixedWidthInteger {
    /// The words as a camera sends them, least significant byte first.
    func littleEndianBytes() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count * MemoryLayout<Element>.size)
        for word in self {
            for byte in 0..<MemoryLayout<Element>.size {
                bytes.append(UInt8(truncatingIfNeeded: word >> Element(truncatingIfNeeded: 8 &* byte)))
            }
        }
        return bytes
    }
}
