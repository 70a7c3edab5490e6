/// One 32-bit EVT4 word: a kind in the top 4 bits. A vector is followed by one word that is nothing but its mask.
///
/// Source: OpenEB's decoder; the format has no public page.
package struct EVT4Word: Equatable, Sendable {
    package enum Kind: UInt32, Sendable {
        case others = 0x6
        case continued = 0x7
        case trigger = 0x9
        case off = 0xA
        case on = 0xB
        case vectorOff = 0xC
        case vectorOn = 0xD
        case timeHigh = 0xE
        case padding = 0xF
    }

    package static let padding = EVT4Word(bits: 0xFFFF_FFFF)

    package let bits: UInt32

    package init(bits: UInt32) { self.bits = bits }

    /// Nil for what means nothing, padding that is not all ones among it.
    package var kind: Kind? {
        let kind = Kind(rawValue: bits >> 28)
        return kind == .padding && self != .padding ? nil : kind
    }
    /// Of `.timeHigh`.
    package var timeHigh: UInt64 { UInt64(bits & 0x0FFF_FFFF) }
    /// Of all kinds but `.timeHigh`, `.continued` and `.padding`.
    package var timeLow: UInt64 { UInt64(bits >> 22 & 0x3F) }
    /// Column in pixels from the left; of events and vectors.
    package var x: UInt16 { UInt16(truncatingIfNeeded: bits >> 11 & 0x07FF) }
    /// Row in pixels from the top; of events and vectors.
    package var y: UInt16 { UInt16(truncatingIfNeeded: bits & 0x07FF) }
    /// 1 brighter, 0 darker; of events and vectors.
    package var on: UInt8 { UInt8(truncatingIfNeeded: bits >> 28 & 1) }
    package var triggerID: UInt8 { UInt8(truncatingIfNeeded: bits >> 8 & 0x1F) }
    package var triggerRising: UInt8 { UInt8(truncatingIfNeeded: bits & 1) }
    /// Of `.others`.
    package var subtype: UInt16 { UInt16(truncatingIfNeeded: bits) }
    /// Of `.continued`.
    package var payload: UInt32 { bits & 0x003F_FFFF }

    package init(timeHigh: UInt64) {
        bits = Kind.timeHigh.rawValue << 28 | UInt32(truncatingIfNeeded: timeHigh) & 0x0FFF_FFFF
    }

    package init(_ kind: Kind, timeLow: UInt64, _ payload: UInt32) {
        bits = kind.rawValue << 28 | UInt32(truncatingIfNeeded: timeLow & 0x3F) << 22 | payload & 0x003F_FFFF
    }

    package init(_ kind: Kind, timeLow: UInt64, x: UInt16, y: UInt16) {
        self.init(kind, timeLow: timeLow, UInt32(x & 0x07FF) << 11 | UInt32(y & 0x07FF))
    }

    package init(triggerID: UInt8, rising: UInt8, timeLow: UInt64) {
        self.init(.trigger, timeLow: timeLow, UInt32(triggerID & 0x1F) << 8 | UInt32(rising & 1))
    }

    package init(continued payload: UInt32) { bits = Kind.continued.rawValue << 28 | payload & 0x003F_FFFF }
}
