import EventFormats
import Testing

@Suite("TimestampUnwrapper")
struct TimestampUnwrapperTests {
    typealias Step = TimestampUnwrapper.Step

    /// Values of time words on a clock of 4 + 3 bits: a range of 16 x 8 microseconds.
    struct Sequence: CustomTestStringConvertible {
        let name: String
        let values: [UInt64]
        let bases: [UInt64]
        let steps: [Step]

        init(_ name: String, _ values: [UInt64], _ bases: [UInt64], _ steps: [Step]) {
            (self.name, self.values, self.bases, self.steps) = (name, values, bases, steps)
        }

        var testDescription: String { name }
    }

    @Test(
        "A time word's value is extended by the clock's wraps",
        arguments: [
            Sequence("the first is taken as it is", [9], [72], [.changed]),
            Sequence("a first 0 is a change", [0, 0], [0, 0], [.changed, .same]),
            Sequence("it rises", [1, 2, 2, 15], [8, 16, 16, 120], [.changed, .changed, .same, .changed]),
            Sequence("from the highest to 0", [15, 0, 1], [120, 128, 136], [.changed, .changed, .changed]),
            Sequence("a fall by half the range", [8, 0], [64, 128], [.changed, .changed]),
            Sequence("a fall by one less", [8, 1], [64, 8], [.changed, .steppedBack]),
            Sequence("a rise by the whole range", [0, 15], [0, 120], [.changed, .changed]),
            Sequence(
                "many wraps", [15, 0, 15, 0, 15, 0], [120, 128, 248, 256, 376, 384],
                [.changed, .changed, .changed, .changed, .changed, .changed]),
            Sequence("after a wrap, a step back", [15, 4, 3], [120, 160, 152], [.changed, .changed, .steppedBack]),
            Sequence(
                "back over a wrap counts as ahead", [15, 0, 15], [120, 128, 248], [.changed, .changed, .changed]),
        ])
    func sequence(_ sequence: Sequence) {
        var clock = TimestampUnwrapper(highBits: 4, lowBits: 3)
        #expect(!clock.isKnown && clock.base == 0)
        for (i, value) in sequence.values.enumerated() {
            let step = clock.take(high: value)
            #expect(step == sequence.steps[i], "step \(i)")
            #expect(clock.base == sequence.bases[i], "step \(i)")
            #expect(clock.isKnown)
        }
    }

    @Test(
        "The formats' clocks wrap after 2^24 and 2^34 microseconds",
        arguments: [(12, 12, 16_777_216), (28, 6, 17_179_869_184)] as [(UInt64, UInt64, UInt64)])
    func ranges(_ high: UInt64, _ low: UInt64, _ range: UInt64) {
        var clock = TimestampUnwrapper(highBits: high, lowBits: low)
        for wrap in 0..<5 as Range<UInt64> {
            _ = clock.take(high: 1 << high - 1)
            #expect(clock.base == (wrap + 1) * range - 1 << low)
            _ = clock.take(high: 0)
            #expect(clock.base == (wrap + 1) * range)
        }
    }

    @Test("A loss makes the time unknown and keeps the wraps")
    func loss() {
        var clock = TimestampUnwrapper(highBits: 4, lowBits: 3)
        _ = clock.take(high: 15)
        _ = clock.take(high: 2)
        clock.forget()
        #expect(!clock.isKnown && clock.base == 144)
        #expect(clock.take(high: 2) == .same)
        #expect(clock.isKnown && clock.base == 144)
        clock.forget()
        #expect(clock.take(high: 5) == .changed)
        #expect(clock.base == 168)
        clock.forget()
        #expect(clock.take(high: 4) == .steppedBack)
        clock.forget()
        _ = clock.take(high: 14)
        clock.forget()
        #expect(clock.take(high: 1) == .changed)
        #expect(clock.base == 264)
    }

    @Test("Played again, the first time word means the given time, and wraps count from there")
    func restart() {
        var clock = TimestampUnwrapper(highBits: 4, lowBits: 3)
        _ = clock.take(high: 12)
        _ = clock.take(high: 3)
        clock.restart(at: 1001)
        #expect(!clock.isKnown)
        #expect(clock.take(high: 12) == .changed)
        #expect(clock.base == 1001)
        #expect(clock.take(high: 15) == .changed)
        #expect(clock.base == 1025)
        #expect(clock.take(high: 0) == .changed)
        #expect(clock.base == 1033)
        clock.restart(at: 5000)
        _ = clock.take(high: 1)
        #expect(clock.base == 5000)
    }
}
