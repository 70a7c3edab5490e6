import Buffers
package import CNeuromorphic
import Cameras
package import EventFormats
package import Platform
import Sentences
import Simulation
import Synchronization

/// An open camera, recording or simulated camera: what it is, its settings, and its packets.
///
/// Any thread may call anything; packets are taken by one thread at a time.
package final class Device: Sendable {
    package let properties: DeviceProperties
    private let queue: BufferQueue
    private let arena: Arena
    private let filler: (any Filler)?
    /// Where it is a live one.
    private let camera: Camera?
    private let settings: DeviceSettings?
    private let reader: ReaderSeat

    /// Opens what a source string names, and starts it.
    package static func open(_ text: String, _ options: OpenOptions) throws(NeuromorphicError) -> Device {
        var source = try SourceString(text)
        switch source.scheme.utf8 {
        case let scheme where scheme.same(as: "file"): return try openRecording(&source, options)
        case let scheme where scheme.same(as: "sim"): return try openSimulation(&source, options)
        case let scheme where scheme.same(as: "usb"):
            return try openCamera(&source, options)
        default:
            throw .invalidSource(
                "the source \"\(text)\" has the scheme \"\(source.scheme)\"; the schemes are file, sim and usb")
        }
    }

    private static func openRecording(
        _ source: inout SourceString, _ options: OpenOptions
    ) throws(NeuromorphicError) -> Device {
        let speed = try source.takeSpeed(otherwise: .maximum)
        let isLooping = try source.takeSwitch("loop")
        let hints = try source.takeHints()
        try source.finish()
        guard !source.rest.utf8.isEmpty else {
            throw .invalidSource("the source \"\(source.text)\" names no file; write file:PATH")
        }
        guard options.configuration == nil else {
            throw .unsupported("a recording has no settings; leave options.configuration NULL")
        }
        let mostKept = if case .maximum = speed { RecordingSource.mostKept } else { 0 }
        let recording = try RecordingSource(
            path: source.rest, hints: hints, isLooping: isLooping, mostKept: mostKept)
        let properties = DeviceProperties(recording: recording.header, isRaw: options.isRaw)
        switch speed {
        case .maximum:
            return try Device(properties, pulling: recording, options)
        case .factor:
            return try Device(
                properties, playing: PacedRecordingSource(recording, options.kernel), at: speed, settings: nil, options)
        }
    }

    private static func openSimulation(
        _ source: inout SourceString, _ options: OpenOptions
    ) throws(NeuromorphicError) -> Device {
        guard
            let model = CameraCatalog.models.first(where: { $0.canBeSimulated && source.rest.same(as: $0.sourceName) })
        else {
            throw .invalidSource(
                "the source \"\(source.text)\" names no camera that can be simulated; write sim:prophesee_evk4")
        }
        let speed = try source.takeSpeed(otherwise: .factor(1))
        let scenario = try source.takeSimulationOptions()
        try source.finish()
        let configuration = options.configuration ?? model.defaultConfiguration
        try model.accept(configuration)
        let simulation = SimulationSource(scenario, configuration)
        let settings = DeviceSettings(model: model, first: configuration) { simulation.configure($0) }
        let properties = DeviceProperties(simulated: model, seed: scenario.seed, isRaw: options.isRaw)
        return try Device(properties, playing: simulation, at: speed, settings: settings, options)
    }

    private static func openCamera(
        _ source: inout SourceString, _ options: OpenOptions
    ) throws(NeuromorphicError) -> Device {
        try source.finish()
        let selector = try CameraSelector(source, options.configuration)
        // What can be refused is refused before the camera is touched.
        let arena = try Arena(options.blockLayout(isUnpaced: false), capacity: options.maximumLeases)
        let camera = try Camera.open(selector, options.configuration)
        let queue = BufferQueue(
            bufferLength: options.bufferLength, capacity: options.ringLength, policy: options.policy,
            special: options.allowsDMA ? camera.deviceMemory : nil)
        let settings = DeviceSettings(
            model: camera.model, first: options.configuration ?? camera.model.defaultConfiguration
        ) { (configuration) throws(NeuromorphicError) in try camera.configure(configuration) }
        let device = Device(
            DeviceProperties(live: camera, isRaw: options.isRaw), queue, arena, filler: camera, camera: camera,
            pull: nil, settings: settings, options)
        do throws(NeuromorphicError) {
            try camera.start(
                into: queue, transferCount: options.transferQueueLength, bufferLength: options.bufferLength)
        } catch {
            queue.close()
            camera.stop(after: error)
            throw error
        }
        return device
    }

    /// A device whose reader asks the source itself.
    private convenience init(
        _ properties: DeviceProperties, pulling source: any EventSource, _ options: OpenOptions
    ) throws(NeuromorphicError) {
        let arena = try Arena(options.blockLayout(isUnpaced: true), capacity: options.maximumLeases)
        let queue = BufferQueue(bufferLength: options.bufferLength, capacity: 1, policy: .dropNewest, isPulled: true)
        self.init(
            properties, queue, arena, filler: nil, camera: nil, pull: PullSource(source), settings: nil, options)
    }

    /// A device whose source is played by a thread of its own, as a camera would send it.
    private convenience init(
        _ properties: DeviceProperties, playing source: any EventSource, at speed: Speed, settings: DeviceSettings?,
        _ options: OpenOptions
    ) throws(NeuromorphicError) {
        let isUnpaced: Bool
        let queue: BufferQueue
        switch speed {
        case .maximum:
            isUnpaced = true
            // Enough to keep both sides busy, few enough to stay in the cache.
            queue = BufferQueue(bufferLength: options.bufferLength, capacity: min(8, options.ringLength), policy: .wait)
        case .factor:
            isUnpaced = false
            queue = BufferQueue(
                bufferLength: options.bufferLength, capacity: options.ringLength, policy: options.policy)
        }
        let arena = try Arena(options.blockLayout(isUnpaced: isUnpaced), capacity: options.maximumLeases)
        let feeder = Feeder(source, into: queue, speed: speed, bufferLength: options.bufferLength)
        try feeder.start()
        self.init(
            properties, queue, arena, filler: feeder, camera: nil, pull: nil, settings: settings, options)
    }

    private init(
        _ properties: DeviceProperties, _ queue: BufferQueue, _ arena: Arena, filler: (any Filler)?,
        camera: Camera?, pull: PullSource?, settings: DeviceSettings?, _ options: OpenOptions
    ) {
        self.properties = properties
        self.queue = queue
        self.arena = arena
        self.filler = filler
        self.camera = camera
        self.settings = settings
        reader = ReaderSeat(
            PacketReader(
                queue: queue, arena: arena,
                decoder: options.isRaw ? nil : properties.format.decoder(for: properties.sensor, options.kernel),
                pull: pull, maximumBuffers: options.maximumBuffers,
                failure: { filler?.failure }))
    }

    deinit { close() }

    // MARK: - Packets

    /// Waits for the next packet.
    ///
    /// - Parameter timeoutMicroseconds: 0 polls, nil waits for ever.
    package func nextPacket(timeoutMicroseconds: Int64?) throws(NeuromorphicError) -> Lease {
        try nextPacket(until: timeoutMicroseconds.map { MonotonicTime.now.advanced(microseconds: $0) })
    }

    /// The same, until a time at the latest; nil waits for ever.
    package func nextPacket(until deadline: MonotonicTime?) throws(NeuromorphicError) -> Lease {
        try reader.occupy { reader throws(NeuromorphicError) in try reader.next(until: deadline) }
    }

    package func clearBacklog(until limit: Int) throws(NeuromorphicError) {
        try reader.occupy { reader throws(NeuromorphicError) in reader.clearBacklog(until: limit) }
    }

    package var backlog: Int { queue.state.backlog }

    package func interrupt() { queue.interrupt() }

    /// A descriptor that is readable while `nextPacket` would not wait.
    package func descriptor() throws(NeuromorphicError) -> Int32 {
        do throws(SystemError) {
            return try queue.descriptor()
        } catch {
            throw NeuromorphicError(error, "can't make a descriptor to wait with")
        }
    }

    package var arenaDescriptor: Int32 { arena.descriptor }

    /// Stops the source and wakes who waits. Packets that are out stay as they are.
    package func close() {
        queue.close()
        filler?.stop()
    }

    // MARK: - Settings

    package func configure(_ configuration: neuromorphic_configuration) throws(NeuromorphicError) {
        try requireSettings().apply(configuration)
    }

    package func configuration() throws(NeuromorphicError) -> neuromorphic_configuration {
        try requireSettings().current
    }

    private func requireSettings() throws(NeuromorphicError) -> DeviceSettings {
        guard let settings else { throw .unsupported("a recording has no settings") }
        return settings
    }

    // MARK: - What a live camera tells

    /// The default settings, with the biases that the camera had from its factory.
    package func factoryConfiguration() throws(NeuromorphicError) -> neuromorphic_configuration {
        try requireCamera("factory settings").factoryConfiguration
    }

    package func temperature() throws(NeuromorphicError) -> Double {
        try requireCamera("a thermometer").temperature()
    }

    package func illuminance() throws(NeuromorphicError) -> (raw: UInt32, lux: Double) {
        try requireCamera("a light meter").illuminance()
    }

    private func requireCamera(_ what: StaticString) throws(NeuromorphicError) -> Camera {
        guard let camera else {
            throw .unsupported("\(properties.name) does not have \(what), which only a camera on USB (usb:) has")
        }
        return camera
    }

    // MARK: - What was done

    package var statistics: neuromorphic_statistics {
        let ledger = queue.ledger
        let totals = reader.totals
        let usage = arena.usage
        var statistics = neuromorphic_statistics()
        statistics.bytes_produced = ledger.bytes.produced
        statistics.bytes_delivered = ledger.bytes.delivered
        statistics.bytes_waiting = ledger.bytes.waiting
        statistics.bytes_lost_newest = ledger.bytes.lostNewest
        statistics.bytes_lost_oldest = ledger.bytes.lostOldest
        statistics.bytes_cleared = ledger.bytes.cleared
        statistics.buffers_produced = ledger.buffers.produced
        statistics.buffers_delivered = ledger.buffers.delivered
        statistics.buffers_waiting = ledger.buffers.waiting
        statistics.buffers_lost_newest = ledger.buffers.lostNewest
        statistics.buffers_lost_oldest = ledger.buffers.lostOldest
        statistics.buffers_cleared = ledger.buffers.cleared
        statistics.overflows = ledger.overflows
        statistics.packets = totals.packets
        statistics.events = totals.events
        statistics.triggers = totals.triggers
        statistics.counters = totals.counters
        statistics.leases = UInt64(usage.lent)
        statistics.maximum_leases = UInt64(arena.capacity)
        statistics.leases_refused = usage.refusals
        statistics.buffers_allocated = UInt64(queue.buffersMade)
        statistics.arena_length = UInt64(arena.length)
        return statistics
    }

    package var defects: StreamDefects { reader.totals.defects }
}

/// The one place from which packets are read: whoever finds it taken is told so.
private final class ReaderSeat: @unchecked Sendable {
    private let reader: PacketReader
    private let isTaken = Atomic<Bool>(false)

    init(_ reader: PacketReader) { self.reader = reader }

    func occupy<Result>(
        _ body: (PacketReader) throws(NeuromorphicError) -> Result
    ) throws(NeuromorphicError) -> Result {
        guard !isTaken.exchange(true, ordering: .acquiring) else {
            throw NeuromorphicError(
                NEUROMORPHIC_ERROR_BUSY, "another thread is reading from this device; one thread at a time can")
        }
        defer { isTaken.store(false, ordering: .releasing) }
        return try body(reader)
    }

    var totals: Totals.Snapshot { reader.totals }
}
