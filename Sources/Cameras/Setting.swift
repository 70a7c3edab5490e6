package import CNeuromorphic
package import Sentences

/// A bias, a mask, a rate limit: its name, its place in the header's struct, its range and its default.
///
/// Range checks, defaults, and what other languages show of a setting all come from here.
package struct Setting: Sendable {
    package let name: StaticString
    package let unit: StaticString
    package let place: Place
    package let range: ClosedRange<UInt64>
    package let defaultValue: UInt64
    /// It can be changed while the camera streams.
    package let isLive: Bool
    /// The simulated camera's events follow it.
    package let isSimulated: Bool

    package init(
        _ name: StaticString, unit: StaticString = "", at place: Place, range: ClosedRange<UInt64>,
        default defaultValue: UInt64, isLive: Bool = true, isSimulated: Bool = false
    ) {
        self.name = name
        self.unit = unit
        self.place = place
        self.range = range
        self.defaultValue = defaultValue
        self.isLive = isLive
        self.isSimulated = isSimulated
    }

    /// Where the elements of a setting lie in `neuromorphic_configuration`: unsigned integers of 1, 2, 4 or 8 bytes.
    package struct Place: Sendable {
        package let offset: Int
        package let width: Int
        package let count: Int
        package let stride: Int

        /// A field of each element, where the elements are structs.
        func field<Number: FixedWidthInteger>(_ number: Number.Type, at offset: Int) -> Place {
            Place(offset: self.offset + offset, width: MemoryLayout<Number>.size, count: count, stride: stride)
        }

        /// - Parameter bytes: of a `neuromorphic_configuration`.
        @unsafe fileprivate func load(at index: Int, from bytes: UnsafeRawBufferPointer) -> UInt64 {
            let start = offset &+ index &* stride
            // Little-endian: the first bytes of a wider number are the narrow one.
            var value: UInt64 = 0
            for byte in 0..<width { value |= UInt64(unsafe bytes[start &+ byte]) << UInt64(8 &* byte) }
            return value
        }

        func store(_ value: UInt64, at index: Int = 0, in configuration: inout neuromorphic_configuration) {
            unsafe withUnsafeMutableBytes(of: &configuration) { bytes in
                for byte in 0..<width {
                    unsafe bytes[offset &+ index &* stride &+ byte] = UInt8(
                        truncatingIfNeeded: value >> UInt64(8 &* byte))
                }
            }
        }
    }

    package func value(at index: Int, in configuration: neuromorphic_configuration) -> UInt64 {
        unsafe withUnsafeBytes(of: configuration) { bytes in unsafe place.load(at: index, from: bytes) }
    }

    func reset(in configuration: inout neuromorphic_configuration) {
        for index in 0..<place.count { place.store(defaultValue, at: index, in: &configuration) }
    }

    func check(in configuration: neuromorphic_configuration) throws(SettingError) {
        try unsafe withUnsafeBytes(of: configuration) { (bytes) throws(SettingError) in
            for index in 0..<place.count {
                let value = unsafe place.load(at: index, from: bytes)
                guard range ~= value else {
                    throw SettingError(self, index: place.count > 1 ? index : nil, value: value)
                }
            }
        }
    }
}

/// A setting whose value lies outside its range, or doesn't go with the others.
package struct SettingError: Error {
    package let sentence: Sentence

    init(_ sentence: Sentence) { self.sentence = sentence }

    /// - Parameter index: which element, of an array.
    init(_ setting: Setting, index: Int?, value: UInt64) {
        let place: Sentence = index.map { "[\($0)]" } ?? ""
        let unit: Sentence = setting.unit.utf8CodeUnitCount == 0 ? "" : " \(setting.unit)"
        sentence =
            "\(setting.name)\(place) is \(value)\(unit), and must lie in \(setting.range.lowerBound) .. "
            + "\(setting.range.upperBound)\(unit)"
    }
}

/// Finds the places of a C struct's fields, told in their order, by C's own rule: each is aligned to its size.
struct StructLayout {
    private(set) var offset: Int

    init(startingAt offset: Int) { self.offset = offset }

    mutating func next<Element>(_ element: Element.Type, count: Int = 1) -> Setting.Place {
        let alignment = MemoryLayout<Element>.alignment
        offset = (offset + alignment - 1) / alignment * alignment
        defer { offset += count * MemoryLayout<Element>.stride }
        return Setting.Place(
            offset: offset, width: MemoryLayout<Element>.size, count: count, stride: MemoryLayout<Element>.stride)
    }
}
