import CPlatform

/// Nanoseconds of CLOCK_MONOTONIC, which never jumps: what the library waits and measures with.
package struct MonotonicTime: Comparable, Sendable {
    package let nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    package static var now: MonotonicTime { MonotonicTime(nanoseconds: nanoseconds(of: CLOCK_MONOTONIC)) }

    /// Later by that much; the end of time where that would be beyond it.
    package func advanced(microseconds: Int64) -> MonotonicTime {
        let (duration, isTooLong) = microseconds.multipliedReportingOverflow(by: 1000)
        let (sum, isTooLate) = nanoseconds.addingReportingOverflow(duration)
        return MonotonicTime(nanoseconds: isTooLong || isTooLate ? .max : sum)
    }

    /// Lets the calling thread sleep until then.
    package func sleep() {
        var time = timespec
        while unsafe clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
    }

    package static func < (one: MonotonicTime, other: MonotonicTime) -> Bool { one.nanoseconds < other.nanoseconds }

    /// Microseconds since 1970, UTC.
    package static var systemMicroseconds: Int64 { nanoseconds(of: CLOCK_REALTIME) / 1000 }

    private static func nanoseconds(of clock: clockid_t) -> Int64 {
        var time = CPlatform.timespec()
        unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }

    var timespec: timespec {
        CPlatform.timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
    }
}

/// The time of day in the local zone, as RAW headers write it: `2026-01-31 09:15:02`.
package func localDate() -> String {
    var now = time(nil)
    var parts = unsafe tm()
    guard unsafe localtime_r(&now, &parts) != nil else { return "" }
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let year = unsafe parts.tm_year
    let month = unsafe parts.tm_mon
    let day = unsafe parts.tm_mday
    let hour = unsafe parts.tm_hour
    let minute = unsafe parts.tm_min
    let second = unsafe parts.tm_sec
    return "\(1900 + year)-\(two(month + 1))-\(two(day)) \(two(hour)):\(two(minute)):\(two(second))"
}
