/// A short span of the sensor's time in which the scene stands still and the sensor's rows are read once, top to bottom.
struct TimeStep {
    /// Microseconds of the sensor's time.
    let start: UInt64
    /// Microseconds, at least 1.
    let length: UInt64

    /// Steps at a constant rate have about this many events: enough to make it worth while, and few for a short latency.
    private static let events = 1000.0
    private static let longest: UInt64 = 100

    /// How long a step is at a rate of so many events per microsecond.
    static func length(rate: Double) -> UInt64 {
        guard rate * Double(longest) > events else { return longest }
        return rate < events ? UInt64(events / rate) : 1
    }

    var end: UInt64 { start &+ length }

    /// When the readout, going down, is at a row.
    func time(atRow row: UInt16) -> UInt64 {
        start &+ UInt64(row) &* length / UInt64(SimulatedSensor.height)
    }
}
