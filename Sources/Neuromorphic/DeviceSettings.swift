import CNeuromorphic
import Cameras
import Platform
import Sentences

/// The settings of an open device, and the way to change them.
final class DeviceSettings: Sendable {
    private let model: CameraModel
    private let write: @Sendable (neuromorphic_configuration) throws(NeuromorphicError) -> Void
    private let applied: Mutex<neuromorphic_configuration>

    /// - Parameters:
    ///   - first: what the device was opened with; it was accepted.
    ///   - write: brings settings to the device, as a whole; when it fails, the settings from before hold.
    init(
        model: CameraModel, first: neuromorphic_configuration,
        write: @escaping @Sendable (neuromorphic_configuration) throws(NeuromorphicError) -> Void
    ) {
        self.model = model
        self.write = write
        applied = Mutex(first)
    }

    var current: neuromorphic_configuration { applied.withLock { $0 } }

    /// Applies settings as a whole, or says what is wrong with them and applies nothing.
    func apply(_ configuration: neuromorphic_configuration) throws(NeuromorphicError) {
        try model.accept(configuration)
        try applied.withLock { (applied) throws(NeuromorphicError) in
            if let setting = model.firstToNeedRestart(configuration, from: applied) {
                throw NeuromorphicError(
                    NEUROMORPHIC_ERROR_NEEDS_RESTART,
                    "the setting \(setting.name) can't change while the camera streams; close the device, and open it with "
                        + "options.configuration")
            }
            try write(configuration)
            applied = configuration
        }
    }
}

extension CameraModel {
    /// Refuses settings of another model, and values out of range.
    func accept(_ configuration: neuromorphic_configuration) throws(NeuromorphicError) {
        guard configuration.model == model else {
            let other = CameraCatalog.model(configuration.model)
            let found = other.map { "\($0.name)" } ?? "model \(configuration.model.rawValue)"
            throw NeuromorphicError(
                NEUROMORPHIC_ERROR_WRONG_MODEL,
                "the configuration is one of \(found), and the device is a \(name); fill it in with "
                    + "neuromorphic_default_configuration or neuromorphic_configuration_of")
        }
        do throws(SettingError) {
            try check(configuration)
        } catch {
            throw NeuromorphicError(NEUROMORPHIC_ERROR_OUT_OF_RANGE, "the setting \(error.sentence)")
        }
    }
}
