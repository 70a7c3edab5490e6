import CPlatform
import Sentences

/// What the vendor's tool takes from the environment.
///
/// Source: femtodriverpub 1.1.0. It looks at FS_HW_ISA; FS_HW_CFG stands in its README only, and counts here where the other is not
/// set.
package enum SPUEnvironment {
    /// The chip that the environment names; else version 1.3, as in the vendor's tool.
    package static func chip() throws(FemtosenseError) -> SPUChip {
        for variable in ["FS_HW_ISA", "FS_HW_CFG"] as [StaticString] {
            guard let value = value(of: variable) else { continue }
            for chip in SPUChip.allCases {
                for ending in ["v1.dat", "v1", ""] as [StaticString] where same(value, "\(chip.name)\(ending)") {
                    return chip
                }
            }
            throw FemtosenseError(
                .invalidArgument,
                "the environment's \(variable) is \(quoted(Array(value.utf8))); it must be spu1p2v1.dat or spu1p3v1.dat, or the chip "
                    + "be named by the program")
        }
        return .spu1p3
    }

    /// The key that the environment names; else 0.
    static func keyIndex() throws(FemtosenseError) -> UInt32 {
        guard let value = value(of: "FS_ENCRYPTION_KEY_IDX") else { return 0 }
        guard let index = number(Array(value.utf8)[...], base: 10), index < UInt64(AddressMap.keys) else {
            throw refusal("FS_ENCRYPTION_KEY_IDX", value, "a number from 0 to \(AddressMap.keys - 1)")
        }
        return UInt32(index)
    }

    /// The salt that the environment names; else 0.
    static func salt() throws(FemtosenseError) -> UInt64 {
        guard let value = value(of: "FS_ENCRYPTION_SALT") else { return 0 }
        var digits = Array(value.utf8)[...]
        if digits.starts(with: [UInt8(ascii: "0"), UInt8(ascii: "x")]) { digits = digits.dropFirst(2) }
        guard let salt = number(digits, base: 16) else {
            throw refusal("FS_ENCRYPTION_SALT", value, "a hexadecimal number of up to 64 bits")
        }
        return salt
    }

    private static func refusal(_ variable: StaticString, _ value: String, _ expected: Sentence) -> FemtosenseError {
        FemtosenseError(
            .outOfRange,
            "the environment's \(variable) is \(quoted(Array(value.utf8))), and must be \(expected), or not be set")
    }

    /// Nil also for what is set to nothing.
    private static func value(of variable: StaticString) -> String? {
        guard let value = unsafe getenv(UnsafeRawPointer(variable.utf8Start).assumingMemoryBound(to: CChar.self)),
            unsafe value.pointee != 0
        else { return nil }
        return unsafe String(cString: value)
    }

    private static func number(_ digits: ArraySlice<UInt8>, base: UInt64) -> UInt64? {
        guard !digits.isEmpty else { return nil }
        var number: UInt64 = 0
        for byte in digits {
            guard let digit = hexadecimalDigit(byte), digit < base else { return nil }
            let (product, overflow) = number.multipliedReportingOverflow(by: base)
            let (sum, carry) = product.addingReportingOverflow(digit)
            guard !overflow, !carry else { return nil }
            number = sum
        }
        return number
    }
}
