/// Makes a monotonic-enough 64-bit microsecond count of a sensor's wrapping clock.
///
/// A sensor sends its time in two parts: a TIME_HIGH word now and then, and low bits more often. The first TIME_HIGH is
/// taken as it is. One that falls by at least half its range is a wrap; a smaller fall is taken as it is, and reported;
/// nothing is clamped or shifted.
package struct TimestampUnwrapper: Sendable {
    package enum Step: Sendable {
        case same
        case changed
        case steppedBack
    }

    private let highBits: UInt64
    private let lowBits: UInt64
    private var high: UInt64 = 0
    private var wraps: UInt64 = 0
    /// Added to the sensor's time; 0 until a stream is played again.
    private var epoch: UInt64 = 0
    /// What the first TIME_HIGH of a stream that is played again shall mean.
    private var restartTime: UInt64?
    private var hasStarted = false

    /// Whether a TIME_HIGH was seen since the start or the latest loss. Nothing may be emitted before.
    package private(set) var isKnown = false

    /// - Parameters:
    ///   - highBits: width of TIME_HIGH: 12 in EVT3, 28 in the others.
    ///   - lowBits: width of the part below it: 12 in EVT3, 6 in the others.
    package init(highBits: UInt64, lowBits: UInt64) {
        self.highBits = highBits
        self.lowBits = lowBits
    }

    /// The latest TIME_HIGH's value, where there was one.
    var latestHigh: UInt64 { high }

    /// Microseconds at which the current TIME_HIGH began.
    package var base: UInt64 { epoch &+ ((wraps &<< highBits | high) &<< lowBits) }

    /// Takes a TIME_HIGH word's value, below 2^highBits.
    package mutating func take(high value: UInt64) -> Step {
        defer { isKnown = true }
        guard hasStarted else {
            hasStarted = true
            high = value
            if let time = restartTime { epoch = time &- (value << lowBits) }
            return .changed
        }
        let before = high
        high = value
        if value >= before { return value == before ? .same : .changed }
        guard before &- value >= 1 << (highBits &- 1) else { return .steppedBack }
        wraps &+= 1
        return .changed
    }

    /// What TIME_HIGH words have told that a kernel took: the last one's value, and how often there was a wrap.
    mutating func set(high: UInt64, wraps more: UInt64) {
        self.high = high
        wraps &+= more
    }

    /// Bytes are missing: the time is unknown until the next TIME_HIGH; wraps so far are kept.
    package mutating func forget() { isKnown = false }

    /// The stream starts anew, as a recording that is played again does, and its first TIME_HIGH shall mean `time`.
    package mutating func restart(at time: UInt64) {
        self = TimestampUnwrapper(highBits: highBits, lowBits: lowBits)
        restartTime = time
    }
}
