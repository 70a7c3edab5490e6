package import Platform
package import Sentences

/// Why no program was made: the kind of failure, and the sentence that says which file, which line, and what was expected there.
package struct FemtosenseError: Error {
    package enum Kind: Sendable {
        /// What the caller, or the environment, asks for can't be.
        case invalidArgument
        case outOfRange
        case unsupported
        /// A file is not what it should be.
        case invalidFile
        case notFound
        case alreadyExists
        case interrupted
        case outOfMemory
        /// A call of the system failed; the sentence says only what it was for.
        case system(SystemError)
    }

    package let kind: Kind
    package let sentence: Sentence

    package init(_ kind: Kind, _ sentence: Sentence) {
        self.kind = kind
        self.sentence = sentence
    }

    /// - Parameter line: counted from 1.
    static func invalidFile(_ file: String, line: Int, _ sentence: Sentence) -> FemtosenseError {
        FemtosenseError(.invalidFile, "\(file) line \(line): \(sentence)")
    }
}

/// A path as it may stand in a sentence: its end, where it is so long that the sentence would lose its own.
func shown(_ path: String) -> String {
    let longest = 240
    let end = Array(path.utf8).suffix(longest)
    guard end.count < path.utf8.count else { return path }
    // A character that was cut in two is left out whole.
    return "...\(String(decoding: end.drop { $0 & 0xC0 == 0x80 }, as: UTF8.self))"
}

/// What stands in a file, as it may stand in a sentence: short, and without what a terminal would take for a command.
func quoted(_ bytes: [UInt8]) -> Sentence {
    let longest = 24
    var shown: [UInt8] = []
    for byte in bytes.prefix(longest) { shown.append(0x20...0x7E ~= byte ? byte : UInt8(ascii: "?")) }
    return "\"\(String(decoding: shown, as: UTF8.self))\(bytes.count > longest ? "..." : "")\""
}
