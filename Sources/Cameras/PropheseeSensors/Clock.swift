import CNeuromorphic

/// Where the sensor's time comes from: its own crystal, which it may give out as pulses of 1 MHz, or another camera's pulses.
///
/// Source: neuromorphic-drivers 0.16.1 for order and values, OpenEB for the meaning of the bits.
enum Clock {
    private typealias R = PropheseeRegisters

    /// Bits of `dig_pad2_ctrl`: what the synchronisation pad is.
    static let padMask: UInt32 = 0xF_0000
    static let padOutput: UInt32 = 0xC_0000
    static let padInput: UInt32 = 0xF_0000

    /// Starts the time base.
    ///
    /// - Parameter pad: makes the synchronisation pad an output or an input.
    static func start(_ clock: UInt8, pad: (UInt32) -> Step) -> [Step] {
        switch Int(clock) {
        case NEUROMORPHIC_CLOCK_INTERNAL_WITH_OUTPUT_ENABLED:
            [
                .write(R.time_base_ctrl, 0x64E),
                pad(padOutput),
                .wait(milliseconds: 1),
                .write(R.time_base_ctrl, 0x64F),
            ]
        case NEUROMORPHIC_CLOCK_EXTERNAL:
            [.write(R.time_base_ctrl, 0x64B), pad(padInput)]
        default:
            [.write(R.time_base_ctrl, 0x645)]
        }
    }
}
