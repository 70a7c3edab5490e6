import EventFormats
import Testing

/// The header as text, what follows it, and what is read.
private func read(
    _ bytes: [UInt8], hints: RAWHeader.Hints = RAWHeader.Hints()
) throws(RAWHeaderError) -> RAWHeader {
    try unsafe RAWHeader.read(bytes.span.bytes, hints: hints)
}

private func read(_ text: String, then data: [UInt8] = []) throws(RAWHeaderError) -> RAWHeader {
    try read(Array(text.utf8) + data)
}

/// The error's case, without what it carries.
private func refusal(_ text: String, hints: RAWHeader.Hints = RAWHeader.Hints()) -> String {
    do {
        let header = try read(Array(text.utf8), hints: hints)
        return "read as \(header.format) \(header.sensor.width)x\(header.sensor.height)"
    } catch {
        return String("\(error)".prefix { $0 != "(" })
    }
}

/// The keys that tell all, so that a test's own lines can be anything.
private let told = "% format EVT3;height=720;width=1280\n"

@Suite("RAW header: grammar")
struct RAWHeaderGrammarTests {
    @Test(
        "The header ends after % end, or before the first line that is none of its own",
        arguments: [
            ("% end, then data that looks like a line", told + "% end\n", [0x25, 0x20, 0x61, 0x20, 0x62, 0x0A]),
            ("% end, then % end", told + "% end\n", Array("% end\n".utf8)),
            ("% end, then no data", told + "% end\n", []),
            ("% end with a value is a key like others", told + "% end of header\n% a b\n% end\n", [0x25, 0x20]),
            ("no % end, then no data", told, []),
            ("no % end, then data", told, [0x00, 0x80, 0x01, 0x60]),
            ("no % end, then a line feed", told, [0x0A, 0x25, 0x20]),
            ("no % end, then % without a space", told, Array("%end\n".utf8)),
            ("no % end, then a lone %", told, [0x25]),
            ("no % end, then % and a space", told, [0x25, 0x20]),
            ("no % end, then data that begins like a line and has no line feed", told, Array("% abc".utf8)),
            ("no % end, then data that begins like a line and has zeros", told, [0x25, 0x20, 0x00, 0x80, 0x61, 0x0A]),
            // An event in column 37 of EVT3, then a low time, a row, and a column that has the byte of a line feed.
            ("no % end, then data that begins like a line", told, [0x25, 0x20, 0x13, 0x60, 0x40, 0x00, 0x0A, 0x20]),
            ("no % end, then data that is no UTF-8", told, [0x25, 0x20, 0x85, 0x60, 0xC1, 0x62, 0x0A, 0x20]),
        ] as [(String, String, [UInt8])])
    func end(_ name: String, _ text: String, _ data: [UInt8]) throws {
        let header = try read(text, then: data)
        #expect(header.length == text.utf8.count, "\(name)")
        #expect(header.format == .evt3)
    }

    @Test("A long stretch of data without a line feed is no line")
    func longLine() throws {
        let data = Array("% a".utf8) + [UInt8](repeating: 0x61, count: 1 << 15) + [0x0A]
        #expect(try read(told, then: data).length == told.utf8.count)
    }

    @Test(
        "The first token is the key, the others joined by single spaces are the value",
        arguments: [
            ("% serial_number 00050423\n", "serial_number", "00050423"),
            ("% date 2026-01-31 09:15:02\n", "date", "2026-01-31 09:15:02"),
            ("%   date   2026-01-31 \t 09:15:02  \n", "date", "2026-01-31 09:15:02"),
            ("% flag\n", "flag", ""),
            ("% firmware_version 3.9.0\r\n", "firmware_version", "3.9.0"),
            ("% a=b c=d\n", "a=b", "c=d"),
            ("% % %\n", "%", "%"),
            ("% plugin_name Käfer µ\n", "plugin_name", "Käfer µ"),
        ])
    func tokens(_ line: String, _ key: String, _ value: String) throws {
        let header = try read(line + told + "% end\n")
        let first = try #require(header.entries.first)
        #expect(first.key == key)
        #expect(first.value == value)
        #expect(header.length == (line + told + "% end\n").utf8.count)
    }

