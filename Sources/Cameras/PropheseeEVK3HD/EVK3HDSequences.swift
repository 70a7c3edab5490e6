import CNeuromorphic

/// What is done to an EVK3 HD, in which order.
///
/// Sources: neuromorphic-drivers 0.16.1 for the steps and their order; OpenEB for the waits while the supplies rise, of which
/// neuromorphic-drivers has none, and for settings that neuromorphic-drivers does not have. OpenEB reads there whether a supply is
/// ready and goes on in any case; neuromorphic-drivers writes the ready bits as if it had read them, and so do we.
///
/// neuromorphic-drivers writes registers with 12-byte frames of their own, to this camera only. All firmware that OpenEB accepts
/// takes the same frames as an EVK4's.
enum EVK3HDSequences {
    private typealias R = PropheseeRegisters

    /// Source: neuromorphic-drivers 0.16.1.
    static let identification: [Phase] = [
        Phase(
            "identify",
            [
                .wait(milliseconds: 150),
                .ask(.bridgeState),
                .touch(R.system_id),
                .wait(milliseconds: 5),
            ])
    ]

    /// Everything until the camera is ready to start.
    ///
    /// Source: neuromorphic-drivers 0.16.1, but for the drain: without one, what a program that was killed left behind would come
    /// first.
    static func opening(_ configuration: neuromorphic_configuration) -> [Phase] {
        let settings = unsafe configuration.settings.prophesee_evk3_hd
        return [
            Phase("init", digital),
            Phase("rate_limiter", filtersOff + rateLimiter(settings).opening(gateAfterTable: 0)),
            Phase("supplies", supplies),
            Phase("drain", [.drain(quietMilliseconds: 100)]),
            Phase(
                "configure",
                EVK3HDSettings.biases.map { $0.step(configuration) }
                    + RegionOfInterest(settings).steps(isRunning: false)),
        ] + lastingChanges(configuration).map { Phase($0.name, $0.steps(configuration)) }
    }

    /// The last step lets the pixels go.
    ///
    /// Source: neuromorphic-drivers 0.16.1; OpenEB for clocks other than the internal one, and for the output turned off.
    static func start(_ configuration: neuromorphic_configuration) -> [Phase] {
        let settings = unsafe configuration.settings.prophesee_evk3_hd
        let steps: [Step] =
            [
                // All biases at once.
                .write(R.bgen_ctrl, 5),
                .write(R.unknown_002C, 0x0022_C724),
                .write(R.spare0, 0x200),
                .ask(.bridgeState),
                .write(R.unknown_B000, 0x2DD),
            ] + output(settings)
            + Clock.start(settings.clock) { .modify(R.dig_pad2_ctrl, mask: Clock.padMask, value: $0) } + [
                .write(R.unknown_002C, 0x0022_C724),
                .write(R.roi_ctrl, RegionOfInterest(settings).control(isRunning: true)),
            ]
        return [Phase("start", steps)]
    }

    /// Nothing resets this sensor, so settings that no opening writes would stay for the next program: they go back first.
    static func stopping(_ configuration: neuromorphic_configuration) -> [Phase] {
        let defaults = CameraModel.propheseeEVK3HD.defaultConfiguration
        return lastingChanges(configuration).map { Phase($0.name, $0.steps(defaults)) }
            + [
                Phase("clock", clockBack(unsafe configuration.settings.prophesee_evk3_hd)),
                Phase("stop", stop),
            ]
    }

    static let powerDown: [Phase] = [Phase("destroy", destroy)]

    // MARK: - Settings

    /// What brings each group of settings to a camera that streams. A group is written again when its steps differ.
    static let live: [SettingGroup] =
        [
            SettingGroup("enable_output") { output(unsafe $0.settings.prophesee_evk3_hd) }
        ]
        + EVK3HDSettings.biases.map { bias in SettingGroup(bias.setting.name) { [bias.step($0)] } }
        + [
            SettingGroup("masks") { RegionOfInterest(unsafe $0.settings.prophesee_evk3_hd).steps(isRunning: true) },
            SettingGroup("rate_limiter") { rateLimiter(unsafe $0.settings.prophesee_evk3_hd).live },
        ] + lasting

    /// What neuromorphic-drivers never writes to this camera. Opening it with default settings doesn't either.
    private static let lasting: [SettingGroup] = [
        SettingGroup("pixel_masks") { configuration in
            RegionOfInterest.steps(
                pixels: elements(
                    unsafe configuration.settings.prophesee_evk3_hd.pixel_masks, as: neuromorphic_pixel_mask.self))
        },
        SettingGroup("enable_external_trigger") { externalTrigger(unsafe $0.settings.prophesee_evk3_hd) },
        SettingGroup("noise_filter") {
            NoiseFilter(unsafe $0.settings.prophesee_evk3_hd.noise_filter, canKeepTrail: false).steps
        },
        SettingGroup("antiflicker") { Antiflicker(settings: unsafe $0.settings.prophesee_evk3_hd.antiflicker).steps },
    ]

