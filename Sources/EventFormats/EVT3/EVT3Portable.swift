import VectorKernels

/// EVT3 on any processor: four words at once where they are rows, times or single events, whole vectors by table, the rest one by one.
///
/// Where branches could not be foreseen, there are none: each of four words sets what its kind sets, all columns are written, and
/// whether that was an event shows in how far the index goes on. Whether such events are on the sensor is looked at
/// afterwards, for many at once; where one is not, they are dropped, or all those words are taken once more.
@unsafe func decodeEVT3Portable(_ run: inout EventRun, _ state: inout EVT3State) {
    var goesOn = true
    while unsafe goesOn && run.left >= 4 && run.count &+ EventRun.slack <= run.capacity {
        let (runBefore, stateBefore) = unsafe (run, state)
        var finished = unsafe run.count
        goesOn = unsafe decodePiece(&run, &state, &finished)
        if unsafe finish(run, from: finished) { continue }
        if unsafe run.countsOutside && stateBefore.row != nil {
            unsafe dropOutside(&run, from: finished)
        } else {
            // Once more, with a look at each.
            let number = unsafe runBefore.left &- run.left
            unsafe run = runBefore
            state = stateBefore
            finished = unsafe run.count
            goesOn = unsafe decodeEach(&run, &state, &finished, number, upTo: run.next) && goesOn
            _ = unsafe finish(run, from: finished)
        }
    }
}

/// Words whose events are checked together: few enough to stay in the nearest cache.
private let pieceLength = 512

/// Words that are taken as garbage from a rare one on, and as many more as long as something rare is among them. A lone TIME_HIGH isn't rare.
private let rareLength = manyWords

/// - Returns: false where a word comes that is the decoder's.
@inline(__always)
private func decodePiece(_ run: inout EventRun, _ state: inout EVT3State, _ finished: inout Int) -> Bool {
    var writer = unsafe EVT3Writer(run, state, finished: finished)
    let limit = unsafe run.capacity &- EventRun.slack
    var next = unsafe run.next
    // Where four words can still be read, and where there are no more.
    let last = unsafe next + 2 &* (min(run.left, pieceLength) &- 4)
    let end = unsafe next + 2 &* run.left
    var goesOn = true

    decoding: while unsafe goesOn && next <= last && writer.count <= limit {
        var four = UInt64(littleEndian: unsafe next.loadUnaligned(as: UInt64.self))
        var others = otherWords(four)
        while others == 0 {
            unsafe writer.takePlain(four, .max)
            unsafe next += 8
            guard unsafe next <= last && writer.count <= limit else { break decoding }
            four = UInt64(littleEndian: unsafe next.loadUnaligned(as: UInt64.self))
            others = otherWords(four)
        }
        // Those before the first other one. The rest become ADDR_X that don't count.
        let plain = others.trailingZeroBitCount &>> 4
        let after = unsafe next + 2 &* plain
        var rest = unsafe after <= last ? UInt64(littleEndian: after.loadUnaligned(as: UInt64.self)) : 0
        let isAlone = otherWords(rest &>> 16) & 0xFFFF == 0
        let isVector = isWholeVector(rest)
        if beginsWithBase(rest) || isVector || isAlone {
            let kept = UInt64(1) &<< UInt64(16 &* plain) &- 1
            unsafe writer.takePlain(four & kept | 0x2000_2000_2000_2000 & ~kept, kept)
            unsafe next = after
            if unsafe next > last { break }
        }
        guard beginsWithBase(rest) else {
            unsafe run.next = next
            unsafe run.left = (end - next) / 2
            unsafe writer.leave(&run, &state)
            finished = unsafe writer.finished
            if unsafe !isVector || !decodeLines(&run, &state, &finished, to: last) {
                let isRare = !isAlone || rest & 0xF000 != 0x8000
                goesOn = unsafe decodeEach(
                    &run, &state, &finished, isRare ? min(rareLength, (last - next) / 2 &+ 4) : 1, upTo: last)
            }
            unsafe next = run.next
            unsafe writer = EVT3Writer(run, state, finished: finished)
            continue
        }
        repeat {
            unsafe writer.takeBase(UInt32(truncatingIfNeeded: rest))
            goesOn = unsafe writer.takeVector(wholeVector(rest &>> 16), &run)
            guard goesOn else { break }
            unsafe next += 8
            guard unsafe next <= last && writer.count <= limit else { break }
            rest = UInt64(littleEndian: unsafe next.loadUnaligned(as: UInt64.self))
            if beginsWithBase(rest) { continue }
            let between = lengthBeforeBase(rest)
            guard between > 0 else { break }
            unsafe writer.takeLineStart(UInt32(truncatingIfNeeded: rest))
            unsafe next += between
            guard unsafe next <= last else { break }
            rest = UInt64(littleEndian: unsafe next.loadUnaligned(as: UInt64.self))
        } while beginsWithBase(rest)
    }
    unsafe run.next = next
    unsafe run.left = (end - next) / 2
    unsafe writer.leave(&run, &state)
    finished = unsafe writer.finished
    return goesOn
}

