import Foundation
import Testing

@testable import Femtosense

@Suite struct CorpusTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../Fuzz/corpus/femto-image").standardizedFileURL

    private static let names = try! FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()

    @Test("What must hold of any bytes holds of fuzzing's", arguments: names)
    func corpus(_ name: String) throws {
        let bytes = [UInt8](try Data(contentsOf: Self.folder.appendingPathComponent(name)))
        #expect(ImageChecks.broken(by: bytes) == [])
    }
}
