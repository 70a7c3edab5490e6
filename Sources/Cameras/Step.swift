import Sentences

/// One step of what is done to a camera: the vocabulary in which sequences are told.
package enum Step: Equatable, Sendable {
    case write(Register, UInt32)
    /// Reads a register and writes it back with `value` in the bits of `mask`.
    case modify(Register, mask: UInt32, value: UInt32)
    /// Reads a register until it has `value` in the bits of `mask`, at least three times and for that long.
    case expect(Register, mask: UInt32, value: UInt32, withinMicroseconds: UInt32)
    /// Reads a register for the sake of reading it: neither what it holds nor a refusal matters.
    case touch(Register)
    /// Puts a question to the bridge; what it answers doesn't matter, nor does a refusal.
    case ask(Question)
    /// Throws away what the camera has still to send, until it is silent for that long.
    case drain(quietMilliseconds: UInt32)
    case wait(microseconds: UInt32)

    package static func wait(milliseconds: UInt32) -> Step { .wait(microseconds: milliseconds * 1000) }

    /// Writes consecutive registers.
    package static func writes(_ first: Register, _ values: some Sequence<UInt32>) -> [Step] {
        var steps: [Step] = []
        for value in values { steps.append(.write(first.next(steps.count), value)) }
        return steps
    }

    /// It needs an answer.
    var isRequest: Bool { if case .wait = self { false } else { true } }

    /// What it does, for a sentence that says what failed.
    var description: Sentence {
        switch self {
        case .write(let register, let value): "writing \(hexadecimal: value) to \(register.description)"
        case .modify(let register, _, _): "changing \(register.description)"
        case .expect(let register, let mask, let value, _):
            "waiting for \(register.description) & \(hexadecimal: mask) == \(hexadecimal: value)"
        case .touch(let register): "reading \(register.description)"
        case .ask(let question): "asking for the \(question.name)"
        case .drain: "discarding stale data"
        case .wait: "waiting"
        }
    }
}

/// Steps with a common purpose.
package struct Phase: Sendable {
    package let name: StaticString
    package let steps: [Step]

    package init(_ name: StaticString, _ steps: [Step]) {
        self.name = name
        self.steps = steps
    }
}
