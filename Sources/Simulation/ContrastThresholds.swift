import CNeuromorphic

/// What the biases make of the scene's contrast: how many ON and OFF events there are, relative to the default settings.
///
/// A model, not a measurement. A threshold is the distance of `diff_on` or `diff_off` from `diff`: the larger, the less
/// sensitive (Prophesee's documentation of the biases). Here, 16 steps further away halve the events of a polarity, 16 steps
/// closer double them, down to 1/16 and up to 16 times as many. The other ten biases change nothing.
struct ContrastThresholds {
    /// Relative to those at the default settings.
    let rates: EventRates

    // The default distances. neuromorphic-drivers 0.16.1: diff_on 0x66, diff 0x4D, diff_off 0x49.
    private static let on = 0x66 - 0x4D
    private static let off = 0x4D - 0x49

    init(_ biases: neuromorphic_evk4_biases) {
        rates = EventRates(
            on: Self.factor(closer: Self.on &- (Int(biases.diff_on) &- Int(biases.diff))),
            off: Self.factor(closer: Self.off &- (Int(biases.diff) &- Int(biases.diff_off))))
    }

    /// 2 to the power of a sixteenth of the steps.
    private static func factor(closer steps: Int) -> Double {
        let sixteenthPower = 1.044_273_782_427_413_8
        var factor = 1.0
        for _ in 0..<min(steps.magnitude, 64) { factor *= sixteenthPower }
        return steps < 0 ? 1 / factor : factor
    }
}
