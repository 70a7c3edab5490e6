import VectorKernels

/// Instead of an ADDR_Y, before there was one.
private var unknownRow: UInt32 { 0x8000 }

/// What the portable kernel keeps in registers: the columns that it writes, and what holds now.
@unsafe struct EVT3Writer {
    private let t: UnsafeMutablePointer<UInt64>
    private let x: UnsafeMutablePointer<UInt16>
    private let y: UnsafeMutablePointer<UInt16>
    private let on: UnsafeMutablePointer<UInt8>
    private let table: BitPositions
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
        unsafe t = run.t
        unsafe x = run.x
        unsafe y = run.y
        unsafe on = run.on
        unsafe table = BitPositions.table
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
        unsafe t[count] = time
        unsafe t[count &+ 1] = time
        unsafe y[count] = UInt16(truncatingIfNeeded: row)
        unsafe y[count &+ 1] = UInt16(truncatingIfNeeded: row)
        unsafe x[count] = UInt16(truncatingIfNeeded: two)
        unsafe count &+= Int(events & 1)
        unsafe x[count] = UInt16(truncatingIfNeeded: second)
        unsafe count &+= Int(events &>> 16)
        unsafe low = second & 0x4000 != 0 ? second : low
        unsafe row = second & 0x2000 == 0 ? second : row
    }

    // MARK: - Vectors

    @inline(__always)
    mutating func takeBase(_ word: UInt32) {
        unsafe base = Int(word & 0x07FF)
        unsafe vectorOn = UInt8(truncatingIfNeeded: word &>> 11 & 1)
    }

    /// Takes the pixels of a vector, eight at a time, the other columns past those that count.
    ///
    /// - Returns: false where it is the decoder's.
    @inline(__always)
    mutating func takeVector(_ mask: UInt32, width: Int, _ run: inout EventRun) -> Bool {
        var rest = mask
        if unsafe UInt(bitPattern: base) >= wholeBases || currentRow >= height {
            guard let visible = unsafe visible(mask, base: base, row: currentRow, &run) else { return false }
            rest = visible
        }
        let first = unsafe count
        let isFinished = unsafe finished == count
        let x = unsafe UInt16(truncatingIfNeeded: base) &+ (isFinished ? 0 : UInt16(vectorOn) &<< 11)
        unsafe writePixels(rest & 0xFF, x)
        unsafe writePixels(rest &>> 8 & 0xFF, x &+ 8)
        unsafe writePixels(rest &>> 16 & 0xFF, x &+ 16)
        unsafe writePixels(rest &>> 24, x &+ 24)
        unsafe finished = isFinished ? count : finished
        unsafe fill(first, 0)
        if unsafe count &- first > 16 { unsafe fill(first, 16) }
        unsafe base &+= width
        unsafe isInMessage = false
        return true
    }

    @inline(__always)
    private mutating func writePixels(_ byte: UInt32, _ first: UInt16) {
        unsafe store(table.places[Int(byte)] &+ first, x + count)
        unsafe count &+= Int(table.counts[Int(byte)])
    }

    /// Fills 16 rows of the columns other than x.
    @inline(__always)
    private func fill(_ first: Int, _ more: Int) {
        let place = first &+ more
        let rows = unsafe SIMD8<UInt16>(repeating: UInt16(truncatingIfNeeded: currentRow))
        let times = unsafe SIMD8<UInt64>(repeating: time)
        unsafe store(rows, y + place)
        unsafe store(rows, y + (place &+ 8))
        unsafe store(SIMD16<UInt8>(repeating: vectorOn), on + place)
        unsafe store(times, t + place)
        unsafe store(times, t + (place &+ 8))
    }

    // MARK: - One by one

    /// Takes words of any kind, as long as there is room.
    ///
    /// - Returns: false where a word is the decoder's, as it is the first of a defect, or says what only the decoder reads.
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
                switch word &>> 12 {
                case 0x2:
                    let isInside = unsafe word & 0x07FF < width && currentRow < height
                    guard unsafe isInside || (row | firstOutside) & unknownRow == 0 else { return false }
                    unsafe t[count] = time
                    unsafe x[count] = UInt16(truncatingIfNeeded: word)
                    unsafe y[count] = UInt16(truncatingIfNeeded: row)
                    unsafe count &+= isInside ? 1 : 0
                    unsafe run.outside &+= isInside ? 0 : 1
                case 0x3: unsafe takeBase(word)
                case 0x4: guard unsafe takePart(word & 0x0FFF, width: 12, &run) else { return false }
                case 0x5: guard unsafe takePart(word & 0x00FF, width: 8, &run) else { return false }
                case 0x8: guard unsafe takeHigh(word & 0x0FFF, &state, &run) else { return false }
                case 0xA: guard unsafe takeTrigger(word, &run) else { return false }
                default:
                    // Rate-controller reports, 0x014 and 0x016, are the decoder's.
                    guard word & 0x0FFD != 0x0014, counts.contains(.ignoredMessages) else { return false }
                    unsafe run.rare.ignoredMessages &+= 1
                }
                continuing = kind & Kinds.others != 0 ? Kinds.continued : 0
            }
            unsafe words += 2
        }
        return true
    }

    /// Takes a vector word of 12 or 8 pixels.
    @inline(never)
    private mutating func takePart(_ mask: UInt32, width: Int, _ run: inout EventRun) -> Bool {
        unsafe takeVector(mask, width: width, &run)
    }

    @inline(__always)
    private func takeTrigger(_ word: UInt32, _ run: inout EventRun) -> Bool {
        let index = unsafe run.triggerCount
        guard unsafe index < run.triggerCapacity else { return false }
        unsafe run.triggerT[index] = time
        unsafe run.triggerID[index] = UInt8(truncatingIfNeeded: word &>> 8 & 0x0F)
        unsafe run.triggerRising[index] = UInt8(truncatingIfNeeded: word & 1)
        unsafe run.triggerCount = index &+ 1
        return true
    }

    @inline(__always)
    private mutating func takeHigh(_ high: UInt32, _ state: inout EVT3State, _ run: inout EventRun) -> Bool {
        let fall = Int(state.timeHigh) &- Int(high)
        let isWrap = (2047 &- fall) &>> 63 & 1
        let isStepBack = (0 &- fall) &>> 63 & 1 &- isWrap
        guard unsafe isStepBack == 0 || run.counts.contains(.stepsBack) else { return false }
        unsafe run.rare.stepsBack &+= isStepBack
        state.wraps &+= UInt64(truncatingIfNeeded: isWrap)
        state.timeHigh = UInt16(truncatingIfNeeded: high)
        unsafe start &+= UInt64(bitPattern: Int64(isWrap &<< 12 &- fall)) &<< 12
        unsafe low = fall == 0 ? low : 0
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
        unsafe run.outside &+= (mask & ~rest).nonzeroBitCount
    }
    return rest
}

/// Kinds of words as bits: 1 << 0 is kind 0.
private enum Kinds {
    static var row: UInt32 { 1 << 0x0 }
    static var timeLow: UInt32 { 1 << 0x6 }
    static var others: UInt32 { 1 << 0xE }
    static var continued: UInt32 { 1 << 0x7 | 1 << 0xF }
    static var unknown: UInt32 { 1 << 0x1 | 1 << 0x9 | 1 << 0xB | 1 << 0xC | 1 << 0xD }
    static var simple: UInt32 { row | timeLow | continued | unknown }
}

/// The mask of VECT_12, VECT_12 and VECT_8, which lie one after the other.
@inline(__always)
func wholeVector(_ three: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: three & 0xFFF | three >> 4 & 0xFF_F000 | three >> 8 & 0xFF00_0000)
}
