import CNeuromorphic

/// The sensor's noise filter: spatio-temporal contrast (STC) and trail.
///
/// STC lets an event pass only if another of the same polarity preceded it at its pixel within the threshold, and drops the first of
/// each burst; what follows the second, the trail, is kept or cut. The trail filter passes just the first event of a burst.
///
/// Source: OpenEB (registers, procedure, table), and neuromorphic-drivers 0.16.1 for the words of the invalidation register.
struct NoiseFilter {
    private typealias R = PropheseeRegisters

    let mode: UInt8
    let thresholdMilliseconds: UInt8
    /// The IMX636 has two bits more than the Gen4.1: to keep the trail, and to renew a pixel's time at every event.
    let canKeepTrail: Bool

    init(_ settings: neuromorphic_noise_filter, canKeepTrail: Bool) {
        mode = settings.mode
        thresholdMilliseconds = settings.threshold_ms
        self.canKeepTrail = canKeepTrail
    }

    static let off: [Step] = [.write(R.stc_pipeline_control, 5)]

    /// From off or on to these settings. Every change goes through off, as the filter's memory is to be cleared.
    var steps: [Step] {
        guard mode != UInt8(NEUROMORPHIC_NOISE_FILTER_OFF) else { return Self.off }
        let threshold = UInt32(thresholdMilliseconds) * 1000 << 1
        let isTrail = mode == UInt8(NEUROMORPHIC_NOISE_FILTER_TRAIL)
        let keepsTrail = mode == UInt8(NEUROMORPHIC_NOISE_FILTER_STC_KEEP_TRAIL)
        let timing = Self.timing(milliseconds: thresholdMilliseconds)
        return Self.off + [
            .modify(R.stc_initialization, mask: Flag.done, value: Flag.done),
            .modify(R.stc_initialization, mask: Flag.request, value: Flag.request),
            .write(R.stc_param, isTrail ? 0 : threshold | 1 | (keepsTrail ? 1 << 24 : 0)),
            .write(R.trail_param, isTrail ? threshold | 1 : 0),
            .write(
                R.stc_timestamping,
                timing.prescaler | timing.multiplier << 5 | 1 << 9 | (canKeepTrail ? 1 << 16 : 0)),
            .write(R.stc_invalidation, 4 | timing.timeout << 12 | 10 << 24),
            .expect(R.stc_initialization, mask: Flag.done, value: Flag.done, withinMicroseconds: 100_000),
            .write(R.stc_pipeline_control, 1),
        ]
    }

    private enum Flag {
        static let request: UInt32 = 1 << 0
        static let done: UInt32 = 1 << 2
    }

    private typealias Timing = (prescaler: UInt32, multiplier: UInt32, timeout: UInt32)

    private static func timing(milliseconds: UInt8) -> Timing {
        for row in table where milliseconds <= row.until { return row.timing }
        return table[table.count - 1].timing
    }

    /// Up to which threshold, in milliseconds, which clock: OpenEB's table.
    private static let table: [(until: UInt8, timing: Timing)] = [
        (1, (12, 15, 90)), (2, (10, 3, 90)), (3, (11, 5, 95)), (4, (9, 1, 102)), (5, (13, 15, 90)),
        (6, (11, 3, 114)), (7, (11, 3, 90)), (8, (12, 5, 109)), (9, (13, 9, 122)), (10, (13, 9, 90)),
        (11, (10, 1, 102)), (12, (14, 15, 109)), (13, (13, 7, 117)), (14, (14, 13, 127)), (15, (12, 3, 138)),
        (17, (12, 3, 90)), (18, (14, 11, 99)), (20, (13, 5, 109)), (22, (14, 9, 122)), (23, (11, 1, 209)),
        (25, (11, 1, 138)), (27, (15, 15, 147)), (29, (14, 7, 158)), (31, (15, 13, 170)), (34, (13, 3, 185)),
        (36, (13, 3, 90)), (37, (15, 11, 202)), (40, (15, 11, 99)), (44, (14, 5, 109)), (45, (15, 9, 248)),
        (49, (15, 9, 122)), (51, (12, 1, 280)), (55, (12, 1, 138)), (58, (16, 15, 147)), (63, (15, 7, 158)),
        (68, (16, 13, 171)), (73, (14, 3, 185)), (74, (16, 11, 409)), (80, (16, 11, 202)), (81, (15, 5, 451)),
        (88, (15, 5, 223)), (91, (16, 9, 501)), (98, (16, 9, 248)), (100, (13, 1, 564)),
    ]
}
