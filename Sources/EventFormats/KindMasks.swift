import CPlatform

/// Words of a block: as many as a mask has bits.
let manyWords = 64

/// Which of 64 words are of which kind, the first word lowest.
struct KindMasks {
    // The words in whose kind a bit is set.
    private var bit0: UInt64 = 0
    private var bit1: UInt64 = 0
    private var bit2: UInt64 = 0
    private var bit3: UInt64 = 0
    /// Words of EVT2 that, if they are events, lie below the sensor's last row.
    private(set) var outside: UInt64 = 0
    /// Whether one may be a rate-controller report.
    private(set) var mayReport = false

    /// The kinds of EVT2's words. A rate-controller report is what has 0x0014 or 0x0016 in its lowest 15 bits.
    @inline(__always)
    init(evt2 words: UnsafeRawPointer, height: UInt16) {
        var reports = SIMD16<UInt16>()
        let beyond = SIMD16<UInt16>(repeating: 2048 &- height)
        for place in 0..<4 {
            let words = unsafe words.loadUnaligned(fromByteOffset: 64 &* place, as: SIMD16<UInt32>.self)
            let lower = SIMD16<UInt16>(truncatingIfNeeded: words)
            reports |= ((lower ^ 0x0014) & 0x7FFD) &- 1
            let excess = (lower & 0x07FF) &+ beyond
            outside |= signs(SIMD16<Int8>(truncatingIfNeeded: excess &>> 4), at: 16 &* place)
            add(SIMD16<Int8>(truncatingIfNeeded: words &>> 24), at: 16 &* place)
        }
        mayReport = any(reports)
    }

    /// The kinds of EVT3's words. A rate-controller report is 0x014 or 0x016; a TIME_LOW of that much looks alike.
    ///
    /// Not inlined: in a longer function, making bytes of words would be a call each time.
    @inline(never)
    init(evt3 words: UnsafeRawPointer) {
        var reports = SIMD16<UInt16>()
        for place in 0..<4 {
            let words = unsafe words.loadUnaligned(fromByteOffset: 32 &* place, as: SIMD16<UInt16>.self)
            reports |= ((words ^ 0x6014) & 0x7FFD) &- 1
            add(SIMD16<Int8>(truncatingIfNeeded: words &>> 8), at: 16 &* place)
        }
        mayReport = any(reports)
    }

    /// Adds sixteen words' kinds, each in the upper half of a byte.
    @inline(__always)
    private mutating func add(_ kinds: SIMD16<Int8>, at place: Int) {
        bit3 |= signs(kinds, at: place)
        let twice = kinds &+ kinds
        bit2 |= signs(twice, at: place)
        let fourfold = twice &+ twice
        bit1 |= signs(fourfold, at: place)
        bit0 |= signs(fourfold &+ fourfold, at: place)
    }

    /// The words of a kind.
    @inline(__always)
    subscript(kind: UInt8) -> UInt64 {
        (kind & 8 == 0 ? ~bit3 : bit3) & (kind & 4 == 0 ? ~bit2 : bit2) & (kind & 2 == 0 ? ~bit1 : bit1)
            & (kind & 1 == 0 ? ~bit0 : bit0)
    }
}

/// The highest bits of sixteen numbers.
@inline(__always)
private func signs(_ numbers: SIMD16<Int8>, at place: Int) -> UInt64 {
    UInt64(platform_signs(numbers)) &<< UInt64(place)
}

/// Whether any has its highest bit set.
@inline(__always)
private func any(_ numbers: SIMD16<UInt16>) -> Bool {
    let found = unsafe unsafeBitCast(numbers & 0x8000, to: SIMD8<UInt32>.self)
    return (found.lowHalf | found.highHalf).any
}

/// Which continuations belong to a message: those that follow one, or each other from the first word on, if a message was not over then.
@inline(__always)
func covered(_ continuations: UInt64, by messages: UInt64, _ isInMessage: Bool) -> UInt64 {
    // Adding 1 at their start carries through all of them.
    let begun = (messages &<< 1 | (isInMessage ? 1 : 0)) & continuations
    return continuations & ~(continuations &+ begun)
}

/// The place of the last bit that is set, or -1.
@inline(__always)
func last(_ bits: UInt64) -> Int { 63 &- bits.leadingZeroBitCount }
