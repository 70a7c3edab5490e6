extension RAWHeader {
    /// The most that a header may take. A file whose header is longer is refused, so that nothing is read without end.
    package static let longestHeader = 1 << 16
    private static let longestLine = 1 << 12

    /// What a caller knows of a file that does not say it itself.
    package struct Hints: Sendable {
        package var format: EventFormat?
        package var width: Int?
        package var height: Int?

        package init() {}
    }

    /// Reads the header at the start of a file.
    ///
    /// - Parameters:
    ///   - bytes: the file's start: all of it, or at least `longestHeader` + 1 bytes.
    ///   - hints: used for what the header does not say; what it says, wins.
    @_optimize(size)
    package static func read(_ bytes: RawSpan, hints: Hints = Hints()) throws(RAWHeaderError) -> RAWHeader {
        let (entries, length) = try lines(bytes)
        if entries.isEmpty, hints.format == nil || hints.width == nil || hints.height == nil { throw .noHeader }
        let board = Board(entries)
        let told = try TellingFormat(entries)
        let legacy = told.format == nil ? try legacyFormat(entries, board) : nil
        guard
            let format = try (told.format ?? legacy).map({ format throws(RAWHeaderError) in
                try resolveOrder(format, told, entries)
            }) ?? hints.format
        else { throw .formatNotTold }
        guard let sensor = told.sensor ?? board?.sensor ?? hintedSensor(hints) else { throw .geometryNotTold }
        return RAWHeader(entries: entries, format: format, sensor: sensor, length: length)
    }

    private static func hintedSensor(_ hints: Hints) -> SensorGeometry? {
        guard let width = hints.width, let height = hints.height else { return nil }
        return SensorGeometry(width: width, height: height)
    }

    /// Splits the header into keys and values, and finds its end.
    ///
    /// Without `% end`, data may begin with the bytes of `% ` by chance: a line that is not text, or that doesn't end
    /// soon, is taken as data.
    @_optimize(size)
    private static func lines(_ bytes: RawSpan) throws(RAWHeaderError) -> (entries: [Entry], length: Int) {
        var entries: [Entry] = []
        var start = 0
        while start &+ 1 < bytes.byteCount, bytes.byte(start) == UInt8(ascii: "%"),
            bytes.byte(start &+ 1) == UInt8(ascii: " "), let end = endOfLine(bytes, from: start)
        {
            guard end < longestHeader else { throw .tooLong(limit: longestHeader) }
            guard isText(bytes, from: start, to: end) else { break }
            let tokens = tokens(bytes, from: start &+ 2, to: end)
            start = end &+ 1
            guard let key = tokens.first else { continue }
            if key.same(as: "end"), tokens.count == 1 { return (entries, start) }
            var value = ""
            for token in tokens.dropFirst() { value += value.utf8.isEmpty ? token : " " + token }
            entries.append(Entry(key: key, value: value))
        }
        // What comes next can't be seen any more.
        if start >= longestHeader { throw .tooLong(limit: longestHeader) }
        return (entries, start)
    }

    /// The place of a line's line feed, or of the bytes' end where that cuts the line; nil when the line is no text.
    private static func endOfLine(_ bytes: RawSpan, from start: Int) -> Int? {
        var place = start
        while place < bytes.byteCount, place &- start <= longestLine {
            switch bytes.byte(place) {
            case UInt8(ascii: "\n"): return place
            case UInt8(ascii: "\t"), UInt8(ascii: "\r"), 0x20...0x7E, 0x80...0xFF: place &+= 1
            default: return nil
            }
        }
        return place == bytes.byteCount && place > longestHeader ? place : nil
    }

    private static func isText(_ bytes: RawSpan, from start: Int, to end: Int) -> Bool {
        var line: [UInt8] = []
        for place in start..<end { line.append(bytes.byte(place)) }
        return String(validating: line, as: UTF8.self) != nil
    }

    @_optimize(size)
    private static func tokens(_ bytes: RawSpan, from start: Int, to end: Int) -> [String] {
        var tokens: [String] = []
        var token: [UInt8] = []
        for place in start...end {
            let byte = bytes.byte(place)
            if place < end, byte != UInt8(ascii: " "), byte != UInt8(ascii: "\t"), byte != UInt8(ascii: "\r") {
                token.append(byte)
            } else if !token.isEmpty {
                tokens.append(String(decoding: token, as: UTF8.self))
                token = []
            }
        }
        return tokens
    }

    /// The encoding of a file that has no `format`: `evt`, or what the board sent by default.
    @_optimize(size)
    private static func legacyFormat(_ entries: [Entry], _ board: Board?) throws(RAWHeaderError) -> EventFormat? {
        guard let evt = entries.value(of: "evt") else { return board?.format }
        switch evt.utf8 {
        case let version where version.same(as: "2.0"): return .evt2
        case let version where version.same(as: "2.1"): return .evt21
        case let version where version.same(as: "3.0"): return .evt3
        default: throw .unknownFormat("evt \(evt)")
        }
    }

    /// EVT2.1 comes in two byte orders. Where nothing says which, Prophesee's boards before 0x37 have the legacy one.
    @_optimize(size)
    private static func resolveOrder(
        _ format: EventFormat, _ told: TellingFormat, _ entries: [Entry]
    ) throws(RAWHeaderError) -> EventFormat {
        guard format == .evt21 || format == .evt21Legacy else { return format }
        if let order = told.order ?? entries.value(of: "endianness") {
            if order.same(as: "little") { return .evt21 }
            if order.same(as: "legacy") { return .evt21Legacy }
            throw .badValue(key: "endianness", value: order)
        }
        let isEarly = Board.systemID(entries).map { $0 > 0 && $0 < 0x37 } ?? true
        return Board.isProphesee(entries) && isEarly ? .evt21Legacy : .evt21
    }
}

