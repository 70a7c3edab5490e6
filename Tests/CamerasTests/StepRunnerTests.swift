import Testing

@testable import Cameras

@Suite("Steps")
struct StepRunnerTests {
    private let stage = Stage(ScriptedLink())
    private var link: ScriptedLink { stage.link }
    private let register = Register(0xC0C4, "afk/initialization")

    @Test("A changed register keeps its other bits")
    func modify() throws {
        link.registers = [0xC0C4: 0xABCD_1234]
        try stage.runner.run([.modify(register, mask: 0xFF00, value: 0x5500)], of: "test")
        #expect(link.registers[0xC0C4] == 0xABCD_5534)
        // Bits of the value that the mask doesn't have are not written.
        try stage.runner.run([.modify(register, mask: 0x1, value: 0xFFFF)], of: "test")
        #expect(link.registers[0xC0C4] == 0xABCD_5535)
    }

    @Test("A value is waited for until it is there", arguments: [0, 1, 5, 30])
    func expect(reads: Int) throws {
        link.ready = [0xC0C4: (4, reads)]
        try stage.runner.run([.expect(register, mask: 4, value: 4, withinMicroseconds: 100_000)], of: "test")
        #expect(link.operations.filter { if case .read = $0 { true } else { false } }.count == reads + 1)
    }

    @Test("A value that does not come is given up, and the one that was there is told", arguments: [0, 1, 100_000])
    func expectInVain(microseconds: UInt32) {
        link.registers = [0xC0C4: 0x8000_0003]
        let before = link.now
        let step = Step.expect(register, mask: 4, value: 4, withinMicroseconds: microseconds)
        let error = #expect(throws: SequenceError.self) {
            try stage.runner.run([.wait(milliseconds: 1), step], of: "test")
        }
        #expect(
            error?.sentence.text.hasPrefix(
                "waiting for afk/initialization (0x0000C0C4) & 0x00000004 == 0x00000004 failed: "
                    + "the camera reported 0x80000003 instead") == true, "\(error?.sentence.text ?? "")")
        #expect(error?.sentence.text.hasSuffix("step 2 of 2 of \"test\"") == true)
        #expect(link.operations.filter { if case .read = $0 { true } else { false } }.count >= 3)
        #expect(link.now - before < Int64(microseconds) * 1000 + 10_000_000)
    }

    @Test("Stale events are thrown away until the camera is silent", arguments: [0, 1, 7])
    func drain(transfers: Int) throws {
        link.staleEvents = [[UInt8]](repeating: [1, 2, 3], count: transfers)
        try stage.runner.run([.drain(quietMilliseconds: 100)], of: "test")
        let events = [ScriptedLink.Operation](repeating: .events(bytes: 3), count: transfers)
        #expect(link.operations == events + [.silence(milliseconds: 100)])
    }

    @Test("A read without data ends a drain too")
    func drainEmpty() throws {
        link.staleEvents = [[1], [], [2]]
        try stage.runner.run([.drain(quietMilliseconds: 100)], of: "test")
        #expect(link.staleEvents == [[2]])
    }

    @Test("A camera that never stops sending is told of, after a bounded time")
    func drainForEver() {
        link.isStreamingForever = true
        let before = link.now
        let error = #expect(throws: SequenceError.self) {
            try stage.runner.run([.drain(quietMilliseconds: 100)], of: "drain")
        }
        #expect(error?.sentence.text.contains("discarding stale data failed") == true)
        #expect(error?.sentence.text.contains("does not stop sending events") == true)
        #expect(link.now - before < 10_000_000_000)
    }

    @Test(
        "Nothing is lost when a question or a touch is refused",
        arguments: [
            ScriptedLink.Fault.refused(code: 1), .notImplemented,
        ])
    func refusedQuestions(fault: ScriptedLink.Fault) throws {
        link.faults = [0: fault, 1: fault]
        try stage.runner.run([.ask(.bridgeState), .touch(register), .write(register, 9)], of: "test")
        #expect(link.registers[0xC0C4] == 9)
    }

    @Test(
        "What a camera refuses is left out, where only as much as works is wanted",
        arguments: [
            ScriptedLink.Fault.refused(code: 1), .notImplemented, .sendStalls, .replyStalls, .wrongProperty,
            .short(bytes: 3), .wrongLength, .overlong(bytes: 2000),
        ])
    func whatWorks(fault: ScriptedLink.Fault) {
        link.faults = [1: fault]
        stage.runner.runWhatWorks([
            Phase("one", [.write(Register(0), 1), .write(Register(4), 1)]), Phase("two", [.write(Register(8), 1)]),
        ])
        #expect(link.registers[0] == 1)
        #expect(link.registers[8] == 1)
    }

    @Test(
        "No time is spent on a camera that is gone, or silent twice in a row",
        arguments: [
            (ScriptedLink.Fault.unplugged, 1), (.missing, 2),
        ])
    func givenUp(fault: ScriptedLink.Fault, requests: Int) {
        link.lasting = (0, fault)
        let before = link.now
        stage.runner.runWhatWorks([
            Phase("one", [.write(Register(0), 1), .wait(milliseconds: 1), .write(Register(0), 1)]),
            Phase("two", Step.writes(Register(0), repeatElement(1, count: 100))),
        ])
        #expect(link.requestCount == requests)
        #expect(link.now - before < 2_100_000_000)
    }

    @Test("Consecutive registers are written in order")
    func writes() {
        #expect(
            Step.writes(Register(0x100, "table"), [5, 6, 7]) == [
                .write(Register(0x100), 5), .write(Register(0x104), 6), .write(Register(0x108), 7),
            ])
    }
}
