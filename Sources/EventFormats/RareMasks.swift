import VectorKernels

/// Which words of a block are rare, and in what way.
struct RareMasks {
    let unknown: UInt64
    let strays: UInt64
    let messages: UInt64
}

extension EventRun {
    /// Whether what is rare need only be counted. Otherwise the first of its kind is among it, which the decoder notes.
    @inline(__always)
    func mayCount(_ words: RareMasks, stepsBack: Int) -> Bool {
        unsafe counts.isSuperset(of: [.unknown, .strayContinuations, .ignoredMessages, .stepsBack])
            || (words.unknown == 0 || counts.contains(.unknown))
                && (words.strays == 0 || counts.contains(.strayContinuations))
                && (words.messages == 0 || counts.contains(.ignoredMessages))
                && (stepsBack == 0 || counts.contains(.stepsBack))
    }
}

/// How many words of several blocks are rare, and how many are events.
struct BlockTally {
    // Unknown words, stray continuations, messages and events: a count for each byte of their masks, so of at most 31 blocks.
    private var bytes = SIMD4<UInt64>()

    @inline(__always)
    mutating func add(_ rare: RareMasks, events: UInt64) {
        var sums = SIMD4(rare.unknown, rare.strays, rare.messages, events)
        // Neighbouring bits, then pairs, then fours are added up, all four masks side by side.
        sums &-= sums &>> 1 & 0x5555_5555_5555_5555
        sums = (sums & 0x3333_3333_3333_3333) &+ (sums &>> 2 & 0x3333_3333_3333_3333)
        bytes &+= (sums &+ sums &>> 4) & 0x0F0F_0F0F_0F0F_0F0F
    }

    var counts: (unknown: Int, strays: Int, messages: Int, events: Int) {
        @inline(__always) get {
            let pairs = (bytes & 0x00FF_00FF_00FF_00FF) &+ (bytes &>> 8 & 0x00FF_00FF_00FF_00FF)
            func total(_ pairs: UInt64) -> Int { Int((pairs &* 0x0001_0001_0001_0001) &>> 48) }
            return (total(pairs.x), total(pairs.y), total(pairs.z), total(pairs.w))
        }
    }
}
