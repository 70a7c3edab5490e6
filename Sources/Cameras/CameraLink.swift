package import Sentences

/// The few transfers that a camera needs. USB provides them; tests imitate them.
///
/// One thread at a time.
package protocol CameraLink: AnyObject {
    /// A control transfer from the device, of type vendor, to the device as a whole (bmRequestType 0xC0).
    ///
    /// - Returns: the bytes that the device answered, at most `length`.
    func controlIn(request: UInt8, value: UInt16, index: UInt16, length: UInt16) throws(LinkError) -> [UInt8]

    /// A string of the device in US English, from the raw descriptor's UTF-16.
    ///
    /// - Parameter index: as in the device descriptor; 0 asks for the table of languages and gives "".
    func string(at index: UInt8) throws(LinkError) -> String

    /// Sends a request as one bulk transfer, and receives its reply as another, of at most 1,024 bytes. Both may be in flight
    /// together: an answer that waits from before is taken for the reply.
    ///
    /// - Parameter timeoutMilliseconds: for each of both.
    func exchange(
        _ request: [UInt8], to out: UInt8, repliesFrom endpoint: UInt8, timeoutMilliseconds: UInt32
    ) throws(LinkError) -> [UInt8]

    /// Receives one bulk transfer: what the device had to send, at most `capacity` bytes.
    func receive(from endpoint: UInt8, capacity: Int, timeoutMilliseconds: UInt32) throws(LinkError) -> [UInt8]

    /// Ends the halt of an endpoint.
    func clearHalt(_ endpoint: UInt8) throws(LinkError)

    /// Lets at least that much time pass.
    func wait(microseconds: UInt32)

    /// Nanoseconds of a clock that never jumps, which `wait` moves.
    var now: Int64 { get }
}

/// A transfer, or what it carried, that failed.
package struct LinkError: Error {
    package enum Cause: Sendable {
        /// Nothing in time.
        case timedOut(milliseconds: UInt32)
        /// The device is gone.
        case unplugged
        /// The device halted the endpoint, or refused the request.
        case stalled
        /// Another program has the interface.
        case busy
        /// The system doesn't let this user open the device.
        case permissionDenied
        /// The device sent more than fits.
        case overflow
        /// The system refused memory for the transfer, in the transport's own words.
        case noMemory(StaticString)
        /// The device's firmware refused the command, with its own code if it gave one.
        case refused(code: UInt32?)
        /// The answer is not one that its protocol has.
        case wrongAnswer(StaticString)
        /// A register did not get the value that was waited for.
        case unexpectedValue(UInt32)
        /// Anything else, in the transport's own words.
        case failed(StaticString)
    }

    package let cause: Cause
    /// What was being done, such as "bulk transfer to endpoint 0x02".
    package let call: StaticString

    package init(_ cause: Cause, _ call: StaticString) {
        self.cause = cause
        self.call = call
    }

    package var isUnplugged: Bool { if case .unplugged = cause { true } else { false } }

    package var isTimeout: Bool { if case .timedOut = cause { true } else { false } }

    package var isStall: Bool { if case .stalled = cause { true } else { false } }

    package var isRefusal: Bool { if case .refused = cause { true } else { false } }

    /// What happened, and in which call.
    package var sentence: Sentence {
        let reason: Sentence
        switch cause {
        case .timedOut(let milliseconds): reason = "no answer within \(milliseconds) ms"
        case .unplugged: reason = "the camera is not there any more"
        case .stalled: reason = "the camera refused the transfer (stall)"
        case .busy: reason = "another program uses the camera"
        case .permissionDenied: reason = "this user may not open it"
        case .overflow: reason = "the camera sent more than was asked for"
        case .noMemory(let what): reason = "\(what)"
        case .refused(let code?): reason = "the camera's firmware refused the command (code \(code))"
        case .refused(nil): reason = "the camera's firmware refused the command"
        case .wrongAnswer(let what): reason = "the camera gave a wrong answer: \(what)"
        case .unexpectedValue(let value): reason = "the camera reported \(hexadecimal: value) instead"
        case .failed(let what): reason = "\(what)"
        }
        return "\(reason) (\(call))"
    }
}
