/// Random numbers that are the same on every machine: xoshiro256**, whose state SplitMix64 fills from a seed.
///
/// Source: Blackman and Vigna, "Scrambled linear pseudorandom number generators", and their public-domain code.
struct RandomNumbers {
    private var a: UInt64
    private var b: UInt64
    private var c: UInt64
    private var d: UInt64

    init(seed: UInt64) {
        var state = seed
        func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            return mixed ^ mixed >> 31
        }
        a = next()
        b = next()
        c = next()
        d = next()
    }

    mutating func next() -> UInt64 {
        let result = rotated(b &* 5, by: 7) &* 9
        let shifted = b << 17
        c ^= a
        d ^= b
        b ^= c
        a ^= d
        c ^= shifted
        d = rotated(d, by: 45)
        return result
    }

    /// A part of the pixels of a mask, each of which stays with the same probability, 0 ... 1.
    mutating func part(of mask: UInt32, probability: Double) -> UInt32 {
        // Eight binary digits of the probability, the last of them up or down so that it is right on average.
        let digits = Int(probability * 256 + Double(next() >> 40) / Double(1 << 24))
        guard digits > 0 else { return 0 }
        guard digits < 256 else { return mask }
        // From the lowest digit up, each brings the chance of a bit half the way to 1 (or) or to 0 (and).
        var kept: UInt32 = 0
        for place in stride(from: 0, to: 8, by: 2) {
            let word = next()
            let low = UInt32(truncatingIfNeeded: word)
            let high = UInt32(truncatingIfNeeded: word >> 32)
            kept = digits >> place & 1 == 1 ? kept | low : kept & low
            kept = digits >> place & 2 == 2 ? kept | high : kept & high
        }
        return mask & kept
    }

    private func rotated(_ value: UInt64, by count: UInt64) -> UInt64 {
        value &<< count | value &>> (64 &- count)
    }
}
