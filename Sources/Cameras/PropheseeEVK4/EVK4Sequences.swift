import CNeuromorphic

/// What is done to an EVK4, in which order.
///
/// Source: neuromorphic-drivers 0.16.1 for the steps and their order. Where OpenEB waits longer, its wait is taken: around the
/// sensor's reset, and while the light meter starts.
enum EVK4Sequences {
    private typealias R = PropheseeRegisters

    /// The firmware's release was asked for just before.
    static let identification: [Phase] = [
        Phase(
            "identify",
            [
                .ask(.firmwareDate),
                .ask(.deviceCount),
                .ask(.deviceCompatibility),
                .ask(.serial),
                .ask(.deviceCount),
                .ask(.deviceName),
                .ask(.deviceCompatibility),
            ])
    ]

    /// Everything until the camera is ready to start.
    static func opening(_ configuration: neuromorphic_configuration) -> [Phase] {
        let settings = unsafe configuration.settings.prophesee_evk4
        return [
            Phase("stop", stop),
            Phase("destroy", destroy),
            Phase("init", initialise),
            Phase("thermometer", thermometer),
            Phase("illuminometer", illuminometer),
            Phase("antiflicker", [.write(R.filter_period, 0x0008_9C0F)] + antiflicker(settings)),
            Phase("noise_filter", noiseFilterDefaults + noiseFilter(settings)),
            Phase("rate_limiter", rateLimiter(settings).opening(gateAfterTable: 2)),
            Phase("external_trigger", externalTrigger(settings)),
            Phase("drain", [.drain(quietMilliseconds: 1000)]),
            Phase("pre_configure", [.ask(.serial)]),
            Phase(
                "configure",
                EVK4Settings.biases.map { $0.step(configuration) } + RegionOfInterest(settings).steps(isRunning: false)
                    + pixelMasks(settings)),
        ]
    }

    /// The last step lets the pixels go.
    static func start(_ configuration: neuromorphic_configuration) -> [Phase] {
        let settings = unsafe configuration.settings.prophesee_evk4
        let steps: [Step] =
            [.write(R.unknown_B000, 0x2F9)] + output(settings)
            + Clock.start(settings.clock) { .write(R.dig_pad2_ctrl, 0xCCF0_FCCF | $0) } + [
                .write(R.unknown_002C, 0x0022_C724),
                .write(R.roi_ctrl, RegionOfInterest(settings).control(isRunning: true)),
            ]
        return [Phase("start", steps)]
    }

    static let stopping: [Phase] = [
        Phase(
            "shutdown",
            [
                .write(R.lifo_ctrl, 0),
                .write(R.iph_mirr_ctrl, 0),
                .write(R.temp_ctrl, 0x0020_0083),
                .write(R.adc_control, 0x7640),
            ]),
        Phase("stop", stop),
    ]

    static let powerDown: [Phase] = [Phase("destroy", destroy)]

    // MARK: - Settings

    /// What brings each group of settings to a camera that streams. A group is written again when its steps differ.
    static let live: [SettingGroup] =
        [
            SettingGroup("enable_output") { output(unsafe $0.settings.prophesee_evk4) }
        ]
        + EVK4Settings.biases.map { bias in SettingGroup(bias.setting.name) { [bias.step($0)] } }
        + [
            SettingGroup("masks") { RegionOfInterest(unsafe $0.settings.prophesee_evk4).steps(isRunning: true) },
            SettingGroup("pixel_masks") { pixelMasks(unsafe $0.settings.prophesee_evk4) },
            SettingGroup("enable_external_trigger") { externalTrigger(unsafe $0.settings.prophesee_evk4) },
            SettingGroup("rate_limiter") { rateLimiter(unsafe $0.settings.prophesee_evk4).live },
            SettingGroup("noise_filter") { noiseFilter(unsafe $0.settings.prophesee_evk4) },
            SettingGroup("antiflicker") { antiflicker(unsafe $0.settings.prophesee_evk4) },
        ]

    private static func output(_ settings: neuromorphic_evk4_configuration) -> [Step] {
        [.write(R.ro_ctrl, settings.enable_output != 0 ? 0 : 2)]
    }

