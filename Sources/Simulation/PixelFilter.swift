import CNeuromorphic
import Cameras

/// The pixels that the settings silence, looked up for 32 at a time.
struct PixelFilter {
    /// Most configurations silence nothing.
    private(set) var isEmpty = true
    private let silencesIntersectionsOnly: Bool
    /// Bit i % 64 of word i / 64: column i is masked. A word more than there is, so that a group can begin in the last.
    private var columns = InlineArray<21, UInt64>(repeating: 0)
    /// The same for the rows, from the top.
    private var rows = InlineArray<12, UInt64>(repeating: 0)
    /// The rows that have silenced pixels.
    private var rowsOfPixels = InlineArray<12, UInt64>(repeating: 0)
    private var pixels: [Pixel] = []

    private struct Pixel {
        let x: Int
        let y: Int
    }

    init(_ configuration: neuromorphic_evk4_configuration) {
        let region = RegionOfInterest(configuration)
        silencesIntersectionsOnly = region.isIntersectionOnly
        for (word, bits) in region.columns.enumerated() {
            columns[word] = bits
            if bits != 0 { isEmpty = false }
        }
        for (word, bits) in region.rows.enumerated() {
            rows[word] = bits
            if bits != 0 { isEmpty = false }
        }
        unsafe withUnsafeBytes(of: configuration.pixel_masks) { slots in
            let stride = MemoryLayout<neuromorphic_pixel_mask>.stride
            for slot in 0..<64 {
                let mask = unsafe slots.loadUnaligned(fromByteOffset: slot &* stride, as: neuromorphic_pixel_mask.self)
                guard mask.enabled != 0, Int(mask.y) < SimulatedSensor.height else { continue }
                pixels.append(Pixel(x: Int(mask.x), y: Int(mask.y)))
                rowsOfPixels[Int(mask.y) / 64] |= 1 << UInt64(mask.y % 64)
                isEmpty = false
            }
        }
    }

    /// The pixels of a group that are not silenced.
    func pass(_ group: PixelGroup) -> UInt32 {
        if isEmpty { return group.mask }
        var mask = group.mask
        let row = Int(group.y)
        let isMaskedRow = rows[row / 64] >> UInt64(row % 64) & 1 == 1
        if isMaskedRow, !silencesIntersectionsOnly { return 0 }
        if isMaskedRow || !silencesIntersectionsOnly { mask &= ~maskedColumns(from: Int(group.x)) }
        if rowsOfPixels[row / 64] >> UInt64(row % 64) & 1 == 1 {
            for pixel in pixels where pixel.y == row {
                let bit = pixel.x &- Int(group.x)
                if 0..<SimulatedSensor.groupWidth ~= bit { mask &= ~(1 << UInt32(truncatingIfNeeded: bit)) }
            }
        }
        return mask
    }

    /// Bit i: column x + i is masked.
    private func maskedColumns(from x: Int) -> UInt32 {
        let bit = UInt64(x % 64)
        return UInt32(truncatingIfNeeded: columns[x / 64] >> bit | columns[x / 64 &+ 1] << (64 &- bit))
    }
}
