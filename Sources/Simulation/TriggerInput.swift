/// Pulses at the trigger input: the k-th rises k periods after the sensor's start, and falls half a period later.
struct TriggerInput {
    /// Microseconds from one edge to the next; nil when there are none.
    private let interval: Double?
    private var edges = 0.0
    private(set) var nextIsRising = true
    /// Microseconds; `UInt64.max` when none follows.
    private(set) var nextTime: UInt64

    /// - Parameter rate: pulses per second.
    init(rate: Double) {
        interval = rate > 0 ? 500_000 / rate : nil
        nextTime = interval == nil ? .max : 0
    }

    /// Goes on to the next edge.
    mutating func advance() {
        guard let interval else { return }
        edges += 1
        nextIsRising.toggle()
        let time = edges * interval
        nextTime = time < 0x1p63 ? UInt64(time) : .max
    }
}
