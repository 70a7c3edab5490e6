import Buffers
import CNeuromorphic
import Cameras
import Platform
import Sentences
import USBTransport

/// A live camera: found, opened, started, configured, asked, closed.
///
/// Requests to the camera go one at a time, whichever threads make them; its events go their own way, from the transfers into
/// the queue.
final class Camera: Filler {
    let model: CameraModel
    let identity: Identity
    /// The default configuration, with the biases that this very camera had from its factory.
    let factoryConfiguration: neuromorphic_configuration
    private let handle: USBHandle
    private let control: Mutex<Control>
    private let transfers = Mutex<TransferQueue?>(nil)

    struct Identity: Sendable {
        let name: String
        let integrator: StaticString
        let serial: String
        /// Nil where the camera doesn't tell.
        let firmware: FirmwareRelease?
        let speed: neuromorphic_speed
        let bus: UInt8
        let address: UInt8
    }

    /// What requests to the camera need, and what is known of its state.
    private struct Control {
        let treuzell: Treuzell
        let runner: StepRunner
        /// The settings that were written last, as a whole.
        var applied: neuromorphic_configuration
        /// Which groups of settings a failure left in between: what they hold is not known.
        var isDoubtful: [Bool]
        var isOpen = true
    }

    // MARK: - Opening

    /// Opens the first camera that fits, and prepares it: it sends nothing yet.
    ///
    /// - Parameter configuration: the first settings; nil for the model's defaults.
    static func open(
        _ selector: CameraSelector, _ configuration: neuromorphic_configuration?
    ) throws(NeuromorphicError) -> Camera {
        let (found, serial) = try PluggedCamera.search.withLock { (_) throws(NeuromorphicError) in try find(selector) }
        guard let model = found.model else { preconditionFailure("a camera that was chosen has a model") }
        let configuration = configuration ?? model.defaultConfiguration
        try model.accept(configuration)
        let camera = try Camera(found.handle, model, serial: serial, configuration)
        do throws(NeuromorphicError) {
            try camera.prepare()
        } catch {
            camera.stop(after: error)
            throw error
        }
        return camera
    }

    /// Looks through what is plugged in. The camera that it returns is claimed.
    private static func find(
        _ selector: CameraSelector
    ) throws(NeuromorphicError) -> (camera: PluggedCamera, serial: String) {
        let use: USBContext.Use
        do throws(USBError) {
            use = try USBContext.Use()
        } catch {
            throw NeuromorphicError(
                NEUROMORPHIC_ERROR_NOT_FOUND,
                "there is no \(selector.description): this system has no USB (\(error.words))")
        }
        // A camera that can't be used may be the one that is wanted: it is told if no other is.
        var obstacle: NeuromorphicError?
        for device in USBDevice.candidates(use) where selector.matches(device) {
            do throws(LinkError) {
                guard let camera = try PluggedCamera.identify(device) else { continue }
                guard let model = camera.model, selector.model == nil || selector.model?.model == model.model else {
                    continue
                }
                try camera.claim()
                let serial = try TreuzellBoard(camera.handle, Treuzell(camera.handle, model.control.endpoints)).serial()
                if selector.serial?.utf8.elementsEqual(serial.utf8) ?? true { return (camera, serial) }
            } catch {
                let what: Sentence = "can't open the \(device.presumedName) on \(device.place)"
                if obstacle == nil, case .busy = error.cause {
                    let user: Sentence = device.otherUser.map { "\($0)" } ?? "another program, or this one,"
                    obstacle = NeuromorphicError(
                        NEUROMORPHIC_ERROR_BUSY, "\(what): \(user) uses it (\(error.call)); close it there first")
                }
                obstacle = obstacle ?? NeuromorphicError(error, what)
            }
        }
        throw obstacle
            ?? NeuromorphicError(
                NEUROMORPHIC_ERROR_NOT_FOUND,
                "there is no \(selector.description) plugged in; neuromorphic_list_devices tells what is, and sim: and file: "
                    + "need no camera")
    }

