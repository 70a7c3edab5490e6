/// How Prophesee's USB boards frame control requests: a request on a bulk OUT endpoint, a reply on a bulk IN endpoint, strictly in
/// turn. All numbers are little-endian 32-bit words.
///
///     request   property   payload's length   payload
///     reply     property   payload's length   payload       the property again, bit 31 set where the command failed
///
/// A reply that is late, or longer than one packet, or left over from a program that was killed, would be taken for the reply of the
/// next request. So replies are checked; after a wrong one, the right one is waited for a little; and once one went
/// missing, what is left of it is thrown away first.
///
/// Sources: neuromorphic-drivers 0.16.1 (frames, endpoints, time-outs) and OpenEB (properties, the meaning of replies). Not
/// for two threads at a time.
package final class Treuzell: RegisterAccess {
    private let link: any CameraLink
    private let endpoints: Endpoints
    /// Requests whose replies did not come, or not whole.
    private var unanswered: [[UInt8]] = []
    private var isOutOfStep = false

    package struct Endpoints: Sendable {
        package let requests: UInt8
        package let replies: UInt8
        package let events: UInt8
    }

    private enum Flag {
        static let write: UInt32 = 1 << 30
        static let failed: UInt32 = 1 << 31
    }

    /// How long a request and its reply may take, each. Usually as long as neuromorphic-drivers waits.
    package var timeoutMilliseconds: UInt32 = 1000
    /// After a wrong reply, which may be an earlier request's.
    static let patienceMilliseconds: UInt32 = 50
    static let replyCapacity = 1024
    /// 32-bit registers of a device.
    private static let registers: UInt32 = 0x10102

    package init(_ link: any CameraLink, _ endpoints: Endpoints) {
        self.link = link
        self.endpoints = endpoints
    }

    // MARK: - Registers

    package func read(_ register: Register) throws(LinkError) -> UInt32 {
        try exchange(Self.frame(Self.registers, [0, register.address, 1])).word(at: 16)
    }

    package func write(_ value: UInt32, to register: Register) throws(LinkError) {
        _ = try exchange(Self.frame(Self.registers | Flag.write, [0, register.address, value]))
    }

    // MARK: - Questions

    package func ask(_ question: Question) throws(LinkError) { _ = try answer(to: question) }

    /// The payload of the answer.
    package func answer(to question: Question) throws(LinkError) -> [UInt8] {
        Array(try exchange(Self.frame(question.property, question.isAboutDevice ? [0] : [])).dropFirst(8))
    }

    // MARK: - Frames

    static func frame(_ property: UInt32, _ payload: [UInt32]) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 8 + 4 * payload.count)
        bytes.set(property, at: 0)
        bytes.set(UInt32(4 * payload.count), at: 4)
        for (index, word) in payload.enumerated() { bytes.set(word, at: 8 + 4 * index) }
        return bytes
    }

    /// Sends a request and returns its reply, whole and successful.
    private func exchange(_ request: [UInt8]) throws(LinkError) -> [UInt8] {
        if isOutOfStep { try discardLeftOver() }
        let deadline = link.now &+ Int64(timeoutMilliseconds) &* 1_000_000
        do throws(LinkError) {
            let reply = try link.exchange(
                request, to: endpoints.requests, repliesFrom: endpoints.replies,
                timeoutMilliseconds: timeoutMilliseconds)
            return try self.reply(to: request, among: reply, until: deadline)
        } catch {
            if !error.isUnplugged, !error.isRefusal { resynchronise(after: request) }
            if error.isStall { try endHalts() }
            throw error
        }
    }

    private func endHalts() throws(LinkError) {
        try link.clearHalt(endpoints.requests)
        try link.clearHalt(endpoints.replies)
    }

    /// - Parameter first: what came as a reply. After one that is not this request's, the right one is waited for.
    private func reply(
        to request: [UInt8], among first: [UInt8], until deadline: Int64
    ) throws(LinkError) -> [UInt8] {
        var reply = first
        var complaint: LinkError?
        while true {
            if !isLate(reply, for: request) || link.now >= deadline {
                guard let wrong = Self.complaint(about: reply, to: request) else { break }
                complaint = complaint ?? wrong
                guard link.now < deadline else { throw complaint ?? wrong }
            }
            do throws(LinkError) {
                reply = try link.receive(
                    from: endpoints.replies, capacity: Self.replyCapacity,
                    timeoutMilliseconds: complaint == nil ? timeoutMilliseconds : Self.patienceMilliseconds)
            } catch {
                guard let complaint, error.isTimeout else { throw error }
                throw complaint
            }
        }
        switch reply.word(at: 0) {
        case request.word(at: 0): return reply
        case Flag.failed: throw LinkError(.refused(code: nil), "control request")
        default: throw LinkError(.refused(code: reply.count >= 20 ? reply.word(at: 16) : nil), "control request")
        }
    }

    /// What keeps a reply from being this request's, if something does.
    private static func complaint(about reply: [UInt8], to request: [UInt8]) -> LinkError? {
        guard reply.count >= 8 else { return LinkError(.wrongAnswer("it is shorter than a header"), "control reply") }
        let property = request.word(at: 0)
        let found = reply.word(at: 0)
        guard found == property || found == property | Flag.failed || found == Flag.failed else {
            return LinkError(.wrongAnswer("it is not of this request"), "control reply")
        }
        guard found == property else { return nil }
        guard Int(reply.word(at: 4)) == reply.count - 8 else {
            return LinkError(.wrongAnswer("it is not as long as it says"), "control reply")
        }
        if property == registers,
            reply.count != 20 || reply.word(at: 8) != request.word(at: 8) || reply.word(at: 12) != request.word(at: 12)
        {
            return LinkError(.wrongAnswer("it is not of this register"), "control reply")
        }
        return nil
    }

    // MARK: - Getting back into step

    private func resynchronise(after request: [UInt8]) {
        isOutOfStep = true
        // The replies of any more would be in the way for longer than their senders waited.
        if unanswered.count == 8 { unanswered.removeFirst() }
        unanswered.append(request)
    }

    /// Whether a reply belongs to an earlier request, as far as it tells: its property, and the register where it has one.
    private func isLate(_ reply: [UInt8], for request: [UInt8]) -> Bool {
        guard let index = unanswered.firstIndex(where: { Self.answers(reply, $0) }), !Self.answers(reply, request)
        else {
            return false
        }
        unanswered.remove(at: index)
        return true
    }

    private static func answers(_ reply: [UInt8], _ request: [UInt8]) -> Bool {
        guard reply.count >= 8, reply.word(at: 0) & ~Flag.failed == request.word(at: 0) else { return false }
        guard reply.count >= 16, request.count >= 16 else { return true }
        return reply.word(at: 12) == request.word(at: 12)
    }

    /// Reads until nothing more comes for a moment.
    private func discardLeftOver() throws(LinkError) {
        for _ in 0..<16 {
            do throws(LinkError) {
                _ = try link.receive(from: endpoints.replies, capacity: Self.replyCapacity, timeoutMilliseconds: 20)
            } catch {
                if error.isStall {
                    try endHalts()
                } else if !error.isTimeout {
                    throw error
                }
                isOutOfStep = false
                return
            }
        }
        throw LinkError(.wrongAnswer("it does not stop answering"), "control reply")
    }
}

