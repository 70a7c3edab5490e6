import VectorKernels

/// EVT3 on any processor: four words at once where they are rows, times or single events, whole vectors by table, the rest one by one.
///
/// Where branches could not be foreseen, there are none: each of four words sets what its kind sets, all columns are written, and
/// whether that was an event shows in how far the index goes on. Whether such events are on the sensor is looked at
/// afterwards, for many at once; where one is not, the decoder takes all those words.
@unsafe func decodeEVT3Portable(_ run: inout EventRun, _ state: inout EVT3State) {
    while unsafe run.left >= 4, unsafe run.count &+ EventRun.slack <= run.capacity {
        let (runBefore, stateBefore) = unsafe (run, state)
        let goesOn = unsafe decodePiece(&run, &state)
        if unsafe !areOnSensor(run, from: runBefore.count) {
            state = stateBefore
            unsafe run.decline(runBefore)
            return
        }
        if !goesOn { return }
    }
}

/// Words whose events are checked together: few enough to stay in the nearest cache.
private let pieceLength = 512

/// - Returns: false where a word comes that is the decoder's.
@inline(__always)
private func decodePiece(_ run: inout EventRun, _ state: inout EVT3State) -> Bool {
    var writer = unsafe EVT3Writer(run, state)
    let limit = unsafe run.capacity &- EventRun.slack
    var next = unsafe run.next
    var left = unsafe run.left
    let end = max(3, left &- pieceLength)
    var goesOn = true

    while left > end, unsafe writer.count <= limit {
        var four = UInt64(littleEndian: unsafe next.loadUnaligned(as: UInt64.self))
        // All but ADDR_Y (0), ADDR_X (2) and TIME_LOW (6).
        let others = four & 0x9000_9000_9000_9000 | four & 0x4000_4000_4000_4000 & ~(four << 1)
        if others == 0 {
            unsafe writer.takePlain(four, .max)
            unsafe next += 8
            left &-= 4
            continue
        }
        // Those before the first other one. The rest become ADDR_X that don't count.
        let plain = others.trailingZeroBitCount &>> 4
        if plain > 0 {
            let kept = UInt64(1) &<< UInt64(16 &* plain) &- 1
            unsafe writer.takePlain(four & kept | 0x2000_2000_2000_2000 & ~kept, kept)
            unsafe next += 2 &* plain
            left &-= plain
            if left < 4 { break }
            four = UInt64(littleEndian: unsafe next.loadUnaligned(as: UInt64.self))
        }
        let length: Int
        if four & 0xF000_F000_F000_F000 == 0x5000_4000_4000_3000 {
            // As sensors send them: VECT_BASE_X, VECT_12, VECT_12, VECT_8.
            unsafe writer.takeBase(UInt16(truncatingIfNeeded: four))
            length = unsafe writer.takeVector(wholeVector(four >> 16), width: 32, &run) ? 4 : 0
        } else if four & 0xF000_F000_F000 == 0x5000_4000_4000 {
            length = unsafe writer.takeVector(wholeVector(four), width: 32, &run) ? 3 : 0
        } else {
            length = unsafe writer.takeAny(UInt16(truncatingIfNeeded: four), &state, &run) ? 1 : 0
        }
        guard length > 0 else {
            goesOn = false
            break
        }
        unsafe next += 2 &* length
        left &-= length
    }
    unsafe run.next = next
    unsafe run.left = left
    unsafe run.count = writer.count
    unsafe writer.leave(&state)
    return goesOn
}

/// Whether the events from an index on are all on the sensor: eight at a time, by the signs of what is left to its edge.
private func areOnSensor(_ run: borrowing EventRun, from first: Int) -> Bool {
    let lastX = unsafe SIMD8<Int16>(repeating: Int16(bitPattern: run.width &- 1))
    let lastY = unsafe SIMD8<Int16>(repeating: Int16(bitPattern: run.height &- 1))
    var signs = SIMD8<Int16>()
    var index = first
    while unsafe index &+ 8 <= run.count {
        let x = unsafe UnsafeRawPointer(run.x + index).loadUnaligned(as: SIMD8<Int16>.self)
        let y = unsafe UnsafeRawPointer(run.y + index).loadUnaligned(as: SIMD8<Int16>.self)
        signs |= (lastX &- x) | (lastY &- y)
        index &+= 8
    }
    let halves = unsafe unsafeBitCast(signs, to: SIMD2<UInt64>.self)
    guard (halves[0] | halves[1]) & 0x8000_8000_8000_8000 == 0 else { return false }
    while unsafe index < run.count {
        guard unsafe run.x[index] < run.width, unsafe run.y[index] < run.height else { return false }
        index &+= 1
    }
    return true
}
