/// Something in front of the camera that moves or flickers.
protocol Scene {
    /// Adds what the sensor sees during a step: as many events as the rates allow in the long run.
    mutating func show(
        _ step: TimeStep, rates: EventRates, random: inout RandomNumbers, into readout: inout StepReadout)
}

/// All that is in front of the camera.
struct Scenery {
    private let scenes: SceneSet
    /// Events per microsecond at the default settings.
    private let rate: Double
    private var rates = ContrastThresholds.standard.rates
    private var random: RandomNumbers
    private var edges = MovingEdges()
    private var dots = RotatingDots()
    private var noise = BackgroundNoise()
    private var flicker = Flicker()

    init(_ options: SimulationOptions) {
        scenes = options.scenes
        // Written so that what is not a number becomes 0.
        rate = options.rate > 0 ? min(options.rate / 1e6, SimulatedSensor.peakRate) : 0
        random = RandomNumbers(seed: options.seed)
    }

    /// From now on, as sensitive as that.
    mutating func configure(_ thresholds: ContrastThresholds) {
        rates = thresholds.rates
        // Half of what most scenes show is ON and half is OFF at any time; flicker is all ON or all OFF.
        let flickering = scenes.share(of: .flicker)
        let most = rate * ((1 - flickering) * (rates.on + rates.off) / 2 + flickering * max(rates.on, rates.off))
        if most > SimulatedSensor.peakRate {
            rates.on *= SimulatedSensor.peakRate / most
            rates.off *= SimulatedSensor.peakRate / most
        }
    }

    /// How long a step is with the present settings.
    var stepLength: UInt64 { TimeStep.length(rate: rate * max(rates.on, rates.off)) }

    mutating func show(_ step: TimeStep, into readout: inout StepReadout) {
        if scenes.contains(.edges) {
            edges.show(step, rates: halves(of: .edges), random: &random, into: &readout)
        }
        if scenes.contains(.dots) {
            dots.show(step, rates: halves(of: .dots), random: &random, into: &readout)
        }
        if scenes.contains(.noise) {
            noise.show(step, rates: halves(of: .noise), random: &random, into: &readout)
        }
        if scenes.contains(.flicker) {
            let whole = rate * scenes.share(of: .flicker)
            let rates = EventRates(on: whole * rates.on, off: whole * rates.off)
            flicker.show(step, rates: rates, random: &random, into: &readout)
        }
        // Flicker is in order by itself, and is to be fast.
        if scenes != .flicker { readout.order() }
    }

    private func halves(of scene: SceneSet) -> EventRates {
        let half = rate * scenes.share(of: scene) / 2
        return EventRates(on: half * rates.on, off: half * rates.off)
    }
}
