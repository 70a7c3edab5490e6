import VectorKernels

/// Where portable kernels write events. A vector's pixels have all but x in common.
@unsafe struct VectorColumns {
    let t: UnsafeMutablePointer<UInt64>
    let x: UnsafeMutablePointer<UInt16>
    let y: UnsafeMutablePointer<UInt16>
    let on: UnsafeMutablePointer<UInt8>
    let table: BitPositions

    @inline(__always)
    init(_ run: borrowing EventRun) {
        unsafe t = run.t
        unsafe x = run.x
        unsafe y = run.y
        unsafe on = run.on
        unsafe table = BitPositions.table
    }

    /// Writes the columns of a vector's pixels, eight at a time, with some that don't count past the last one.
    ///
    /// - Parameter first: the vector's first column, eight times.
    @inline(__always)
    func write(_ mask: UInt32, from first: SIMD8<UInt16>, at count: inout Int) {
        for byte in 0..<4 {
            let pixels = Int(mask &>> UInt32(8 &* byte) & 0xFF)
            unsafe store(table.places[pixels] &+ (first &+ UInt16(8 &* byte)), x + count)
            count &+= unsafe Int(table.counts[pixels])
        }
    }

    /// Fills in the rest for some events: 16 rows at a time, and those at least.
    @inline(__always)
    func fill(from first: Int, to end: Int, t time: UInt64, y row: UInt32, on polarity: UInt8) {
        let rows = SIMD16<UInt16>(repeating: UInt16(truncatingIfNeeded: row))
        let times = SIMD8<UInt64>(repeating: time)
        var place = first
        repeat {
            unsafe store(rows, y + place)
            unsafe store(SIMD16<UInt8>(repeating: polarity), on + place)
            unsafe store(times, t + place)
            unsafe store(times, t + (place &+ 8))
            place &+= 16
        } while place < end
    }
}
