import VectorKernels

/// Instead of an ADDR_Y, before there was one.
private var unknownRow: UInt32 { 0x8000 }

/// What the portable kernel keeps in registers: the columns that it writes, and what holds now.
@unsafe struct EVT3Writer {
    private let columns: VectorColumns
    private(set) var count: Int
    private var start: UInt64
    /// The latest TIME_LOW and ADDR_Y, whole.
    private var low: UInt32
    private var row: UInt32
    private var base: Int
    /// From where on events aren't finished: whether they are on the sensor is not looked at yet, and x tells the polarity, too, as in ADDR_X.
    private(set) var finished: Int
    /// Up to which base a whole vector is on the sensor, and the sensor's height.
    private let wholeBases: UInt
    private let height: UInt32
    private var vectorOn: UInt8
    var isInMessage: Bool

    /// - Parameter finished: see there.
    init(_ run: borrowing EventRun, _ state: EVT3State, finished: Int) {
        unsafe columns = VectorColumns(run)
        unsafe count = run.count
        unsafe self.finished = finished
        unsafe wholeBases = run.width < 32 ? 0 : UInt(run.width) &- 31
        unsafe height = UInt32(run.height)
        unsafe start = state.start
        unsafe low = UInt32(state.low)
        unsafe row = state.row.map { UInt32($0) } ?? unknownRow
        unsafe base = state.base
        unsafe vectorOn = state.vectorOn
        unsafe isInMessage = state.isInMessage
    }

    private var time: UInt64 { unsafe start &+ UInt64(low & 0x0FFF) }

    private var currentRow: UInt32 { unsafe row & (unknownRow | 0x07FF) }

    @inline(__always)
    func leave(_ run: inout EventRun, _ state: inout EVT3State) {
        unsafe run.count = count
        unsafe state.start = start
        unsafe state.low = UInt16(truncatingIfNeeded: low & 0x0FFF)
        unsafe state.row = currentRow < unknownRow ? UInt16(truncatingIfNeeded: currentRow) : nil
        unsafe state.base = base
        unsafe state.vectorOn = vectorOn
        unsafe state.isInMessage = isInMessage
    }

    /// Takes four of ADDR_Y, ADDR_X and TIME_LOW, whether on the sensor or not.
    ///
    /// - Parameter kept: all bits of the words whose events count.
    @inline(__always)
    mutating func takePlain(_ four: UInt64, _ kept: UInt64) {
        unsafe takePair(UInt32(truncatingIfNeeded: four), UInt32(truncatingIfNeeded: kept))
        unsafe takePair(UInt32(truncatingIfNeeded: four &>> 32), UInt32(truncatingIfNeeded: kept &>> 32))
        unsafe isInMessage = isInMessage && kept == 0
    }

    /// Takes two words. If both are events, nothing lies between them: what holds after the first holds for both.
    @inline(__always)
    private mutating func takePair(_ two: UInt32, _ kept: UInt32) {
        // Of the three kinds, ADDR_X is the one of which these two bits differ.
        let events = (two ^ two &>> 1) &>> 13 & 0x0001_0001 & kept
        let second = two &>> 16
        unsafe low = two & 0x4000 != 0 ? two : low
        unsafe row = two & 0x2000 == 0 ? two : row
        let time = unsafe time
        unsafe columns.t[count] = time
        unsafe columns.t[count &+ 1] = time
        unsafe columns.y[count] = UInt16(truncatingIfNeeded: row)
        unsafe columns.y[count &+ 1] = UInt16(truncatingIfNeeded: row)
        unsafe columns.x[count] = UInt16(truncatingIfNeeded: two)
        unsafe count &+= Int(events & 1)
        unsafe columns.x[count] = UInt16(truncatingIfNeeded: second)
        unsafe count &+= Int(events &>> 16)
        unsafe low = second & 0x4000 != 0 ? second : low
        unsafe row = second & 0x2000 == 0 ? second : row
    }

    /// Takes an ADDR_Y, or a TIME_LOW and an ADDR_Y.
    @inline(__always)
    mutating func takeLineStart(_ two: UInt32) {
        let isLow = two & 0x4000 != 0
        unsafe low = isLow ? two : low
        unsafe row = isLow ? two &>> 16 : two
    }

    // MARK: - Vectors

    @inline(__always)
    mutating func takeBase(_ word: UInt32) {
        unsafe base = Int(word & 0x07FF)
        unsafe vectorOn = UInt8(truncatingIfNeeded: word &>> 11 & 1)
    }

