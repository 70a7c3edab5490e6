import Testing

@testable import Femtosense

@Suite struct HexReaderTests {
    private static func words(_ text: String, cutEvery length: Int = .max, bits: Int = 64) throws -> [UInt64] {
        var reader = HexReader(file: "words.txt", HexReader.Limits(words: 4, bits: bits))
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let piece = Array(rest.prefix(length))
            try reader.read(piece.span)
            rest = rest.dropFirst(length)
        }
        try reader.finish()
        return reader.words
    }

    /// A text, shown on one line in reports.
    struct Text: Sendable, CustomTestStringConvertible, ExpressibleByStringLiteral {
        let text: String

        init(stringLiteral text: String) { self.text = text }

        var testDescription: String { text.debugDescription }
    }

    @Test(
        arguments: [
            ("1\n2\n", [1, 2]), ("1\n2", [1, 2]), ("", []), ("\n \n\t\n# 5\n", []), ("ab AB\nAB ab\n", [0xAB, 0xAB]),
            ("0x1F # a comment\n0XfF rest\n", [0x1F, 0xFF]), ("  7#8\n", [7]), ("1\r\n2\r3\n\r4", [1, 2, 3, 4]),
            ("000000000000000000000001\nffffffffffffffff", [1, .max]), ("1\u{C}2\n3\u{B}4", [1, 3]),
        ] as [(Text, [UInt64])])
    func wordsHoweverTheTextIsCut(_ text: Text, _ expected: [UInt64]) throws {
        for length in 1...9 { #expect(try Self.words(text.text, cutEvery: length) == expected) }
        #expect(try Self.words(text.text) == expected)
    }

    @Test(
        arguments: [
            ("1\nzz\n", 2, "\"zz\" is not a hexadecimal number"), ("0x\n", 1, "\"0x\""), ("1\r\n\r\n-1", 3, "\"-1\""),
            ("10000000000000000", 1, "64 bits"), ("1\n2\n3\n4\n5\n", 5, "more words than the 4"), ("1_0", 1, "\"1_0\""),
            ("x1", 1, "\"x1\""), ("00x1", 1, "\"00x1\""), ("\u{1B}[2J", 1, "\"?[2J\""), ("0x0x1", 1, "\"0x0x1\""),
        ] as [(Text, Int, String)])
    func refusalsSayTheLine(_ text: Text, _ line: Int, _ expected: String) {
        for length in [1, 2, 3, 100] {
            do {
                let words = try Self.words(text.text, cutEvery: length)
                Issue.record("it was read as \(words)")
            } catch let error as FemtosenseError {
                #expect(error.sentence.text.hasPrefix("words.txt line \(line): "))
                #expect(error.sentence.text.contains(expected))
            } catch {
                Issue.record("\(error)")
            }
        }
    }

    @Test func narrowWords() throws {
        #expect(try Self.words("ffff", bits: 16) == [0xFFFF])
        #expect(throws: FemtosenseError.self) { try Self.words("10000", bits: 16) }
    }

    /// Without a line's end, what is no number is not read to the file's end.
    @Test func aLongLineIsRefusedEarly() {
        var reader = HexReader(file: "words.txt", HexReader.Limits(words: 4, bits: 64))
        let piece = [UInt8](repeating: UInt8(ascii: "z"), count: 64)
        #expect(throws: FemtosenseError.self) { try reader.read(piece.span) }
    }
}
