/// The time of EVT2, EVT2.1 and EVT4: a TIME_HIGH, and 6 low bits in every event. Also whether a message goes on.
package struct FineState {
    /// Whether a TIME_HIGH has told the time. Before that, events are lost.
    package let hasTime: Bool
    /// Microseconds at which a TIME_HIGH of 0 would have begun.
    package private(set) var origin: UInt64
    /// The latest TIME_HIGH.
    package var high: UInt32
    /// How often the clock has wrapped in this run.
    package private(set) var wraps: UInt64 = 0
    /// Microseconds: the latest event's or trigger's, or those at which a later TIME_HIGH began.
    package var current: UInt64
    /// Whether a continuation belongs to a message that is ignored.
    package var isInMessage: Bool

    /// - Parameter base: microseconds at which the TIME_HIGH began.
    package init(hasTime: Bool, base: UInt64, high: UInt32, current: UInt64, isInMessage: Bool) {
        self.hasTime = hasTime
        origin = base &- UInt64(high) &<< 6
        self.high = high
        self.current = current
        self.isInMessage = isInMessage
    }

    /// Microseconds at which the latest TIME_HIGH began.
    @inline(__always)
    package var base: UInt64 { origin &+ UInt64(high) &<< 6 }

    /// Takes a TIME_HIGH. That it means a wrap has to be said before.
    @inline(__always)
    package mutating func take(high value: UInt32) {
        if value == high { return }
        high = value
        current = base
    }

    /// The clock has gone through all of its range.
    @inline(__always)
    package mutating func wrap(times: Int = 1) {
        origin &+= UInt64(times) &<< 34
        wraps &+= UInt64(times)
    }

    /// A fall of TIME_HIGH by as much as that is a wrap.
    package static var leastWrap: UInt32 { 1 << 27 }
}
