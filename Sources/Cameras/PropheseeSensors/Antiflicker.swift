import CNeuromorphic

/// The sensor's anti-flicker filter (AFK): drops events of pixels that blink with a frequency within a band, or outside of it.
///
/// Source: OpenEB (registers, procedure, constants).
struct Antiflicker {
    private typealias R = PropheseeRegisters

    let settings: neuromorphic_antiflicker

    static let off: [Step] = [.write(R.afk_pipeline_control, 5)]

    /// From off or on to these settings; every change goes through off.
    var steps: [Step] {
        guard settings.mode != UInt8(NEUROMORPHIC_ANTIFLICKER_OFF) else { return Self.off }
        let isBandPass = settings.mode == UInt8(NEUROMORPHIC_ANTIFLICKER_BAND_PASS)
        let duty = (16 * (100 - UInt32(settings.duty_cycle_percent)) + 50) / 100
        let periods =
            Self.period(hertz: settings.high_frequency_hz) | Self.period(hertz: settings.low_frequency_hz) << 8
        let counters = UInt32(settings.stop_threshold) | UInt32(settings.start_threshold) << 3
        return Self.off + [
            .expect(R.afk_initialization, mask: 1 << 2, value: 1 << 2, withinMicroseconds: 100_000),
            .modify(R.afk_invalidation, mask: 0xFFF, value: 1630),
            .write(R.filter_period, periods | min(duty, 15) << 16),
            .modify(R.afk_param, mask: 0x7F, value: counters | (isBandPass ? 1 << 6 : 0)),
            .write(R.afk_pipeline_control, 1),
        ]
    }

    /// In units of 128 microseconds.
    private static func period(hertz: UInt16) -> UInt32 { 1_000_000 / UInt32(max(1, hertz)) / 128 }
}
