import Foundation
import Testing

/// What the fuzzers found worth keeping, once more.
@Suite("Fuzz corpus")
struct CorpusTests {
    static func files(_ target: String) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(
            at: testFolder("Fuzz/corpus").appending(path: target), includingPropertiesForKeys: nil
        ).sorted { $0.path() < $1.path() }
    }

    @Test("There is something in it", arguments: ["decoders", "raw-header"])
    func present(_ target: String) throws {
        #expect(try Self.files(target).count >= 10)
    }

    @Test("No promise is broken by any stream in it")
    func decoders() throws {
        for file in try Self.files("decoders") {
            let bytes = Array(try Data(contentsOf: file))
            #expect(DecoderChecks.broken(by: bytes) == [], "\(file.lastPathComponent)")
        }
    }

    @Test("No promise is broken by any header in it")
    func headers() throws {
        for file in try Self.files("raw-header") {
            let bytes = Array(try Data(contentsOf: file))
            #expect(RAWHeaderChecks.broken(by: bytes) == [], "\(file.lastPathComponent)")
        }
    }
}
