import VectorKernels

/// The columns that the portable kernels of EVT2.1 and EVT4 write word by word, and the time that holds.
@unsafe struct FineWriter {
    private let columns: VectorColumns
    private let width: UInt32
    private let height: UInt32
    private let limit: Int
    private let countsOutside: Bool
    private(set) var count: Int
    private var outside = 0
    var time: FineState

    init(_ run: borrowing EventRun, _ state: FineState) {
        unsafe columns = VectorColumns(run)
        unsafe width = UInt32(run.width)
        unsafe height = UInt32(run.height)
        unsafe limit = run.capacity &- EventRun.slack
        unsafe countsOutside = run.countsOutside
        unsafe count = run.count
        unsafe time = state
    }

    /// Tells what was written.
    @inline(__always)
    func finish(_ run: inout EventRun, _ state: inout FineState) {
        unsafe run.count = count
        unsafe run.outside &+= outside
        unsafe state = time
    }

    @inline(__always)
    var hasRoom: Bool { unsafe count <= limit }

    /// Writes pixels: the word says where, when and which way, and is laid out as EVT2's.
    ///
    /// One or two are written without asking how many they are; more, eight at a time.
    ///
    /// - Returns: false if there are some outside the sensor that aren't just counted; then nothing was written.
    @inline(__always)
    mutating func write(_ word: UInt32, mask: UInt32) -> Bool {
        let (column, row) = (word &>> 11 & 0x7FF, word & 0x7FF)
        let others = mask & (mask &- 1)
        let first = column &+ UInt32(truncatingIfNeeded: mask.trailingZeroBitCount)
        let second = column &+ UInt32(truncatingIfNeeded: others.trailingZeroBitCount)
        let last = others == 0 ? first : second
        guard unsafe others & (others &- 1) == 0 && mask != 0 && last < width && row < height else {
            return unsafe writeVector(word, mask: mask)
        }
        let now = unsafe time.base &+ UInt64(word &>> 22 & 0x3F)
        let polarity = UInt8(truncatingIfNeeded: word &>> 28 & 1)
        unsafe time.current = now
        unsafe time.isInMessage = false
        unsafe columns.t[count] = now
        unsafe columns.t[count &+ 1] = now
        unsafe columns.x[count] = UInt16(truncatingIfNeeded: first)
        unsafe columns.x[count &+ 1] = UInt16(truncatingIfNeeded: second)
        unsafe columns.y[count] = UInt16(truncatingIfNeeded: row)
        unsafe columns.y[count &+ 1] = UInt16(truncatingIfNeeded: row)
        unsafe columns.on[count] = polarity
        unsafe columns.on[count &+ 1] = polarity
        unsafe count &+= others == 0 ? 1 : 2
        return true
    }

    /// Takes eight words of EVT2.1 where they are events of one pixel each, on the sensor, or such events and times, and says whether they are.
    ///
    /// - Parameter masks: powers of 2, the place of whose bit is told by their exponent as floating-point numbers.
    @inline(__always)
    mutating func takeSingles(_ words: SIMD8<UInt32>, masks: SIMD8<UInt32>) -> Bool {
        let numbers = SIMD8<Float>(unsafe unsafeBitCast(masks, to: SIMD8<Int32>.self))
        let exponents = unsafe unsafeBitCast(numbers, to: SIMD8<UInt32>.self) &>> 23 & 0xFF
        let places = (words &>> 11 & 0x7FF) &+ exponents &- 127
        let rows = words & 0x7FF
        let beyond = unsafe (places &+ (2048 &- width)) | (rows &+ (2048 &- height))
        let borrows = (masks &- 1) & ~masks & 0x8000_0000
        let excess = (beyond & 0xFFFF_F800) | (words & 0xE000_0000) | (masks & (masks &- 1)) | borrows
        if (excess.lowHalf | excess.highHalf).any { return unsafe takeTimes(words, places, excess) }
        let lows = words &>> 22 & 0x3F
        let base = unsafe SIMD4<UInt64>(repeating: time.base)
        unsafe store(widened(lows.lowHalf) &+ base, columns.t + count)
        unsafe store(widened(lows.highHalf) &+ base, columns.t + (count &+ 4))
        unsafe store(SIMD8<UInt16>(truncatingIfNeeded: places), columns.x + count)
        unsafe store(SIMD8<UInt16>(truncatingIfNeeded: rows), columns.y + count)
        unsafe store(SIMD8<UInt8>(truncatingIfNeeded: words &>> 28 & 1), columns.on + count)
        unsafe time.current = time.base &+ UInt64(lows[7])
        unsafe time.isInMessage = false
        unsafe count &+= 8
        return true
    }

    /// Likewise where some of them are times.
    ///
    /// - Parameters:
    ///   - places: the events' columns.
    ///   - excess: bits that are set where one is no event of one pixel on the sensor.
    @inline(__always)
    private mutating func takeTimes(
        _ words: SIMD8<UInt32>, _ places: SIMD8<UInt32>, _ excess: SIMD8<UInt32>
    ) -> Bool {
        let areTimes = unsafe unsafeBitCast(unsafeBitCast(words, to: SIMD8<Int32>.self) &>> 31, to: SIMD8<UInt32>.self)
        let others = excess & ~areTimes | words & 0x7000_0000 & areTimes
        if (others.lowHalf | others.highHalf).any { return false }
        var events = unsafe TimedEvents(columns, at: count, time)
        for lane in 0..<8 { unsafe events.take(words[lane], isTime: words[lane] &>> 31, x: places[lane]) }
        return unsafe events.finish(&count, &time)
    }

    /// Writes any number of pixels.
    @inline(__always)
    private mutating func writeVector(_ word: UInt32, mask: UInt32) -> Bool {
        let (column, row) = (word &>> 11 & 0x7FF, word & 0x7FF)
        var rest = mask
        if unsafe column &+ 32 > width || row >= height {
            let room = unsafe row < height ? max(0, min(32, Int(width) &- Int(column))) : 0
            rest &= UInt32(truncatingIfNeeded: UInt64(1) &<< UInt64(room) &- 1)
            if rest != mask {
                guard unsafe countsOutside else { return false }
                unsafe outside &+= (mask & ~rest).bitCount
            }
        }
        unsafe time.current = time.base &+ UInt64(word &>> 22 & 0x3F)
        unsafe time.isInMessage = false
        if rest == 0 { return true }
        let first = unsafe count
        unsafe columns.write(rest, from: SIMD8(repeating: UInt16(truncatingIfNeeded: column)), at: &count)
        unsafe columns.fill(
            from: first, to: count, t: time.current, y: row, on: UInt8(truncatingIfNeeded: word &>> 28 & 1))
        return true
    }
}