    /// Takes the pixels of a whole vector, the other columns past those that count.
    ///
    /// - Returns: false where it is the decoder's.
    @inline(__always)
    mutating func takeVector(_ mask: UInt32, _ run: inout EventRun) -> Bool {
        var rest = mask
        if unsafe UInt(bitPattern: base) >= wholeBases || currentRow >= height {
            guard let visible = unsafe visible(mask, base: base, row: currentRow, &run) else { return false }
            rest = visible
        }
        let first = unsafe count
        let isFinished = unsafe finished == count
        let places = unsafe firstColumns(of: base, vectorOn, isFinished: isFinished)
        unsafe columns.write(rest, from: places, at: &count)
        unsafe finished = isFinished ? count : finished
        unsafe columns.fill(from: first, to: count, t: time, y: currentRow, on: vectorOn)
        unsafe base &+= 32
        unsafe isInMessage = false
        return true
    }

    // MARK: - Many at once

    /// Takes many words of any kind, with few branches for what can't be foreseen: first the kinds of all of them are found, then the words of
    /// one kind after the other do what they do, times first. An ADDR_X is a vector of one pixel then.
    ///
    /// - Returns: how many are unknown or no continuation of anything; nil, with nothing done, if one of them may be the decoder's, or there
    ///   is too little room.
    @inline(__always)
    mutating func takeMany(_ words: UnsafeRawPointer, _ state: inout EVT3State, _ run: inout EventRun) -> Int? {
        guard unsafe currentRow < unknownRow, unsafe UInt(bitPattern: base) < 4096,
            unsafe count &+ manyWords &* 12 &+ EventRun.slack <= run.capacity,
            unsafe run.triggerCount &+ manyWords <= run.triggerCapacity, case let kinds = unsafe KindMasks(evt3: words),
            !kinds.mayReport
        else { return nil }
        let (rows, times, triggers) = (kinds[0x0], kinds[0x6] | kinds[0x8], kinds[0xA])
        let pixels = kinds[0x2] | kinds[0x3] | kinds[0x4] | kinds[0x5]
        let (messages, continuations) = (kinds[0xE], kinds[0x7] | kinds[0xF])
        let covered = unsafe covered(continuations, by: messages, isInMessage)
        // Where a time holds from, with the one before the first word's.
        let starts = times &<< 1 | 1
        return unsafe withUnsafeTemporaryAllocation(of: UInt64.self, capacity: manyWords &+ 1) { moments in
            let origin = unsafe start &- UInt64(state.timeHigh) &<< 12
            var (wraps, falls) = (0, 0)
            var high = Int(state.timeHigh)
            var low = unsafe Int(low & 0x0FFF)
            unsafe moments[0] = time
            var rest = times
            while rest != 0 {
                let place = rest.trailingZeroBitCount
                let word = unsafe words.word(place)
                let value = Int(word & 0x0FFF)
                let isHigh = Int(word &>> 15)
                let fall = (high &- value) & (0 &- isHigh)
                wraps &+= (2047 &- fall) &>> 63 & 1
                falls &+= (0 &- fall) &>> 63 & 1
                high &-= fall
                low = isHigh == 0 ? value : fall == 0 ? low : 0
                unsafe moments[place &+ 1] =
                    origin &+ UInt64(truncatingIfNeeded: (wraps &<< 12 &+ high) &<< 12 &+ low)
                rest &= rest &- 1
            }
            var (index, lost) = unsafe (count, 0)
            // The base, and above it the polarity.
            var held = unsafe UInt32(base) | UInt32(vectorOn) &<< 16
            let isFinished = unsafe finished == count
            let polarityInX: UInt32 = isFinished ? 0 : 0x0800
            let lastWhole = unsafe Int(run.width) &- 12
            func row(before places: UInt64) -> UInt32 {
                let word = unsafe words.word(last(rows & places | 1)) & 0x07FF
                return unsafe rows & places == 0 ? currentRow : word
            }
            rest = pixels
            while rest != 0 {
                let place = rest.trailingZeroBitCount
                let past = rest ^ (rest &- 1)
                let word = unsafe words.word(place)
                let kind = UInt32(1) &<< (word &>> 12)
                // VECT_BASE_X and ADDR_X look the same.
                let here = word & 0x0FFF
                let said = here & 0x07FF | (here & 0x0800) &<< 5
                let from = kind & 0x000C != 0 ? said : held
                let parts = (0 &- (kind &>> 4 & 1)) & 0x0FFF | (0 &- (kind &>> 5 & 1)) & 0x00FF
                let mask = here & parts | kind &>> 2 & 1
                let column = from & 0xFFFF
                let beyond = Int(column) &- lastWhole
                let row = row(before: past)
                let isRow = unsafe UInt32(truncatingIfNeeded: (Int(row) &- Int(height)) &>> 63)
                let seen = mask & isRow & UInt32(truncatingIfNeeded: 0xFFF &>> min(beyond & ~(beyond &>> 63), 12))
                let unseen = mask & ~seen
                held = (kind & Kinds.base != 0 ? from : held) &+ (kind &>> 4 & 1) &* 12 &+ (kind &>> 5 & 1) &* 8
                rest &= rest &- 1
                // Not asked of a word that has no pixels: then, it could hardly be foreseen.
                if unseen != 0 {
                    lost &+=
                        unsafe Int(columns.table.counts[Int(unseen & 0xFF)])
                        &+ Int(columns.table.counts[Int(unseen &>> 8)])
                    if seen == 0 { continue }
                }

                let (one, two) = (Int(seen & 0xFF), Int(seen &>> 8))
                let first = UInt16(truncatingIfNeeded: column | from &>> 5 & polarityInX)
                let next = unsafe index &+ Int(columns.table.counts[one])
                let times = unsafe SIMD4<UInt64>(repeating: moments[last(starts & past)])
                let rows = SIMD4<UInt16>(repeating: UInt16(truncatingIfNeeded: row))
                unsafe store(columns.table.places[one] &+ first, columns.x + index)
                unsafe store(columns.table.places[two] &+ (first &+ 8), columns.x + next)
                unsafe store(SIMD16<UInt8>(repeating: UInt8(truncatingIfNeeded: from &>> 16)), columns.on + index)
                for more in 0..<3 {
                    unsafe store(times, columns.t + (index &+ 4 &* more))
                    unsafe store(rows, columns.y + (index &+ 4 &* more))
                }
                index = unsafe next &+ Int(columns.table.counts[two])
            }
            var trigger = unsafe run.triggerCount
            rest = triggers
            while rest != 0 {
                let word = unsafe words.word(rest.trailingZeroBitCount)
                unsafe run.triggerT[trigger] = moments[last(starts & (rest ^ (rest &- 1)))]
                unsafe run.triggerID[trigger] = UInt8(truncatingIfNeeded: word &>> 8 & 0x0F)
                unsafe run.triggerRising[trigger] = UInt8(truncatingIfNeeded: word & 1)
                trigger &+= 1
                rest &= rest &- 1
            }
            let rare = RareMasks(
                unknown: ~(rows | times | pixels | triggers | messages | continuations),
                strays: continuations & ~covered, messages: messages)
            guard unsafe run.mayCount(rare, stepsBack: falls &- wraps), unsafe lost == 0 || run.countsOutside
            else { return nil }
            let (unknown, strays) = (rare.unknown.nonzeroBitCount, rare.strays.nonzeroBitCount)
            unsafe run.rare.unknown &+= unknown
            unsafe run.rare.strayContinuations &+= strays
            unsafe run.rare.ignoredMessages &+= rare.messages.nonzeroBitCount
            unsafe run.rare.stepsBack &+= falls &- wraps
            unsafe run.outside &+= lost
            unsafe run.triggerCount = trigger
            state.timeHigh = UInt16(truncatingIfNeeded: high)
            state.wraps &+= UInt64(truncatingIfNeeded: wraps)
            unsafe start = origin &+ UInt64(truncatingIfNeeded: wraps &<< 12 &+ high) &<< 12
            unsafe count = index
            unsafe finished = isFinished ? index : finished
            unsafe self.row = row(before: .max)
            unsafe self.low = UInt32(truncatingIfNeeded: low)
            unsafe base = Int(held & 0xFFFF)
            unsafe vectorOn = UInt8(truncatingIfNeeded: held &>> 16)
            unsafe isInMessage = (messages | covered) &>> 63 != 0
            return unknown &+ strays
        }
    }

