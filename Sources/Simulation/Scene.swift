/// Something in front of the camera that moves or flickers.
protocol Scene {
    /// Adds what the sensor sees during a step: as many events as the rates allow in the long run.
    mutating func show(
        _ step: TimeStep, rates: EventRates, random: inout RandomNumbers, into readout: inout StepReadout)
}