    private static func pixelMasks(_ settings: neuromorphic_evk4_configuration) -> [Step] {
        RegionOfInterest.steps(pixels: elements(settings.pixel_masks, as: neuromorphic_pixel_mask.self))
    }

    private static func externalTrigger(_ settings: neuromorphic_evk4_configuration) -> [Step] {
        [.write(R.unknown_7004, settings.enable_external_trigger != 0 ? 0xC5FF : 0xC1FF)]
    }

    private static func rateLimiter(_ settings: neuromorphic_evk4_configuration) -> RateLimiter {
        RateLimiter(
            isEnabled: settings.rate_limiter_enabled != 0, periodMicroseconds: settings.rate_limiter_period_us,
            maximumEvents: settings.rate_limiter_maximum_events)
    }

    private static func noiseFilter(_ settings: neuromorphic_evk4_configuration) -> [Step] {
        NoiseFilter(settings.noise_filter, canKeepTrail: true).steps
    }

    private static func antiflicker(_ settings: neuromorphic_evk4_configuration) -> [Step] {
        Antiflicker(settings: settings.antiflicker).steps
    }

    // MARK: - Gauges

    static let thermometerReading = Gauge(
        prepare: [.write(R.adc_control, 0x7647)], register: R.adc_status, valid: 1 << 11, value: 0x3FF, attempts: 5)

    static let illuminometerReading = LightMeter.reading(prepare: [])

    // MARK: - Steps

    private static let stop: [Step] = [
        .write(R.roi_ctrl, RegionOfInterestControl.stopped),
        .write(R.unknown_002C, 0x0022_C324),
        .write(R.ro_ctrl, 2),
        .wait(milliseconds: 1),
        .write(R.time_base_ctrl, 0x644),
        .write(R.unknown_B000, 0x2F8),
        .wait(microseconds: 300),
    ]

    private static let destroy: [Step] = [
        .write(R.unknown_0070, 0x0040_0008),
        .write(R.unknown_006C, 0x0EE4_7114),
        .wait(microseconds: 500),
        .write(R.unknown_A00C, 0x0002_0400),
        .wait(microseconds: 500),
        .write(R.unknown_A010, 0x8068),
        .wait(microseconds: 200),
        .write(R.unknown_1104, 0),
        .wait(microseconds: 200),
        .write(R.unknown_A020, 0x50),
        .wait(microseconds: 200),
        .write(R.unknown_A004, 0x000B_0500),
        .wait(microseconds: 200),
        .write(R.unknown_A008, 0x2404),
        .wait(microseconds: 200),
        .write(R.unknown_A000, 0x000B_0500),
        .write(R.unknown_B044, 0),
        .write(R.unknown_B004, 0x0A),
        .write(R.unknown_B040, 0x0E),
        .write(R.unknown_B0C8, 0),
        .write(R.unknown_B040, 0x06),
        .write(R.unknown_B040, 0x04),
        .write(R.unknown_0000, 0x4F00_6442),
        .write(R.unknown_0000, 0x0F00_6442),
        .write(R.unknown_00B8, 0x401),
        .write(R.unknown_00B8, 0x400),
        .write(R.unknown_B07C, 0),
    ]

