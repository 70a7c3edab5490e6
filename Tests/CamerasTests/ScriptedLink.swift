import Cameras

/// A camera board that is not there: registers, questions and faults behind a `CameraLink`, with a clock of its own.
///
/// Written from what is known of the boards' frames. Requests are little-endian words: property, payload's length,
/// payload. Registers of 32 bits are property 0x10102, with bit 30 set to write; their payload is the device, the
/// address, and a count or a value. Each request has one reply: the property again (bit 31 set where the command
/// failed), the payload's length, the payload.
final class ScriptedLink: CameraLink {
    /// What the camera saw, or did not.
    enum Operation: Equatable {
        case read(UInt32, value: UInt32)
        case write(UInt32, UInt32)
        /// A question: property, payload.
        case ask(UInt32, [UInt32])
        /// No frame that a board knows.
        case malformed([UInt8])
        case wait(microseconds: UInt32)
        /// Events that were thrown away, or the silence after which none were waited for any more.
        case events(bytes: Int)
        case silence(milliseconds: UInt32)
        case clearHalt(UInt8)
    }

    /// What goes wrong with one request.
    enum Fault: Equatable {
        case late(milliseconds: Int64)
        case missing
        /// More bytes than a reply has, and than the host asks for: the rest is read next.
        case overlong(bytes: Int)
        case short(bytes: Int)
        /// Bytes of another kind.
        case wrongProperty
        case wrongRegister
        /// A payload that isn't as long as its header says.
        case wrongLength
        /// The firmware refuses, with a code.
        case refused(code: UInt32)
        case notImplemented
        /// An endpoint halts until its halt is cleared.
        case sendStalls
        case replyStalls
        case unplugged
    }

    enum Endpoint {
        static let requests: UInt8 = 0x02
        static let replies: UInt8 = 0x82
        static let events: UInt8 = 0x81
    }

    var registers: [UInt32: UInt32] = [:]
    /// Bits that read as 1 from a number of reads on, such as "done" flags.
    var ready: [UInt32: (bits: UInt32, afterReads: Int)] = [:]
    /// Events that wait to be read; one that is empty ends a read without data.
    var staleEvents: [[UInt8]] = []
    var isStreamingForever = false
    var controlAnswers: [Result<[UInt8], LinkError>] = []
    var strings: [UInt8: String] = [:]

    /// What goes wrong with which request; the first is 0.
    var faults: [Int: Fault] = [:]
    /// From this request on, the same thing goes wrong with every one.
    var lasting: (from: Int, fault: Fault)?

    private(set) var operations: [Operation] = []
    private(set) var requestCount = 0
    private(set) var controlRequests: [[Int]] = []
    private(set) var now: Int64 = 1_000_000_000
    /// In the order of the requests, each with the time from which it is there.
    private var replies: [(bytes: [UInt8], from: Int64)] = []
    private var halted: Set<UInt8> = []
    private var isGone = false
    /// A transfer is not for free.
    private static let transferNanoseconds: Int64 = 125_000

    func forgetOperations() { operations = [] }

    // MARK: - CameraLink

    func controlIn(request: UInt8, value: UInt16, index: UInt16, length: UInt16) throws(LinkError) -> [UInt8] {
        controlRequests.append([Int(request), Int(value), Int(index), Int(length)])
        now += Self.transferNanoseconds
        guard !controlAnswers.isEmpty else { throw LinkError(.stalled, "control transfer") }
        return Array(try controlAnswers.removeFirst().get().prefix(Int(length)))
    }

    func string(at index: UInt8) throws(LinkError) -> String {
        guard let string = strings[index] else { throw LinkError(.stalled, "string descriptor") }
        return string
    }

    func exchange(
        _ request: [UInt8], to out: UInt8, repliesFrom endpoint: UInt8, timeoutMilliseconds: UInt32
    ) throws(LinkError) -> [UInt8] {
        try send(request, to: out)
        return try receive(from: endpoint, capacity: 1024, timeoutMilliseconds: timeoutMilliseconds)
    }

    private func send(_ bytes: [UInt8], to endpoint: UInt8) throws(LinkError) {
        precondition(endpoint == Endpoint.requests)
        now += Self.transferNanoseconds
        if isGone { throw LinkError(.unplugged, "scripted send") }
        if halted.contains(endpoint) { throw LinkError(.stalled, "scripted send") }
        let number = requestCount
        requestCount += 1
        let fault = lasting.flatMap { number >= $0.from ? $0.fault : nil } ?? faults[number]
        switch fault {
        case .unplugged:
            isGone = true
            throw LinkError(.unplugged, "scripted send")
        case .sendStalls:
            halted.insert(endpoint)
            throw LinkError(.stalled, "scripted send")
        case .replyStalls:
            halted.insert(Endpoint.replies)
        default:
            answer(bytes, fault)
        }
    }

    func receive(from endpoint: UInt8, capacity: Int, timeoutMilliseconds: UInt32) throws(LinkError) -> [UInt8] {
        now += Self.transferNanoseconds
        if isGone { throw LinkError(.unplugged, "scripted receive") }
        if halted.contains(endpoint) { throw LinkError(.stalled, "scripted receive") }
        if endpoint == Endpoint.events { return try receiveEvents(capacity, timeoutMilliseconds) }
        precondition(endpoint == Endpoint.replies)
        guard let next = replies.first, next.from <= now + Int64(timeoutMilliseconds) * 1_000_000 else {
            throw timeout(timeoutMilliseconds)
        }
        now = max(now, next.from)
        replies.removeFirst()
        if next.bytes.count > capacity { replies.insert((Array(next.bytes[capacity...]), now), at: 0) }
        return Array(next.bytes.prefix(capacity))
    }

