import CNeuromorphic
import Testing

@testable import Neuromorphic

@Suite("Source strings")
struct SourceStringTests {
    @Test(
        "A path may have a '?' if it is ended with another",
        arguments: [
            ("file:a.raw", "a.raw"), ("file:a?b.raw?", "a?b.raw"), ("file:a?b.raw?loop", "a?b.raw"),
            ("file:/x/y", "/x/y"),
            ("file:a:b", "a:b"),
        ])
    func path(_ row: (text: String, path: String)) throws { #expect(try SourceString(row.text).rest == row.path) }

    @Test(
        "Numbers are read whatever the locale",
        arguments: [
            ("1", 1), ("0.5", 0.5), (".5", 0.5), ("5.", 5), ("20e6", 20e6), ("1.06e9", 1.06e9), ("1E-3", 1e-3),
            ("2e+2", 200),
            ("", nil), (".", nil), ("e3", nil), ("1e", nil), ("1e400", nil), ("nan", nil), ("inf", nil), ("-1", nil),
            ("1,5", nil),
            ("1.2.3", nil), ("0x10", nil), (" 1", nil), ("1e99999999999999999999", nil),
        ] as [(String, Double?)])
    func numbers(_ row: (text: String, number: Double?)) throws {
        let read = Double(plain: row.text.utf8)
        if let number = row.number {
            #expect(abs(try #require(read) - number) <= 1e-12 * number)
        } else {
            #expect(read == nil)
        }
    }

    @Test(
        "What can't be opened is refused with a status and a sentence",
        arguments: [
            ("", NEUROMORPHIC_ERROR_INVALID_SOURCE, "has no scheme"),
            ("a.raw", NEUROMORPHIC_ERROR_INVALID_SOURCE, "write file:PATH"),
            ("ftp:a.raw", NEUROMORPHIC_ERROR_INVALID_SOURCE, "the schemes are file, sim and usb"),
            ("usb:serial=none", NEUROMORPHIC_ERROR_NOT_FOUND, "no known camera with the serial number none"),
            ("file:", NEUROMORPHIC_ERROR_INVALID_SOURCE, "names no file"),
            ("file:/nowhere/a.raw", NEUROMORPHIC_ERROR_NOT_FOUND, "\"/nowhere/a.raw\""),
            ("file:/", NEUROMORPHIC_ERROR_INVALID_FILE, "is a directory"),
            ("file:/dev/null", NEUROMORPHIC_ERROR_INVALID_FILE, "is a pipe or a device"),
            (
                "file:a.raw?sped=1", NEUROMORPHIC_ERROR_INVALID_SOURCE,
                "\"sped\", which file: doesn't know; it knows speed, loop"
            ),
            ("file:a.raw?speed=fast", NEUROMORPHIC_ERROR_INVALID_SOURCE, "must be max, realtime, or a factor"),
            ("file:a.raw?speed=0", NEUROMORPHIC_ERROR_INVALID_SOURCE, "speed=0"),
            ("file:a.raw?loop=perhaps", NEUROMORPHIC_ERROR_INVALID_SOURCE, "is a switch"),
            ("file:a.raw?format=EVT9", NEUROMORPHIC_ERROR_UNSUPPORTED, "EVT9"),
            ("file:a.raw?width=0", NEUROMORPHIC_ERROR_INVALID_SOURCE, "from 1 to 2048"),
            ("sim:", NEUROMORPHIC_ERROR_INVALID_SOURCE, "write sim:prophesee_evk4"),
            ("sim:prophesee_evk5", NEUROMORPHIC_ERROR_INVALID_SOURCE, "names no camera"),
            ("sim:prophesee_evk4?rate=0", NEUROMORPHIC_ERROR_INVALID_SOURCE, "rate=0"),
            ("sim:prophesee_evk4?rate=1e30", NEUROMORPHIC_ERROR_INVALID_SOURCE, "from 1 to 1060000000"),
            ("sim:prophesee_evk4?seed=abc", NEUROMORPHIC_ERROR_INVALID_SOURCE, "whole number"),
            ("sim:prophesee_evk4?scene=fog", NEUROMORPHIC_ERROR_INVALID_SOURCE, "scene=fog"),
            ("sim:prophesee_evk4?duration=0", NEUROMORPHIC_ERROR_INVALID_SOURCE, "duration=0"),
            ("sim:prophesee_evk4?loop", NEUROMORPHIC_ERROR_INVALID_SOURCE, "\"loop\""),
        ] as [(String, neuromorphic_status, String)])
    func refused(_ row: (source: String, status: neuromorphic_status, part: String)) throws {
        let options = try options()
        let error = #expect(throws: NeuromorphicError.self) { _ = try Device.open(row.source, options) }
        #expect(error?.status == row.status)
        #expect(error?.sentence.text.contains(row.part) == true, "\(error?.sentence.text ?? "")")
    }
}
