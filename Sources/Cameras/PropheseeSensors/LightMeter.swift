/// The sensors' light meter, `lifo` in their register map: it counts a time, the shorter the brighter.
///
/// Source: OpenEB, but for the bits of the count, which are neuromorphic-drivers' 0.16.1.
enum LightMeter {
    private typealias R = PropheseeRegisters

    /// - Parameter prepare: what turns it on, where the camera doesn't have it on from its opening.
    static func reading(prepare: [Step]) -> Gauge {
        Gauge(prepare: prepare, register: R.lifo_status, valid: 1 << 29, value: 0x1FFF_FFFF, attempts: 10)
    }

    /// 10^(3.5 - log10(0.37 t)), t in microseconds, of which the 27 low bits count hundredths.
    static let lux: @Sendable (UInt32) -> Double = { reading in
        3162.277_660_168_379_5 / (0.0037 * Double(max(1, reading & 0x7FF_FFFF)))
    }
}
