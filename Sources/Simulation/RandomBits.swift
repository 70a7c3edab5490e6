/// One random word, from whose lowest bits small numbers are taken.
struct RandomBits {
    private var rest: UInt64

    init(_ bits: UInt64) { rest = bits }

    /// A number in 0 ..< count, which is at most 2^16.
    mutating func below(_ count: Int) -> Int {
        let number = (Int(rest & 0xFFFF) &* count) &>> 16
        rest &>>= 16
        return number
    }

    /// A run of 8 pixels, of which each is there with a chance of 5/8, and one of them in any case. Takes 27 bits.
    mutating func run() -> UInt32 {
        let halves = UInt32(truncatingIfNeeded: rest)
        rest &>>= 24
        let mask = (halves | halves >> 8 & halves >> 16) & 0xFF | 1 << UInt32(truncatingIfNeeded: rest & 7)
        rest &>>= 3
        return mask
    }
}
