import CNeuromorphic
import EventFormats

extension CameraModel {
    /// Prophesee EVK3 HD: a Gen4.1 sensor on a CX3 bridge.
    ///
    /// Sources: USB ids and system id from neuromorphic-drivers 0.16.1 and OpenEB; sensor size and format from Prophesee's
    /// documentation; what a recording says of the camera, and the illuminance in lux, from OpenEB. Neither reads this sensor's
    /// temperature.
    static let propheseeEVK3HD = CameraModel(
        model: NEUROMORPHIC_MODEL_PROPHESEE_EVK3_HD,
        name: "Prophesee EVK3 HD",
        sourceName: "prophesee_evk3_hd",
        sensor: SensorGeometry(width: 1280, height: 720)!,
        format: .evt3,
        usbIDs: [USBID(0x04B4, 0x00F4), USBID(0x04B4, 0x00F5)],
        recording: RecordingFacts(
            integrator: "Prophesee", sensorGeneration: "4.1", sensorName: "Gen4.1", systemID: 0x30),
        settings: EVK3HDSettings.all,
        rule: EVK3HDSettings.check,
        canBeSimulated: false,
        control: CameraControl(
            systemID: 0x30,
            endpoints: .cx3,
            makers: [],
            identification: EVK3HDSequences.identification,
            // neuromorphic-drivers reads none of this camera before it opens it.
            factoryBiases: [],
            opening: EVK3HDSequences.opening,
            start: EVK3HDSequences.start,
            stopping: EVK3HDSequences.stopping,
            powerDown: EVK3HDSequences.powerDown,
            live: EVK3HDSequences.live,
            thermometer: nil,
            illuminometer: .init(
                gauge: EVK3HDSequences.illuminometerReading, lux: LightMeter.lux)))
}
