import EventFormats
import Platform

/// What a reader has delivered so far, for whoever asks.
final class Totals: Sendable {
    struct Snapshot: Sendable {
        var packets: UInt64 = 0
        var events: UInt64 = 0
        var triggers: UInt64 = 0
        var counters: UInt64 = 0
        var defects = StreamDefects()
    }

    private let box = Mutex(Snapshot())

    var snapshot: Snapshot { box.withLock { $0 } }

    /// Counts a packet.
    func add(_ columns: borrowing EventColumns) {
        let events = UInt64(columns.count)
        let triggers = UInt64(columns.triggerCount)
        let counters = UInt64(columns.counterCount)
        box.withLock { totals in
            totals.packets &+= 1
            totals.events &+= events
            totals.triggers &+= triggers
            totals.counters &+= counters
        }
    }

    func set(_ defects: StreamDefects) { box.withLock { $0.defects = defects } }
}
