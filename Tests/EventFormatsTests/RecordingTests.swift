import EventFormats
import Testing

/// Real cameras' recordings, against columns that several independent decoders agreed on.
@Suite("Recordings of real cameras", .enabled(if: Recordings.arePresent, Recordings.missing))
struct RecordingTests {
    struct Recording: CustomTestStringConvertible {
        let file: String
        let format: EventFormat
        let width: Int
        let height: Int
        let entries: [String]

        var testDescription: String { file }
    }

    static let recordings = [
        Recording(
            file: "evt2_sample.raw", format: .evt2, width: 640, height: 480,
            entries: [
                "Date=2020-09-14 09:03:25", "firmware_version=2.0.2", "integrator_name=Prophesee",
                "plugin_name=hal_plugin_gen3_fx3", "serial_number=30384338", "system_ID=21", "evt=2.0",
            ]),
        Recording(
            file: "evt3_sample.raw", format: .evt3, width: 1280, height: 720,
            entries: [
                "Date=2020-09-25 07:48:29", "evt=3.0", "firmware_version=3.2.3", "integrator_name=Prophesee",
                "plugin_name=hal_plugin_gen41_evk3", "serial_number=00000307", "system_ID=48",
            ]),
    ]

    @Test("The header tells format, sensor and where the data starts", arguments: recordings)
    func header(_ recording: Recording) throws {
        let bytes = try Recordings.bytes(recording.file)
        let header = try unsafe RAWHeader.read(bytes.span.bytes)
        #expect(header.format == recording.format)
        #expect(header.sensor == SensorGeometry(width: recording.width, height: recording.height))
        #expect(header.entries.map { "\($0.key)=\($0.value)" } == recording.entries)
        // These files have no `% end`: the last line that begins with a percent sign is the header's last.
        let text = recording.entries.map { "% \($0.replacing("=", with: " ", maxReplacements: 1))\n" }.joined()
        #expect(header.length == text.utf8.count)
    }

    @Test("The columns are those that other decoders make of it", arguments: recordings)
    func columns(_ recording: Recording) throws {
        let bytes = try Recordings.bytes(recording.file)
        let expected = try #require(try Recordings.expected(recording.file))
        let header = try unsafe RAWHeader.read(bytes.span.bytes)
        let decoded = try decode(
            [.bytes(Array(bytes[header.length...])), .finish], as: header.format, sensor: header.sensor,
            feed: .pieces(16_381), capacities: EventColumns.Capacities(events: 4099, triggers: 7, counters: 5))
        #expect(decoded.t.count == expected.events)
        #expect(decoded.t.first == expected.firstT)
        #expect(decoded.t.last == expected.lastT)
        let digests = [digest(decoded.t), digest(decoded.x), digest(decoded.y), digest(decoded.on)]
        #expect(digests == expected.digests)
        // What of these streams is not an event: nothing but what came before the first time, row and base.
        for kind in [.eventOutsideSensor, .timeStepBack, .unknownWord, .truncatedByte] as [StreamDefects.Kind] {
            #expect(decoded.defects[kind].count == 0, "\(kind)")
        }
    }

    private func digest<Number: FixedWidthInteger & UnsignedInteger>(_ column: [Number]) -> String {
        var sha = SHA256()
        sha.add(column)
        return sha.digest()
    }
}
