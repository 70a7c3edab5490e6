package import CNeuromorphic
import EventFormats

/// How a live camera is driven: which board it is, and what is done to it from opening to closing, as data.
package struct CameraControl: Sendable {
    /// What tells it from cameras with the same USB ids.
    package let systemID: UInt8
    package let endpoints: Treuzell.Endpoints
    /// Cameras built alike, told apart by the manufacturer's name in their USB descriptors. Where there are any, that name and the
    /// product's are asked for.
    package let makers: [Maker]

    /// First of all: who are you.
    package let identification: [Phase]
    /// The biases that the camera holds when it is opened, its factory's: each setting's register, whose low byte it is.
    package let factoryBiases: [FactoryBias]
    /// Everything until the camera is ready to start.
    package let opening: @Sendable (neuromorphic_configuration) -> [Phase]
    /// Lets the events go; transfers wait for them by then.
    package let start: @Sendable (neuromorphic_configuration) -> [Phase]
    /// Until it sends nothing more.
    package let stopping: @Sendable (neuromorphic_configuration) -> [Phase]
    /// And out of power, when no transfer waits for events any more.
    package let powerDown: [Phase]
    /// What can change while the camera streams.
    package let live: [SettingGroup]

    package let thermometer: Thermometer?
    package let illuminometer: Illuminometer?

    package struct Maker: Sendable {
        /// As in the USB descriptor.
        package let manufacturer: StaticString
        package let name: StaticString
        package let integrator: StaticString
    }

    package struct FactoryBias: Sendable {
        package let register: Register
        package let place: Setting.Place
    }

    package struct Thermometer: Sendable {
        package let gauge: Gauge
        package let celsius: @Sendable (UInt32) -> Double
    }

    package struct Illuminometer: Sendable {
        package let gauge: Gauge
        package let lux: @Sendable (UInt32) -> Double
    }
}

extension CameraControl {
    /// Who made the camera, where its USB strings tell makers apart.
    package func maker(_ link: any CameraLink) throws(LinkError) -> Maker? {
        guard !makers.isEmpty else { return nil }
        // In the order of neuromorphic-drivers: the languages, the manufacturer, the product.
        _ = try link.string(at: 0)
        let manufacturer = try link.string(at: 1)
        _ = try link.string(at: 2)
        return makers.first { manufacturer.same(as: $0.manufacturer) }
    }

    /// The camera's default configuration, with the biases that its factory gave this very one.
    package func factoryConfiguration(
        _ model: CameraModel, biases: [UInt8]
    ) -> neuromorphic_configuration {
        var configuration = model.defaultConfiguration
        for (bias, value) in zip(factoryBiases, biases) { bias.place.store(UInt64(value), in: &configuration) }
        return configuration
    }
}
