import CNeuromorphic

/// Which columns, rows and single pixels are silent, as the sensor's registers have it.
///
/// Sources: registers, packing and the values of `roi_ctrl` from neuromorphic-drivers 0.16.1, the meaning of its bits from OpenEB.
package struct RegionOfInterest {
    static let width = 1280
    static let height = 720

    private typealias R = PropheseeRegisters

    /// Bit i % 64 of word i / 64 silences column or row i, both counted as in events.
    package let columns: [UInt64]
    package let rows: [UInt64]
    /// A pixel is silent only where its column and its row both are.
    package let isIntersectionOnly: Bool

    /// - Parameter region: what lies outside of it is silent too, if it is enabled.
    init(columns: [UInt64], rows: [UInt64], isIntersectionOnly: Bool, region: neuromorphic_region) {
        func outside(_ start: UInt16, _ length: UInt16, _ words: [UInt64], of count: Int) -> [UInt64] {
            guard region.enabled != 0 else { return words }
            var words = words
            let inside = Int(start)..<Int(start) + Int(length)
            for index in 0..<count where !inside.contains(index) { words[index / 64] |= 1 << UInt64(index % 64) }
            return words
        }
        self.columns = outside(region.x, region.width, columns, of: Self.width)
        self.rows = outside(region.y, region.height, rows, of: Self.height)
        self.isIntersectionOnly = isIntersectionOnly
    }

    /// The register row of an event's row.
    ///
    /// neuromorphic-drivers counts mask rows from the other side than OpenEB does, and only a camera can tell who is right: this
    /// follows neuromorphic-drivers. It is the one place that would change.
    static func registerRow(_ y: Int) -> Int { height - 1 - y }

    /// - Parameter isRunning: the pixel array is not in reset.
    func steps(isRunning: Bool) -> [Step] {
        var columnWords: [UInt32] = []
        for word in columns {
            columnWords.append(UInt32(truncatingIfNeeded: word))
            columnWords.append(UInt32(truncatingIfNeeded: word >> 32))
        }
        var rowWords = [UInt32](repeating: 0, count: 23)
        for y in 0..<Self.height where rows[y / 64] >> UInt64(y % 64) & 1 != 0 {
            let row = Self.registerRow(y)
            rowWords[row / 32] |= 1 << UInt32(row % 32)
        }
        // Bits that are no rows; neuromorphic-drivers keeps them so.
        rowWords[22] |= 0x00FF_0000
        return Step.writes(R.td_roi_x, columnWords) + Step.writes(R.td_roi_y, rowWords) + [
            .write(R.roi_ctrl, control(isRunning: isRunning, applies: true))
        ]
    }

    /// The value of `roi_ctrl`.
    func control(isRunning: Bool, applies: Bool = false) -> UInt32 {
        var value = RegionOfInterestControl.base
        if applies { value |= RegionOfInterestControl.roi_td_shadow_trigger }
        if !isIntersectionOnly { value |= RegionOfInterestControl.td_roi_roni_n_en }
        if isRunning { value |= RegionOfInterestControl.px_td_rstn }
        return value
    }

    /// The sensor's 64 digital masks, each of one pixel.
    static func steps(pixels: [neuromorphic_pixel_mask]) -> [Step] {
        Step.writes(
            R.digital_mask_pixel,
            pixels.map { mask in
                mask.enabled == 0 ? 0 : 1 << 31 | UInt32(registerRow(Int(mask.y))) << 16 | UInt32(mask.x)
            })
    }
}

/// Bits of `roi_ctrl`.
enum RegionOfInterestControl {
    /// roi_td_en, and bits that are always written so.
    static let base: UInt32 = 0xF000_5002
    /// Takes over the masks that were written.
    static let roi_td_shadow_trigger: UInt32 = 1 << 5
    /// 1: silent is what lies in a silent column or row; 0: in both.
    static let td_roi_roni_n_en: UInt32 = 1 << 6
    /// The pixel array runs.
    static let px_td_rstn: UInt32 = 1 << 10
    /// What the sensor is stopped with.
    static let stopped = base | td_roi_roni_n_en
}