    private init(
        _ handle: USBHandle, _ model: CameraModel, serial: String, _ configuration: neuromorphic_configuration
    ) throws(NeuromorphicError) {
        self.handle = handle
        self.model = model
        let treuzell = Treuzell(handle, model.control.endpoints)
        let runner = StepRunner(treuzell, over: handle, eventEndpoint: model.control.endpoints.events)
        do throws(NeuromorphicError) {
            let what: Sentence = "can't open the \(model.name) \(serial)"
            let maker = try NeuromorphicError.attempt(what) { () throws(LinkError) in try model.control.maker(handle) }
            let firmware = try NeuromorphicError.attempt(what) { () throws(LinkError) in
                try TreuzellBoard(handle, treuzell).firmware()
            }
            identity = Identity(
                name: "\(maker?.name ?? model.name)", integrator: maker?.integrator ?? model.recording.integrator,
                serial: serial, firmware: firmware, speed: handle.device.usbSpeed, bus: handle.device.bus,
                address: handle.device.address)
            try NeuromorphicError.attempt(what) { () throws(SequenceError) in
                try runner.run(model.control.identification)
            }
            var biases: [UInt8] = []
            for bias in model.control.factoryBiases {
                let word = try NeuromorphicError.attempt(what) { () throws(LinkError) in
                    try treuzell.read(bias.register)
                }
                biases.append(UInt8(truncatingIfNeeded: word))
            }
            factoryConfiguration = model.control.factoryConfiguration(model, biases: biases)
        } catch {
            handle.release()
            throw error
        }
        control = Mutex(
            Control(
                treuzell: treuzell, runner: runner, applied: configuration,
                isDoubtful: model.control.live.map { _ in false }))
    }

    private func prepare() throws(NeuromorphicError) {
        try withControl("can't open \(self.description)") { (control) throws(SequenceError) in
            try control.runner.run(model.control.opening(control.applied))
        }
    }

    // MARK: - Streaming

    /// Memory for transfers that needs no copy.
    var deviceMemory: any BufferMemory { USBMemory(handle) }

    /// Lets events flow into a queue. Transfers wait for them before the camera is let go.
    func start(into queue: BufferQueue, transferCount: Int, bufferLength: Int) throws(NeuromorphicError) {
        let what: Sentence = "can't start \(description)"
        let flying = TransferQueue(
            handle, endpoint: model.control.endpoints.events, into: queue, bufferLength: bufferLength)
        transfers.withLock { $0 = flying }
        do throws(USBError) { try flying.start(transferCount) } catch { throw NeuromorphicError(error, what) }
        try withControl(what) { (control) throws(SequenceError) in
            try control.runner.run(model.control.start(control.applied))
        }
        do throws(USBError) { try flying.beginHandling() } catch { throw NeuromorphicError(error, what) }
    }

    var failure: NeuromorphicError? {
        guard let error = transfers.withLock({ $0 })?.failure else { return nil }
        return NeuromorphicError(error, "the stream of \(description) ended")
    }

    /// Stops the camera, lands the transfers, and gives the camera back. What fails on the way is not worth waiting for.
    func stop() { stop(after: nil) }

    /// - Parameter failure: why it is closed, if it couldn't be opened. A camera that doesn't answer isn't talked to any more.
    func stop(after failure: NeuromorphicError?) {
        control.withLock { control in
            guard control.isOpen else { return }
            control.isOpen = false
            control.treuzell.timeoutMilliseconds = Self.stoppingTimeoutMilliseconds
            // Transfers fly until the camera is silent, so that its last data finds a place and doesn't wait for the next program.
            let flying = transfers.withLock { $0 }
            flying?.endHandling()
            let answers =
                failure?.status != NEUROMORPHIC_ERROR_NO_ANSWER
                && control.runner.runWhatWorks(model.control.stopping(control.applied))
            flying?.stop()
            if answers { control.runner.runWhatWorks(model.control.powerDown) }
            handle.release()
        }
    }

