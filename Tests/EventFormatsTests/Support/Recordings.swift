import EventFormats
import Foundation
import Testing

/// Recordings of real cameras, which are not part of the repository; NEUROMORPHIC_TEST_DATA names their folder.
enum Recordings {
    static let folder: URL =
        ProcessInfo.processInfo.environment["NEUROMORPHIC_TEST_DATA"].map { URL(filePath: $0) }
        ?? testFolder("../../shared/data").standardizedFileURL

    static var missing: Comment { "no recordings in \(folder.path()); NEUROMORPHIC_TEST_DATA names their folder" }

    static let arePresent = FileManager.default.fileExists(atPath: folder.appending(path: "expected.csv").path())

    /// A row of expected.csv.
    struct Expected {
        let file: String
        let events: Int
        let firstT: UInt64
        let lastT: UInt64
        /// SHA-256 of the columns t, x, y, on.
        let digests: [String]
    }

    static func expected(_ file: String) throws -> Expected? {
        let rows = try String(contentsOf: folder.appending(path: "expected.csv"), encoding: .utf8).split(
            separator: "\n")
        for row in rows {
            let fields = row.split(separator: ",").map(String.init)
            guard fields.count == 8, fields[0] == file, let events = Int(fields[1]), let first = UInt64(fields[2]),
                let last = UInt64(fields[3])
            else { continue }
            return Expected(file: file, events: events, firstT: first, lastT: last, digests: Array(fields[4...]))
        }
        return nil
    }

    static func bytes(_ file: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appending(path: file)))
    }
}