    private static let initialise: [Step] =
        [
            .write(R.unknown_001C, 1),
            .wait(milliseconds: 1000),
            .write(R.sensor_reset, 1),
            .wait(milliseconds: 1000),
            .write(R.sensor_reset, 0),
            .wait(milliseconds: 1000),
            .write(R.unknown_B000, 0x158),
            .wait(milliseconds: 1000),
            .write(R.unknown_B044, 0),
            .wait(microseconds: 300),
            .write(R.unknown_B004, 0x0A),
            .write(R.unknown_B040, 0),
            .write(R.unknown_B0C8, 0),
            .write(R.unknown_B040, 0),
            .write(R.unknown_B040, 0),
            .write(R.unknown_0000, 0x4F00_6442),
            .write(R.unknown_0000, 0x0F00_6442),
            .write(R.unknown_00B8, 0x400),
            .write(R.unknown_00B8, 0x400),
            .write(R.unknown_B07C, 0),
            .write(R.unknown_B074, 0x002),
            .write(R.unknown_B078, 0x0A0),
            .write(R.unknown_00C0, 0x110),
            .write(R.unknown_00C0, 0x210),
            .write(R.unknown_B120, 1),
            .write(R.unknown_E120, 0),
            .write(R.unknown_B068, 4),
            .write(R.unknown_B07C, 1),
            .wait(microseconds: 10),
            .write(R.unknown_B07C, 3),
            .wait(milliseconds: 1),
            .write(R.unknown_00B8, 0x401),
            .write(R.unknown_00B8, 0x409),
            .write(R.unknown_0000, 0x4F00_6442),
            .write(R.unknown_0000, 0x4F00_644A),
        ]
        + serialLink + [
            .write(R.unknown_B0AC, 0x28),
            .write(R.unknown_B0CC, 0x01),
            .write(R.unknown_B000, 0x2F8),
            .write(R.unknown_B004, 0x8A),
            .write(R.unknown_B01C, 0x30),
            .write(R.unknown_B020, 0x2000),
            .write(R.unknown_B02C, 0xFF),
            .write(R.unknown_B030, 0x3E80),
            .write(R.unknown_B028, 0x0FA0),
            .write(R.unknown_A000, 0x000B_0501),
            .wait(microseconds: 200),
            .write(R.unknown_A008, 0x2405),
            .wait(microseconds: 200),
            .write(R.unknown_A004, 0x000B_0501),
            .wait(microseconds: 200),
            .write(R.unknown_A020, 0x150),
            .wait(microseconds: 200),
            .write(R.unknown_B040, 0x07),
            .write(R.unknown_B064, 0x06),
            .write(R.unknown_B040, 0x0F),
            .wait(microseconds: 100),
            .write(R.unknown_B004, 0x8A),
            .wait(microseconds: 200),
            .write(R.unknown_B0C8, 3),
            .wait(microseconds: 200),
            .write(R.unknown_B044, 1),
            .write(R.unknown_B000, 0x2F9),
            .write(R.unknown_7008, 1),
            .write(R.pipeline_control, 0x0007_0001),
            .write(R.unknown_8000, 0x0001_E085),
            .write(R.time_base_ctrl, 0x644),
            .write(R.roi_ctrl, RegionOfInterestControl.stopped),
            .write(R.spare0, 0x200),
            .write(Register(0x1014, "biases.diff"), 0x11A1_504D),
            .write(R.ro_fsm_ctrl, 0),
            .wait(milliseconds: 1),
            .write(R.readout_ctrl, 0x200),
        ]

    /// Timing of the link from the sensor to the bridge: ten registers from 0xB080 on.
    private static let serialLink = Step.writes(
        R.unknown_B080, [0x77, 0x0F, 0x37, 0x37, 0xDF, 0x57, 0x37, 0x67, 0x37, 0x2F])

    private static let thermometer: [Step] = [
        .write(R.adc_control, 0x7641),
        .write(R.adc_control, 0x7643),
        .write(R.adc_misc_ctrl, 0x42),
        .wait(microseconds: 100),
        .write(R.temp_ctrl, 0x0020_0082),
        .write(R.temp_ctrl, 0x0020_0083),
        .wait(microseconds: 100),
        .write(R.adc_control, 0x7641),
        .write(R.adc_control, 0x7643),
        .write(R.adc_misc_ctrl, 0x1212),
    ]

    private static let illuminometer: [Step] = [
        .write(R.iph_mirr_ctrl, 2),
        .wait(microseconds: 20),
        .write(R.iph_mirr_ctrl, 3),
        .wait(microseconds: 1020),
        .write(R.lifo_ctrl, 1),
        .wait(milliseconds: 1),
        .write(R.lifo_ctrl, 3),
        .wait(milliseconds: 1),
        .write(R.lifo_ctrl, 7),
    ]

    /// A filter that is bypassed has parameters too.
    private static let noiseFilterDefaults: [Step] = [
        .write(R.stc_timestamping, 0x22D),
        .write(R.stc_param, 0x0100_0B90),
        .write(R.trail_param, 0x0003_0D40),
        .write(R.stc_invalidation, 0x0A11_8004),
        .write(R.stc_initialization, 0),
    ]
}
