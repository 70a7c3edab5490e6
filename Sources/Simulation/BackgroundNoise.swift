/// Single pixels anywhere on the sensor, as even a camera in the dark sends them.
struct BackgroundNoise: Scene {
    private var on = EventBudget()
    private var off = EventBudget()

    mutating func show(
        _ step: TimeStep, rates: EventRates, random: inout RandomNumbers, into readout: inout StepReadout
    ) {
        draw(on.take(rates.on, for: step), on: 1, &random, into: &readout)
        draw(off.take(rates.off, for: step), on: 0, &random, into: &readout)
    }

    private func draw(_ events: Int, on: UInt8, _ random: inout RandomNumbers, into readout: inout StepReadout) {
        for _ in 0..<events {
            var bits = RandomBits(random.next())
            let x = UInt16(truncatingIfNeeded: bits.below(SimulatedSensor.width))
            let y = UInt16(truncatingIfNeeded: bits.below(SimulatedSensor.height))
            readout.append(PixelGroup(readAt: y, y: y, x: x, on: on, mask: 1))
        }
    }
}
