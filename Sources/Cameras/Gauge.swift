/// Something that a camera measures when it is asked.
package struct Gauge: Sendable {
    /// What starts the measurement.
    package let prepare: [Step]
    package let register: Register
    /// The bit that says that the value is one.
    package let valid: UInt32
    package let value: UInt32
    /// How often the register is read until it is valid, and what lies between.
    package let attempts: Int
    package static let pauseMicroseconds: UInt32 = 10_000

    init(prepare: [Step], register: Register, valid: UInt32, value: UInt32, attempts: Int) {
        self.prepare = prepare
        self.register = register
        self.valid = valid
        self.value = value
        self.attempts = attempts
    }
}