    // MARK: - One by one

    /// Takes words of any kind, as long as there is room.
    ///
    /// - Returns: false where a word is the decoder's: the first of a defect, or one that comes seldom other than in what `takeMany` takes.
    @inline(__always)
    mutating func takeEach(
        _ words: inout UnsafeRawPointer, to end: UnsafeRawPointer, _ state: inout EVT3State, _ run: inout EventRun
    ) -> Bool {
        let limit = unsafe run.capacity &- EventRun.slack
        let counts = unsafe run.counts
        // Kinds whose next one is the first of a defect.
        let firsts =
            (counts.contains(.unknown) ? 0 : Kinds.unknown)
            | (counts.contains(.strayContinuations) ? 0 : Kinds.continued)
        let firstOutside = unsafe run.countsOutside ? 0 : unknownRow
        let width = unsafe UInt32(run.width)
        var (unknown, strays) = (UInt32(0), UInt32(0))
        // Kinds that belong to a message, while there is one.
        var continuing = unsafe isInMessage ? Kinds.continued : 0
        defer {
            unsafe run.rare.unknown &+= Int(unknown)
            unsafe run.rare.strayContinuations &+= Int(strays)
            unsafe isInMessage = continuing != 0
        }
        while unsafe words < end && count <= limit {
            let word = UInt32(UInt16(littleEndian: unsafe words.loadUnaligned(as: UInt16.self)))
            let kind = UInt32(1) &<< (word &>> 12)
            if kind & Kinds.simple != 0 {
                // No branches: which of these comes next can't be foreseen in what is garbage.
                let others = kind & ~continuing
                guard others & firsts == 0 else { return false }
                unsafe row = kind & Kinds.row != 0 ? word : row
                unsafe low = kind & Kinds.timeLow != 0 ? word : low
                unknown &+= others & Kinds.unknown != 0 ? 1 : 0
                strays &+= others & Kinds.continued != 0 ? 1 : 0
                continuing = others == 0 ? continuing : 0
            } else {
                if kind == 0x0004 {
                    let isInside = unsafe word & 0x07FF < width && currentRow < height
                    guard unsafe isInside || (row | firstOutside) & unknownRow == 0 else { return false }
                    unsafe columns.t[count] = time
                    unsafe columns.x[count] = UInt16(truncatingIfNeeded: word)
                    unsafe columns.y[count] = UInt16(truncatingIfNeeded: row)
                    unsafe count &+= isInside ? 1 : 0
                    unsafe run.outside &+= isInside ? 0 : 1
                } else {
                    guard unsafe kind == 0x0100 && takeHigh(word & 0x0FFF, &state) else { return false }
                }
                continuing = 0
            }
            unsafe words += 2
        }
        return true
    }

