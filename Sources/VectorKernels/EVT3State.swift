/// What EVT3's words have set.
package struct EVT3State {
    /// Whether a TIME_HIGH has told the time. Before that, events are lost.
    package let hasTime: Bool
    /// Microseconds at which TIME_HIGH began, and its value; the latest TIME_LOW since.
    package var start: UInt64
    package var timeHigh: UInt16
    package var low: UInt16
    /// How often the clock has wrapped in this run.
    package var wraps: UInt64 = 0
    /// Before one is known, the decoder takes events.
    package var row: UInt16?
    /// Column of the next vector word's first pixel, which may lie beyond the sensor; negative before the first VECT_BASE_X.
    package var base: Int
    package var vectorOn: UInt8
    /// Whether a continuation belongs to a message that is ignored.
    package var isInMessage: Bool
    /// Whether vectors with most of their pixels set are coming, as far as a kernel can tell.
    package var isDense: Bool

    package init(
        hasTime: Bool, start: UInt64, timeHigh: UInt16, low: UInt16, row: UInt16?, base: Int, vectorOn: UInt8,
        isInMessage: Bool, isDense: Bool
    ) {
        self.hasTime = hasTime
        self.start = start
        self.timeHigh = timeHigh
        self.low = low
        self.row = row
        self.base = base
        self.vectorOn = vectorOn
        self.isInMessage = isInMessage
        self.isDense = isDense
    }
}
