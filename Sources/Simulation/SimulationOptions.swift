/// What a simulated camera looks at, and for how long. Values out of their ranges are the caller's to refuse; here they
/// are only brought to where nothing traps.
package struct SimulationOptions: Sendable {
    /// Up to the sensor's peak.
    package static let rates: ClosedRange<Double> = 1...SimulatedSensor.peakRate * 1e6
    package static let triggerRates: ClosedRange<Double> = 0...100_000

    package var scenes: SceneSet = [.edges, .dots, .noise]
    /// Events per second at the default settings, one of `rates`.
    package var rate = 20e6
    /// Of the random numbers: the same seed, options and settings make the same bytes.
    package var seed: UInt64 = 1
    /// Pulses per second at the trigger input, one of `triggerRates`; 0 is none.
    package var triggerRate = 10.0
    /// Microseconds of the sensor's time until the end of the stream; endless when nil.
    package var duration: UInt64?

    package init() {}
}
