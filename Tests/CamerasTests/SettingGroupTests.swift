import CNeuromorphic
import Testing

@testable import Cameras

@Suite("Settings of a camera that streams")
struct SettingGroupTests {
    /// Everything is on, so that each setting has an effect.
    private static func busy(_ model: CameraModel) throws -> neuromorphic_configuration {
        var configuration = model.defaultConfiguration
        let values: [String: UInt64] = [
            "rate_limiter_enabled": 1, "rate_limiter_maximum_events": 1000, "pixel_masks.enabled": 1,
            "pixel_masks.x": 5, "pixel_masks.y": 6, "region.enabled": 1, "region.x": 1, "region.y": 1,
            "region.width": 1278, "region.height": 718, "noise_filter.mode": 1, "antiflicker.mode": 1,
            "antiflicker.low_frequency_hz": 100, "antiflicker.high_frequency_hz": 200,
        ]
        for setting in model.settings {
            guard let value = values["\(setting.name)"] else { continue }
            for index in 0..<setting.place.count { setting.place.store(value, at: index, in: &configuration) }
        }
        try model.check(configuration)
        return configuration
    }

    @Test("Changing one live setting writes one group, and any other none", arguments: CameraCatalog.models)
    func oneGroup(_ model: CameraModel) throws {
        var withoutRegion = try Self.busy(model)
        try #require(model.settings.first { "\($0.name)" == "region.enabled" }).place.store(0, in: &withoutRegion)
        let bases = [try Self.busy(model), withoutRegion].map { configuration in
            (configuration, steps: model.control.live.map { $0.steps(configuration) })
        }
        for setting in model.settings {
            for index in 0..<setting.place.count {
                var counts: [Int] = []
                for (base, before) in bases {
                    let value = setting.value(at: index, in: base)
                    let candidates = [setting.range.upperBound, setting.range.lowerBound, value &+ 1, value &- 1]
                    for other in candidates where other != value && setting.range ~= other {
                        var changed = base
                        setting.place.store(other, at: index, in: &changed)
                        guard (try? model.check(changed)) != nil else { continue }
                        counts.append(zip(model.control.live, before).filter { $0.steps(changed) != $1 }.count)
                    }
                }
                if setting.isLive {
                    #expect(counts.contains(1), "\(setting.name)[\(index)]")
                    #expect(counts.allSatisfy { $0 <= 1 }, "\(setting.name)[\(index)]")
                } else {
                    #expect(!counts.isEmpty && counts.allSatisfy { $0 == 0 }, "\(setting.name)[\(index)]")
                }
            }
        }
    }

    @Test("The same settings write nothing", arguments: CameraCatalog.models)
    func nothing(_ model: CameraModel) throws {
        let busy = try Self.busy(model)
        #expect(SettingGroup.changes(model.control.live, from: busy, to: busy).isEmpty)
    }

    @Test("Settings that are without effect write nothing", arguments: CameraCatalog.models)
    func noEffect(_ model: CameraModel) {
        let names = [
            "rate_limiter_period_us", "rate_limiter_maximum_events", "region.x", "region.width", "pixel_masks.x",
            "noise_filter.threshold_ms", "antiflicker.duty_cycle_percent", "antiflicker.low_frequency_hz",
        ]
        for setting in model.settings where names.contains("\(setting.name)") {
            var changed = model.defaultConfiguration
            setting.place.store(setting.defaultValue == 1 ? 2 : setting.defaultValue / 2 + 1, in: &changed)
            let groups = SettingGroup.changes(model.control.live, from: model.defaultConfiguration, to: changed)
            #expect(groups.isEmpty, "\(setting.name)")
        }
    }

