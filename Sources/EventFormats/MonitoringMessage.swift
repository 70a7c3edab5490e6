/// The monitoring messages that we read: the rate controller's (ERC's) counts, whose sub-types all formats share.
///
/// Source: OpenEB, the sub-types MASTER_IN_CD_EVENT_COUNT and MASTER_RATE_CONTROL_CD_EVENT_COUNT of its decoders.
enum MonitoringMessage: UInt16 {
    /// Events that entered the rate controller in its period.
    case rateControllerInput = 0x0014
    /// Events that left it.
    case rateControllerOutput = 0x0016

    init(isOutput: Bool) { self = isOutput ? .rateControllerOutput : .rateControllerInput }

    /// As in the columns.
    var isOutput: UInt8 { self == .rateControllerOutput ? 1 : 0 }
}
