import VectorKernels

/// Events on the sensor and times of EVT2, EVT2.1 or EVT4, in any order. No branch asks which it is: each is written as an event, and counts
/// if it is one.
@unsafe struct TimedEvents {
    private let columns: VectorColumns
    private let origin: UInt64
    private let first: Int
    private var end: Int
    private var high: UInt32
    private var falls: UInt32 = 0

    /// - Parameter index: where the first event goes.
    @inline(__always)
    init(_ columns: VectorColumns, at index: Int, _ time: FineState) {
        unsafe self.columns = columns
        unsafe origin = time.origin
        unsafe first = index
        unsafe end = index
        unsafe high = time.high
    }

    /// - Parameters:
    ///   - word: laid out as EVT2's, but for its kind.
    ///   - isTime: 1 if it is a time, or else 0.
    @inline(__always)
    mutating func take(_ word: UInt32, isTime: UInt32, x: UInt32) {
        let value = unsafe isTime != 0 ? word & 0x0FFF_FFFF : high
        unsafe falls |= value &- high
        unsafe high = value
        unsafe columns.t[end] = origin &+ UInt64(high) &<< 6 &+ UInt64(word &>> 22 & 0x3F)
        unsafe columns.x[end] = UInt16(truncatingIfNeeded: x)
        unsafe columns.y[end] = UInt16(truncatingIfNeeded: word & 0x7FF)
        unsafe columns.on[end] = UInt8(truncatingIfNeeded: word &>> 28 & 1)
        unsafe end &+= 1 &- Int(isTime)
    }

    /// Tells what was taken, unless a TIME_HIGH has fallen; then nothing was.
    @inline(__always)
    func finish(_ count: inout Int, _ time: inout FineState) -> Bool {
        if unsafe falls &>> 31 != 0 { return false }
        unsafe time.high = high
        // An event is not before its TIME_HIGH.
        unsafe time.current = max(end == first ? time.current : columns.t[end &- 1], time.base)
        time.isInMessage = false
        unsafe count = end
        return true
    }
}
