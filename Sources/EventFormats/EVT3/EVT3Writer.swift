import VectorKernels

/// What the portable kernel keeps in registers: the columns that it writes, and what holds now.
@unsafe struct EVT3Writer {
    private let t: UnsafeMutablePointer<UInt64>
    private let x: UnsafeMutablePointer<UInt16>
    private let y: UnsafeMutablePointer<UInt16>
    private let on: UnsafeMutablePointer<UInt8>
    private let table: BitPositions
    private(set) var count: Int
    private var start: UInt64
    private var time: UInt64
    private var row: UInt16
    private var base: Int
    private var vectorOn: UInt8
    var isInMessage: Bool

    init(_ run: borrowing EventRun, _ state: EVT3State) {
        unsafe t = run.t
        unsafe x = run.x
        unsafe y = run.y
        unsafe on = run.on
        unsafe table = BitPositions.table
        unsafe count = run.count
        unsafe start = state.start
        unsafe time = state.start &+ UInt64(state.low)
        unsafe row = state.row ?? 0
        unsafe base = state.base
        unsafe vectorOn = state.vectorOn
        unsafe isInMessage = state.isInMessage
    }

    func leave(_ state: inout EVT3State) {
        unsafe state.start = start
        unsafe state.low = UInt16(truncatingIfNeeded: time &- start)
        unsafe state.row = row
        unsafe state.base = base
        unsafe state.vectorOn = vectorOn
        unsafe state.isInMessage = isInMessage
    }

    /// Takes four of ADDR_Y, ADDR_X and TIME_LOW, whether on the sensor or not.
    ///
    /// - Parameter kept: all bits of the words whose events count.
    @inline(__always)
    mutating func takePlain(_ four: UInt64, _ kept: UInt64) {
        let events = four &>> 13 & ~(four &>> 14) & 0x0001_0001_0001_0001 & kept
        // How many there are up to each word.
        let upTo = events &* 0x0001_0001_0001_0001
        let polarities = four &>> 11 & 0x0001_0001_0001_0001
        let places = four & 0x07FF_07FF_07FF_07FF
        unsafe takeOne(four, places, polarities, 0)
        unsafe takeOne(four &>> 16, places &>> 16, polarities &>> 16, Int(upTo & 0xFFFF))
        unsafe takeOne(four &>> 32, places &>> 32, polarities &>> 32, Int(upTo &>> 16 & 0xFFFF))
        unsafe takeOne(four &>> 48, places &>> 48, polarities &>> 48, Int(upTo &>> 32 & 0xFFFF))
        unsafe count &+= Int(upTo &>> 48)
        unsafe isInMessage = false
    }

    @inline(__always)
    private mutating func takeOne(_ word: UInt64, _ place: UInt64, _ polarity: UInt64, _ offset: Int) {
        let newTime = unsafe start &+ (word & 0x0FFF)
        let newRow = UInt16(truncatingIfNeeded: place)
        unsafe time = word & 0x4000 != 0 ? newTime : time
        unsafe row = word & 0x2000 == 0 ? newRow : row
        unsafe t[count &+ offset] = time
        unsafe x[count &+ offset] = newRow
        unsafe y[count &+ offset] = row
        unsafe on[count &+ offset] = UInt8(truncatingIfNeeded: polarity)
    }

    @inline(__always)
    mutating func takeBase(_ word: UInt16) {
        unsafe base = Int(word & 0x07FF)
        unsafe vectorOn = UInt8(truncatingIfNeeded: word &>> 11 & 1)
    }

    /// Takes the pixels of a vector, eight at a time, the other columns past those that count.
    ///
    /// - Returns: false where it is the decoder's.
    @inline(__always)
    mutating func takeVector(_ mask: UInt32, width: Int, _ run: inout EventRun) -> Bool {
        guard unsafe UInt(bitPattern: base) < 8192 else { return false }
        var rest = mask
        let room = unsafe Int(run.width) &- base
        if unsafe room < 32 || row >= run.height {
            rest &=
                unsafe row < run.height
                ? UInt32(truncatingIfNeeded: UInt64(1) &<< UInt64(max(0, min(32, room))) &- 1) : 0
            if rest != mask {
                guard unsafe run.countsOutside else { return false }
                unsafe run.outside &+= (mask & ~rest).nonzeroBitCount
            }
        }
        let first = unsafe count
        unsafe writePixels(rest & 0xFF, 0)
        unsafe writePixels(rest &>> 8 & 0xFF, 8)
        unsafe writePixels(rest &>> 16 & 0xFF, 16)
        unsafe writePixels(rest &>> 24, 24)
        unsafe fill(first, 0)
        if unsafe count &- first > 16 { unsafe fill(first, 16) }
        unsafe base &+= width
        unsafe isInMessage = false
        return true
    }

