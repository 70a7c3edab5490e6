package import CNeuromorphic
package import EventFormats
package import Sentences

/// Everything that is particular to one camera, as data.
package struct CameraModel: Sendable {
    package let model: neuromorphic_model
    package let name: StaticString
    /// How source strings spell it, as in `sim:prophesee_evk4`.
    package let sourceName: StaticString
    package let sensor: SensorGeometry
    package let format: EventFormat
    package let usbIDs: [USBID]
    package let recording: RecordingFacts
    /// One for each field of the model's struct in the header, in the same order.
    package let settings: [Setting]
    /// Says what is wrong with a configuration whose settings each lie in their range, if something is.
    package let rule: @Sendable (neuromorphic_configuration) -> Sentence?
    /// `sim:` shows what this camera would.
    package let canBeSimulated: Bool
    package let control: CameraControl
}

/// A pair of USB ids.
package struct USBID: Equatable, Sendable {
    package let vendor: UInt16
    package let product: UInt16

    package init(_ vendor: UInt16, _ product: UInt16) {
        self.vendor = vendor
        self.product = product
    }
}

/// What the header of a recording says of the camera, in Prophesee's words.
package struct RecordingFacts: Sendable {
    package let integrator: StaticString
    package let sensorGeneration: StaticString
    package let sensorName: StaticString
    package let systemID: Int

    /// - Parameter integrator: who built this very camera; nil for who usually does.
    package func entries(integrator: StaticString? = nil) -> [RAWHeader.Entry] {
        let integrator = integrator ?? self.integrator
        return [
            RAWHeader.Entry(key: "camera_integrator_name", value: "\(integrator)"),
            RAWHeader.Entry(key: "plugin_integrator_name", value: "\(integrator)"),
            RAWHeader.Entry(key: "sensor_generation", value: "\(sensorGeneration)"),
            RAWHeader.Entry(key: "sensor_name", value: "\(sensorName)"),
            RAWHeader.Entry(key: "system_ID", value: "\(systemID)"),
        ]
    }
}

extension CameraModel {
    /// Every setting at its default.
    package var defaultConfiguration: neuromorphic_configuration {
        var configuration = neuromorphic_configuration()
        configuration.struct_size = MemoryLayout<neuromorphic_configuration>.size
        configuration.model = model
        for setting in settings { setting.reset(in: &configuration) }
        return configuration
    }

    /// Says what is wrong with a configuration of this model, if something is.
    package func check(_ configuration: neuromorphic_configuration) throws(SettingError) {
        for setting in settings { try setting.check(in: configuration) }
        if let sentence = rule(configuration) { throw SettingError(sentence) }
    }

    /// The first setting that differs, of those that can't change while the camera streams.
    package func firstToNeedRestart(
        _ configuration: neuromorphic_configuration, from applied: neuromorphic_configuration
    ) -> Setting? {
        settings.first { setting in
            !setting.isLive
                && (0..<setting.place.count).contains {
                    setting.value(at: $0, in: configuration) != setting.value(at: $0, in: applied)
                }
        }
    }
}
