import EventFormats
import Testing

@Suite("EventFormat")
struct EventFormatTests {
    @Test(
        "Each format has a name and a word",
        arguments: [
            (.evt2, "EVT2", 4), (.evt21, "EVT21", 8), (.evt21Legacy, "EVT21", 8), (.evt3, "EVT3", 2),
            (.evt4, "EVT4", 4),
        ] as [(EventFormat, String, Int)])
    func names(_ format: EventFormat, _ name: String, _ length: Int) {
        #expect("\(format.name)" == name)
        #expect(format.wordLength == length)
    }

    @Test("A fresh decoder knows nothing", arguments: EventFormat.allCases)
    func fresh(_ format: EventFormat) {
        let decoder = format.decoder(for: .largestSensor)
        #expect(decoder.currentT == 0)
        #expect(decoder.defects == StreamDefects())
        decoder.finish()
        #expect(decoder.defects == StreamDefects())
    }

    @Test(
        "A sensor has 1 to 2048 columns and rows",
        arguments: [
            (1, 1, true), (2048, 2048, true), (1, 2048, true), (1280, 720, true), (0, 1, false), (1, 0, false),
            (2049, 1, false), (1, 2049, false), (-1, 5, false), (Int.max, Int.max, false), (Int.min, 1, false),
        ])
    func geometry(_ width: Int, _ height: Int, _ isPossible: Bool) {
        let sensor = SensorGeometry(width: width, height: height)
        #expect((sensor != nil) == isPossible)
        if let sensor { #expect(Int(sensor.width) == width && Int(sensor.height) == height) }
    }
}