    /// Those of them that a configuration has otherwise than the default one.
    private static func lastingChanges(_ configuration: neuromorphic_configuration) -> [SettingGroup] {
        let defaults = CameraModel.propheseeEVK3HD.defaultConfiguration
        return lasting.filter { $0.steps(configuration) != $0.steps(defaults) }
    }

    private static func output(_ settings: neuromorphic_evk3_hd_configuration) -> [Step] {
        [.write(R.ro_ctrl, settings.enable_output != 0 ? 0 : 2)]
    }

    /// Source: OpenEB. By its register map triggers are on unless they are turned off.
    private static func externalTrigger(_ settings: neuromorphic_evk3_hd_configuration) -> [Step] {
        guard settings.enable_external_trigger != 0 else { return [.modify(R.unknown_7004, mask: 1 << 10, value: 0)] }
        return [
            // The pads of this sensor, other than the IMX636's, are not inputs by themselves.
            .modify(R.dig_pad2_ctrl, mask: 0xF000, value: 0xF000),
            .modify(R.unknown_7004, mask: 1 << 10, value: 1 << 10),
        ]
    }

    /// neuromorphic-drivers writes the limit at opening, and calls it unsupported in its README; OpenEB uses it.
    private static func rateLimiter(_ settings: neuromorphic_evk3_hd_configuration) -> RateLimiter {
        RateLimiter(
            isEnabled: settings.rate_limiter_enabled != 0, periodMicroseconds: settings.rate_limiter_period_us,
            maximumEvents: settings.rate_limiter_maximum_events)
    }

    /// The synchronisation pad is an input again.
    ///
    /// Source: OpenEB.
    private static func clockBack(_ settings: neuromorphic_evk3_hd_configuration) -> [Step] {
        guard Int(settings.clock) != NEUROMORPHIC_CLOCK_INTERNAL else { return [] }
        return [.modify(R.dig_pad2_ctrl, mask: Clock.padMask, value: Clock.padInput)]
    }

    // MARK: - Gauges

    /// Turned on when it is first asked for, as neuromorphic-drivers never turns it on; on it stays, as in OpenEB.
    ///
    /// Source: OpenEB.
    static let illuminometerReading = LightMeter.reading(prepare: [
        .modify(R.iph_mirr_ctrl, mask: 1, value: 1),
        .wait(microseconds: 20),
        .modify(R.iph_mirr_ctrl, mask: 2, value: 2),
        .wait(microseconds: 1020),
        .modify(R.lifo_ctrl, mask: 1, value: 1),
        .wait(milliseconds: 1),
        .modify(R.lifo_ctrl, mask: 2, value: 2),
        .wait(milliseconds: 1),
        .modify(R.lifo_ctrl, mask: 4, value: 4),
        // The first count is complete, at 1 lux and above.
        .wait(milliseconds: 10),
    ])

    // MARK: - Steps

    /// Source: neuromorphic-drivers 0.16.1; the waits are OpenEB's.
    private static let digital: [Step] =
        [
            .write(R.unknown_7008, 1),
            .write(R.pipeline_control, 0xFFFF_0001),
            .write(R.unknown_8000, 0x0001_E085),
            .write(R.time_base_ctrl, 0x644),
            .write(R.unknown_0064, 1),
            .write(R.unknown_B074, 0x002),
            .write(R.unknown_B078, 0x0A0),
            .write(R.unknown_0000, 0x1000_6442),
            .write(R.unknown_0000, 0x1000_1442),
            .write(R.unknown_0000, 0x1000_1442),
            .write(R.unknown_B068, 4),
            .write(R.unknown_B07C, 3),
            .wait(milliseconds: 1),
            .write(R.unknown_0000, 0x5000_1442),
            .write(R.unknown_0000, 0x5000_144A),
            .write(R.unknown_0000, 0x5000_140A),
            .write(R.unknown_0000, 0x5000_640A),
            .write(R.unknown_0000, 0x5000_644A),
        ]
        + serialLink + [
            .write(R.unknown_B0AC, 0x28),
            .write(R.unknown_B0CC, 0x01),
            .write(R.unknown_B000, 0x2D8),
            .write(R.unknown_B004, 0x8A),
            .write(R.unknown_B01C, 0x30),
            .write(R.unknown_B020, 0x2000),
            .write(R.unknown_B02C, 0xFF),
            .write(R.unknown_B030, 0x3E80),
            .write(R.unknown_B028, 0x0FA0),
            .write(R.unknown_B040, 0x07),
            .write(R.unknown_A000, 0x0A1),
            .wait(microseconds: 200),
            .write(R.unknown_A008, 0x2401),
            .wait(microseconds: 200),
            .write(R.unknown_A004, 0x0A1),
            .wait(microseconds: 200),
            .write(R.unknown_A020, 0x160),
            .wait(microseconds: 200),
            .write(R.unknown_B040, 0x0F),
            .write(R.unknown_B004, 0x8A),
            .wait(microseconds: 200),
            .write(R.unknown_B0C8, 3),
            .wait(microseconds: 200),
            .write(R.unknown_B044, 1),
            .write(R.unknown_B000, 0x2DD),
            .write(R.time_base_ctrl, 0x640),
            .write(R.unknown_8000, 0x0001_E085),
            .write(R.unknown_7008, 1),
            .write(R.pipeline_control, 0x0007_0001),
        ]