    @Test("Lines without a token are ignored")
    func noToken() throws {
        let header = try read("% \n" + told + "%    \n% a b\n% end\n")
        #expect(header.entries.map(\.key) == ["format", "a"])
    }

    @Test("Unknown and repeated keys are kept in their order; of a repeated key the last value counts")
    func order() throws {
        let header = try read("% z 1\n% a 2\n" + told + "% z 3\n% end\n")
        #expect(
            header.entries.map { "\($0.key)=\($0.value)" } == [
                "z=1", "a=2", "format=EVT3;height=720;width=1280", "z=3",
            ])
        #expect(header.value(of: "z") == "3")
        #expect(header.value(of: "a") == "2")
        #expect(header.value(of: "absent") == nil)
        #expect(header.value(of: "") == nil)
    }

    @Test("Of a repeated format the last one counts")
    func repeated() throws {
        let header = try read("% format EVT2;height=480;width=640\n" + told)
        #expect(header.format == .evt3 && header.sensor.width == 1280)
    }

    @Test("A header takes 64 KiB and no more")
    func limit() throws {
        func text(_ length: Int) -> String {
            var text = told
            while length - text.utf8.count > 2100 { text += "% k " + String(repeating: "v", count: 995) + "\n" }
            let rest = length - text.utf8.count - "% k \n".utf8.count - "% end\n".utf8.count
            return text + "% k " + String(repeating: "v", count: rest) + "\n% end\n"
        }
        #expect(RAWHeader.longestHeader == 65_536)
        #expect(text(65_536).utf8.count == 65_536)
        #expect(try read(text(65_536)).length == 65_536)
        #expect(refusal(text(65_537)) == "tooLong")
        #expect(refusal(text(200_000)) == "tooLong")
        #expect(refusal(String(text(200_000).prefix(65_537))) == "tooLong")
    }

    @Test(
        "What has no header is refused, unless all is known from elsewhere",
        arguments: ["", "%", "% ", "\n", "hello", "%end\n", "% end\n", "% end\n\u{0}", "% \n", "\u{0}% format EVT3\n"])
    func noHeader(_ text: String) throws {
        #expect(refusal(text) == "noHeader")
        var hints = RAWHeader.Hints()
        hints.format = .evt21
        #expect(refusal(text, hints: hints) == "noHeader")
        (hints.width, hints.height) = (320, 240)
        let header = try read(Array(text.utf8), hints: hints)
        #expect(header.format == .evt21 && header.sensor == SensorGeometry(width: 320, height: 240))
        #expect(header.entries.isEmpty)
    }
}

@Suite("RAW header: format and geometry")
struct RAWHeaderFormatTests {
    @Test(
        "The format tells the encoding, its options the size",
        arguments: [
            ("% format EVT3;height=720;width=1280\n", .evt3, 1280, 720),
            ("% format EVT3;width=1280;height=720\n", .evt3, 1280, 720),
            ("% format EVT2;height=480;width=640\n", .evt2, 640, 480),
            ("% format EVT4;height=720;width=1280\n", .evt4, 1280, 720),
            ("% format EVT21;endianness=little;height=320;width=320\n", .evt21, 320, 320),
            ("% format EVT21;endianness=legacy;height=720;width=1280\n", .evt21Legacy, 1280, 720),
            ("% format EVT3;height=720;something=else;width=1280;flag\n", .evt3, 1280, 720),
            ("% format EVT3;height=2048;width=2048\n", .evt3, 2048, 2048),
            ("% format EVT3;height=1;width=1\n", .evt3, 1, 1),
            ("% format EVT3\n% geometry 1280x720\n", .evt3, 1280, 720),
            ("% format EVT3;height=720;width=1280\n% geometry 1280x720\n", .evt3, 1280, 720),
            ("% format EVT3;width=1280\n% geometry 1280x720\n", .evt3, 1280, 720),
            // The format is preferred to what old readers look at.
            ("% evt 2.0\n% format EVT3;height=720;width=1280\n% system_ID 21\n", .evt3, 1280, 720),
            ("% format EVT2;height=480;width=640\n% integrator_name Acme\n% system_ID 49\n", .evt2, 640, 480),
            // The board's table as the last resort for the size.
            ("% format EVT3\n% system_ID 49\n", .evt3, 1280, 720),
            ("% format EVT2\n% integrator_name Prophesee\n% system_ID 40\n", .evt2, 640, 480),
        ] as [(String, EventFormat, Int, Int)])
    func format(_ text: String, _ format: EventFormat, _ width: Int, _ height: Int) throws {
        let header = try read(text + "% end\n")
        #expect(header.format == format)
        #expect(header.sensor == SensorGeometry(width: width, height: height))
    }

