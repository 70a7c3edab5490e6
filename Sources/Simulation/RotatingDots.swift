/// Eight discs, brighter than what is behind them, that go round the sensor's centre, clockwise.
///
/// Pixels become brighter along the half of a disc's rim that advances, and darker along the half that recedes, the more so
/// the more directly the rim moves towards them.
struct RotatingDots: Scene {
    static let dots = 8
    /// Pixels.
    static let radius = 40.0
    /// Pixels from the sensor's centre to the discs'.
    static let orbit = 230.0
    /// Microseconds for a turn.
    static let period: UInt64 = 2_000_000

    private var on = EventBudget()
    private var off = EventBudget()
    /// Points of the half of a rim that advances, evenly spread across the disc's path.
    private let halfRim = (0..<256).map { RimPoint(across: (Double($0) + 0.5) / 128 - 1) }

    mutating func show(
        _ step: TimeStep, rates: EventRates, random: inout RandomNumbers, into readout: inout StepReadout
    ) {
        let first = Direction(turns: Double(step.start % Self.period) / Double(Self.period))
        draw(on.take(rates.on, for: step), first, on: 1, &random, into: &readout)
        draw(off.take(rates.off, for: step), first, on: 0, &random, into: &readout)
    }

    /// Events at the rims, where the first disc is in that direction from the centre.
    private func draw(
        _ events: Int, _ first: Direction, on: UInt8, _ random: inout RandomNumbers, into readout: inout StepReadout
    ) {
        var left = events
        while left > 0 {
            var bits = RandomBits(random.next())
            let outwards = first.turned(eighths: bits.below(Self.dots))
            let point = halfRim[bits.below(halfRim.count)]
            let out = Self.orbit + point.across
            // The disc moves at a right angle to the direction in which it lies.
            let along = on == 1 ? point.along : -point.along
            let x = outwards.x * out - outwards.y * along
            let y = outwards.y * out + outwards.x * along
            readout.append(
                x: Int(x + Double(SimulatedSensor.width / 2)) &- 4, y: Int(y + Double(SimulatedSensor.height / 2)),
                on: on, mask: bits.run(), budget: &left)
        }
    }
}

/// A point of a disc's rim, in pixels from its centre.
private struct RimPoint {
    /// Away from the sensor's centre.
    let across: Double
    /// In the direction in which the disc moves.
    let along: Double

    /// - Parameter across: -1 ... 1, as a part of the radius.
    init(across: Double) {
        let square = 1 - across * across
        // Newton's square root: the processor's comes with a call into libm.
        var root = 1.0
        for _ in 0..<20 { root = (root + square / root) / 2 }
        self.across = across * RotatingDots.radius
        along = root * RotatingDots.radius
    }
}
