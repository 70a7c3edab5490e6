package import CNeuromorphic

/// A simulated Prophesee EVK4: scenes, seen through the camera's settings, in the camera's own format (EVT3).
///
/// The same options, seed and settings give the same bytes, whatever pieces they are fetched in. The sensor's time begins
/// at 0 and moves in steps of 1 to 100 microseconds: scenes show groups of pixels, settings silence some, the rate limiter
/// drops others, the rest is written in the order of the rows.
///
/// What the settings do: masks, `enable_output` (0: no events; time, triggers and reports go on), `enable_external_trigger`,
/// the rate limiter, and the biases `diff_on`, `diff`, `diff_off` (see `ContrastThresholds`). Other biases and `clock` have
/// no effect. Not for two threads at a time.
package struct SimulatedCamera: ~Copyable {
    private var scenery: Scenery
    private var filter: PixelFilter
    private var limiter: RateLimiter
    private var triggers: TriggerInput
    private var readout = StepReadout()
    private var stream = StreamWriter()
    private var sendsEvents = true
    private var sendsTriggers = true

    /// Where the step began whose words are being handed out, and where it ends: microseconds.
    private var stepStart: UInt64 = 0
    private var stepEnd: UInt64 = 0
    private var stepLength: UInt64 = 1
    /// Microseconds.
    private let duration: UInt64

    /// - Parameter configuration: the settings to start with, each in its range.
    package init(_ options: SimulationOptions, configuration: neuromorphic_evk4_configuration) {
        scenery = Scenery(options)
        filter = PixelFilter(configuration)
        limiter = RateLimiter(seed: options.seed)
        triggers = TriggerInput(rate: options.triggerRate)
        duration = options.duration ?? .max
        configure(configuration)
    }

    /// Settings from now on: they take effect with the next step, at most 100 microseconds of the sensor's time later.
    package mutating func configure(_ configuration: neuromorphic_evk4_configuration) {
        filter = PixelFilter(configuration)
        limiter.configure(configuration, at: stepEnd)
        scenery.configure(ContrastThresholds(configuration.biases))
        sendsEvents = configuration.enable_output != 0
        sendsTriggers = configuration.enable_external_trigger != 0
        stepLength = scenery.stepLength
    }

    /// Writes the stream's next bytes, until the buffer is full, the sensor's time has moved on by `microseconds` or more
    /// (a step at most), or the stream ends.
    ///
    /// - Parameters:
    ///   - buffer: written from its start, whole words of 2 bytes.
    ///   - microseconds: of the sensor's time.
    /// - Returns:
    ///   - length: bytes written.
    ///   - t: microseconds of the sensor's time up to which everything was handed out. Never falls.
    ///   - isAtEnd: that was the stream's last byte.
    package mutating func fill(
        _ buffer: UnsafeMutableRawBufferPointer, atMost microseconds: UInt64
    ) -> (length: Int, t: UInt64, isAtEnd: Bool) {
        let (sum, isTooLarge) = now.addingReportingOverflow(microseconds)
        let goal = isTooLarge ? UInt64.max : sum
        var length = 0
        while true {
            length &+= unsafe stream.take(into: UnsafeMutableRawBufferPointer(rebasing: buffer[length...]))
            guard stream.isEmpty, stepEnd < goal, stepEnd < duration else { break }
            advance()
        }
        return (length, now, stream.isEmpty && stepEnd >= duration)
    }

    private var now: UInt64 { stream.isEmpty ? stepEnd : stepStart }

    /// Simulates one step.
    private mutating func advance() {
        let step = TimeStep(start: stepEnd, length: min(stepLength, duration &- stepEnd))
        stepStart = step.start
        stepEnd = step.end
        readout.removeAll()
        if sendsEvents { scenery.show(step, into: &readout) }
        var due = nextDue
        for group in readout.groups {
            let t = step.time(atRow: group.readAt)
            if t >= due {
                writeWhatIsDue(until: t)
                due = nextDue
            }
            var mask = filter.pass(group)
            if limiter.isEnabled { mask = limiter.pass(mask, at: t) }
            if mask != 0 { stream.writePixels(mask, of: group, at: t) }
        }
        writeWhatIsDue(until: step.end &- 1)
    }

    /// When something is to be written that is no event.
    private var nextDue: UInt64 { min(stream.nextTime, triggers.nextTime, limiter.nextReport) }

    /// Writes everything that is no event, in the order of time.
    private mutating func writeWhatIsDue(until t: UInt64) {
        while true {
            let due = nextDue
            guard due <= t else { return }
            if stream.nextTime == due { stream.writeTime() }
            if limiter.nextReport == due {
                stream.writeCounter(limiter.input, isOutput: false, at: due)
                stream.writeCounter(limiter.output, isOutput: true, at: due)
                limiter.advance()
            }
            if triggers.nextTime == due {
                if sendsTriggers { stream.writeTrigger(rising: triggers.nextIsRising, at: due) }
                triggers.advance()
            }
        }
    }
}
