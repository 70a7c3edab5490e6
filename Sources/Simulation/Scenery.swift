/// All that is in front of the camera.
struct Scenery {
    private let scenes: SceneSet
    /// Events per microsecond at the default settings: all, and each scene's.
    private let rate: Double
    private let edgesRate: Double
    private let dotsRate: Double
    private let noiseRate: Double
    private let flickerRate: Double
    /// Relative to those, with the present settings.
    private var rates = EventRates(on: 1, off: 1)
    private var random: RandomNumbers
    private var edges = MovingEdges()
    private var dots = RotatingDots()
    private var noise = BackgroundNoise()
    private var flicker = Flicker()

    init(_ options: SimulationOptions) {
        scenes = options.scenes
        // Written so that what is not a number becomes 0.
        let rate = options.rate > 0 ? min(options.rate / 1e6, SimulatedSensor.peakRate) : 0
        self.rate = rate
        edgesRate = rate * scenes.share(of: .edges)
        dotsRate = rate * scenes.share(of: .dots)
        noiseRate = rate * scenes.share(of: .noise)
        flickerRate = rate * scenes.share(of: .flicker)
        random = RandomNumbers(seed: options.seed)
    }

    /// From now on, as sensitive as that.
    mutating func configure(_ thresholds: ContrastThresholds) {
        rates = thresholds.rates
        // Half of what most scenes show is ON and half is OFF at any time; flicker is all ON or all OFF.
        let most = (rate - flickerRate) * (rates.on + rates.off) / 2 + flickerRate * max(rates.on, rates.off)
        if most > SimulatedSensor.peakRate {
            rates.on *= SimulatedSensor.peakRate / most
            rates.off *= SimulatedSensor.peakRate / most
        }
    }

    /// How long a step is with the present settings.
    var stepLength: UInt64 { TimeStep.length(rate: rate * max(rates.on, rates.off)) }

    mutating func show(_ step: TimeStep, into readout: inout StepReadout) {
        if scenes.contains(.edges) {
            edges.show(step, rates: seen(edgesRate / 2), random: &random, into: &readout)
        }
        if scenes.contains(.dots) {
            dots.show(step, rates: seen(dotsRate / 2), random: &random, into: &readout)
        }
        if scenes.contains(.noise) {
            noise.show(step, rates: seen(noiseRate / 2), random: &random, into: &readout)
        }
        if scenes.contains(.flicker) {
            flicker.show(step, rates: seen(flickerRate), random: &random, into: &readout)
        }
        // Flicker is in order by itself, and is to be fast.
        if scenes != .flicker { readout.order() }
    }

    /// Both polarities' rates of a scene that has as many of each at the default settings.
    private func seen(_ rate: Double) -> EventRates {
        EventRates(on: rate * rates.on, off: rate * rates.off)
    }
}
