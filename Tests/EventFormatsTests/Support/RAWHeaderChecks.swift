#if !ONE_MODULE
    import EventFormats
#endif

/// What holds for any file's start: asked by the fuzzer of what it makes up, by the tests of what it once found.
enum RAWHeaderChecks {
    /// - Returns: the promises that were broken.
    static func broken(by bytes: [UInt8]) -> [String] {
        var hints = RAWHeader.Hints()
        (hints.format, hints.width, hints.height) = (.evt21, 40, 30)
        return broken(by: bytes, hints: RAWHeader.Hints()) + broken(by: bytes, hints: hints)
    }

    private static func broken(by bytes: [UInt8], hints: RAWHeader.Hints) -> [String] {
        let header: RAWHeader
        do {
            header = try unsafe RAWHeader.read(bytes.span.bytes, hints: hints)
        } catch {
            switch error {
            case .noHeader, .formatNotTold, .geometryNotTold:
                return hints.format == nil ? [] : ["\(error) in spite of hints"]
            case .tooLong(let limit):
                return bytes.count > limit ? [] : ["\(bytes.count) bytes are longer than \(limit)"]
            case .unknownFormat, .badValue, .geometriesDiffer:
                return bytes.isEmpty ? ["\(error) in an empty file"] : []
            }
        }

        var broken: [String] = []
        func expect(_ held: Bool, _ what: @autoclosure () -> String) {
            if !held { broken.append(what()) }
        }
        expect(
            0...min(bytes.count, RAWHeader.longestHeader) ~= header.length, "length \(header.length) of \(bytes.count)")
        expect(
            1...2048 ~= header.sensor.width && 1...2048 ~= header.sensor.height,
            "sensor \(header.sensor.width)x\(header.sensor.height)")
        if header.length > 0, header.length <= bytes.count {
            expect(bytes[header.length - 1] == UInt8(ascii: "\n"), "the header does not end with a line")
            expect(bytes.starts(with: "% ".utf8), "a header that does not begin as one")
        } else {
            expect(header.entries.isEmpty, "\(header.entries.count) keys in no header")
        }

        // What follows the header is not part of it.
        let alone = try? unsafe RAWHeader.read(
            bytes.span.bytes.extracting(..<min(header.length, bytes.count)), hints: hints)
        expect(alone.map { same($0, header) } ?? false, "another header without the data")

        // Read again from what it writes. Text that was no UTF-8 may have grown, a line's length is limited.
        let written = header.bytes()
        if written.count < 2048, !header.entries.isEmpty {
            let again = try? unsafe RAWHeader.read(written.span.bytes, hints: hints)
            expect(
                again.map { same($0, header) } ?? false,
                "another header from \(String(decoding: written, as: UTF8.self))")
            expect(again?.length == written.count, "\(again?.length ?? -1) of \(written.count) bytes written")
        }

        // A header for a new file says the same format and size, whatever its other keys.
        let new = RAWHeader(format: header.format, sensor: header.sensor, entries: header.entries).bytes()
        if new.count < 2048 {
            let again = try? unsafe RAWHeader.read(new.span.bytes)
            expect(
                again?.format == header.format && again?.sensor == header.sensor && again?.length == new.count,
                "another format or size from \(String(decoding: new, as: UTF8.self))")
        }
        return broken
    }

    private static func same(_ one: RAWHeader, _ other: RAWHeader) -> Bool {
        one.format == other.format && one.sensor == other.sensor
            && one.entries.map { [$0.key, $0.value] } == other.entries.map { [$0.key, $0.value] }
    }
}