/// What `format` and `geometry` say.
private struct TellingFormat {
    private(set) var format: EventFormat?
    private(set) var sensor: SensorGeometry?
    private(set) var order: String?

    @_optimize(size)
    init(_ entries: [RAWHeader.Entry]) throws(RAWHeaderError) {
        var width: Int?
        var height: Int?
        if let text = entries.value(of: "format") {
            let parts = [UInt8](text.utf8).split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
            guard let name = parts.first else { throw .badValue(key: "format", value: text) }
            guard let format = EventFormat(name: name) else {
                throw .unknownFormat(String(decoding: name, as: UTF8.self))
            }
            self.format = format
            for part in parts.dropFirst() {
                guard let equals = part.firstIndex(of: UInt8(ascii: "=")) else { continue }
                let key = part[..<equals]
                let value = part[part.index(after: equals)...]
                if key.same(as: "width") { width = try Self.number(value, in: text) }
                if key.same(as: "height") { height = try Self.number(value, in: text) }
                if key.same(as: "endianness") { order = String(decoding: value, as: UTF8.self) }
            }
            if let width, let height {
                sensor = SensorGeometry(width: width, height: height)
                if sensor == nil { throw .badValue(key: "format", value: text) }
            }
        }
        guard let text = entries.value(of: "geometry") else { return }
        let sides = [UInt8](text.utf8).split(separator: UInt8(ascii: "x"), omittingEmptySubsequences: false)
        guard sides.count == 2, let across = Int(decimal: sides[0]), let down = Int(decimal: sides[1]),
            let geometry = SensorGeometry(width: across, height: down)
        else { throw .badValue(key: "geometry", value: text) }
        if width ?? across != across || height ?? down != down {
            throw .geometriesDiffer("\(width ?? across)x\(height ?? down)", text)
        }
        sensor = geometry
    }

    @_optimize(size)
    private static func number(_ digits: ArraySlice<UInt8>, in text: String) throws(RAWHeaderError) -> Int {
        guard let number = Int(decimal: digits) else { throw .badValue(key: "format", value: text) }
        return number
    }
}

extension EventFormat {
    /// By the name that a RAW header's `format` has; EVT2.1 then still lacks its byte order.
    package init?(name: some Sequence<UInt8>) {
        guard let format = [Self.evt2, .evt21, .evt3, .evt4].first(where: { name.same(as: $0.name) }) else {
            return nil
        }
        self = format
    }
}

extension Int {
    /// Decimal digits only; nil for anything else and for what is too large.
    package init?(decimal digits: some Collection<UInt8>) {
        guard !digits.isEmpty else { return nil }
        var number = 0
        for digit in digits {
            guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= digit else { return nil }
            let (tens, tooLarge) = number.multipliedReportingOverflow(by: 10)
            let (sum, tooLargeToo) = tens.addingReportingOverflow(Int(digit &- UInt8(ascii: "0")))
            guard !tooLarge, !tooLargeToo else { return nil }
            number = sum
        }
        self = number
    }
}

extension RawSpan {
    /// The byte at a place that is within the span.
    fileprivate func byte(_ place: Int) -> UInt8 { unsafe unsafeLoad(fromByteOffset: place, as: UInt8.self) }
}
