/// The sensor's event rate controller (ERC): of each reference period it lets so many events through, and drops others at random.
///
/// Sources: order and values from neuromorphic-drivers 0.16.1, names and widths from OpenEB.
struct RateLimiter {
    private typealias R = PropheseeRegisters

    let isEnabled: Bool
    let periodMicroseconds: UInt16
    let maximumEvents: UInt32

    private static let configuring: UInt32 = 0x0015_5400
    private static let running: UInt32 = 0x0015_5401

    /// At opening: tables included.
    ///
    /// - Parameter gateAfterTable: what closes the gate of the table whose purpose is not public.
    func opening(gateAfterTable: UInt32) -> [Step] {
        var steps: [Step] = [.write(R.unknown_6000, Self.configuring)]
        steps += limits
        steps.append(.write(R.unknown_602C, 1))
        steps += Step.writes(R.unknown_6800, repeatElement(0x0808_0808, count: 230))
        steps.append(.write(R.unknown_602C, gateAfterTable))
        // Entry by entry its own index, two to a word: drops in proportion.
        steps += Step.writes(R.t_drop_lut, (0..<256).map { (index: UInt32) in (2 * index + 1) << 16 | 2 * index })
        steps.append(.write(R.t_dropping_control, isEnabled ? 1 : 0))
        steps += [
            .write(R.h_dropping_control, 0),
            .write(R.v_dropping_control, 0),
            .write(R.unknown_6000, Self.running),
        ]
        return steps
    }

    /// While the camera streams: the tables are there.
    var live: [Step] {
        [.write(R.unknown_6000, Self.configuring)] + limits + [
            .write(R.t_dropping_control, isEnabled ? 1 : 0),
            .write(R.unknown_6000, Self.running),
        ]
    }

    private var limits: [Step] {
        guard isEnabled else {
            return [.write(R.in_drop_rate_control, 0), .write(R.erc_enable, 2)]
        }
        return [
            .write(R.in_drop_rate_control, 1),
            .write(R.reference_period, UInt32(periodMicroseconds) & 0x3FF),
            .write(R.td_target_event_rate, maximumEvents & 0x3F_FFFF),
            .write(R.erc_enable, 3),
        ]
    }
}
