import Sentences

/// A 32-bit register of a sensor, or of the bridge that it hangs on.
package struct Register: Equatable, Sendable {
    package let address: UInt32
    /// As its vendor calls it; "" where no name is public.
    package let name: StaticString

    package init(_ address: UInt32, _ name: StaticString = "") {
        self.address = address
        self.name = name
    }

    /// The register that lies `index` 32-bit words further, as in tables.
    package func next(_ index: Int) -> Register { Register(address &+ 4 &* UInt32(truncatingIfNeeded: index), name) }

    package static func == (one: Register, other: Register) -> Bool { one.address == other.address }

    /// Such as `roi_ctrl (0x00000004)`.
    var description: Sentence {
        name.utf8CodeUnitCount == 0 ? "\(hexadecimal: address)" : "\(name) (\(hexadecimal: address))"
    }
}