/// A question to a board about itself.
package struct Question: Equatable, Sendable {
    let property: UInt32
    package let name: StaticString
    /// Its payload is a device's number, here always the first's.
    let isAboutDevice: Bool

    private init(_ property: UInt32, _ name: StaticString, isAboutDevice: Bool = false) {
        self.property = property
        self.name = name
        self.isAboutDevice = isAboutDevice
    }

    package static func == (one: Question, other: Question) -> Bool { one.property == other.property }

    package static let bridgeState = Question(0x71, "bridge state")
    package static let serial = Question(0x72, "serial number")
    package static let firmwareRelease = Question(0x79, "firmware release")
    package static let firmwareDate = Question(0x7A, "firmware build date")
    package static let deviceCount = Question(0x10000, "number of devices")
    package static let deviceName = Question(0x10001, "device name", isAboutDevice: true)
    package static let deviceCompatibility = Question(0x10003, "compatible strings", isAboutDevice: true)
}

extension Array where Element == UInt8 {
    fileprivate mutating func set(_ word: UInt32, at index: Int) {
        self[index] = UInt8(truncatingIfNeeded: word)
        self[index + 1] = UInt8(truncatingIfNeeded: word >> 8)
        self[index + 2] = UInt8(truncatingIfNeeded: word >> 16)
        self[index + 3] = UInt8(truncatingIfNeeded: word >> 24)
    }

    fileprivate func word(at index: Int) -> UInt32 {
        UInt32(self[index]) | UInt32(self[index + 1]) << 8 | UInt32(self[index + 2]) << 16
            | UInt32(self[index + 3]) << 24
    }
}
