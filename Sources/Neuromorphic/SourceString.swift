import EventFormats
import Sentences

/// A source string: `scheme:rest?name=value&name=value`.
///
/// Options are taken out by name; `finish` then refuses those that nobody asked for.
package struct SourceString {
    package let text: String
    package let scheme: String
    package let rest: String
    private var options: [Option] = []
    /// Names that were asked for, for the sentence that refuses another.
    private var known: [StaticString] = []

    private struct Option {
        let name: String
        /// Nil where there is no '='.
        let value: String?
    }

    package init(_ text: String) throws(NeuromorphicError) {
        self.text = text
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else {
            throw .invalidSource(
                "the source \"\(text)\" has no scheme; write file:PATH for a recording, sim:prophesee_evk4 for a "
                    + "simulated camera, or usb: for a camera")
        }
        scheme = String(decoding: text.utf8[..<colon], as: UTF8.self)
        var tail = [UInt8](text.utf8[text.utf8.index(after: colon)...])[...]
        if let mark = tail.lastIndex(of: UInt8(ascii: "?")) {
            for part in tail[tail.index(after: mark)...].split(separator: UInt8(ascii: "&")) {
                let equals = part.firstIndex(of: UInt8(ascii: "="))
                options.append(
                    Option(
                        name: String(decoding: part[..<(equals ?? part.endIndex)], as: UTF8.self),
                        value: equals.map { String(decoding: part[part.index(after: $0)...], as: UTF8.self) }))
            }
            tail = tail[..<mark]
        }
        rest = String(decoding: tail, as: UTF8.self)
    }

    /// The value of an option, "" where it has none; nil when it isn't there. Of a repeated one, the last counts.
    package mutating func take(_ name: StaticString) -> String? {
        known.append(name)
        var value: String?
        for option in options where option.name.same(as: name) { value = option.value ?? "" }
        options.removeAll { $0.name.same(as: name) }
        return value
    }

    /// An option that is a number within a range.
    package mutating func takeNumber(_ name: StaticString, _ range: ClosedRange<Double>) throws(NeuromorphicError)
        -> Double?
    {
        guard let value = take(name) else { return nil }
        guard let number = Double(plain: value.utf8), range ~= number else {
            throw .invalidSource(
                "the option \(name)=\(value) of \"\(text)\" must be a number from \(readable(range.lowerBound)) to "
                    + "\(readable(range.upperBound))")
        }
        return number
    }

    /// An option that is a whole number within a range.
    package mutating func takeInteger(_ name: StaticString, _ range: ClosedRange<Int>) throws(NeuromorphicError) -> Int?
    {
        guard let value = take(name) else { return nil }
        guard let number = Int(decimal: value.utf8), range ~= number else {
            throw .invalidSource(
                "the option \(name)=\(value) of \"\(text)\" must be a whole number from \(range.lowerBound) to "
                    + "\(range.upperBound)")
        }
        return number
    }

    /// An option that is on when it is there without a value or with 1, and off with 0.
    package mutating func takeSwitch(_ name: StaticString) throws(NeuromorphicError) -> Bool {
        guard let value = take(name) else { return false }
        if value.utf8.isEmpty || value.same(as: "1") { return true }
        if value.same(as: "0") { return false }
        throw .invalidSource("the option \(name)=\(value) of \"\(text)\" is a switch: write \(name), or leave it out")
    }

    /// How fast a recording or a simulation goes.
    package mutating func takeSpeed(otherwise: Speed) throws(NeuromorphicError) -> Speed {
        guard let value = take("speed") else { return otherwise }
        if value.same(as: "max") { return .maximum }
        if value.same(as: "realtime") { return .factor(1) }
        guard let factor = Double(plain: value.utf8), 1e-3...1e6 ~= factor else {
            throw .invalidSource(
                "the option speed=\(value) of \"\(text)\" must be max, realtime, or a factor from 0.001 to 1000000")
        }
        return .factor(factor)
    }

    /// Refuses options that nobody asked for.
    package func finish() throws(NeuromorphicError) {
        guard let option = options.first else { return }
        guard !known.isEmpty else {
            throw .invalidSource(
                "the source \"\(text)\" has the option \"\(option.name)\", and \(scheme): has no options")
        }
        var names: Sentence = ""
        for name in known { names += names.isEmpty ? "\(name)" : ", \(name)" }
        throw .invalidSource(
            "the source \"\(text)\" has the option \"\(option.name)\", which \(scheme): doesn't know; it knows \(names)"
        )
    }
}

/// How fast a recording or a simulation goes.
package enum Speed: Sendable {
    /// As fast as the reader takes it; nothing is lost.
    case maximum
    /// That many times as fast as the sensor's own time; a slow reader loses data.
    case factor(Double)
}

/// A bound as one would write it: whole, where it is.
private func readable(_ number: Double) -> String {
    abs(number) < 1e15 && Double(Int64(number)) == number ? "\(Int64(number))" : "\(number)"
}

extension Double {
    /// Digits, with at most one point, and an exponent if one likes; nothing depends on the locale.
    package init?(plain text: some Collection<UInt8>) {
        var mantissa = 0.0
        var exponent = 0
        var digits = 0
        var seenPoint = false
        var index = text.startIndex
        scan: while index != text.endIndex {
            switch text[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                mantissa = mantissa * 10 + Double(text[index] - UInt8(ascii: "0"))
                digits += 1
                if seenPoint { exponent -= 1 }
            case UInt8(ascii: ".") where !seenPoint:
                seenPoint = true
            default:
                break scan
            }
            index = text.index(after: index)
        }
        guard 1...100 ~= digits else { return nil }
        if index != text.endIndex {
            guard text[index] == UInt8(ascii: "e") || text[index] == UInt8(ascii: "E") else { return nil }
            index = text.index(after: index)
            var isNegative = false
            if index != text.endIndex, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") {
                isNegative = text[index] == UInt8(ascii: "-")
                index = text.index(after: index)
            }
            guard let power = Int(decimal: text[index...]), power <= 300 else { return nil }
            exponent += isNegative ? -power : power
        }
        var scale = 1.0
        for _ in 0..<exponent.magnitude { scale *= 10 }
        self = exponent < 0 ? mantissa / scale : mantissa * scale
        guard isFinite else { return nil }
    }
}
