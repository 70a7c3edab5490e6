/// What a kernel works on: where it reads, and where it writes.
///
/// A kernel takes words until one comes that it leaves to the decoder, until they end, or until there is little room. Past the events that
/// count it may write up to `slack` more, within the room there is.
@unsafe package struct EventRun {
    /// Events past `count` that a kernel may need room for, whatever its next step is.
    package static let slack = 64

    /// The next word; not aligned.
    package var next: UnsafeRawPointer
    /// Words that are left.
    package var left: Int

    package let t: UnsafeMutablePointer<UInt64>
    package let x: UnsafeMutablePointer<UInt16>
    package let y: UnsafeMutablePointer<UInt16>
    package let on: UnsafeMutablePointer<UInt8>
    /// Events so far, and the most there may be.
    package var count: Int
    package let capacity: Int

    package let width: UInt16
    package let height: UInt16
    /// Whether events outside the sensor are just counted. Otherwise the word with the first one is the decoder's, which notes where it
    /// was.
    package let countsOutside: Bool
    package var outside = 0

    package init(
        next: UnsafeRawPointer, left: Int, t: UnsafeMutablePointer<UInt64>, x: UnsafeMutablePointer<UInt16>,
        y: UnsafeMutablePointer<UInt16>, on: UnsafeMutablePointer<UInt8>, count: Int, capacity: Int, width: UInt16,
        height: UInt16, countsOutside: Bool
    ) {
        unsafe self.next = next
        unsafe self.left = left
        unsafe self.t = t
        unsafe self.x = x
        unsafe self.y = y
        unsafe self.on = on
        unsafe self.count = count
        unsafe self.capacity = capacity
        unsafe self.width = width
        unsafe self.height = height
        unsafe self.countsOutside = countsOutside
    }
}

/// What EVT3's words have set, all of it known.
package struct EVT3State {
    /// Microseconds at which TIME_HIGH began, and its value; the latest TIME_LOW since.
    package let start: UInt64
    package let timeHigh: UInt16
    package var low: UInt16
    package var row: UInt16
    /// Column of the next vector word's first pixel, which may lie beyond the sensor; negative before the first VECT_BASE_X.
    package var base: Int
    package var vectorOn: UInt8

    package init(start: UInt64, timeHigh: UInt16, low: UInt16, row: UInt16, base: Int, vectorOn: UInt8) {
        self.start = start
        self.timeHigh = timeHigh
        self.low = low
        self.row = row
        self.base = base
        self.vectorOn = vectorOn
    }
}