    @inline(__always)
    private mutating func takeHigh(_ high: UInt32, _ state: inout EVT3State) -> Bool {
        // What falls is the decoder's.
        let rise = Int(high) &- Int(state.timeHigh)
        guard rise >= 0 else { return false }
        state.timeHigh = UInt16(truncatingIfNeeded: high)
        unsafe start &+= UInt64(truncatingIfNeeded: rise) &<< 12
        unsafe low = rise == 0 ? low : 0
        return true
    }
}

/// What of a vector is on the sensor.
///
/// - Returns: nil where the decoder has to note what is not.
private func visible(_ mask: UInt32, base: Int, row: UInt32, _ run: inout EventRun) -> UInt32? {
    // Before a base or a row is known, none is; far beyond the sensor, the decoder counts on.
    guard base >= 0 && base < 8192 && row < unknownRow else { return nil }
    let room = unsafe row < UInt32(run.height) ? max(0, min(32, Int(run.width) &- base)) : 0
    let rest = mask & UInt32(truncatingIfNeeded: UInt64(1) &<< UInt64(room) &- 1)
    if rest != mask {
        guard unsafe run.countsOutside else { return nil }
        unsafe run.outside &+= (mask & ~rest).bitCount
    }
    return rest
}

extension UnsafeRawPointer {
    /// A word of 16 bits.
    @inline(__always)
    fileprivate func word(_ place: Int) -> UInt32 {
        UInt32(unsafe UInt16(littleEndian: loadUnaligned(fromByteOffset: 2 &* place, as: UInt16.self)))
    }
}

/// Kinds of words as bits: 1 << 0 is kind 0.
private enum Kinds {
    static var row: UInt32 { 1 << 0x0 }
    static var base: UInt32 { 1 << 0x3 }
    static var timeLow: UInt32 { 1 << 0x6 }
    static var continued: UInt32 { 1 << 0x7 | 1 << 0xF }
    static var unknown: UInt32 { 1 << 0x1 | 1 << 0x9 | 1 << 0xB | 1 << 0xC | 1 << 0xD }
    static var simple: UInt32 { row | timeLow | continued | unknown }
}
