import Testing

@testable import Cameras

@Suite("Treuzell, Prophesee's framing of control requests")
struct TreuzellTests {
    private let link = ScriptedLink()
    private let treuzell: Treuzell
    private let one = Register(0x1000)
    private let other = Register(0x2000)

    init() {
        treuzell = Treuzell(link, .cx3)
        link.registers = [0x1000: 0x1111_1111, 0x2000: 0x2222_2222]
    }

    @Test("A register's value is read and written as the board has it")
    func registers() throws {
        #expect(try treuzell.read(one) == 0x1111_1111)
        try treuzell.write(0xFEDC_BA98, to: one)
        #expect(link.registers[0x1000] == 0xFEDC_BA98)
        #expect(try treuzell.read(one) == 0xFEDC_BA98)
        #expect(
            link.operations == [
                .read(0x1000, value: 0x1111_1111), .write(0x1000, 0xFEDC_BA98), .read(0x1000, value: 0xFEDC_BA98),
            ])
    }

    @Test("The frames are the ones of captures")
    func frames() {
        #expect(
            Treuzell.frame(0x4001_0102, [0, 0x0040_0004, 0xA1B2_C3D4]) == [
                0x02, 0x01, 0x01, 0x40, 0x0C, 0, 0, 0, 0, 0, 0, 0, 0x04, 0x00, 0x40, 0x00, 0xD4, 0xC3, 0xB2, 0xA1,
            ])
        #expect(
            Treuzell.frame(0x0001_0102, [0, 0x50, 1]) == [
                0x02, 0x01, 0x01, 0x00, 0x0C, 0, 0, 0, 0, 0, 0, 0, 0x50, 0, 0, 0, 0x01, 0, 0, 0,
            ])
        #expect(Treuzell.frame(0x72, []) == [0x72, 0, 0, 0, 0, 0, 0, 0])
    }

    // MARK: - Out of step

    /// What goes wrong with a request, and what is said of it.
    struct Mishap: CustomTestStringConvertible, Sendable {
        let fault: ScriptedLink.Fault
        let sentence: String
        var testDescription: String { "\(fault)" }

        init(_ fault: ScriptedLink.Fault, _ sentence: String) {
            self.fault = fault
            self.sentence = sentence
        }
    }

    static let mishaps = [
        Mishap(.late(milliseconds: 1005), "no answer within 1000 ms"),
        Mishap(.late(milliseconds: 1100), "no answer within 1000 ms"),
        Mishap(.missing, "no answer within 1000 ms"),
        Mishap(.overlong(bytes: 1500), "it is not as long as it says"),
        Mishap(.overlong(bytes: 1024), "it is not as long as it says"),
        Mishap(.overlong(bytes: 9000), "it is not as long as it says"),
        Mishap(.overlong(bytes: 24), "it is not as long as it says"),
        Mishap(.short(bytes: 0), "it is shorter than a header"),
        Mishap(.short(bytes: 7), "it is shorter than a header"),
        Mishap(.short(bytes: 8), "it is not as long as it says"),
        Mishap(.short(bytes: 15), "it is not as long as it says"),
        Mishap(.wrongLength, "it is not as long as it says"),
        Mishap(.wrongProperty, "it is not of this request"),
        Mishap(.sendStalls, "stall"),
        Mishap(.replyStalls, "stall"),
        Mishap(.refused(code: 5), "refused the command (code 5)"),
        Mishap(.notImplemented, "refused the command"),
    ]

    @Test("After a read that went wrong, the next register's value is its own", arguments: mishaps)
    func readAfterRead(_ mishap: Mishap) throws {
        link.faults = [0: mishap.fault]
        let error = #expect(throws: LinkError.self) { try treuzell.read(one) }
        #expect(error?.sentence.text.contains(mishap.sentence) == true, "\(error?.sentence.text ?? "")")
        for _ in 0..<3 {
            #expect(try treuzell.read(other) == 0x2222_2222)
            #expect(try treuzell.read(one) == 0x1111_1111)
        }
    }

    @Test("After a write that went wrong, the next register's value is its own", arguments: mishaps)
    func readAfterWrite(_ mishap: Mishap) throws {
        link.faults = [0: mishap.fault]
        #expect(throws: LinkError.self) { try treuzell.write(7, to: one) }
        #expect(try treuzell.read(other) == 0x2222_2222)
        try treuzell.write(8, to: one)
        #expect(try treuzell.read(one) == 8)
    }

    @Test("A question's late answer is not taken for a register's value", arguments: mishaps)
    func readAfterQuestion(_ mishap: Mishap) throws {
        link.faults = [0: mishap.fault]
        #expect(throws: LinkError.self) { try treuzell.ask(.serial) }
        #expect(try treuzell.read(one) == 0x1111_1111)
        #expect(try treuzell.answer(to: .serial) == [0x23, 0x04, 0x05, 0, 0, 0, 0, 0])
    }

    @Test("Several mishaps in a row are got over", arguments: mishaps)
    func inARow(_ mishap: Mishap) throws {
        for number in 0..<20 { link.faults[number] = mishap.fault }
        for number in 0..<20 {
            #expect(throws: LinkError.self) { try treuzell.read(Register(UInt32(0x3000 + 4 * number))) }
        }
        // The last of the late ones may still be on their way.
        #expect(try treuzell.read(one) == 0x1111_1111)
        #expect(try treuzell.read(other) == 0x2222_2222)
    }

    @Test("The value of another register is not taken for this one's")
    func wrongRegister() throws {
        link.faults = [0: .wrongRegister]
        let error = #expect(throws: LinkError.self) { try treuzell.read(one) }
        #expect(error?.sentence.text.contains("it is not of this register") == true)
        #expect(try treuzell.read(one) == 0x1111_1111)
    }

    @Test("A late reply of one write does not answer the next one")
    func lateWrite() throws {
        // The first reply comes while the second write, which the firmware refuses, waits for its own.
        link.faults = [0: .late(milliseconds: 1100), 1: .refused(code: 13)]
        #expect(throws: LinkError.self) { try treuzell.write(1, to: one) }
        let error = #expect(throws: LinkError.self) { try treuzell.write(2, to: other) }
        #expect(error?.isRefusal == true)
        #expect(error?.sentence.text.contains("code 13") == true)
        #expect(try treuzell.read(one) == 1)
        #expect(try treuzell.read(other) == 0x2222_2222)
    }

    @Test("Replies that are later than the next request's are told apart from the one that is waited for")
    func veryLate() throws {
        link.faults = [0: .late(milliseconds: 2900)]
        #expect(throws: LinkError.self) { try treuzell.write(1, to: one) }
        // A board answers in turn, so this one is late too.
        #expect(throws: LinkError.self) { try treuzell.write(2, to: other) }
        #expect(try treuzell.read(one) == 1)
        #expect(try treuzell.read(other) == 2)
    }

    @Test("A late refusal is not taken for the next write's")
    func lateRefusal() throws {
        link.faults = [0: .late(milliseconds: 1100)]
        #expect(throws: LinkError.self) { try treuzell.ask(.firmwareDate) }
        try treuzell.write(2, to: other)
        #expect(link.registers[0x2000] == 2)
    }

    @Test("A stall is cleared on both endpoints", arguments: [ScriptedLink.Fault.sendStalls, .replyStalls])
    func stall(_ fault: ScriptedLink.Fault) throws {
        link.faults = [0: fault]
        let error = #expect(throws: LinkError.self) { try treuzell.write(1, to: one) }
        #expect(error?.isStall == true)
        #expect(
            link.operations.filter { if case .clearHalt = $0 { true } else { false } } == [
                .clearHalt(ScriptedLink.Endpoint.requests), .clearHalt(ScriptedLink.Endpoint.replies),
            ])
        try treuzell.write(2, to: one)
        #expect(link.registers[0x1000] == 2)
    }

    @Test("A camera that is gone is not talked to again for one request")
    func unplugged() {
        link.faults = [0: .unplugged]
        let before = link.now
        let error = #expect(throws: LinkError.self) { try treuzell.read(one) }
        #expect(error?.isUnplugged == true)
        #expect(error?.sentence.text.contains("not there any more") == true)
        #expect(link.now - before < 10_000_000)
        #expect(#expect(throws: LinkError.self) { try treuzell.read(one) }?.isUnplugged == true)
    }

    @Test("An answer without an end costs no more than the time-out, and is got over")
    func babble() throws {
        link.faults = [0: .overlong(bytes: 1_000_000)]
        let before = link.now
        let error = #expect(throws: LinkError.self) { try treuzell.read(one) }
        #expect(error?.sentence.text.contains("it is not as long as it says") == true)
        #expect(link.now - before < 1_100_000_000)
        #expect(try treuzell.read(one) == 0x1111_1111)
    }

    @Test("A reply that an earlier program left behind is passed over")
    func leftBehind() throws {
        link.faults = [0: .replyStalls]
        #expect(throws: LinkError.self) { try treuzell.read(other) }
        let successor = Treuzell(link, .cx3)
        #expect(try successor.answer(to: .serial) == [0x23, 0x04, 0x05, 0, 0, 0, 0, 0])
        #expect(try successor.read(one) == 0x1111_1111)
    }
}