    @Test(
        "What can't be is refused",
        arguments: [
            ("% format HISTO3D;height=320;width=320\n", "unknownFormat"),
            ("% format DIFF3D;height=320;pixelbytes=1;width=320\n", "unknownFormat"),
            ("% format AER-8b;height=320;width=320\n", "unknownFormat"),
            ("% format evt3;height=720;width=1280\n", "unknownFormat"),
            ("% format EVT30;height=720;width=1280\n", "unknownFormat"),
            ("% format EVT;height=720;width=1280\n", "unknownFormat"),
            ("% format\n", "unknownFormat"),
            ("% format ;height=720;width=1280\n", "unknownFormat"),
            ("% format EVT3;height=0;width=1280\n", "badValue"),
            ("% format EVT3;height=720;width=2049\n", "badValue"),
            ("% format EVT3;height=720;width=\n", "badValue"),
            ("% format EVT3;height=720;width=-1\n", "badValue"),
            ("% format EVT3;height=720;width=99999999999999999999\n", "badValue"),
            ("% format EVT3\n", "geometryNotTold"),
            ("% format EVT4\n", "geometryNotTold"),
            ("% format EVT3;width=1280\n", "geometryNotTold"),
            ("% format EVT3\n% system_ID 52\n", "geometryNotTold"),
            ("% format EVT3\n% integrator_name Acme\n% system_ID 49\n", "geometryNotTold"),
            ("% format EVT3;height=720;width=1280\n% geometry 640x480\n", "geometriesDiffer"),
            ("% format EVT3;height=720;width=1280\n% geometry 1280x721\n", "geometriesDiffer"),
            ("% format EVT3;height=720;width=1280\n% geometry 720x1280\n", "geometriesDiffer"),
            ("% format EVT3;width=640\n% geometry 1280x720\n", "geometriesDiffer"),
            ("% format EVT3\n% geometry 0x720\n", "badValue"),
            ("% format EVT3\n% geometry 1280x0\n", "badValue"),
            ("% format EVT3\n% geometry 1280\n", "badValue"),
            ("% format EVT3\n% geometry 1280x\n", "badValue"),
            ("% format EVT3\n% geometry x720\n", "badValue"),
            ("% format EVT3\n% geometry 1280x720x2\n", "badValue"),
            ("% format EVT3\n% geometry 1280X720\n", "badValue"),
            ("% format EVT3\n% geometry 1280 x 720\n", "badValue"),
            ("% format EVT3\n% geometry 4096x720\n", "badValue"),
            ("% format EVT3\n% geometry\n", "badValue"),
            ("% format EVT21;endianness=big;height=720;width=1280\n", "badValue"),
            ("% format EVT21;height=720;width=1280\n% endianness middle\n", "badValue"),
            ("% date 2026-01-31 09:15:02\n", "formatNotTold"),
            ("% geometry 1280x720\n", "formatNotTold"),
            ("% geometry 1280x720\n% evt 4.0\n", "unknownFormat"),
            ("% geometry 1280x720\n% evt 3\n", "unknownFormat"),
            ("% geometry 1280x720\n% evt\n", "unknownFormat"),
        ])
    func refused(_ text: String, _ error: String) {
        #expect(refusal(text + "% end\n") == error)
    }

