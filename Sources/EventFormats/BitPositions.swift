/// The places of the bits that are set in a byte, lowest first, and how many they are.
enum BitPositions {
    /// A byte each.
    static let places = InlineArray<256, UInt64> { mask in
        var places: UInt64 = 0
        var count: UInt64 = 0
        for bit in 0..<8 as Range<UInt64> where mask >> Int(bit) & 1 == 1 {
            places |= bit << (8 * count)
            count += 1
        }
        return places
    }

    static let counts = InlineArray<256, UInt8> { UInt8($0.nonzeroBitCount) }
}