@Suite("A board with Prophesee's firmware")
struct TreuzellBoardTests {
    private let link = ScriptedLink()

    @Test("Its system id is the first byte of two")
    func systemID() throws {
        link.controlAnswers = [.success([0x31, 0x00]), .success([0x30, 0x00])]
        #expect(try TreuzellBoard.systemID(link) == 0x31)
        #expect(try TreuzellBoard.systemID(link) == 0x30)
        #expect(link.controlRequests == [[0x72, 0, 0, 2], [0x72, 0, 0, 2]])
    }

    @Test("What refuses the question, or answers less, is something else")
    func somethingElse() throws {
        link.controlAnswers = [.failure(LinkError(.stalled, "test")), .success([0x31]), .success([])]
        for _ in 0..<3 { #expect(try TreuzellBoard.systemID(link) == nil) }
        link.controlAnswers = [.failure(LinkError(.timedOut(milliseconds: 1000), "test"))]
        #expect(throws: LinkError.self) { try TreuzellBoard.systemID(link) }
    }

    @Test("Its serial number has eight digits, its firmware three numbers")
    func serial() throws {
        let board = TreuzellBoard(link, Treuzell(link, .cx3))
        #expect(try board.serial() == "00050423")
        #expect(try board.firmware()?.bits == 0x03_09_02)
        #expect(FirmwareRelease(bits: 0x03_07_FF) < .oldestKnown)
        #expect(!(FirmwareRelease(bits: 0x03_08_00) < .oldestKnown))
    }

    @Test("Firmware that does not know its own release is no failure")
    func noRelease() throws {
        link.faults = [0: .notImplemented]
        #expect(try TreuzellBoard(link, Treuzell(link, .cx3)).firmware() == nil)
    }
}