    @Test(
        "EVT2.1's byte order: as told, else legacy on Prophesee's boards before 0x37",
        arguments: [
            ("% endianness little\n% integrator_name Prophesee\n% system_ID 49\n", .evt21),
            ("% endianness legacy\n% system_ID 64\n", .evt21Legacy),
            ("% integrator_name Prophesee\n% system_ID 1\n", .evt21Legacy),
            ("% integrator_name Prophesee\n% system_ID 49\n", .evt21Legacy),
            ("% integrator_name Prophesee\n% system_ID 54\n", .evt21Legacy),
            ("% integrator_name Prophesee\n% system_ID 55\n", .evt21),
            ("% integrator_name Prophesee\n% system_ID 64\n", .evt21),
            ("% integrator_name Prophesee\n% system_ID 0\n", .evt21),
            ("% integrator_name Prophesee\n", .evt21Legacy),
            ("% camera_integrator_name Prophesee\n% plugin_integrator_name Prophesee\n% system_ID 49\n", .evt21Legacy),
            ("% camera_integrator_name Prophesee\n% plugin_integrator_name Prophesee\n", .evt21Legacy),
            ("% camera_integrator_name Acme\n% plugin_integrator_name Prophesee\n% system_ID 49\n", .evt21),
            ("% camera_integrator_name Prophesee\n% plugin_integrator_name Acme\n% system_ID 49\n", .evt21),
            ("% integrator_name Acme\n% system_ID 49\n", .evt21),
            ("% integrator_name Acme\n", .evt21),
            ("% integrator_name Acme\n% endianness legacy\n", .evt21Legacy),
        ] as [(String, EventFormat)])
    func order(_ text: String, _ format: EventFormat) throws {
        #expect(try read("% format EVT21;height=720;width=1280\n" + text + "% end\n").format == format)
        // The same with the encoding told in the old way.
        #expect(try read("% evt 2.1\n% geometry 1280x720\n" + text + "% end\n").format == format)
    }

    @Test("The byte order of the format's option is preferred to the key's")
    func optionFirst() throws {
        let little = "% endianness legacy\n% format EVT21;endianness=little;height=320;width=320\n"
        let legacy = "% endianness little\n% format EVT21;endianness=legacy;height=320;width=320\n"
        #expect(try read(little).format == .evt21)
        #expect(try read(legacy).format == .evt21Legacy)
    }

    @Test("Other formats have no byte order")
    func noOrder() throws {
        #expect(try read("% endianness legacy\n" + told).format == .evt3)
    }
}

@Suite("RAW header: boards")
struct RAWHeaderBoardTests {
    struct Board: CustomTestStringConvertible {
        let systemIDs: [Int]
        let format: EventFormat
        let width: Int
        let height: Int

        var testDescription: String { "\(systemIDs)" }
    }

    static let boards = [
        Board(systemIDs: [21, 23, 25, 29, 33, 151, 153, 161], format: .evt2, width: 640, height: 480),
        Board(systemIDs: [28, 35, 34, 162, 41], format: .evt2, width: 640, height: 480),
        Board(systemIDs: [26, 31], format: .evt2, width: 1280, height: 720),
        Board(systemIDs: [30, 46], format: .evt3, width: 1280, height: 720),
        Board(systemIDs: [39], format: .evt2, width: 1280, height: 720),
        Board(systemIDs: [40], format: .evt3, width: 640, height: 480),
        Board(systemIDs: [48], format: .evt3, width: 1280, height: 720),
        Board(systemIDs: [49], format: .evt3, width: 1280, height: 720),
        Board(systemIDs: [50], format: .evt3, width: 1280, height: 720),
    ]

    @Test("Without a format, a board that we know tells encoding and size", arguments: boards)
    func known(_ board: Board) throws {
        for id in board.systemIDs {
            let text = "% integrator_name Prophesee\n% system_ID \(id)\n"
            let header = try read(text)
            #expect(header.format == board.format, "\(id)")
            #expect(header.sensor == SensorGeometry(width: board.width, height: board.height), "\(id)")
            // `evt` is preferred to what the board sends by default.
            #expect(try read(text + "% evt 3.0\n").format == .evt3)
            #expect(try read(text + "% evt 2.0\n").format == .evt2)
            // All known boards below 0x37, and only they, have the legacy order.
            #expect(try read(text + "% evt 2.1\n").format == (id < 55 ? .evt21Legacy : .evt21))
            #expect(try read(text + "% evt 2.1\n").sensor == header.sensor)
            // A geometry is preferred to the board's.
            #expect(try read(text + "% geometry 304x240\n").sensor == SensorGeometry(width: 304, height: 240))
            // Another integrator's number means something else.
            for key in ["integrator_name", "camera_integrator_name", "plugin_integrator_name"] {
                #expect(refusal("% \(key) Acme\n% system_ID \(id)\n") == "formatNotTold")
                #expect(refusal("% \(key) Acme\n% evt 3.0\n% system_ID \(id)\n") == "geometryNotTold")
            }
        }
    }