    /// Timing of the link from the sensor to the bridge: ten registers from 0xB080 on.
    ///
    /// Source: neuromorphic-drivers 0.16.1.
    private static let serialLink = Step.writes(
        R.unknown_B080, [0x77, 0x0F, 0x37, 0x37, 0xDF, 0x57, 0x37, 0x67, 0x37, 0x2F])

    /// Source: neuromorphic-drivers 0.16.1.
    private static let filtersOff: [Step] =
        [.write(R.unknown_6000, 0x0015_5403)] + NoiseFilter.off + Antiflicker.off

    /// Source: neuromorphic-drivers 0.16.1; the waits are OpenEB's.
    private static let supplies: [Step] = [
        .write(R.readout_ctrl, 0x208),
        .write(R.unknown_7008, 1),
        .write(R.pipeline_control, 0x0007_0001),
        .write(R.unknown_8000, 0x0001_E085),
        .write(R.time_base_ctrl, 0x644),
        .write(R.roi_ctrl, RegionOfInterestControl.stopped),
        .write(R.unknown_002C, 0x0022_C324),
        .write(R.unknown_A000, 0x2A1),
        .write(R.unknown_A000, 0x2A1),
        .wait(microseconds: 200),
        .write(R.unknown_A008, 0x0008_2401),
        .wait(microseconds: 200),
        .write(R.unknown_A004, 0x2A1),
        .write(R.unknown_A004, 0x2A1),
        .wait(microseconds: 200),
        .write(R.unknown_A020, 0x160),
        .write(R.unknown_A020, 0x160),
        .wait(microseconds: 200),
        .write(R.unknown_A008, 0x0008_2401),
        .write(R.adc_control, 0x7141),
        .write(R.adc_misc_ctrl, 0x210),
        .write(R.unknown_0008, 0x6000_0000),
        .write(R.unknown_1104, 1),
        .write(R.unknown_A010, 0xA06B),
        .wait(microseconds: 300),
        .write(R.bgen_ctrl, 4),
        .wait(microseconds: 200),
        .write(R.unknown_A010, 0x0180_A063),
        .write(R.unknown_A00C, 0x400),
        .write(R.unknown_A00C, 0x401),
        .wait(milliseconds: 1),
        .write(R.unknown_A00C, 0x0002_0401),
        .wait(microseconds: 300),
        .write(R.unknown_0070, 0x0040_0000),
        .write(R.unknown_006C, 0x0EE4_7117),
        .wait(microseconds: 100),
        .write(R.unknown_006C, 0x0EE4_711F),
        .wait(microseconds: 100),
        .write(R.unknown_0070, 0x0048_0000),
        .wait(milliseconds: 1),
    ]

    /// Source: neuromorphic-drivers 0.16.1.
    private static let stop: [Step] = [
        .write(R.roi_ctrl, RegionOfInterestControl.stopped),
        .write(R.unknown_002C, 0x0022_C324),
        .write(R.afk_pipeline_control, 2),
        .write(R.ro_ctrl, 2),
        .write(R.afk_pipeline_control, 5),
        .wait(milliseconds: 1),
        .write(R.time_base_ctrl, 0x644),
        .write(R.unknown_B000, 0x2D8),
        .wait(microseconds: 300),
    ]

    /// Source: neuromorphic-drivers 0.16.1.
    private static let destroy: [Step] = [
        .write(R.unknown_0070, 0x0040_0000),
        .write(R.unknown_006C, 0x0EE4_7114),
        .wait(microseconds: 500),
        .write(R.unknown_A00C, 0x400),
        .wait(microseconds: 500),
        .write(R.unknown_A010, 0x8068),
        .wait(microseconds: 200),
        .write(R.unknown_1104, 0),
        .wait(microseconds: 200),
        .write(R.unknown_A020, 0x60),
        .wait(microseconds: 200),
        .write(R.unknown_A004, 0x2A0),
        .wait(microseconds: 200),
        .write(R.unknown_A008, 0x2400),
        .wait(microseconds: 200),
        .write(R.unknown_A000, 0x2A0),
        .write(R.unknown_B044, 2),
        .write(R.unknown_B004, 0x0A),
        .write(R.unknown_B040, 0x0E),
        .write(R.unknown_B0C8, 0),
        .write(R.unknown_B040, 0x06),
        .write(R.unknown_B040, 0x04),
        .write(R.unknown_0000, 0x5000_6442),
        .write(R.unknown_0000, 0x1000_6442),
        .write(R.unknown_B07C, 0),
    ]
}
