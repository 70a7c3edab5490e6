import EventFormats
import Testing

/// Streams whose outcome an independent model and a hand agreed on; Golden/README.md says where they come from.
@Suite("Golden streams")
struct GoldenTests {
    static let cases: [GoldenCase] = EventFormat.allCases.flatMap { (try? GoldenCase.all($0)) ?? [] }
    static let randomStreams: [RandomStream] = (try? RandomStream.all()) ?? []

    @Test("The files can be read", arguments: EventFormat.allCases)
    func readable(_ format: EventFormat) throws {
        #expect(try GoldenCase.all(format).count >= 40)
        #expect(try RandomStream.all().count { $0.format == format } >= 12)
    }

    @Test("A stream gives the events and defects that it should", arguments: cases)
    func golden(_ golden: GoldenCase) throws {
        let decoded = try decode(golden.items, as: golden.format, sensor: golden.sensor)
        #expect(decoded.lines == golden.expected.lines)
    }

    @Test("They do not depend on the cut", arguments: cases)
    func cut(_ golden: GoldenCase) throws {
        let longest = golden.items.reduce(1) { if case .bytes(let bytes) = $1 { max($0, bytes.count) } else { $0 } }
        for length in 1...longest {
            let decoded = try decode(golden.items, as: golden.format, sensor: golden.sensor, feed: .pieces(length))
            #expect(decoded.lines == golden.expected.lines, "pieces of \(length) bytes")
        }
    }

    @Test("They do not depend on the columns' size", arguments: cases)
    func narrow(_ golden: GoldenCase) throws {
        let decoded = try decode(golden.items, as: golden.format, sensor: golden.sensor, capacities: .oneWord)
        #expect(decoded.lines == golden.expected.lines)
    }

    @Test("Random words, losses and new starts give what the model makes of them", arguments: randomStreams)
    func randomWords(_ stream: RandomStream) throws {
        let decoded = try decode(stream.items(), as: stream.format, sensor: stream.sensor)
        #expect(decoded.counts == stream.counts)
        #expect(decoded.digest == stream.digest)
    }

    @Test("Every kind of defect occurs in some golden stream", arguments: StreamDefects.Kind.allCases)
    func complete(_ kind: StreamDefects.Kind) {
        #expect(Self.cases.contains { $0.expected.defects[kind].count > 0 })
    }

    @Test(
        "The tests' SHA-256 is the standard's",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ])
    func sha256(_ text: String, _ digest: String) {
        var sha = SHA256()
        sha.add(Array(text.utf8))
        #expect(sha.digest() == digest)
    }
}
