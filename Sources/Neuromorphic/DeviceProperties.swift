package import CNeuromorphic
import Cameras
package import EventFormats

/// What an open device is.
package struct DeviceProperties: Sendable {
    package let model: neuromorphic_model
    package let speed: neuromorphic_speed
    package let name: String
    package let serial: String
    /// The firmware's version, "" where there is none to tell.
    package let firmware: String
    package let bus: UInt8
    package let address: UInt8
    package let format: EventFormat
    package let sensor: SensorGeometry
    package let isRaw: Bool
    /// What a recording of the device says of it.
    package let recordingEntries: [RAWHeader.Entry]

    init(recording header: RAWHeader, isRaw: Bool) {
        model = NEUROMORPHIC_MODEL_NONE
        speed = NEUROMORPHIC_SPEED_UNKNOWN
        let sensorName = header.value(of: "sensor_name") ?? header.value(of: "plugin_name")
        name = sensorName.map { "Recording (\($0))" } ?? "Recording"
        serial = header.value(of: "serial_number") ?? ""
        firmware = ""
        (bus, address) = (0, 0)
        format = header.format
        sensor = header.sensor
        self.isRaw = isRaw
        recordingEntries = header.entries
    }

    init(simulated camera: CameraModel, seed: UInt64, isRaw: Bool) {
        model = camera.model
        speed = NEUROMORPHIC_SPEED_UNKNOWN
        name = "\(camera.name) (simulated)"
        let digits = String(seed, radix: 16, uppercase: true)
        serial = String(repeating: "0", count: max(0, 8 - digits.utf8.count)) + digits
        firmware = ""
        (bus, address) = (0, 0)
        format = camera.format
        sensor = camera.sensor
        self.isRaw = isRaw
        recordingEntries = camera.recording.entries() + [RAWHeader.Entry(key: "serial_number", value: serial)]
    }

    init(live camera: Camera, isRaw: Bool) {
        let model = camera.model
        let identity = camera.identity
        self.model = model.model
        speed = identity.speed
        name = identity.name
        serial = identity.serial
        firmware = identity.firmware?.description ?? ""
        bus = identity.bus
        address = identity.address
        format = model.format
        sensor = model.sensor
        self.isRaw = isRaw
        recordingEntries =
            model.recording.entries(integrator: identity.integrator) + [
                RAWHeader.Entry(key: "serial_number", value: identity.serial)
            ]
    }

    /// The kinds of data in its packets, as bits of the header.
    package var columns: UInt32 {
        let kinds =
            isRaw
            ? NEUROMORPHIC_COLUMNS_RAW
            : NEUROMORPHIC_COLUMNS_EVENTS | NEUROMORPHIC_COLUMNS_TRIGGERS | NEUROMORPHIC_COLUMNS_COUNTERS
        return UInt32(kinds)
    }
}
