/// One 64-bit EVT2.1 word: a kind in the top 4 bits, a time, a place, and 32 pixels as a mask.
///
/// Source: Prophesee's EVT 2.1 documentation; OpenEB's decoder for the monitoring messages.
package struct EVT21Word: Equatable, Sendable {
    package enum Kind: UInt64, Sendable {
        case off = 0x0
        case on = 0x1
        case timeHigh = 0x8
        case trigger = 0xA
        case others = 0xE
        case continued = 0xF
    }

    /// How a word lies in the stream.
    package enum Order: Sendable {
        /// Least significant byte first.
        case little
        /// The upper half first, each half least significant byte first.
        case legacy
    }

    package let bits: UInt64

    package init(bits: UInt64) { self.bits = bits }

    /// The word whose eight bytes were read as a little-endian number.
    package init(littleEndian bits: UInt64, in order: Order) {
        self.bits = order == .little ? bits : bits << 32 | bits >> 32
    }

    /// The number whose little-endian bytes are this word in a stream.
    package func littleEndian(in order: Order) -> UInt64 {
        order == .little ? bits : bits << 32 | bits >> 32
    }

    package var kind: Kind? { Kind(rawValue: bits >> 60) }
    /// Of `.timeHigh`.
    package var timeHigh: UInt64 { bits >> 32 & 0x0FFF_FFFF }
    /// Of all kinds but `.timeHigh` and `.continued`.
    package var timeLow: UInt64 { bits >> 54 & 0x3F }
    /// Column of the mask's first pixel, in pixels from the left; of `.off` and `.on`.
    package var x: UInt16 { UInt16(truncatingIfNeeded: bits >> 43 & 0x07FF) }
    /// Row in pixels from the top; of `.off` and `.on`.
    package var y: UInt16 { UInt16(truncatingIfNeeded: bits >> 32 & 0x07FF) }
    /// Bit i is the pixel at x + i; of `.off` and `.on`.
    package var mask: UInt32 { UInt32(truncatingIfNeeded: bits) }
    package var triggerID: UInt8 { UInt8(truncatingIfNeeded: bits >> 40 & 0x1F) }
    package var triggerRising: UInt8 { UInt8(truncatingIfNeeded: bits >> 32 & 1) }
    /// Of `.others`.
    package var subtype: UInt16 { UInt16(truncatingIfNeeded: bits >> 32) }
    /// Of `.others`.
    package var payload: UInt32 { UInt32(truncatingIfNeeded: bits) }

    package init(timeHigh: UInt64) { bits = Kind.timeHigh.rawValue << 60 | (timeHigh & 0x0FFF_FFFF) << 32 }

    /// - Parameters:
    ///   - upper: the 22 bits above the lower half.
    ///   - lower: the lower half.
    package init(_ kind: Kind, timeLow: UInt64, upper: UInt64, lower: UInt32) {
        bits = kind.rawValue << 60 | (timeLow & 0x3F) << 54 | (upper & 0x003F_FFFF) << 32 | UInt64(lower)
    }

    package init(on: UInt8, timeLow: UInt64, x: UInt16, y: UInt16, mask: UInt32) {
        self.init(
            on == 0 ? .off : .on, timeLow: timeLow, upper: UInt64(x & 0x07FF) << 11 | UInt64(y & 0x07FF), lower: mask)
    }

    package init(triggerID: UInt8, rising: UInt8, timeLow: UInt64) {
        self.init(.trigger, timeLow: timeLow, upper: UInt64(triggerID & 0x1F) << 8 | UInt64(rising & 1), lower: 0)
    }
}