    @Test("No step of a streaming camera's settings stops it, or lets time pass", arguments: CameraCatalog.models)
    func goesOn(_ model: CameraModel) throws {
        for configuration in [model.defaultConfiguration, try Self.busy(model)] {
            for step in model.control.live.flatMap({ $0.steps(configuration) }) {
                switch step {
                case .write(let register, let value):
                    if register.address == 0x0004 { #expect(value & 1 << 10 != 0) }
                    #expect(register.address != 0x9008)
                case .wait, .drain: Issue.record("\(step)")
                default: break
                }
            }
        }
    }

    @Test("What was read of the factory's biases is in the factory's configuration")
    func factory() throws {
        let model = try #require(CameraCatalog.model(NEUROMORPHIC_MODEL_PROPHESEE_EVK4))
        #expect(model.control.factoryBiases.count == 13)
        let configuration = model.control.factoryConfiguration(model, biases: (1...13).map { UInt8($0) })
        let biases = configuration.settings.prophesee_evk4.biases
        #expect(biases.pr == 1)
        #expect(biases.diff_off == 6)
        #expect(biases.unknown_2 == 13)
        #expect(configuration.settings.prophesee_evk4.rate_limiter_period_us == 200)
        // ND reads none of an EVK3 HD.
        let other = try #require(CameraCatalog.model(NEUROMORPHIC_MODEL_PROPHESEE_EVK3_HD))
        #expect(other.control.factoryBiases.isEmpty)
    }

    // MARK: - What no single range tells

    struct Refusal: CustomTestStringConvertible, Sendable {
        let changes: [(name: String, value: UInt64)]
        let sentence: String?
        var testDescription: String { changes.map { "\($0.name) \($0.value)" }.joined(separator: ", ") }
    }

    static let refusals = [
        Refusal(
            changes: [("region.enabled", 1), ("region.x", 1)],
            sentence: "region.x + region.width is 1281 pixels, and must not be more than 1280"),
        Refusal(
            changes: [("region.enabled", 1), ("region.x", 1279), ("region.width", 2)],
            sentence: "region.x + region.width is 1281 pixels, and must not be more than 1280"),
        Refusal(changes: [("region.enabled", 1), ("region.x", 1279), ("region.width", 1)], sentence: nil),
        Refusal(
            changes: [("region.enabled", 1), ("region.y", 700), ("region.height", 50)],
            sentence: "region.y + region.height is 750 pixels, and must not be more than 720"),
        Refusal(changes: [("region.y", 700), ("region.height", 50)], sentence: nil),
        Refusal(
            changes: [("region.enabled", 1), ("mask_intersection_only", 1)],
            sentence: "region.enabled and mask_intersection_only are both 1, and the sensor can do only one of them"),
        Refusal(
            changes: [
                ("antiflicker.mode", 1), ("antiflicker.low_frequency_hz", 200), ("antiflicker.high_frequency_hz", 100),
            ],
            sentence: "antiflicker.low_frequency_hz is 200 Hz, and must be less than antiflicker.high_frequency_hz "
                + "(100 Hz)"),
        Refusal(
            changes: [
                ("antiflicker.mode", 2), ("antiflicker.low_frequency_hz", 100), ("antiflicker.high_frequency_hz", 100),
            ],
            sentence: "antiflicker.low_frequency_hz is 100 Hz, and must be less than antiflicker.high_frequency_hz "
                + "(100 Hz)"),
        Refusal(
            changes: [("antiflicker.low_frequency_hz", 200), ("antiflicker.high_frequency_hz", 100)], sentence: nil),
        Refusal(
            changes: [("noise_filter.threshold_ms", 0)],
            sentence: "noise_filter.threshold_ms is 0 ms, and must lie in 1 .. 100 ms"),
        Refusal(changes: [("clock", 3)], sentence: "clock is 3, and must lie in 0 .. 2"),
        Refusal(
            changes: [("rate_limiter_period_us", 201)],
            sentence: "rate_limiter_period_us is 201 us, and must lie in 1 .. 200 us"),
    ]

    @Test(
        "Settings that don't go together are refused, with names, values and limits",
        arguments: CameraCatalog.models, refusals)
    func refused(_ model: CameraModel, _ refusal: Refusal) throws {
        var configuration = model.defaultConfiguration
        for change in refusal.changes {
            let setting = try #require(model.settings.first { "\($0.name)" == change.name })
            setting.place.store(change.value, in: &configuration)
        }
        var sentence: String?
        do throws(SettingError) { try model.check(configuration) } catch { sentence = error.sentence.text }
        #expect(sentence == refusal.sentence)
    }

    @Test("A filter that the sensor doesn't have is refused")
    func noSuchFilter() throws {
        let keepTrail = UInt8(NEUROMORPHIC_NOISE_FILTER_STC_KEEP_TRAIL)
        let evk4 = try #require(CameraCatalog.model(NEUROMORPHIC_MODEL_PROPHESEE_EVK4))
        var configuration = evk4.defaultConfiguration
        configuration.settings.prophesee_evk4.noise_filter.mode = keepTrail
        try evk4.check(configuration)
        let evk3 = try #require(CameraCatalog.model(NEUROMORPHIC_MODEL_PROPHESEE_EVK3_HD))
        configuration = evk3.defaultConfiguration
        configuration.settings.prophesee_evk3_hd.noise_filter.mode = keepTrail
        let error = #expect(throws: SettingError.self) { try evk3.check(configuration) }
        #expect(error?.sentence.text == "noise_filter.mode is 3, and must lie in 0 .. 2")
    }
}