    @inline(__always)
    private mutating func writePixels(_ byte: UInt32, _ shift: UInt16) {
        let first = unsafe UInt16(truncatingIfNeeded: base) &+ shift
        unsafe UnsafeMutableRawPointer(x + count).storeBytes(
            of: table.places[Int(byte)] &+ first, as: SIMD8<UInt16>.self)
        unsafe count &+= Int(table.counts[Int(byte)])
    }

    /// Fills 16 rows of the columns other than x.
    @inline(__always)
    private func fill(_ first: Int, _ more: Int) {
        let place = first &+ more
        let rows = unsafe SIMD8<UInt16>(repeating: row)
        let times = unsafe SIMD8<UInt64>(repeating: time)
        unsafe UnsafeMutableRawPointer(y + place).storeBytes(of: rows, as: SIMD8<UInt16>.self)
        unsafe UnsafeMutableRawPointer(y + (place &+ 8)).storeBytes(of: rows, as: SIMD8<UInt16>.self)
        unsafe UnsafeMutableRawPointer(on + place).storeBytes(
            of: SIMD16<UInt8>(repeating: vectorOn), as: SIMD16<UInt8>.self)
        unsafe UnsafeMutableRawPointer(t + place).storeBytes(of: times, as: SIMD8<UInt64>.self)
        unsafe UnsafeMutableRawPointer(t + (place &+ 8)).storeBytes(of: times, as: SIMD8<UInt64>.self)
    }

    // MARK: - One by one

    /// Takes a word of any kind.
    ///
    /// - Returns: false where it is the decoder's.
    @inline(__always)
    mutating func takeAny(_ word: UInt16, _ state: inout EVT3State, _ run: inout EventRun) -> Bool {
        var continues = false
        switch word >> 12 {
        case 0x0: unsafe row = word & 0x07FF
        case 0x2:
            let place = word & 0x07FF
            if unsafe place < run.width && row < run.height {
                unsafe takePlain(UInt64(word) | 0x2000_2000_2000_0000, 0xFFFF)
            } else {
                guard unsafe run.countsOutside else { return false }
                unsafe run.outside &+= 1
            }
        case 0x3: unsafe takeBase(word)
        case 0x4: return unsafe takeVector(UInt32(word & 0x0FFF), width: 12, &run)
        case 0x5: return unsafe takeVector(UInt32(word & 0x00FF), width: 8, &run)
        case 0x6: unsafe time = start &+ UInt64(word & 0x0FFF)
        case 0x8: return unsafe takeHigh(word & 0x0FFF, &state, &run)
        case 0xA:
            let index = unsafe run.triggerCount
            guard unsafe index < run.triggerCapacity else { return false }
            unsafe run.triggerT[index] = time
            unsafe run.triggerID[index] = UInt8(truncatingIfNeeded: word &>> 8 & 0x0F)
            unsafe run.triggerRising[index] = UInt8(truncatingIfNeeded: word & 1)
            unsafe run.triggerCount = index &+ 1
        case 0x7, 0xF:
            if unsafe !isInMessage {
                guard unsafe run.counts.contains(.strayContinuations) else { return false }
                unsafe run.rare.strayContinuations &+= 1
            }
            continues = unsafe isInMessage
        case 0xE:
            // Rate-controller reports, 0x014 and 0x016, are the decoder's.
            guard word & 0x0FFD != 0x014, unsafe run.counts.contains(.ignoredMessages) else { return false }
            unsafe run.rare.ignoredMessages &+= 1
            continues = true
        default:
            guard unsafe run.counts.contains(.unknown) else { return false }
            unsafe run.rare.unknown &+= 1
        }
        unsafe isInMessage = continues
        return true
    }

    private mutating func takeHigh(_ high: UInt16, _ state: inout EVT3State, _ run: inout EventRun) -> Bool {
        let before = state.timeHigh
        unsafe isInMessage = false
        if high == before { return true }
        if high < before {
            if before &- high >= 2048 {
                state.wraps &+= 1
                unsafe start &+= 1 &<< 24
            } else {
                guard unsafe run.counts.contains(.stepsBack) else { return false }
                unsafe run.rare.stepsBack &+= 1
            }
        }
        unsafe start = start &+ (UInt64(high) &- UInt64(before)) &<< 12
        unsafe time = start
        state.timeHigh = high
        return true
    }
}

/// The mask of VECT_12, VECT_12 and VECT_8, which lie one after the other.
@inline(__always)
func wholeVector(_ three: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: three & 0xFFF | three >> 4 & 0xFF_F000 | three >> 8 & 0xFF00_0000)
}
