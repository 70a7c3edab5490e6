/// What a simulated camera looks at, and for how long. Values out of their ranges are the caller's to refuse; here they
/// are only brought to where nothing traps.
package struct SimulationOptions: Sendable {
    package var scenes: SceneSet = [.edges, .dots, .noise]
    /// Events per second at the default settings, 1 ... 1.06e9.
    package var rate = 20e6
    /// Of the random numbers: the same seed, options and settings make the same bytes.
    package var seed: UInt64 = 1
    /// Pulses per second at the trigger input, 0 (none) ... 100 000.
    package var triggerRate = 10.0
    /// Microseconds of the sensor's time until the end of the stream; endless when nil.
    package var duration: UInt64?

    package init() {}
}
