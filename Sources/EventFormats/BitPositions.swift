/// Tables, by byte: the places of its bits that are set, lowest first, and how many they are.
@unsafe struct BitPositions {
    let places: UnsafePointer<SIMD8<UInt16>>
    let counts: UnsafePointer<UInt8>

    /// Made once and never freed. Kernels take it once a call, as to ask whether it was made is not for nothing.
    nonisolated(unsafe) static let table = unsafe BitPositions()

    private init() {
        let places = UnsafeMutablePointer<SIMD8<UInt16>>.allocate(capacity: 256)
        let counts = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)
        for byte in 0..<256 {
            var some = SIMD8<UInt16>()
            var count = 0
            for bit in 0..<8 where byte >> bit & 1 == 1 {
                some[count] = UInt16(bit)
                count += 1
            }
            unsafe places[byte] = some
            unsafe counts[byte] = UInt8(count)
        }
        unsafe self.places = UnsafePointer(places)
        unsafe self.counts = UnsafePointer(counts)
    }
}

extension UInt32 {
    /// How many bits are set. Compiled once: without an instruction for it, it isn't short, and nowhere is it often asked.
    @inline(never)
    var bitCount: Int { nonzeroBitCount }
}
