import CNeuromorphic

/// Where the sensor's time comes from: its own crystal, which it may give out as pulses of 1 MHz, or another camera's pulses.
///
/// Source: neuromorphic-drivers 0.16.1 for order and values, OpenEB for the meaning of the bits.
enum Clock {
    private typealias R = PropheseeRegisters

    /// Starts the time base.
    static func start(_ clock: UInt8) -> [Step] {
        switch Int(clock) {
        case NEUROMORPHIC_CLOCK_INTERNAL_WITH_OUTPUT_ENABLED:
            [
                .write(R.time_base_ctrl, 0x64E),
                .write(R.dig_pad2_ctrl, 0xCCFC_FCCF),
                .wait(milliseconds: 1),
                .write(R.time_base_ctrl, 0x64F),
            ]
        case NEUROMORPHIC_CLOCK_EXTERNAL:
            [.write(R.time_base_ctrl, 0x64B), .write(R.dig_pad2_ctrl, 0xCCFF_FCCF)]
        default:
            [.write(R.time_base_ctrl, 0x645)]
        }
    }
}
