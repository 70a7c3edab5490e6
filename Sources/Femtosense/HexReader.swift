import Sentences

/// Reads a memory's words from its text: the first column of each line is a hexadecimal number, with or without 0x; further columns,
/// blank lines, and what follows a `#` mean nothing.
///
/// The text may come in any pieces. Of it, nothing is kept but the words.
///
/// Source: femtodriverpub 1.1.0, as observed.
struct HexReader {
    private(set) var words: [UInt64] = []
    /// For sentences.
    private let file: String
    private let limits: Limits
    private var line = 1
    private var place = Place.beforeNumber
    private var number = Number()
    /// The line ended with a carriage return; a line feed after it belongs to that.
    private var isAfterReturn = false

    struct Limits {
        /// The words that there is room for, and their bits.
        let words: Int
        let bits: Int
    }

    private enum Place {
        case beforeNumber
        case number
        case afterNumber
    }

    /// The number that is being read.
    private struct Number {
        var value: UInt64 = 0
        var digits = 0
        var isHexadecimal = true
        var fits = true
        /// As it stands there, as far as a sentence would have it.
        var text: [UInt8] = []

        mutating func append(_ byte: UInt8) {
            if let digit = hexadecimalDigit(byte) {
                if value >> 60 != 0 { fits = false }
                value = value << 4 | digit
                digits += 1
            } else if byte | 0x20 == UInt8(ascii: "x"), text.count == 1, text[0] == UInt8(ascii: "0") {
                digits = 0
            } else {
                isHexadecimal = false
            }
            if text.count < 32 { text.append(byte) }
        }
    }

    init(file: String, _ limits: Limits) {
        self.file = file
        self.limits = limits
    }

    mutating func read(_ text: Span<UInt8>) throws(FemtosenseError) {
        for index in text.indices {
            let byte = text[index]
            switch byte {
            case UInt8(ascii: "\n") where isAfterReturn: isAfterReturn = false
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                try endNumber()
                place = .beforeNumber
                line += 1
                isAfterReturn = byte == UInt8(ascii: "\r")
            default:
                isAfterReturn = false
                try readWithinLine(byte)
            }
        }
    }

    private mutating func readWithinLine(_ byte: UInt8) throws(FemtosenseError) {
        if place == .afterNumber { return }
        switch byte {
        case UInt8(ascii: "#"):
            try endNumber()
            place = .afterNumber
        case UInt8(ascii: " "), 0x09, 0x0B, 0x0C:
            if place == .number {
                try endNumber()
                place = .afterNumber
            }
        default:
            place = .number
            number.append(byte)
            // A file without lines must not be read to its end for this.
            if !number.isHexadecimal, number.text.count == 32 { try endNumber() }
        }
    }

    /// The last line need not end.
    mutating func finish() throws(FemtosenseError) { try endNumber() }

    private mutating func endNumber() throws(FemtosenseError) {
        guard place == .number else { return }
        guard number.isHexadecimal, number.digits > 0 else {
            throw refusal(
                "\(quoted(number.text)) is not a hexadecimal number; each line begins with one of up to 16 digits")
        }
        guard number.fits else { throw refusal("\(quoted(number.text)) takes more than 64 bits, and no word has more") }
        guard limits.bits == 64 || number.value >> UInt64(limits.bits) == 0 else {
            throw refusal(
                "\(quoted(number.text)) takes more than \(limits.bits) bits, and this memory's words have no more")
        }
        guard words.count < limits.words else {
            throw refusal("there are more words than the \(limits.words) that this memory has")
        }
        words.append(number.value)
        number = Number()
    }

    private func refusal(_ sentence: Sentence) -> FemtosenseError { .invalidFile(file, line: line, sentence) }
}
