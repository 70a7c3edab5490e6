import VectorKernels

/// Takes whole vectors that follow one another, and those of the next lines, as long as nothing lies between lines but what begins one.
///
/// It is apart from what takes words of all kinds, since all that its loop holds has room in registers. The columns other than x are
/// the same for all of a line, and are filled in at its end.
///
/// - Parameters:
///   - finished: as in ``EVT3Writer``.
///   - last: where four words can be read for the last time.
/// - Returns: false, with nothing done, if the first word doesn't begin a whole vector on the sensor.
@inline(never)
func decodeLines(
    _ run: inout EventRun, _ state: inout EVT3State, _ finished: inout Int, to last: UnsafeRawPointer
) -> Bool {
    guard var row = state.row, state.base >= 0 else { return false }
    let vectors = unsafe VectorColumns(run)
    let (width, height) = unsafe (Int(run.width), run.height)
    let limit = unsafe run.capacity &- EventRun.slack
    let isFinished = unsafe finished == run.count
    var (base, low, polarity) = (state.base, state.low, state.vectorOn)
    var count = unsafe run.count
    var next = unsafe run.next
    var four = UInt64(littleEndian: unsafe next.loadUnaligned(as: UInt64.self))

    while row < height {
        let first = count
        var columns = firstColumns(of: base, polarity, isFinished: isFinished)
        while isWholeVector(four) && base &+ 32 <= width {
            unsafe vectors.write(wholeVector(four), from: columns, at: &count)
            columns &+= 32
            base &+= 32
            unsafe next += 6
            // If there is no more, this vector stays, which begins no line.
            guard unsafe next <= last && count <= limit else { break }
            four = UInt64(littleEndian: unsafe next.loadUnaligned(as: UInt64.self))
        }
        unsafe vectors.fill(from: first, to: count, t: state.start &+ UInt64(low), y: UInt32(row), on: polarity)

        let length = lengthBeforeBase(four)
        guard length > 0 else { break }
        let start = four &>> UInt64((length &- 2) &<< 3)
        low = length == 2 ? low : UInt16(truncatingIfNeeded: four & 0x0FFF)
        row = UInt16(truncatingIfNeeded: start & 0x07FF)
        base = Int(start &>> 16 & 0x07FF)
        polarity = UInt8(truncatingIfNeeded: start &>> 27 & 1)
        unsafe next += length &+ 2
        guard unsafe next <= last else { break }
        four = UInt64(littleEndian: unsafe next.loadUnaligned(as: UInt64.self))
    }
    guard unsafe next > run.next else { return false }
    unsafe run.left &-= (next - run.next) / 2
    unsafe run.next = next
    unsafe run.count = count
    finished = isFinished ? count : finished
    state.row = row
    state.base = base
    state.low = low
    state.vectorOn = polarity
    state.isInMessage = false
    return true
}

/// The first column of a vector, for each of eight pixels. Where events aren't finished, it tells the polarity, too.
@inline(__always)
func firstColumns(of base: Int, _ polarity: UInt8, isFinished: Bool) -> SIMD8<UInt16> {
    SIMD8(repeating: UInt16(truncatingIfNeeded: base) &+ (isFinished ? 0 : UInt16(polarity) &<< 11))
}

// MARK: - What words are

/// Whether these are VECT_12, VECT_12 and VECT_8, as sensors send them.
@inline(__always)
func isWholeVector(_ words: UInt64) -> Bool { words & 0xF000_F000_F000 == 0x5000_4000_4000 }

/// Whether these are VECT_BASE_X and such a vector.
@inline(__always)
func beginsWithBase(_ words: UInt64) -> Bool { words & 0xF000 == 0x3000 && isWholeVector(words &>> 16) }

/// The vector's pixels.
@inline(__always)
func wholeVector(_ words: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: words & 0xFFF | words >> 4 & 0xFF_F000 | words >> 8 & 0xFF00_0000)
}

/// Bytes of what mostly comes between a line's vectors and the next line's VECT_BASE_X: ADDR_Y, and TIME_LOW before it if the time has
/// changed. 0 if it isn't that.
@inline(__always)
func lengthBeforeBase(_ words: UInt64) -> Int {
    let lows = words & 0xF000 == 0x6000 ? 1 : 0
    return words &>> UInt64(lows &<< 4) & 0xF000_F000 == 0x3000_0000 ? 2 &+ lows &<< 1 : 0
}
