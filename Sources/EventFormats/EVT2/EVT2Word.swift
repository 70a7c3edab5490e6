/// One 32-bit EVT2 word: a kind in the top 4 bits.
///
/// Source: Prophesee's EVT 2.0 documentation; OpenEB's decoder for the monitoring messages.
package struct EVT2Word: Equatable, Sendable {
    package enum Kind: UInt32, Sendable {
        case off = 0x0
        case on = 0x1
        case timeHigh = 0x8
        case trigger = 0xA
        case imu = 0xD
        case others = 0xE
        case continued = 0xF
    }

    /// Bits of TIME_HIGH, and of the low part that every event carries. EVT2.1 and EVT4 have the same.
    static let timeHighBits: UInt64 = 28
    static let timeLowBits: UInt64 = 6
    /// Bits of the rate controller's counts. EVT2.1 and EVT4 have the same.
    static let counterMask: UInt32 = 0x003F_FFFF

    package let bits: UInt32

    package init(bits: UInt32) { self.bits = bits }

    package var kind: Kind? { Kind(rawValue: bits >> 28) }
    /// Of `.timeHigh`.
    package var timeHigh: UInt64 { UInt64(bits & 0x0FFF_FFFF) }
    /// Of all kinds but `.timeHigh` and `.continued`.
    package var timeLow: UInt64 { UInt64(bits >> 22 & 0x3F) }
    /// Column in pixels from the left; of `.off` and `.on`.
    package var x: UInt16 { UInt16(truncatingIfNeeded: bits >> 11 & 0x07FF) }
    /// Row in pixels from the top; of `.off` and `.on`.
    package var y: UInt16 { UInt16(truncatingIfNeeded: bits & 0x07FF) }
    package var triggerID: UInt8 { UInt8(truncatingIfNeeded: bits >> 8 & 0x1F) }
    package var triggerRising: UInt8 { UInt8(truncatingIfNeeded: bits & 1) }
    /// Of `.others`.
    package var subtype: UInt16 { UInt16(truncatingIfNeeded: bits) }
    /// Of `.continued`.
    package var payload: UInt32 { bits & 0x0FFF_FFFF }

    package init(timeHigh: UInt64) {
        bits = Kind.timeHigh.rawValue << 28 | UInt32(truncatingIfNeeded: timeHigh) & 0x0FFF_FFFF
    }

    package init(_ kind: Kind, timeLow: UInt64, _ payload: UInt32) {
        bits = kind.rawValue << 28 | UInt32(truncatingIfNeeded: timeLow & 0x3F) << 22 | payload & 0x003F_FFFF
    }

    package init(on: UInt8, timeLow: UInt64, x: UInt16, y: UInt16) {
        self.init(on == 0 ? .off : .on, timeLow: timeLow, UInt32(x & 0x07FF) << 11 | UInt32(y & 0x07FF))
    }

    package init(triggerID: UInt8, rising: UInt8, timeLow: UInt64) {
        self.init(.trigger, timeLow: timeLow, UInt32(triggerID & 0x1F) << 8 | UInt32(rising & 1))
    }

    package init(continued payload: UInt32) { bits = Kind.continued.rawValue << 28 | payload & 0x0FFF_FFFF }
}
