import VectorKernels

/// The columns that the portable kernel writes, and the row and time that hold.
@unsafe struct EVT3Writer {
    private let t: UnsafeMutablePointer<UInt64>
    private let x: UnsafeMutablePointer<UInt16>
    private let y: UnsafeMutablePointer<UInt16>
    private let on: UnsafeMutablePointer<UInt8>
    private let width: UInt16
    private let height: UInt16
    private let start: UInt64
    var row: UInt16
    var low: UInt16
    var count: Int
    var outside = 0

    init(_ run: borrowing EventRun, _ state: EVT3State) {
        unsafe t = run.t
        unsafe x = run.x
        unsafe y = run.y
        unsafe on = run.on
        unsafe width = run.width
        unsafe height = run.height
        unsafe count = run.count
        unsafe start = state.start
        unsafe row = state.row ?? 0
        unsafe low = state.low
    }

    /// Takes an ADDR_Y, ADDR_X or TIME_LOW.
    @inline(__always)
    mutating func takePlain(_ word: UInt16) {
        let place = word & 0x07FF
        unsafe low = word & 0x4000 != 0 ? word & 0x0FFF : low
        unsafe row = word & 0x2000 == 0 ? place : row
        unsafe t[count] = start &+ UInt64(low)
        unsafe x[count] = place
        unsafe y[count] = row
        unsafe on[count] = UInt8(truncatingIfNeeded: word &>> 11 & 1)
        let isEvent = word & 0x6000 == 0x2000 ? 1 : 0
        let isInside = unsafe place < width && row < height ? isEvent : 0
        unsafe count &+= isInside
        unsafe outside &+= isEvent &- isInside
    }

    /// Writes the pixels of a vector, eight at a time, past those that count.
    ///
    /// - Returns: false if there are some outside the sensor that aren't just counted; then nothing was written.
    @inline(__always)
    mutating func write(
        _ mask: UInt32, at column: Int, _ polarity: UInt8, _ countsOutside: Bool
    ) -> Bool {
        var rest = mask
        if unsafe column &+ 32 > Int(width) || row >= height {
            let room = unsafe row < height ? max(0, min(32, Int(width) &- column)) : 0
            rest &= UInt32(truncatingIfNeeded: UInt64(1) &<< UInt64(room) &- 1)
            if rest != mask {
                guard countsOutside else { return false }
                unsafe outside &+= (mask & ~rest).nonzeroBitCount
            }
        }
        let time = unsafe SIMD8<UInt64>(repeating: start &+ UInt64(low))
        let rows = unsafe SIMD8<UInt16>(repeating: row)
        let polarities = SIMD8<UInt8>(repeating: polarity)
        while rest != 0 {
            let shift = UInt32(truncatingIfNeeded: rest.trailingZeroBitCount & 24)
            let byte = Int(rest &>> shift & 0xFF)
            rest &= ~(0xFF &<< shift)
            let places = SIMD8<UInt16>(truncatingIfNeeded: unsafe unsafeBitCast(BitPositions.places[byte], to: SIMD8<UInt8>.self))
            let first = UInt16(truncatingIfNeeded: column) &+ UInt16(truncatingIfNeeded: shift)
            unsafe UnsafeMutableRawPointer(x + count).storeBytes(of: places &+ first, as: SIMD8<UInt16>.self)
            unsafe UnsafeMutableRawPointer(y + count).storeBytes(of: rows, as: SIMD8<UInt16>.self)
            unsafe UnsafeMutableRawPointer(on + count).storeBytes(of: polarities, as: SIMD8<UInt8>.self)
            unsafe UnsafeMutableRawPointer(t + count).storeBytes(of: time, as: SIMD8<UInt64>.self)
            unsafe count &+= Int(BitPositions.counts[byte])
        }
        return true
    }
}

/// The mask of VECT_12, VECT_12 and VECT_8, which lie one after the other.
@inline(__always)
func wholeVector(_ three: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: three & 0xFFF | three >> 4 & 0xFF_F000 | three >> 8 & 0xFF00_0000)
}
