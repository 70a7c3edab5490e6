/// One 16-bit EVT3 word: a kind in the top 4 bits, a payload in the other 12.
///
/// Source: Prophesee's EVT 3.0 documentation; the kinds 0x7, 0xE and 0xF as in OpenEB's decoder.
package struct EVT3Word: Equatable, Sendable {
    package enum Kind: UInt16, Sendable {
        case addressY = 0x0
        case addressX = 0x2
        case vectorBase = 0x3
        case vector12 = 0x4
        case vector8 = 0x5
        case timeLow = 0x6
        case continued4 = 0x7
        case timeHigh = 0x8
        case trigger = 0xA
        case others = 0xE
        case continued12 = 0xF
    }

    /// Bits of TIME_HIGH and of TIME_LOW.
    static let timeBits: UInt64 = 12

    package let bits: UInt16

    package init(bits: UInt16) { self.bits = bits }

    /// Nil for the kinds that mean nothing: 0x1, 0x9, 0xB, 0xC, and 0xD, of which only a name is known.
    @inline(__always)
    package var kind: Kind? { Kind(rawValue: bits >> 12) }
    /// All that a word carries: a TIME_LOW, a TIME_HIGH, a sub-type, a continuation of 12 bits.
    package var payload: UInt16 { bits & 0x0FFF }
    /// Row in pixels from the top; of `.addressY`. Bit 11 tells which of two sensors sent it, and is not ours to use.
    package var y: UInt16 { bits & 0x07FF }
    /// Column in pixels from the left; of `.addressX` and `.vectorBase`.
    package var x: UInt16 { bits & 0x07FF }
    /// 1 brighter, 0 darker; of `.addressX` and `.vectorBase`.
    package var on: UInt8 { UInt8(truncatingIfNeeded: bits >> 11 & 1) }
    /// Bit i is the pixel at base + i; of `.vector12` and `.vector8`.
    package var mask: UInt32 { UInt32(bits & (bits >> 12 == Kind.vector12.rawValue ? 0x0FFF : 0x00FF)) }
    /// Pixels that the base moves on; of `.vector12` and `.vector8`.
    package var width: Int { bits >> 12 == Kind.vector12.rawValue ? 12 : 8 }
    /// Of `.continued4`.
    package var nibble: UInt16 { bits & 0x000F }
    package var triggerID: UInt8 { UInt8(truncatingIfNeeded: bits >> 8 & 0x0F) }
    package var triggerRising: UInt8 { UInt8(truncatingIfNeeded: bits & 1) }

    package init(_ kind: Kind, _ payload: UInt16) { bits = kind.rawValue << 12 | payload & 0x0FFF }

    package init(_ kind: Kind, x: UInt16, on: UInt8) { self.init(kind, x & 0x07FF | UInt16(on & 1) << 11) }

    package init(triggerID: UInt8, rising: UInt8) {
        self.init(.trigger, UInt16(triggerID & 0x0F) << 8 | UInt16(rising & 1))
    }
}
