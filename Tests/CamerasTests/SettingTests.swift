import CNeuromorphic
import EventFormats
import Testing

@testable import Cameras

@Suite("Cameras as data")
struct CameraTests {
    @Test(
        "The settings of a model are its struct, field by field, without a gap that C doesn't leave",
        arguments: [
            (NEUROMORPHIC_MODEL_PROPHESEE_EVK4, MemoryLayout<neuromorphic_evk4_configuration>.size),
            (NEUROMORPHIC_MODEL_PROPHESEE_EVK3_HD, MemoryLayout<neuromorphic_evk3_hd_configuration>.size),
        ])
    func layout(_ row: (model: neuromorphic_model, size: Int)) throws {
        let model = try #require(CameraCatalog.model(row.model))
        let start = try #require(model.settings.first).place.offset
        #expect(start == MemoryLayout<neuromorphic_configuration>.offset(of: \.settings))
        var covered = [Bool](repeating: false, count: row.size)
        for setting in model.settings {
            for index in 0..<setting.place.count {
                for byte in 0..<setting.place.width {
                    let place = setting.place.offset - start + index * setting.place.stride + byte
                    #expect(!covered[place], "\(setting.name)")
                    covered[place] = true
                }
            }
        }
        #expect(covered.filter { !$0 }.count < 8)
    }

    @Test("Every default lies in its range, and a default configuration is accepted")
    func defaults() throws {
        for model in CameraCatalog.models {
            for setting in model.settings { #expect(setting.range ~= setting.defaultValue, "\(setting.name)") }
            try model.check(model.defaultConfiguration)
            #expect(model.defaultConfiguration.model == model.model)
        }
    }

    @Test("An EVK4's defaults are where C reads them")
    func evk4() throws {
        let model = try #require(CameraCatalog.model(NEUROMORPHIC_MODEL_PROPHESEE_EVK4))
        let configuration = model.defaultConfiguration.settings.prophesee_evk4
        #expect(configuration.biases.pr == 0x7C)
        #expect(configuration.biases.diff_on == 0x66)
        #expect(configuration.biases.unknown_2 == 0x51)
        #expect(configuration.enable_external_trigger == 1)
        #expect(configuration.enable_output == 1)
        #expect(configuration.rate_limiter_period_us == 200)
        #expect(configuration.rate_limiter_maximum_events == 10_000)
        #expect(configuration.y_mask.11 == 0)
        #expect(configuration.pixel_masks.63.enabled == 0)
    }

    @Test("An EVK3 HD's defaults are where C reads them")
    func evk3HD() throws {
        let model = try #require(CameraCatalog.model(NEUROMORPHIC_MODEL_PROPHESEE_EVK3_HD))
        let configuration = model.defaultConfiguration.settings.prophesee_evk3_hd
        #expect(configuration.biases.pr == 0x69)
        #expect(configuration.biases.fo_p == 0x4A)
        #expect(configuration.biases.blk == 0x78)
        #expect(configuration.enable_external_trigger == 1)
        #expect(configuration.enable_output == 1)
        #expect(configuration.rate_limiter_period_us == 200)
        #expect(configuration.rate_limiter_maximum_events == 10_000)
        #expect(configuration.region.width == 1280)
        #expect(configuration.region.height == 720)
        #expect(configuration.noise_filter.threshold_ms == 10)
        #expect(configuration.antiflicker.stop_threshold == 4)
        #expect(configuration.antiflicker.high_frequency_hz == 520)
    }

    @Test("A value out of range is named with its place and its range")
    func outOfRange() throws {
        let model = try #require(CameraCatalog.model(NEUROMORPHIC_MODEL_PROPHESEE_EVK4))
        var configuration = model.defaultConfiguration
        configuration.settings.prophesee_evk4.pixel_masks.3.y = 720
        let error = #expect(throws: SettingError.self) { try model.check(configuration) }
        #expect(error?.sentence.text == "pixel_masks.y[3] is 720 pixels, and must lie in 0 .. 719 pixels")
    }

    @Test("USB ids tell which cameras a device may be")
    func usbIDs() {
        #expect(
            CameraCatalog.models(usbID: USBID(0x31F7, 0x0003)).map(\.model) == [NEUROMORPHIC_MODEL_PROPHESEE_EVK4])
        #expect(
            CameraCatalog.models(usbID: USBID(0x04B4, 0x00F5)).map(\.model) == [
                NEUROMORPHIC_MODEL_PROPHESEE_EVK4, NEUROMORPHIC_MODEL_PROPHESEE_EVK3_HD,
            ])
        #expect(CameraCatalog.models(usbID: USBID(0x1D6B, 0x0002)).isEmpty)
        // A board without its camera's firmware.
        #expect(CameraCatalog.models(usbID: USBID(0x04B4, 0x00F3)).isEmpty)
    }

    @Test("No two cameras have the same model, name, or board")
    func distinct() {
        let models = CameraCatalog.models
        #expect(Set(models.map(\.model.rawValue)).count == models.count)
        #expect(Set(models.map { "\($0.sourceName)" }).count == models.count)
        #expect(Set(models.map(\.control.systemID)).count == models.count)
        for model in models { #expect(model.recording.systemID == Int(model.control.systemID)) }
    }

    @Test("Only a camera that can be simulated has settings that the simulation follows")
    func simulated() {
        for model in CameraCatalog.models {
            #expect(model.settings.contains { $0.isSimulated } == model.canBeSimulated, "\(model.name)")
        }
    }
}
