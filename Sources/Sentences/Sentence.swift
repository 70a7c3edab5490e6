/// A sentence for people: literals, and what is filled in between.
///
/// It is written like a string. Unlike a string's, its parts are put together by a few functions that are never inlined: a library
/// says many things, and each costs a call a part. A bare literal is kept as it is, so that to say one takes no memory.
package struct Sentence: ExpressibleByStringInterpolation, Sendable {
    private let literal: StaticString
    /// Where there is more than a literal.
    private let bytes: [UInt8]

    @inline(never)
    package init(stringLiteral literal: StaticString) {
        self.literal = literal
        bytes = []
    }

    @inline(never)
    package init(stringInterpolation parts: Parts) { self.init(parts.bytes) }

    @inline(never)
    private init(_ bytes: [UInt8]) {
        literal = ""
        self.bytes = bytes
    }

    package struct Parts: StringInterpolationProtocol {
        package typealias StringLiteralType = StaticString

        fileprivate var bytes: [UInt8] = []

        @inline(never)
        package init(literalCapacity: Int, interpolationCount: Int) {
            bytes.reserveCapacity(literalCapacity + 16 * interpolationCount)
        }

        @inline(never)
        package mutating func appendLiteral(_ literal: StaticString) {
            unsafe bytes.append(
                contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
        }

        @inline(never)
        package mutating func appendInterpolation(_ literal: StaticString) { appendLiteral(literal) }

        @inline(never)
        package mutating func appendInterpolation(_ text: String) { bytes.append(contentsOf: text.utf8) }

        @inline(never)
        package mutating func appendInterpolation(_ sentence: Sentence) {
            appendLiteral(sentence.literal)
            bytes.append(contentsOf: sentence.bytes)
        }

        @inline(never)
        package mutating func appendInterpolation(_ number: UInt64) {
            let start = bytes.count
            var rest = number
            repeat {
                bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
                rest /= 10
            } while rest > 0
            bytes[start...].reverse()
        }

        @inline(never)
        package mutating func appendInterpolation(_ number: Int) {
            if number < 0 { bytes.append(UInt8(ascii: "-")) }
            appendInterpolation(UInt64(number.magnitude))
        }

        package mutating func appendInterpolation(_ number: some FixedWidthInteger) {
            appendInterpolation(Int(truncatingIfNeeded: number))
        }

        @inline(never)
        package mutating func appendInterpolation(hexadecimal number: UInt32) {
            appendLiteral("0x")
            for shift in stride(from: UInt32(28), through: 0, by: -4) {
                let digit = UInt8(truncatingIfNeeded: number >> shift & 0xF)
                bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "A") - 10 + digit)
            }
        }
    }

    package static func + (one: Sentence, other: Sentence) -> Sentence { "\(one)\(other)" }

    package static func += (one: inout Sentence, other: Sentence) { one = "\(one)\(other)" }

    package var isEmpty: Bool { bytes.isEmpty && literal.utf8CodeUnitCount == 0 }

    /// Its UTF-8.
    @inline(never)
    package func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        guard bytes.isEmpty else { return unsafe bytes.withUnsafeBufferPointer { unsafe body($0) } }
        return unsafe body(UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    @inline(never)
    package var text: String { unsafe withBytes { unsafe String(decoding: $0, as: UTF8.self) } }
}
