import CNeuromorphic
import Testing

@testable import Cameras

@Suite("Golden transcripts")
struct TranscriptTests {
    @Test(
        "A camera sees what its transcript has, operation by operation, and waits at least as long",
        arguments: Transcript.all)
    func transcript(_ transcript: Transcript) throws {
        let model = try transcript.model()
        let configuration = try transcript.configuration()
        let stage = Stage()
        let control = model.control
        switch transcript.kind {
        case "identification":
            _ = try TreuzellBoard(stage.link, stage.treuzell).firmware()
            try stage.runner.run(control.identification)
        case "factory biases": for bias in control.factoryBiases { _ = try stage.treuzell.read(bias.register) }
        case "opening": try stage.runner.run(control.opening(configuration))
        case "start": try stage.runner.run(control.start(configuration))
        case "closing": stage.runner.runWhatWorks(control.stopping(configuration) + control.powerDown)
        case "live":
            for group in SettingGroup.changes(control.live, from: model.defaultConfiguration, to: configuration) {
                try stage.runner.run(group.steps(configuration), of: group.name)
            }
        case "thermometer": try measure(try #require(control.thermometer).gauge, stage)
        case "illuminometer": try measure(try #require(control.illuminometer).gauge, stage)
        default: Issue.record("no kind of section: \(transcript.kind)")
        }
        let difference = transcript.difference(to: stage.link.operations)
        #expect(difference == nil, "\(difference ?? "")")
    }

    private func measure(_ gauge: Gauge, _ stage: Stage) throws {
        try stage.runner.run(gauge.prepare, of: "gauge")
        #expect(try stage.treuzell.read(gauge.register) & gauge.valid != 0)
    }

    @Test("Each live setting has a transcript of its own", arguments: Transcript.cameras)
    func everySetting(_ camera: String) throws {
        let transcripts = try Transcript.load(camera)
        let model = try #require(transcripts.first).model()
        let alone = Set(transcripts.filter { $0.kind == "live" && $0.changes.count == 1 }.map(\.changes[0].name))
        for setting in model.settings where setting.isLive { #expect(alone.contains("\(setting.name)")) }
        #expect(Set(transcripts.map(\.kind)).isSuperset(of: ["identification", "opening", "start", "closing"]))
    }

    @Test("A transcript is told apart from what only looks like it")
    func comparison() {
        var transcript = Transcript(camera: "", kind: "", title: "")
        transcript.lines = [.write(4, 1), .wait(microseconds: 10), .modify(8, mask: 0xF0, value: 0x20)]
        let right: [ScriptedLink.Operation] = [
            .write(4, 1), .wait(microseconds: 11), .read(8, value: 0xFF), .write(8, 0x2F),
        ]
        #expect(transcript.difference(to: right) == nil)
        for index in right.indices {
            var wrong = right
            wrong.remove(at: index)
            #expect(transcript.difference(to: wrong) != nil)
        }
        #expect(transcript.difference(to: right + [.write(4, 1)]) != nil)
        #expect(transcript.difference(to: Array(right.dropLast()) + [.write(8, 0x20)]) != nil)
        #expect(transcript.difference(to: [.write(4, 2)] + right.dropFirst()) != nil)
    }
}