    // MARK: - Settings

    /// Writes the groups of settings that differ from what was written last.
    ///
    /// When a write fails, what was written so far is taken back, as far as the camera lets us; the settings that hold are the ones
    /// from before.
    func configure(_ configuration: neuromorphic_configuration) throws(NeuromorphicError) {
        try withControl("can't configure \(description)") { (control) throws(SequenceError) in
            var touched: [Int] = []
            do throws(SequenceError) {
                for (index, group) in model.control.live.enumerated() {
                    let steps = group.steps(configuration)
                    guard control.isDoubtful[index] || steps != group.steps(control.applied) else { continue }
                    touched.append(index)
                    try control.runner.run(steps, of: group.name)
                    control.isDoubtful[index] = false
                }
                control.applied = configuration
            } catch {
                takeBack(touched, &control)
                throw error
            }
        }
    }

    /// What is done for good measure is not to hold the program up for longer than the failure itself.
    private static let takingBackTimeoutMilliseconds: UInt32 = 900
    private static let stoppingTimeoutMilliseconds: UInt32 = 500

    private func takeBack(_ groups: [Int], _ control: inout Control) {
        for index in groups { control.isDoubtful[index] = true }
        let usual = control.treuzell.timeoutMilliseconds
        control.treuzell.timeoutMilliseconds = Self.takingBackTimeoutMilliseconds
        defer { control.treuzell.timeoutMilliseconds = usual }
        for index in groups.reversed() {
            let group = model.control.live[index]
            do throws(SequenceError) {
                try control.runner.run(group.steps(control.applied), of: group.name)
                control.isDoubtful[index] = false
            } catch {
                // The next configuration writes it again. A camera that is gone or silent won't hear the rest either.
                if error.error.isUnplugged || error.error.isTimeout { return }
            }
        }
    }

    // MARK: - Measurements

    /// Degrees Celsius of the sensor.
    func temperature() throws(NeuromorphicError) -> Double {
        guard let thermometer = model.control.thermometer else {
            throw .unsupported("the \(model.name) has no thermometer that can be read")
        }
        return thermometer.celsius(try measure(thermometer.gauge, "temperature"))
    }

    /// What the sensor's light meter counts, and the illuminance in lux that it stands for.
    func illuminance() throws(NeuromorphicError) -> (raw: UInt32, lux: Double) {
        guard let illuminometer = model.control.illuminometer else {
            throw .unsupported("the \(model.name) has no light meter that can be read")
        }
        let raw = try measure(illuminometer.gauge, "illuminance")
        return (raw, illuminometer.lux(raw))
    }

    private func measure(_ gauge: Gauge, _ name: StaticString) throws(NeuromorphicError) -> UInt32 {
        let what: Sentence = "can't measure the \(name) of \(description)"
        let access = try withControl(what) { (control) throws(SequenceError) in
            try control.runner.run(gauge.prepare, of: name)
            return control.treuzell
        }
        return try withControl(what) { (_) throws(LinkError) in
            for _ in 0..<gauge.attempts {
                let word = try access.read(gauge.register)
                if word & gauge.valid != 0 { return word & gauge.value }
                handle.wait(microseconds: Gauge.pauseMicroseconds)
            }
            throw LinkError(.wrongAnswer("it has no valid value"), "register read")
        }
    }

    // MARK: -

    /// For sentences.
    private var description: Sentence {
        "the \(identity.name) \(identity.serial) on bus \(identity.bus), address \(identity.address)"
    }

    private func withControl<Result, Failure: CameraFailure>(
        _ what: Sentence, _ body: (inout Control) throws(Failure) -> Result
    ) throws(NeuromorphicError) -> Result {
        try control.withLock { (control) throws(NeuromorphicError) in
            guard control.isOpen else { throw NeuromorphicError(NEUROMORPHIC_ERROR_CLOSED, "the device was closed") }
            return try NeuromorphicError.attempt(what) { () throws(Failure) in try body(&control) }
        }
    }
}