    func clearHalt(_ endpoint: UInt8) throws(LinkError) {
        now += Self.transferNanoseconds
        if isGone { throw LinkError(.unplugged, "scripted clear") }
        operations.append(.clearHalt(endpoint))
        halted.remove(endpoint)
    }

    func wait(microseconds: UInt32) {
        operations.append(.wait(microseconds: microseconds))
        now += Int64(microseconds) * 1000
    }

    // MARK: - The board

    private func receiveEvents(_ capacity: Int, _ milliseconds: UInt32) throws(LinkError) -> [UInt8] {
        if isStreamingForever {
            now += 1_000_000
            operations.append(.events(bytes: capacity))
            return [UInt8](repeating: 0, count: capacity)
        }
        guard !staleEvents.isEmpty else {
            operations.append(.silence(milliseconds: milliseconds))
            throw timeout(milliseconds)
        }
        let events = staleEvents.removeFirst()
        operations.append(.events(bytes: events.count))
        return events
    }

    private func timeout(_ milliseconds: UInt32) -> LinkError {
        now += Int64(milliseconds) * 1_000_000
        return LinkError(.timedOut(milliseconds: milliseconds), "scripted receive")
    }

    private func answer(_ request: [UInt8], _ fault: Fault?) {
        let words = stride(from: 0, to: request.count / 4 * 4, by: 4).map { place in
            request[place..<place + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        }
        // A refused command has no effect, and its payload comes back.
        var reply = isRefusal(fault) ? Array(words.dropFirst(2)) : payload(for: words, request)
        var property = words.first ?? 0
        if let code = refusalCode(fault) {
            property |= 0x8000_0000
            reply = Array(reply.prefix(2)) + [code]
        }
        if case .notImplemented = fault { (property, reply) = (0x8000_0000, []) }
        if case .wrongProperty = fault { property ^= 0x0100_0000 }
        if case .wrongRegister = fault, reply.count >= 2 { reply[1] ^= 4 }
        if words.count < 2 { (property, reply) = (0x8000_0000, []) }

        var bytes = bytes([property, UInt32(4 * reply.count)] + reply)
        var from = now
        switch fault {
        case .late(let milliseconds): from += milliseconds * 1_000_000
        case .missing: return
        case .overlong(let count): bytes += [UInt8](repeating: 0xEE, count: max(0, count - bytes.count))
        case .short(let count): bytes = Array(bytes.prefix(count))
        case .wrongLength: bytes += [1, 2, 3, 4]
        default: break
        }
        replies.append((bytes, from))
    }

    private func refusalCode(_ fault: Fault?) -> UInt32? {
        if case .refused(let code) = fault { code } else { nil }
    }

    private func isRefusal(_ fault: Fault?) -> Bool { refusalCode(fault) != nil || fault == .notImplemented }

    /// The payload of a reply, as words, after what the request does.
    private func payload(for words: [UInt32], _ request: [UInt8]) -> [UInt32] {
        guard words.count >= 2, request.count == 4 * words.count, Int(words[1]) == request.count - 8 else {
            operations.append(.malformed(request))
            return []
        }
        let arguments = Array(words[2...])
        switch (words[0], arguments.count) {
        case (0x0001_0102, 3) where arguments[0] == 0 && arguments[2] == 1:
            let value = read(arguments[1])
            operations.append(.read(arguments[1], value: value))
            return [0, arguments[1], value]
        case (0x4001_0102, 3) where arguments[0] == 0:
            registers[arguments[1]] = arguments[2]
            operations.append(.write(arguments[1], arguments[2]))
            return [0, arguments[1]]
        default:
            operations.append(.ask(words[0], arguments))
            return arguments + (Self.answers[words[0]] ?? [])
        }
    }

    private func read(_ address: UInt32) -> UInt32 {
        var value = registers[address] ?? 0
        if let state = ready[address] {
            if state.afterReads > 0 {
                ready[address]?.afterReads -= 1
            } else {
                value |= state.bits
            }
        }
        return value
    }

    /// Serial number, firmware, its date, number of devices, a name and a compatible string.
    private static let answers: [UInt32: [UInt32]] = [
        0x72: [0x0005_0423, 0], 0x79: [0x03_09_02], 0x7A: [0x6500_0000, 0], 0x10000: [1], 0x10001: [0x0035_4343],
        0x10003: [0x6565_7370, 0],
    ]

    private func bytes(_ words: [UInt32]) -> [UInt8] {
        words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * UInt32($0))) } }
    }
}

extension ScriptedLink {
    /// A board that answers everything, its filters' memories initialised, its gauges with something to tell.
    static func healthy() -> ScriptedLink {
        let link = ScriptedLink()
        link.ready = [0xC0C4: (4, 0), 0xD0C4: (4, 0), 0x10: (1 << 29, 0), 0x50: (1 << 11, 0)]
        // Something in each register that is changed bit by bit.
        link.registers = [
            0x0C: 0xA000_0050, 0x10: 0x0012_3456, 0x44: 0xCCF0_0CCF, 0x50: 0x0000_0155, 0x74: 0x100,
            0x7004: 0xFFFF_FBFF, 0xC004: 0xFFFF_FF80, 0xC0C0: 0x1234_5ABC, 0xD0C4: 0xFFFF_FFF8,
        ]
        return link
    }
}
