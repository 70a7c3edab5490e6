import CPlatform
import VectorKernels

/// Events, times and padding of EVT2 or EVT4 on any processor, four words at a time.
///
/// Four events of one TIME_HIGH are shifted into place two in a register. Other words come one by one: each is written, and counts if it is
/// an event. No branch asks which it is as long as eight are events on the sensor and times.
///
/// - Parameters:
///   - off: the kind of OFF events; that of ON events is one more.
///   - timeHigh: that of times, of which one bit differs from `off`.
///   - meanings: what other words are.
@unsafe @inline(__always)
func decodeFineWords(
    _ run: inout EventRun, _ state: inout FineState, off: UInt32, timeHigh: UInt32, _ meanings: FineMeanings
) {
    var pointer = unsafe run.next
    var left = unsafe run.left
    var count = unsafe run.count
    let limit = unsafe run.capacity &- EventRun.slack
    let targets = unsafe VectorColumns(run)
    let (t, x, y, on) = unsafe (run.t, run.x, run.y, run.on)
    let (width, height) = unsafe (UInt32(run.width), UInt32(run.height))
    let countsOutside = unsafe run.countsOutside
    var outside = 0
    var time = state
    // Adding these sets the bit above a coordinate that lies outside the sensor.
    let beyondX = SIMD8<UInt32>(repeating: 2048 &- width)
    let beyondY = SIMD8<UInt32>(repeating: 2048 &- height)
    // The bit that tells a time from an event.
    let timeBit = UInt32(truncatingIfNeeded: 28 &+ (off ^ timeHigh).trailingZeroBitCount)

    // How many to take one by one where eight are not all events.
    var some = 8
    decoding: while left > 0, count <= limit {
        while left >= 8, count <= limit {
            // Whatever the compiler makes of eight words: with SSE2 or NEON, four in a register.
            let words = unsafe pointer.loadUnaligned(as: SIMD8<UInt32>.self)
            let columns = words &>> 11 & 0x7FF
            let rows = words & 0x7FF
            let excess = ((columns &+ beyondX) | (rows &+ beyondY)) & 0x0800 | (words ^ off &<< 28) & 0xE000_0000
            if (excess.lowHalf | excess.highHalf).any { break }
            unsafe platform_prefetch(pointer + 1024)
            let lows = words &>> 22 & 0x3F
            let base = SIMD4<UInt64>(repeating: time.base)
            unsafe store(widened(lows.lowHalf) &+ base, t + count)
            unsafe store(widened(lows.highHalf) &+ base, t + (count &+ 4))
            unsafe store(SIMD8<UInt16>(truncatingIfNeeded: columns), x + count)
            unsafe store(SIMD8<UInt16>(truncatingIfNeeded: rows), y + count)
            unsafe store(SIMD8<UInt8>(truncatingIfNeeded: words &>> 28 & 1), on + count)
            time.current = time.base &+ UInt64(lows[7])
            time.isInMessage = false
            count &+= 8
            unsafe pointer += 32
            left &-= 8
        }
        if left >= 8, count <= limit, unsafe areTimed(pointer, off: off, timeBit: timeBit, beyondX, beyondY) {
            // ---- Events on the sensor, and times ----
            var events = unsafe TimedEvents(targets, at: count, time)
            for place in 0..<8 {
                let word = unsafe UInt32(littleEndian: (pointer + 4 &* place).loadUnaligned(as: UInt32.self))
                // In numbers, or the compiler makes branches.
                let isTime = (word ^ off &<< 28) &>> timeBit & 1
                unsafe events.take(word, isTime: isTime, x: word &>> 11 & 0x7FF)
            }
            if unsafe events.finish(&count, &time) {
                unsafe pointer += 32
                left &-= 8
                continue
            }
        }
        // ---- Whatever it is ----
        var few = min(left, off == 0 ? some : 8)
        var rare = 0
        while few > 0, count <= limit {
            let word = unsafe UInt32(littleEndian: pointer.loadUnaligned(as: UInt32.self))
            if word &>> 29 == off &>> 1 {
                let (column, row) = (word &>> 11 & 0x7FF, word & 0x7FF)
                let isInside = column < width && row < height
                if !isInside {
                    guard countsOutside else { break decoding }
                    outside &+= 1
                }
                time.current = time.base &+ UInt64(word &>> 22 & 0x3F)
                unsafe t[count] = time.current
                unsafe x[count] = UInt16(truncatingIfNeeded: column)
                unsafe y[count] = UInt16(truncatingIfNeeded: row)
                unsafe on[count] = UInt8(truncatingIfNeeded: word &>> 28 & 1)
                count &+= isInside ? 1 : 0
                time.isInMessage = false
            } else {
                guard unsafe run.take(rare: word, meanings, &time) else { break decoding }
                rare &+= 1
            }
            unsafe pointer += 4
            left &-= 1
            few &-= 1
        }
        some = 8
        // EVT2 only: in EVT4, what lies behind a vector may look like any word.
        guard off == 0, rare > 2 else { continue }
        unsafe run.next = pointer
        unsafe run.left = left
        unsafe run.count = count
        if unsafe takeBlocks(&run, &time) { some = manyWords }
        unsafe pointer = run.next
        unsafe left = run.left
        unsafe count = run.count
    }
    unsafe run.next = pointer
    unsafe run.left = left
    unsafe run.count = count
    unsafe run.outside &+= outside
    state = time
}

/// Whether eight words are events on the sensor and times.
///
/// - Parameter beyondX: what sets the bit above a column that lies outside; `beyondY` likewise.
@inline(__always)
private func areTimed(
    _ words: UnsafeRawPointer, off: UInt32, timeBit: UInt32, _ beyondX: SIMD8<UInt32>, _ beyondY: SIMD8<UInt32>
) -> Bool {
    let words = unsafe words.loadUnaligned(as: SIMD8<UInt32>.self) ^ off &<< 28
    let shifted = unsafe unsafeBitCast(words &<< (31 &- timeBit), to: SIMD8<Int32>.self)
    let areTimes = unsafe unsafeBitCast(shifted &>> 31, to: SIMD8<UInt32>.self)
    let beyond = ((words &>> 11 & 0x7FF) &+ beyondX) | ((words & 0x7FF) &+ beyondY)
    let excess = beyond & 0x0800 | words & 0xE000_0000
    let others = excess & ~areTimes | words & (0xF000_0000 ^ 1 &<< timeBit) & areTimes
    return !(others.lowHalf | others.highHalf).any
}

extension SIMD4<UInt32> {
    /// Whether any bit is set.
    @inline(__always)
    var any: Bool {
        let pairs = lowHalf | highHalf
        return pairs.x | pairs.y != 0
    }
}

/// By laying zeros between the numbers: of a conversion the compiler makes twice as much.
@inline(__always)
func widened(_ numbers: SIMD4<UInt32>) -> SIMD4<UInt64> {
    var pairs = SIMD8<UInt32>()
    pairs.evenHalf = numbers
    return unsafe unsafeBitCast(pairs, to: SIMD4<UInt64>.self)
}

@inline(__always)
func store<Vector: BitwiseCopyable>(_ vector: Vector, _ target: UnsafeMutablePointer<some BitwiseCopyable>) {
    unsafe UnsafeMutableRawPointer(target).storeBytes(of: vector, as: Vector.self)
}
