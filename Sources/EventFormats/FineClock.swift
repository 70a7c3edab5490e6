import VectorKernels

/// The clock of EVT2, EVT2.1 and EVT4: a TIME_HIGH of 28 bits, and 6 low bits in every word that has a time.
struct FineClock {
    private var high = TimestampUnwrapper(highBits: EVT2Word.timeHighBits, lowBits: EVT2Word.timeLowBits)
    /// Microseconds: the latest time word's or event's.
    private(set) var current: UInt64 = 0

    var isKnown: Bool { high.isKnown }

    mutating func take(high value: UInt64, at offset: UInt64, _ defects: inout StreamDefects) {
        let wasKnown = high.isKnown
        let step = high.take(high: value)
        if step == .steppedBack { defects.count(.timeStepBack, at: offset) }
        if step != .same || !wasKnown { current = high.base }
    }

    /// The time of a word with these low bits.
    mutating func time(low: UInt64) -> UInt64 {
        current = high.base &+ low
        return current
    }

    /// For kernels: the time as it is.
    func state(isInMessage: Bool) -> FineState {
        FineState(
            hasTime: isKnown, base: high.base, high: UInt32(truncatingIfNeeded: high.latestHigh), current: current,
            isInMessage: isInMessage)
    }

    /// What a kernel has made of the state.
    mutating func set(_ state: FineState) {
        high.set(high: UInt64(state.high), wraps: state.wraps)
        current = state.current
    }

    mutating func forget() { high.forget() }

    mutating func restart() { high.restart(at: current &+ 1) }
}