    @Test("Every other number tells nothing", arguments: 0...300)
    func unknown(_ id: Int) {
        if Self.boards.contains(where: { $0.systemIDs.contains(id) }) { return }
        let text = "% integrator_name Prophesee\n% system_ID \(id)\n"
        #expect(refusal(text) == "formatNotTold")
        #expect(refusal(text + "% evt 3.0\n") == "geometryNotTold")
    }

    @Test(
        "A number that is none tells nothing",
        arguments: ["", "0x31", "-49", "+49", "49.0", "49a", "4 9", "99999999999999999999", "٤٩"])
    func noNumber(_ id: String) {
        #expect(refusal("% integrator_name Prophesee\n% system_ID \(id)\n") == "formatNotTold")
    }

    @Test("The smallest header that others read")
    func smallest() throws {
        let header = try read("% evt 3.0\n% integrator_name Prophesee\n% system_ID 49\n")
        #expect(header.format == .evt3 && header.sensor == SensorGeometry(width: 1280, height: 720))
    }
}

@Suite("RAW header: hints")
struct RAWHeaderHintsTests {
    @Test("What the header says is preferred to the hints")
    func preferred() throws {
        var hints = RAWHeader.Hints()
        (hints.format, hints.width, hints.height) = (.evt2, 320, 240)
        let header = try read(Array((told + "% end\n").utf8), hints: hints)
        #expect(header.format == .evt3 && header.sensor == SensorGeometry(width: 1280, height: 720))
        #expect(refusal("% evt 3.0\n% system_ID 49\n", hints: hints) == "read as evt3 1280x720")
    }

    @Test(
        "Hints fill in what the header leaves out",
        arguments: [
            ("% date 2020-09-14 09:03:25\n", .evt2, "read as evt2 320x240"),
            ("% date 2020-09-14 09:03:25\n", .evt21, "read as evt21 320x240"),
            ("% date 2020-09-14 09:03:25\n", .evt21Legacy, "read as evt21Legacy 320x240"),
            ("% date 2020-09-14 09:03:25\n", nil, "formatNotTold"),
            ("% format EVT3\n", .evt2, "read as evt3 320x240"),
            ("% evt 2.0\n", nil, "read as evt2 320x240"),
            ("% geometry 1280x720\n", .evt4, "read as evt4 1280x720"),
            ("% format HISTO3D\n", .evt4, "unknownFormat"),
            ("% geometry 0x0\n", .evt4, "badValue"),
        ] as [(String, EventFormat?, String)])
    func filled(_ text: String, _ format: EventFormat?, _ outcome: String) {
        var hints = RAWHeader.Hints()
        (hints.format, hints.width, hints.height) = (format, 320, 240)
        #expect(refusal(text + "% end\n", hints: hints) == outcome)
    }

    @Test("A size that no sensor has is no hint", arguments: [(0, 240), (320, 0), (2049, 240), (-1, -1), (Int.max, 1)])
    func impossible(_ width: Int, _ height: Int) {
        var hints = RAWHeader.Hints()
        (hints.format, hints.width, hints.height) = (.evt3, width, height)
        #expect(refusal("% date 2020-09-14 09:03:25\n", hints: hints) == "geometryNotTold")
        #expect(refusal("", hints: hints) == "geometryNotTold")
    }
}

