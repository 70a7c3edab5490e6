import CNeuromorphic
import EventFormats

extension CameraModel {
    /// Prophesee EVK4, and what is built like it: CenturyArks SilkyEvCam HD, IDS uEye XCP-E. A Sony IMX636 on a CX3 bridge.
    ///
    /// Sources: USB ids and system id from neuromorphic-drivers 0.16.1 and OpenEB; sensor size and format from Prophesee's
    /// documentation; what a recording says of the camera from OpenEB.
    static let propheseeEVK4 = CameraModel(
        model: NEUROMORPHIC_MODEL_PROPHESEE_EVK4,
        name: "Prophesee EVK4",
        sourceName: "prophesee_evk4",
        sensor: SensorGeometry(width: 1280, height: 720)!,
        format: .evt3,
        usbIDs: [USBID(0x04B4, 0x00F4), USBID(0x04B4, 0x00F5), USBID(0x31F7, 0x0003), USBID(0x1409, 0x8E00)],
        recording: RecordingFacts(
            integrator: "Prophesee", sensorGeneration: "4.2", sensorName: "IMX636", systemID: 0x31),
        settings: EVK4Settings.all,
        blankConfiguration: {
            var configuration = neuromorphic_configuration()
            configuration.struct_size = MemoryLayout<neuromorphic_configuration>.size
            configuration.model = NEUROMORPHIC_MODEL_PROPHESEE_EVK4
            return configuration
        }())
}
