import CNeuromorphic

/// The sensor's event-rate controller: drops what exceeds a number of events per period, and reports what it counted.
///
/// Periods are counted from the sensor's time 0; the one in which the settings change counts from there. Dropped are
/// random events, as the sensor does it ("T dropping"): what may still go out is spread over what is still to come in,
/// if as many come as in the period before.
///
/// It reports the events that came in and went out since its report before, every so many whole periods as there are in a
/// millisecond. How often a sensor reports is not public.
///
/// Source of the fields: OpenEB's register map, as in `neuromorphic_evk4_configuration`.
struct RateLimiter {
    private(set) var isEnabled = false
    /// Microseconds; `UInt64.max` while it is off.
    private(set) var nextReport = UInt64.max
    /// Events since the report before.
    private(set) var input = 0
    private(set) var output = 0

    private var period: UInt64 = 1
    private var maximum = 0
    private var periodEnd: UInt64 = 0
    private var inputOfPeriod = 0
    private var outputOfPeriod = 0
    /// Events that are expected to come in during this period; none when nothing is known.
    private var expected = 0
    /// Its own, so that the scene doesn't depend on it.
    private var random: RandomNumbers

    init(seed: UInt64) { random = RandomNumbers(seed: ~seed) }

    /// - Parameter t: from when on.
    mutating func configure(_ configuration: neuromorphic_evk4_configuration, at t: UInt64) {
        let newPeriod = UInt64(max(configuration.rate_limiter_period_us, 1))
        let wasEnabled = isEnabled
        maximum = Int(configuration.rate_limiter_maximum_events)
        isEnabled = configuration.rate_limiter_enabled != 0
        guard isEnabled else {
            nextReport = .max
            return
        }
        if wasEnabled, newPeriod == period { return }
        period = newPeriod
        startPeriod(at: t)
        expected = 0
        nextReport = (t / reportInterval &+ 1) &* reportInterval
        if !wasEnabled { startReport() }
    }

    /// The pixels of a group that stay. Times do not fall.
    mutating func pass(_ mask: UInt32, at t: UInt64) -> UInt32 {
        if t >= periodEnd { endPeriod(at: t) }
        let count = mask.nonzeroBitCount
        // None, where the limit has fallen below what is out already.
        let room = max(maximum &- outputOfPeriod, 0)
        let toCome = max(expected &- inputOfPeriod, count)
        input &+= count
        inputOfPeriod &+= count
        var kept = room < toCome ? random.part(of: mask, probability: Double(room) / Double(toCome)) : mask
        var keptCount = kept.nonzeroBitCount
        while keptCount > room {
            kept &= kept &- 1
            keptCount &-= 1
        }
        output &+= keptCount
        outputOfPeriod &+= keptCount
        return kept
    }

    /// After a report.
    mutating func advance() {
        nextReport &+= reportInterval
        startReport()
    }

    private var reportInterval: UInt64 { max(1000 / period, 1) &* period }

    private mutating func startReport() {
        input = 0
        output = 0
    }

    private mutating func endPeriod(at t: UInt64) {
        // Where a whole period had no events, there is nothing to learn from the one before it.
        expected = t < periodEnd &+ period ? inputOfPeriod : 0
        startPeriod(at: t)
    }

    private mutating func startPeriod(at t: UInt64) {
        periodEnd = (t / period &+ 1) &* period
        inputOfPeriod = 0
        outputOfPeriod = 0
    }
}
