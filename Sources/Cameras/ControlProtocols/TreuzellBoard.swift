/// What a board with Prophesee's firmware says of itself, whatever its sensor.
///
/// Sources: neuromorphic-drivers 0.16.1 for the requests and the serial number's form, OpenEB for the meaning of the answers.
package struct TreuzellBoard {
    private let link: any CameraLink
    private let treuzell: Treuzell

    package init(_ link: any CameraLink, _ treuzell: Treuzell) {
        self.link = link
        self.treuzell = treuzell
    }

    /// Which board it is, asked over endpoint 0: boards of several kinds share their USB ids. Needs no claimed interface.
    ///
    /// - Returns: nil when the device answers nothing of the kind, so that it is something else.
    package static func systemID(_ link: any CameraLink) throws(LinkError) -> UInt8? {
        do throws(LinkError) {
            let answer = try link.controlIn(request: 0x72, value: 0, index: 0, length: 2)
            return answer.count == 2 ? answer[0] : nil
        } catch {
            if case .stalled = error.cause { return nil }
            throw error
        }
    }

    /// The low half of the 64-bit number, as eight upper-case digits.
    package func serial() throws(LinkError) -> String {
        let answer = try treuzell.answer(to: .serial)
        guard answer.count >= 4 else {
            throw LinkError(.wrongAnswer("the serial number is too short"), "control reply")
        }
        let digits = String(number(answer), radix: 16, uppercase: true)
        return String(repeating: "0", count: 8 - digits.utf8.count) + digits
    }

    package func firmware() throws(LinkError) -> FirmwareRelease? {
        do throws(LinkError) {
            let answer = try treuzell.answer(to: .firmwareRelease)
            return answer.count >= 4 ? FirmwareRelease(bits: number(answer)) : nil
        } catch {
            guard error.isRefusal else { throw error }
            return nil
        }
    }

    private func number(_ bytes: [UInt8]) -> UInt32 {
        UInt32(bytes[0]) | UInt32(bytes[1]) << 8 | UInt32(bytes[2]) << 16 | UInt32(bytes[3]) << 24
    }
}

/// A firmware's version: major, minor and patch, 8 bits each.
package struct FirmwareRelease: Comparable, Sendable {
    package let bits: UInt32

    package init(bits: UInt32) { self.bits = bits }

    /// Prophesee's own software refuses boards with anything older.
    package static let oldestKnown = FirmwareRelease(bits: 0x03_08_00)

    package static func < (one: FirmwareRelease, other: FirmwareRelease) -> Bool { one.bits < other.bits }

    package var description: String { "\(bits >> 16 & 0xFF).\(bits >> 8 & 0xFF).\(bits & 0xFF)" }
}
