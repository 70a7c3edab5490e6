package import Sentences

/// Reads and writes a camera's registers. A control protocol meets it.
package protocol RegisterAccess: AnyObject {
    func read(_ register: Register) throws(LinkError) -> UInt32
    func write(_ value: UInt32, to register: Register) throws(LinkError)
    /// Any answer is one, a refusal excepted.
    func ask(_ question: Question) throws(LinkError)
}

/// Plays steps, and says which one failed.
package struct StepRunner {
    private let access: any RegisterAccess
    private let link: any CameraLink
    /// Where a drain reads.
    private let eventEndpoint: UInt8

    package init(_ access: any RegisterAccess, over link: any CameraLink, eventEndpoint: UInt8) {
        self.access = access
        self.link = link
        self.eventEndpoint = eventEndpoint
    }

    package func run(_ phases: [Phase]) throws(SequenceError) {
        for phase in phases { try run(phase.steps, of: phase.name) }
    }

    /// - Parameter phase: what the steps are for, in the sentence of a failure.
    package func run(_ steps: [Step], of phase: StaticString) throws(SequenceError) {
        for (index, step) in steps.enumerated() {
            do throws(LinkError) {
                try run(step)
            } catch {
                throw SequenceError(phase: phase, step: index + 1, count: steps.count, doing: step, error: error)
            }
        }
    }

    /// Plays as much as the camera takes: what it refuses is left out. One lost answer is no reason to leave a sensor under power;
    /// with a camera that is gone, or silent twice in a row, no more time is spent.
    ///
    /// - Returns: false for such a camera.
    @discardableResult
    package func runWhatWorks(_ phases: [Phase]) -> Bool {
        var silences = 0
        for phase in phases {
            for step in phase.steps {
                do throws(LinkError) {
                    try run(step)
                    if step.isRequest { silences = 0 }
                } catch {
                    silences = error.isTimeout ? silences + 1 : 0
                    if error.isUnplugged || silences == 2 { return false }
                }
            }
        }
        return true
    }

    private func run(_ step: Step) throws(LinkError) {
        switch step {
        case .write(let register, let value):
            try access.write(value, to: register)
        case .modify(let register, let mask, let value):
            try access.write(try access.read(register) & ~mask | value & mask, to: register)
        case .expect(let register, let mask, let value, let microseconds):
            try wait(for: register, mask: mask, value: value, microseconds: microseconds)
        case .touch(let register):
            do throws(LinkError) { _ = try access.read(register) } catch { if !error.isRefusal { throw error } }
        case .ask(let question):
            do throws(LinkError) { try access.ask(question) } catch { if !error.isRefusal { throw error } }
        case .drain(let milliseconds):
            try drain(quietMilliseconds: milliseconds)
        case .wait(let microseconds):
            link.wait(microseconds: microseconds)
        }
    }

    private func wait(for register: Register, mask: UInt32, value: UInt32, microseconds: UInt32) throws(LinkError) {
        let deadline = link.now &+ Int64(microseconds) &* 1000
        var reads = 0
        while true {
            let found = try access.read(register)
            reads += 1
            if found & mask == value { return }
            guard reads < 3 || link.now < deadline else { throw LinkError(.unexpectedValue(found), "register read") }
            link.wait(microseconds: 200)
        }
    }

    /// A camera that goes on for ever was not stopped: its data would be taken for that of the new stream.
    private func drain(quietMilliseconds: UInt32) throws(LinkError) {
        let deadline = link.now &+ 5_000_000_000
        while link.now < deadline {
            do throws(LinkError) {
                let stale = try link.receive(
                    from: eventEndpoint, capacity: 131_072, timeoutMilliseconds: quietMilliseconds)
                if stale.isEmpty { return }
            } catch {
                if error.isTimeout { return }
                // A halt outlives the program that met it.
                guard error.isStall else { throw error }
                try link.clearHalt(eventEndpoint)
            }
        }
        throw LinkError(.wrongAnswer("it was stopped and does not stop sending events"), "reading stale data")
    }
}

/// A step that failed.
package struct SequenceError: Error {
    package let phase: StaticString
    /// The first is 1.
    package let step: Int
    package let count: Int
    package let doing: Step
    package let error: LinkError

    package var sentence: Sentence {
        "\(doing.description) failed: \(error.sentence); step \(step) of \(count) of \"\(phase)\""
    }
}
