import CNeuromorphic
import EventFormats

extension CameraModel {
    /// Prophesee EVK4, and what is built like it: CenturyArks SilkyEvCam HD, IDS uEye XCP-E. A Sony IMX636 on a CX3 bridge.
    ///
    /// Sources: USB ids, strings and system id from neuromorphic-drivers 0.16.1 and OpenEB; sensor size and format from
    /// Prophesee's documentation; what a recording says of the camera, and the illuminance in lux, from OpenEB; the temperature
    /// from both.
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
        rule: EVK4Settings.check,
        canBeSimulated: true,
        control: CameraControl(
            systemID: 0x31,
            endpoints: .cx3,
            makers: [
                .init(manufacturer: "Prophesee", name: "Prophesee EVK4", integrator: "Prophesee"),
                .init(manufacturer: "CenturyArks", name: "CenturyArks SilkyEvCam HD", integrator: "CenturyArks"),
                .init(
                    manufacturer: "IDS Imaging Development Systems GmbH", name: "IDS uEye XCP-E (UE-39B0XCP)",
                    integrator: "IDS"),
            ],
            identification: EVK4Sequences.identification,
            factoryBiases: EVK4Settings.biases.map { .init(register: $0.register, place: $0.setting.place) },
            opening: EVK4Sequences.opening,
            start: EVK4Sequences.start,
            stopping: { _ in EVK4Sequences.stopping },
            powerDown: EVK4Sequences.powerDown,
            live: EVK4Sequences.live,
            thermometer: .init(gauge: EVK4Sequences.thermometerReading) { 0.19 * Double($0) - 56 },
            illuminometer: .init(gauge: EVK4Sequences.illuminometerReading, lux: LightMeter.lux)))
}

extension Treuzell.Endpoints {
    /// Of Prophesee's boards with a Cypress CX3.
    static let cx3 = Treuzell.Endpoints(requests: 0x02, replies: 0x82, events: 0x81)
}
