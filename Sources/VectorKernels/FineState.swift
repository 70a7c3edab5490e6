/// The time of EVT2, EVT2.1 and EVT4, known: a TIME_HIGH, and 6 low bits in every event.
package struct FineState {
    /// Microseconds at which a TIME_HIGH of 0 would have begun.
    package let origin: UInt64
    /// The latest TIME_HIGH.
    package var high: UInt32
    /// Microseconds: the latest event's, or those at which a later TIME_HIGH began.
    package var current: UInt64

    /// - Parameter base: microseconds at which the TIME_HIGH began.
    package init(base: UInt64, high: UInt32, current: UInt64) {
        origin = base &- UInt64(high) &<< 6
        self.high = high
        self.current = current
    }

    /// Microseconds at which the latest TIME_HIGH began.
    @inline(__always)
    package var base: UInt64 { origin &+ UInt64(high) &<< 6 }

    /// Takes a TIME_HIGH, which is not below the one before.
    @inline(__always)
    package mutating func take(high value: UInt32) {
        if value == high { return }
        high = value
        current = base
    }
}