@Suite("RAW header: writing")
struct RAWHeaderWritingTests {
    @Test("An EVT3 recording's header, as other programs write it")
    func evt3() throws {
        let header = RAWHeader(
            format: .evt3, sensor: try #require(SensorGeometry(width: 1280, height: 720)),
            entries: [
                ("system_ID", "49"), ("serial_number", "00050423"), ("sensor_name", "IMX636"),
                ("sensor_generation", "4.2"), ("plugin_integrator_name", "Prophesee"), ("date", "2026-01-31 09:15:02"),
                ("camera_integrator_name", "Prophesee"),
            ].map { RAWHeader.Entry(key: $0.0, value: $0.1) })
        #expect(
            String(decoding: header.bytes(), as: UTF8.self) == """
                % camera_integrator_name Prophesee
                % date 2026-01-31 09:15:02
                % evt 3.0
                % format EVT3;height=720;width=1280
                % geometry 1280x720
                % plugin_integrator_name Prophesee
                % sensor_generation 4.2
                % sensor_name IMX636
                % serial_number 00050423
                % system_ID 49
                % end

                """)
    }

    @Test("An EVT2.1 recording's header, as other programs write it")
    func evt21() throws {
        let header = RAWHeader(
            format: .evt21, sensor: try #require(SensorGeometry(width: 320, height: 320)),
            entries: [
                RAWHeader.Entry(key: "sensor_generation", value: "320.0"),
                RAWHeader.Entry(key: "sensor_name", value: "GenX320"),
            ])
        #expect(
            String(decoding: header.bytes(), as: UTF8.self) == """
                % endianness little
                % format EVT21;endianness=little;height=320;width=320
                % geometry 320x320
                % sensor_generation 320.0
                % sensor_name GenX320
                % end

                """)
    }

    @Test("What is written is read back equal", arguments: EventFormat.allCases, RoundTripTests.sensors)
    func roundTrip(_ format: EventFormat, _ size: (Int, Int)) throws {
        let sensor = try #require(SensorGeometry(width: size.0, height: size.1))
        // Values that would tell something else, were they not replaced.
        let entries = [
            ("zeta", "unknown key"), ("format", "EVT2;height=1;width=1"), ("geometry", "9x9"), ("evt", "2.0"),
            ("endianness", "big"), ("width", "7"), ("height", "7"), ("end", ""), ("Date", "a  b"),
            ("serial_number", "0007"),
            ("system_ID", "21"), ("integrator_name", "Acme"), ("empty", ""),
        ].map { RAWHeader.Entry(key: $0.0, value: $0.1) }
        let written = RAWHeader(format: format, sensor: sensor, entries: entries)
        let bytes = written.bytes()
        // What follows looks like a line of the header, and isn't.
        let header = try read(bytes + Array("% format EVT2;height=1;width=1\n".utf8))
        #expect(header.length == bytes.count)
        #expect(header.format == format)
        #expect(header.sensor == sensor)
        #expect(header.value(of: "zeta") == "unknown key")
        #expect(header.value(of: "Date") == "a b")
        #expect(header.value(of: "serial_number") == "0007")
        #expect(header.value(of: "integrator_name") == "Acme")
        #expect(header.value(of: "empty") == "")
        #expect(header.entries.map(\.key) == written.entries.map(\.key))
        let keys = header.entries.map { Array($0.key.utf8) }
        #expect(zip(keys, keys.dropFirst()).allSatisfy { !$1.lexicographicallyPrecedes($0) })
        #expect(keys.count == Set(keys).count)
        #expect(try read(header.bytes()).bytes() == header.bytes())
    }

    @Test(
        "A value that is no line of text does not break the header",
        arguments: [
            "0007\n% end\n", "\n", "a\r\nb", "a\u{0}b", "a\u{1}b", "a\u{7F}", String(repeating: "v", count: 5000),
        ])
    func notText(_ value: String) throws {
        let entries = ["a_serial_number", "z_serial_number"].map { RAWHeader.Entry(key: $0, value: value) }
        let bytes = RAWHeader(format: .evt3, sensor: DecoderChecks.sensor, entries: entries).bytes()
        let header = try read(bytes + [0x00, 0x80])
        #expect(header.length == bytes.count)
        #expect(header.format == .evt3 && header.sensor == DecoderChecks.sensor)
        #expect(header.entries.map(\.key) == ["a_serial_number", "evt", "format", "geometry", "z_serial_number"])
    }

    @Test("Old readers find `evt` where there is one for the format", arguments: EventFormat.allCases)
    func evt(_ format: EventFormat) throws {
        let written = RAWHeader(format: format, sensor: .largestSensor)
        let versions: [EventFormat: String] = [.evt2: "2.0", .evt3: "3.0"]
        #expect(written.value(of: "evt") == versions[format])
    }

    @Test("A header that was read is written with all its lines")
    func rewritten() throws {
        let header = try read("% b 1\n%  a   2  3\n" + told + "% b 4\n")
        #expect(
            String(decoding: header.bytes(), as: UTF8.self)
                == "% b 1\n% a 2 3\n% format EVT3;height=720;width=1280\n% b 4\n% end\n")
    }
}
