import CNeuromorphic
import Testing

@testable import Cameras

@Suite("What a camera says of itself and measures")
struct CameraControlTests {
    @Test(
        "Cameras built like an EVK4 are told apart by their maker's name",
        arguments: [
            ("Prophesee", "Prophesee EVK4", "Prophesee"),
            ("CenturyArks", "CenturyArks SilkyEvCam HD", "CenturyArks"),
            ("IDS Imaging Development Systems GmbH", "IDS uEye XCP-E (UE-39B0XCP)", "IDS"),
        ])
    func maker(_ row: (manufacturer: String, name: String, integrator: String)) throws {
        let model = try #require(CameraCatalog.model(NEUROMORPHIC_MODEL_PROPHESEE_EVK4))
        let link = ScriptedLink()
        link.strings = [0: "", 1: row.manufacturer, 2: "EVK4"]
        let maker = try #require(try model.control.maker(link))
        #expect("\(maker.name)" == row.name)
        #expect("\(maker.integrator)" == row.integrator)
        link.strings[1] = "Someone"
        #expect(try model.control.maker(link)?.name == nil)
    }

    @Test("An EVK3 HD is not asked for its maker")
    func noMaker() throws {
        let model = try #require(CameraCatalog.model(NEUROMORPHIC_MODEL_PROPHESEE_EVK3_HD))
        // A scripted device refuses strings that it doesn't have.
        #expect(try model.control.maker(ScriptedLink())?.name == nil)
    }

    @Test("An EVK4's temperature is linear in what its converter reads, and an EVK3 HD has none")
    func temperature() throws {
        let thermometer = try #require(CameraCatalog.model(NEUROMORPHIC_MODEL_PROPHESEE_EVK4)?.control.thermometer)
        #expect(abs(thermometer.celsius(400) - 20) < 1e-9)
        #expect(abs(thermometer.celsius(0) + 56) < 1e-9)
        #expect(thermometer.gauge.value == 0x3FF)
        let other = try #require(CameraCatalog.model(NEUROMORPHIC_MODEL_PROPHESEE_EVK3_HD))
        #expect(other.control.thermometer == nil)
    }

    @Test("The light meter's count is the shorter the brighter", arguments: CameraCatalog.models)
    func illuminance(_ model: CameraModel) throws {
        let illuminometer = try #require(model.control.illuminometer)
        // 10^(3.5 - log10(0.37 t)): 1 lux after 3162.28 / 0.37 = 8546.7 microseconds, counted in hundredths.
        #expect(abs(illuminometer.lux(854_670) - 1) < 1e-4)
        #expect(abs(illuminometer.lux(8547) - 100) < 0.01)
        // Bits above the count are something else.
        #expect(illuminometer.lux(0x1800_0000 | 8547) == illuminometer.lux(8547))
        #expect(illuminometer.lux(0).isFinite)
    }

    @Test("Measuring an EVK3 HD's light changes only the meter's bits, however often")
    func lightMeter() throws {
        let illuminometer = try #require(
            CameraCatalog.model(NEUROMORPHIC_MODEL_PROPHESEE_EVK3_HD)?.control.illuminometer)
        let stage = Stage()
        for _ in 0..<3 { try stage.runner.run(illuminometer.gauge.prepare, of: "illuminance") }
        #expect(stage.link.registers[0x74] == 0x103)
        #expect(stage.link.registers[0x0C] == 0xA000_0057)
    }
}
