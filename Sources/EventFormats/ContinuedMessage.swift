/// The monitoring message of EVT2 and EVT4 that is under way: a word says its sub-type and time, the next brings its count.
struct ContinuedMessage {
    private enum State {
        case none
        /// A count that its continuation shall bring; without a time where that was not known.
        case counter(MonitoringMessage, t: UInt64?, offset: UInt64)
        /// A message that we don't read, or the rest of one that is complete.
        case ignored
    }

    private var state = State.none

    /// For kernels: whether a message lacks its continuation, so that words of another kind mean something to it.
    var isUnderWay: Bool { if case .counter = state { true } else { false } }

    /// For kernels: whether a continuation now would be one of a message that isn't read.
    var isIgnored: Bool { if case .ignored = state { true } else { false } }

    /// What a kernel has left of it.
    mutating func set(isIgnored: Bool) { state = isIgnored ? .ignored : .none }

    /// A word that begins a message.
    mutating func begin(
        _ subtype: UInt16, timeLow: UInt64, at offset: UInt64, clock: inout FineClock, defects: inout StreamDefects
    ) {
        guard let kind = MonitoringMessage(rawValue: subtype) else { return ignore(at: offset, defects: &defects) }
        state = .counter(kind, t: clock.isKnown ? clock.time(low: timeLow) : nil, offset: offset)
    }

    /// A word that begins a message that we don't read.
    mutating func ignore(at offset: UInt64, defects: inout StreamDefects) {
        defects.count(.ignoredMessage, at: offset)
        state = .ignored
    }

    /// A continuation.
    mutating func take(
        _ payload: UInt32, at offset: UInt64, into columns: inout EventColumns, defects: inout StreamDefects
    ) {
        switch state {
        case .none:
            defects.count(.strayContinuation, at: offset)
        case .ignored:
            break
        case .counter(let kind, let t, let start):
            state = .ignored
            guard let t else { return defects.count(.eventBeforeTime, at: start) }
            columns.appendCounter(t: t, events: payload & EVT2Word.counterMask, isOutput: kind.isOutput)
        }
    }

    /// A word of another kind, or the end: what the message still lacks does not come any more.
    @inline(__always)
    mutating func end(defects: inout StreamDefects) {
        switch state {
        case .none: return
        case .ignored: break
        case .counter(_, _, let start): defects.count(.brokenMessage, at: start)
        }
        state = .none
    }
}
