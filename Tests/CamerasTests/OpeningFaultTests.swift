import CNeuromorphic
import Testing

@testable import Cameras

@Suite("A camera that fails while it is opened")
struct OpeningFaultTests {
    struct Failure: CustomTestStringConvertible, Sendable {
        let fault: ScriptedLink.Fault
        /// What the error says of it.
        let sentence: String
        var testDescription: String { "\(fault)" }
    }

    static let failures = [
        Failure(fault: .missing, sentence: "no answer within 1000 ms"),
        Failure(fault: .sendStalls, sentence: "stall"),
        Failure(fault: .replyStalls, sentence: "stall"),
        Failure(fault: .unplugged, sentence: "not there any more"),
        Failure(fault: .refused(code: 22), sentence: "refused the command (code 22)"),
        Failure(fault: .wrongProperty, sentence: "a wrong answer: it is not of this request"),
        Failure(fault: .short(bytes: 4), sentence: "a wrong answer: it is shorter than a header"),
    ]

    @Test(
        "Each step that fails is named, and closing works as far as the camera lets it",
        arguments: CameraCatalog.models, failures)
    func eachStep(_ model: CameraModel, _ failure: Failure) throws {
        for phases in try Self.sequences(model) {
            for (number, phase) in phases.enumerated() {
                for (index, step) in phase.steps.enumerated() where Self.isWorthFailing(phase.steps, index) {
                    let isQuestion = if case .ask = step { true } else if case .touch = step { true } else { false }
                    let stage = Stage()
                    stage.link.faults = [Self.requests(Array(phase.steps[..<index])): failure.fault]
                    if case .refused = failure.fault, isQuestion {
                        try stage.runner.run(Array(phases[number...]))
                        continue
                    }
                    let error = try #require(throws: SequenceError.self) {
                        try stage.runner.run(Array(phases[number...]))
                    }
                    #expect(error.step == index + 1)
                    let sentence = error.sentence.text
                    #expect(sentence.hasPrefix(step.description.text), "\(sentence)")
                    #expect(sentence.contains(failure.sentence), "\(sentence)")
                    #expect(
                        sentence.hasSuffix("step \(index + 1) of \(phase.steps.count) of \"\(phase.name)\""),
                        "\(sentence)")
                    try close(stage, model, isThere: failure.fault != .unplugged)
                }
            }
        }
    }

    @Test("Closing ends, wherever in it the camera fails for good", arguments: CameraCatalog.models, failures)
    func closingFails(_ model: CameraModel, _ failure: Failure) throws {
        let stage = Stage()
        let phases = try model.control.stopping(Self.unusual(model)) + model.control.powerDown
        stage.runner.runWhatWorks(phases)
        let count = stage.link.requestCount
        for number in 0..<count {
            let stage = Stage()
            stage.link.lasting = (number, failure.fault)
            let before = stage.link.now
            stage.runner.runWhatWorks(phases)
            #expect(stage.link.requestCount <= count + 10)
            #expect(stage.link.now - before < 10_000_000_000)
        }
    }

    @Test("Closing gets over any one step that fails, and ends with the camera off", arguments: CameraCatalog.models)
    func closingRefused(_ model: CameraModel) throws {
        let phases = try model.control.stopping(Self.unusual(model)) + model.control.powerDown
        let whole = Stage()
        whole.runner.runWhatWorks(phases)
        for number in 0..<whole.link.requestCount {
            let stage = Stage()
            stage.link.faults = [number: .refused(code: 1)]
            stage.runner.runWhatWorks(phases)
            let missed =
                stage.link.registers.filter { whole.link.registers[$0.key] != $0.value }.count
                + whole.link.registers.filter { stage.link.registers[$0.key] == nil }.count
            #expect(missed <= 2, "request \(number)")
        }
    }

    // MARK: -

    /// A camera that works again is stopped: pixels in reset, bias generator and supplies off.
    private func close(_ stage: Stage, _ model: CameraModel, isThere: Bool) throws {
        let link = stage.link
        let (before, requests) = (link.now, link.requestCount)
        stage.runner.runWhatWorks(model.control.stopping(model.defaultConfiguration) + model.control.powerDown)
        #expect(link.now - before < 3_000_000_000)
        #expect(link.requestCount - requests < 100)
        guard isThere else { return }
        #expect(link.registers[0x0004].map { $0 & 1 << 10 } == 0)
        #expect(link.registers[0x1104] == 0)
        #expect(link.registers[0xB07C] == 0)
    }

    /// With the default settings, and with all settings changed.
    private static func sequences(_ model: CameraModel) throws -> [[Phase]] {
        let configurations = [model.defaultConfiguration, try unusual(model)]
        return [model.control.identification]
            + configurations.map { model.control.opening($0) + model.control.start($0) }
    }

    private static func unusual(_ model: CameraModel) throws -> neuromorphic_configuration {
        let transcript = Transcript.all.first { transcript in
            transcript.camera == "\(model.sourceName)" && transcript.kind == "opening" && !transcript.changes.isEmpty
        }
        return try #require(transcript).configuration()
    }

    /// Not waits and drains, and of a table only its ends.
    private static func isWorthFailing(_ steps: [Step], _ index: Int) -> Bool {
        func address(_ index: Int) -> UInt32? {
            guard steps.indices.contains(index), case .write(let register, _) = steps[index] else { return nil }
            return register.address
        }
        switch steps[index] {
        case .wait, .drain: return false
        case .write(let register, _):
            return address(index - 1) != register.address &- 4 || address(index + 1) != register.address &+ 4
        default: return true
        }
    }

    /// On a camera whose registers are ready.
    private static func requests(_ steps: [Step]) -> Int {
        steps.reduce(0) { count, step in
            switch step {
            case .wait, .drain: count
            case .modify: count + 2
            default: count + 1
            }
        }
    }
}
