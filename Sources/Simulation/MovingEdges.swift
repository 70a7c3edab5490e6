/// Three slanted bars, brighter than what is behind them, that move to the right and come back at the left.
///
/// A pixel becomes brighter when a bar's leading edge comes over it, and darker after the trailing one. Like a pixel's, the
/// response lasts a while: it is spread over the 8 pixels behind the edge.
struct MovingEdges: Scene {
    static let bars = 3
    /// Pixels from one edge of a bar to the other.
    static let barWidth = 120
    /// Pixels per second. The bars are back where they were after a second.
    static let speed = UInt64(SimulatedSensor.width)
    /// Rows after which an edge is a pixel further to the left.
    static let rowsPerColumn = 4

    private var on = EventBudget()
    private var off = EventBudget()

    mutating func show(
        _ step: TimeStep, rates: EventRates, random: inout RandomNumbers, into readout: inout StepReadout
    ) {
        let moved = Int(truncatingIfNeeded: step.start % 1_000_000 &* Self.speed / 1_000_000)
        draw(on.take(rates.on, for: step), edgesAt: moved, on: 1, &random, into: &readout)
        draw(off.take(rates.off, for: step), edgesAt: moved &- Self.barWidth, on: 0, &random, into: &readout)
    }

    /// Events at the edges, the first of which is at that column in row 0.
    private func draw(
        _ events: Int, edgesAt first: Int, on: UInt8, _ random: inout RandomNumbers, into readout: inout StepReadout
    ) {
        var left = events
        while left > 0 {
            var bits = RandomBits(random.next())
            let y = bits.below(SimulatedSensor.height)
            let bar = bits.below(Self.bars)
            var x = first &+ bar &* SimulatedSensor.width / Self.bars &- y / Self.rowsPerColumn
            if x < 0 { x &+= SimulatedSensor.width }
            if x >= SimulatedSensor.width { x &-= SimulatedSensor.width }
            readout.append(x: x &- 7, y: y, on: on, mask: bits.run(), budget: &left)
        }
    }
}
