import CNeuromorphic
import Foundation
import Testing

@testable import Cameras

/// A section of a golden transcript; Tests/Golden/cameras/README.md tells how it is written.
struct Transcript: CustomTestStringConvertible, Sendable {
    enum Line: Equatable, Sendable {
        case read(UInt32)
        case write(UInt32, UInt32)
        case modify(UInt32, mask: UInt32, value: UInt32)
        case expect(UInt32, mask: UInt32, value: UInt32)
        case ask(UInt32, [UInt32])
        case drain(milliseconds: UInt32)
        case wait(microseconds: UInt32)
    }

    struct Change: Sendable {
        let name: String
        let index: Int
        let value: UInt64
    }

    let camera: String
    let kind: String
    let title: String
    var changes: [Change] = []
    var lines: [Line] = []

    var testDescription: String { "\(camera) \(title)" }

    static let cameras = ["prophesee_evk4", "prophesee_evk3_hd"]

    static let all: [Transcript] = cameras.flatMap { (try? load($0)) ?? [] }

    static func load(_ camera: String) throws -> [Transcript] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = folder.appending(path: "Golden/cameras/\(camera).txt")
        var transcripts: [Transcript] = []
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
            let words = line.prefix { $0 != "#" }.split(separator: " ")
            guard let verb = words.first else { continue }
            if verb.hasPrefix("[") {
                transcripts.append(try section(String(line.dropFirst().dropLast()), of: camera))
            } else {
                let numbers = try words.dropFirst().map { try number($0) as UInt32 }
                transcripts[transcripts.count - 1].lines += try Self.lines(String(verb), numbers)
            }
        }
        return transcripts
    }

    private struct BadText: Error { let text: String }

    private static func section(_ title: String, of camera: String) throws -> Transcript {
        let words = title.split(separator: " ")
        let changes = words.filter { $0.contains("=") }
        let kind = words.filter { !$0.contains("=") }.joined(separator: " ")
        var transcript = Transcript(camera: camera, kind: kind, title: title)
        for change in changes {
            let parts = change.split(whereSeparator: { "=[]".contains($0) })
            transcript.changes.append(
                Change(
                    name: String(parts[0]), index: parts.count == 3 ? Int(parts[1])! : 0,
                    value: try number(parts[parts.count - 1])))
        }
        return transcript
    }

    private static func number<Number: FixedWidthInteger>(_ text: Substring) throws -> Number {
        let value = text.hasPrefix("0x") ? Number(text.dropFirst(2), radix: 16) : Number(text)
        guard let value else { throw BadText(text: String(text)) }
        return value
    }

    private static func lines(_ verb: String, _ n: [UInt32]) throws -> [Line] {
        switch (verb, n.count) {
        case ("read", 1): [.read(n[0])]
        case ("write", 2...): n.dropFirst().enumerated().map { .write(n[0] + 4 * UInt32($0.offset), $0.element) }
        case ("modify", 3): [.modify(n[0], mask: n[1], value: n[2])]
        case ("expect", 3): [.expect(n[0], mask: n[1], value: n[2])]
        case ("ask", 1...): [.ask(n[0], Array(n.dropFirst()))]
        case ("drain", 1): [.drain(milliseconds: n[0])]
        case ("wait", 1): [.wait(microseconds: n[0])]
        default: throw BadText(text: verb)
        }
    }

    // MARK: - The configuration

    func model() throws -> CameraModel {
        try #require(CameraCatalog.models.first { "\($0.sourceName)" == camera })
    }

    func configuration() throws -> neuromorphic_configuration {
        let model = try model()
        var configuration = model.defaultConfiguration
        for change in changes {
            let setting = try #require(model.settings.first { "\($0.name)" == change.name }, "\(change.name)")
            setting.place.store(change.value, at: change.index, in: &configuration)
        }
        try model.check(configuration)
        return configuration
    }

    // MARK: - Comparison

    /// Tells where what a camera saw is not what the transcript has, if it is not.
    func difference(to operations: [ScriptedLink.Operation]) -> String? {
        var rest = operations[...]
        var waited: UInt64 = 0
        var owed: UInt64 = 0
        /// The next operation that is no wait.
        func next() -> ScriptedLink.Operation? {
            while let operation = rest.popFirst() {
                guard case .wait(let microseconds) = operation else { return operation }
                waited += UInt64(microseconds)
            }
            return nil
        }
        for (number, line) in lines.enumerated() {
            let place = "line \(number + 1), \(line)"
            if case .wait(let microseconds) = line {
                owed += UInt64(microseconds)
                continue
            }
            guard let operation = next() else { return "\(place): nothing more came" }
            guard waited >= owed else { return "\(place): \(waited) us passed before it, and not \(owed)" }
            (waited, owed) = (0, 0)
            switch (line, operation) {
            case (.write(let address, let value), .write(let other, let found)):
                guard address == other, value == found else { return "\(place): \(operation)" }
            case (.read(let address), .read(let other, _)):
                guard address == other else { return "\(place): \(operation)" }
            case (.modify(let address, let mask, let value), .read(let other, let old)):
                let written = ScriptedLink.Operation.write(address, old & ~mask | value)
                guard address == other, let second = next(), second == written else {
                    return "\(place): not read and then \(written)"
                }
            case (.expect(let address, let mask, let value), .read(let other, let found)):
                guard address == other, found & mask == value else { return "\(place): \(operation)" }
            case (.ask(let property, let payload), .ask(let other, let found)):
                guard property == other, payload == found else { return "\(place): \(operation)" }
            case (.drain(let milliseconds), .silence(let found)):
                guard found >= milliseconds else { return "\(place): \(operation)" }
            default:
                return "\(place): \(operation)"
            }
        }
        if let operation = next() { return "at the end, \(operation)" }
        return waited >= owed ? nil : "at the end, \(waited) us passed, and not \(owed)"
    }
}
