/// The text at the start of a Prophesee RAW file: lines of `% key value`, ended by `% end` or by the first line that is
/// none. What follows are the camera's bytes, as they were sent.
///
/// Keys that we don't know are kept, in the order in which they stand.
///
/// Source: Prophesee's documentation of RAW files; OpenEB for the choice of the encoding in older files.
package struct RAWHeader: Sendable {
    package struct Entry: Sendable {
        package let key: String
        package var value: String

        package init(key: String, value: String) {
            self.key = key
            self.value = value
        }
    }

    package private(set) var entries: [Entry]
    package let format: EventFormat
    package let sensor: SensorGeometry
    /// Bytes up to the first one of the stream.
    package let length: Int

    package init(entries: [Entry], format: EventFormat, sensor: SensorGeometry, length: Int) {
        self.entries = entries
        self.format = format
        self.sensor = sensor
        self.length = length
    }

    /// The value of a key; where it is repeated, the last one's.
    package func value(of key: StaticString) -> String? { entries.value(of: key) }

    /// A header for a new file. The keys that tell format and geometry are set by those, in the forms that old and new
    /// readers understand; others are taken from `entries`.
    @_optimize(size)
    package init(format: EventFormat, sensor: SensorGeometry, entries: [Entry] = []) {
        let order = format == .evt21 ? "little" : "legacy"
        let isEVT21 = format == .evt21 || format == .evt21Legacy
        let options = isEVT21 ? "endianness=\(order);" : ""
        var own = [
            Entry(
                key: "format",
                value: "\(format.name);\(options)height=\(sensor.height);width=\(sensor.width)"),
            Entry(key: "geometry", value: "\(sensor.width)x\(sensor.height)"),
        ]
        if isEVT21 { own.append(Entry(key: "endianness", value: order)) }
        switch format {
        case .evt2: own.append(Entry(key: "evt", value: "2.0"))
        case .evt3: own.append(Entry(key: "evt", value: "3.0"))
        case .evt21, .evt21Legacy, .evt4: break
        }
        for entry in entries where !Self.saysFormat(entry.key) { own.append(entry.asOneLine) }
        self.init(entries: own.sortedByKey(), format: format, sensor: sensor, length: 0)
    }

    private static func saysFormat(_ key: String) -> Bool {
        key.same(as: "format") || key.same(as: "geometry") || key.same(as: "endianness") || key.same(as: "evt")
            || key.same(as: "width") || key.same(as: "height") || key.same(as: "end")
    }

    /// The header as it stands in a file, `% end` included.
    @_optimize(size)
    package func bytes() -> [UInt8] {
        var text: [UInt8] = []
        for entry in entries { text += "% \(entry.key) \(entry.value)\n".utf8 }
        text += "% end\n".utf8
        return text
    }
}

extension RAWHeader.Entry {
    private static let longestText = 1000

    /// A camera's own words may have any bytes: what would end the line or the header is a space, and the rest is cut off.
    fileprivate var asOneLine: RAWHeader.Entry {
        RAWHeader.Entry(key: Self.text(of: key, withSpaces: false), value: Self.text(of: value, withSpaces: true))
    }

    private static func text(of string: String, withSpaces: Bool) -> String {
        var bytes: [UInt8] = []
        for scalar in string.unicodeScalars {
            // Control characters, and what other programs take as the end of a line.
            let isPlain = scalar.value > 0x20 && !(0x7F...0x9F ~= scalar.value)
            let piece = String(Character(isPlain ? scalar : withSpaces ? " " : "_"))
            guard bytes.count + piece.utf8.count <= longestText else { break }
            bytes += piece.utf8
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension [RAWHeader.Entry] {
    func value(of key: StaticString) -> String? { last { $0.key.same(as: key) }?.value }

    /// By the keys' bytes, as the field's own writer does; equal keys stay in order.
    @_optimize(size)
    fileprivate func sortedByKey() -> [RAWHeader.Entry] {
        var sorted: [RAWHeader.Entry] = []
        for entry in self {
            let key = [UInt8](entry.key.utf8)
            let place = sorted.firstIndex { key.lexicographicallyPrecedes([UInt8]($0.key.utf8)) } ?? sorted.count
            sorted.insert(entry, at: place)
        }
        return sorted
    }
}

/// Why a file's beginning is not a header that we can use.
package enum RAWHeaderError: Error {
    /// There is no `% ` line at the start, and nothing else told the format.
    case noHeader
    /// Longer than any header is; the limit in bytes.
    case tooLong(limit: Int)
    /// A format that we don't read: its name.
    case unknownFormat(String)
    /// Neither `format`, nor `evt` and a `system_ID` that we know, tell the encoding.
    case formatNotTold
    /// Nothing tells the sensor's size.
    case geometryNotTold
    /// A key's value can't be what it should: key, value.
    case badValue(key: String, value: String)
    /// Two keys say different sizes.
    case geometriesDiffer(String, String)
}

extension String {
    /// Compares bytes: the library has no Unicode tables.
    package func same(as other: StaticString) -> Bool { utf8.same(as: other) }
}

extension Sequence<UInt8> {
    package func same(as other: StaticString) -> Bool {
        var index = 0
        for byte in self {
            // Within the string: the comparison before says so.
            guard index < other.utf8CodeUnitCount, unsafe other.utf8Start[index] == byte else { return false }
            index &+= 1
        }
        return index == other.utf8CodeUnitCount
    }
}