/// Takes so many words of any kind, and 64 more as long as something rare is among the last 64.
///
/// - Parameter last: the last four words that it may take then.
/// - Returns: false where a word comes that is the decoder's.
@inline(never)
private func decodeEach(
    _ run: inout EventRun, _ state: inout EVT3State, _ finished: inout Int, _ number: Int,
    upTo last: UnsafeRawPointer
) -> Bool {
    var writer = unsafe EVT3Writer(run, state, finished: finished)
    var next = unsafe run.next
    var end = unsafe next + 2 &* number
    while unsafe (end - next) / 2 >= manyWords, let rare = unsafe writer.takeMany(next, &state, &run) {
        unsafe next += 2 &* manyWords
        if rare > 0 { unsafe end = max(end, min(next + 2 &* manyWords, last + 8)) }
    }
    let goesOn = unsafe writer.takeEach(&next, to: end, &state, &run)
    unsafe run.left &-= (next - run.next) / 2
    unsafe run.next = next
    unsafe writer.leave(&run, &state)
    finished = unsafe writer.finished
    return goesOn
}

/// All but ADDR_Y (0), ADDR_X (2) and TIME_LOW (6): bits of the words' kinds.
@inline(__always)
private func otherWords(_ four: UInt64) -> UInt64 {
    four & 0x9000_9000_9000_9000 | four & 0x4000_4000_4000_4000 & ~(four &<< 1)
}

/// Finishes the events from an index on, and says whether they are all on the sensor: eight at a time, by the signs of what is left to
/// its edge. The sign of a row that is not known is set.
private func finish(_ run: borrowing EventRun, from first: Int) -> Bool {
    let lastX = unsafe SIMD8<Int16>(repeating: Int16(bitPattern: run.width &- 1))
    let lastY = unsafe SIMD8<Int16>(repeating: Int16(bitPattern: run.height &- 1))
    var signs = SIMD8<Int16>()
    var index = first
    // Behind them lies anything.
    unsafe store(SIMD8<UInt16>(), run.x + run.count)
    unsafe store(SIMD8<UInt16>(), run.y + run.count)
    while unsafe index < run.count {
        let words = unsafe UnsafeRawPointer(run.x + index).loadUnaligned(as: SIMD8<UInt16>.self)
        let x = words & 0x07FF
        let rows = unsafe UnsafeRawPointer(run.y + index).loadUnaligned(as: SIMD8<UInt16>.self)
        let y = rows & 0x07FF
        unsafe store(x, run.x + index)
        unsafe store(y, run.y + index)
        unsafe store(SIMD8<UInt8>(truncatingIfNeeded: words &>> 11 & 1), run.on + index)
        signs |= (lastX &- SIMD8<Int16>(truncatingIfNeeded: x)) | (lastY &- SIMD8<Int16>(truncatingIfNeeded: y))
        signs |= SIMD8<Int16>(truncatingIfNeeded: rows)
        index &+= 8
    }
    let halves = unsafe unsafeBitCast(signs, to: SIMD2<UInt64>.self)
    return (halves[0] | halves[1]) & 0x8000_8000_8000_8000 == 0
}

/// Drops events outside the sensor, from an index on, and counts them.
@inline(never)
private func dropOutside(_ run: inout EventRun, from first: Int) {
    let (t, x, y, on) = unsafe (run.t, run.x, run.y, run.on)
    let (width, height) = unsafe (run.width, run.height)
    var kept = first
    for index in unsafe first..<run.count {
        let (column, row) = unsafe (x[index], y[index])
        unsafe t[kept] = t[index]
        unsafe x[kept] = column
        unsafe y[kept] = row
        unsafe on[kept] = on[index]
        kept &+= column < width && row < height ? 1 : 0
    }
    unsafe run.outside &+= run.count &- kept
    unsafe run.count = kept
}
