/// A light that is switched on and off: every pixel of the sensor becomes brighter, row by row, and then darker.
///
/// The frames follow each other without a pause. This is what brings a sensor to its peak.
struct Flicker: Scene {
    /// Events that are owed.
    private var left = 0.0
    private var x = 0
    private var y = 0
    private var on: UInt8 = 1

    mutating func show(
        _ step: TimeStep, rates: EventRates, random: inout RandomNumbers, into readout: inout StepReadout
    ) {
        let group = Double(SimulatedSensor.groupWidth)
        let height = Double(SimulatedSensor.height)
        var events = (on == 1 ? rates.on : rates.off) * Double(step.length)
        left += events
        while left >= group {
            // The groups are read all the step long, one after the other, wherever they are.
            let readAt = UInt16(max(height - left / events * height, 0))
            readout.append(
                PixelGroup(
                    readAt: readAt, y: UInt16(truncatingIfNeeded: y), x: UInt16(truncatingIfNeeded: x), on: on, mask: ~0
                ))
            left -= group
            x &+= SimulatedSensor.groupWidth
            guard x == SimulatedSensor.width else { continue }
            x = 0
            y &+= 1
            guard y == SimulatedSensor.height else { continue }
            y = 0
            // In the time that is left, the other polarity gets a number of its own.
            let ratio = on == 1 ? rates.off / rates.on : rates.on / rates.off
            left *= ratio
            events *= ratio
            on ^= 1
        }
    }
}
