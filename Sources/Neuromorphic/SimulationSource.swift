import CNeuromorphic
import Platform
import Sentences
import Simulation

/// A simulated camera as a source.
final class SimulationSource: EventSource {
    /// Microseconds of the sensor's time in one buffer at most: what a camera's latency would be.
    private static let span: UInt64 = 1000

    private let camera: Mutex<SimulatedCamera>

    init(_ options: SimulationOptions, _ configuration: neuromorphic_configuration) {
        camera = Mutex(SimulatedCamera(options, configuration: unsafe configuration.settings.prophesee_evk4))
    }

    func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(NeuromorphicError) -> Filling {
        camera.withLock { camera in
            let filled = unsafe camera.fill(buffer, atMost: Self.span)
            return Filling(length: filled.length, elapsed: filled.t, isLast: filled.isAtEnd)
        }
    }

    /// Settings from now on.
    func configure(_ configuration: neuromorphic_configuration) {
        camera.withLock { $0.configure(unsafe configuration.settings.prophesee_evk4) }
    }
}

extension SourceString {
    /// What a simulated camera looks at.
    mutating func takeSimulationOptions() throws(NeuromorphicError) -> SimulationOptions {
        var options = SimulationOptions()
        if let scene = take("scene") {
            guard let scenes = SceneSet(scene.utf8) else {
                throw .invalidSource(
                    "the option scene=\(scene) of \"\(text)\" must be edges, dots, noise or flicker, or several of them "
                        + "joined with '+'")
            }
            options.scenes = scenes
        }
        options.rate = try takeNumber("rate", SimulationOptions.rates) ?? options.rate
        options.seed = UInt64(try takeInteger("seed", 0...Int.max) ?? Int(options.seed))
        options.triggerRate = try takeNumber("triggers", SimulationOptions.triggerRates) ?? options.triggerRate
        options.duration = try takeNumber("duration", 1e-6...1e9).map { UInt64($0 * 1e6 + 0.5) }
        return options
    }
}
