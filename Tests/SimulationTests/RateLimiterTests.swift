import CNeuromorphic
import Simulation
import Testing

@Suite("The simulated camera's rate limiter")
struct RateLimiterTests {
    struct Limit: CustomTestStringConvertible, Sendable {
        let scenes: SceneSet
        let rate: Double
        let period: UInt16
        let maximum: UInt32
        var microseconds: UInt64 = 10_000
        /// The least part that is used of what the limit allows: events come in bunches, which short periods can't foresee.
        var use = 0.9

        var testDescription: String { "\(rate) ev/s of \(scenes.rawValue), at most \(maximum) in \(period) us" }

        var options: SimulationOptions { SimulationOptions(scenes, rate: rate, microseconds: microseconds) }

        var configuration: neuromorphic_evk4_configuration {
            settings {
                $0.rate_limiter_enabled = 1
                $0.rate_limiter_period_us = period
                $0.rate_limiter_maximum_events = maximum
            }
        }
        /// Whole periods, as near to a millisecond as they come below it.
        var reportInterval: UInt64 { UInt64(1000 / Int(period) * Int(period)) }
    }

    static let limits = [
        Limit(scenes: [.edges, .dots, .noise], rate: 20e6, period: 200, maximum: 1000),
        Limit(scenes: [.edges, .dots, .noise], rate: 20e6, period: 200, maximum: 3999),
        Limit(scenes: [.edges, .dots, .noise], rate: 20e6, period: 1, maximum: 5, use: 0.7),
        Limit(scenes: [.edges, .dots, .noise], rate: 20e6, period: 33, maximum: 100),
        Limit(scenes: [.edges, .dots, .noise], rate: 20e6, period: 200, maximum: 1),
        Limit(scenes: [.edges, .dots, .noise], rate: 20e6, period: 200, maximum: 0),
        Limit(scenes: [.edges, .dots, .noise], rate: 20e6, period: 200, maximum: 10_000),
        Limit(scenes: .noise, rate: 1e6, period: 128, maximum: 40),
        Limit(scenes: .flicker, rate: 1.06e9, period: 200, maximum: 20_000, microseconds: 1500),
        Limit(scenes: .flicker, rate: 1.06e9, period: 7, maximum: 1000, microseconds: 1500),
    ]

    @Test("No period has more events than the limit, and hardly one has less", arguments: limits)
    func limit(_ limit: Limit) {
        let all = decoded(limit.options).events
        let stream = decoded(limit.options, limit.configuration)
        #expect(stream.defects == 0)
        let periods = Int(limit.microseconds) / Int(limit.period) + 1
        var counts = [Int](repeating: 0, count: periods)
        var whole = counts
        for event in stream.events { counts[Int(event.t) / Int(limit.period)] += 1 }
        for event in all { whole[Int(event.t) / Int(limit.period)] += 1 }
        #expect(counts.max()! <= Int(limit.maximum))
        let possible = whole.reduce(0) { $0 + min($1, Int(limit.maximum)) }
        #expect(Double(stream.events.count) >= Double(possible) * limit.use)
    }

    @Test("What is below the limit stays as it is")
    func belowLimit() {
        let limit = Limit(scenes: [.edges, .dots, .noise], rate: 20e6, period: 200, maximum: 10_000)
        #expect(decoded(limit.options, limit.configuration).events == decoded(limit.options).events)
    }

    @Test("What stays is a part of what was there, from all the period and all the sensor")
    func thinning() {
        let limit = Limit(scenes: .noise, rate: 20e6, period: 200, maximum: 1000)
        let kept = decoded(limit.options, limit.configuration).events
        var all = decoded(limit.options).events[...]
        // A part in the same order.
        for event in kept {
            guard let index = all.firstIndex(of: event) else {
                Issue.record("\(event) is not in the stream without limit")
                return
            }
            all = all[(index + 1)...]
        }
        // The first period has nothing to go by.
        let later = kept.filter { $0.t >= 200 }
        for quarter in 0..<4 {
            #expect(abs(later.count { $0.t % 200 / 50 == quarter } * 4 - later.count) < later.count / 10)
            #expect(abs(later.count { $0.y / 180 == quarter } * 4 - later.count) < later.count / 10)
            #expect(abs(later.count { $0.x / 320 == quarter } * 4 - later.count) < later.count / 10)
        }
    }

    @Test("Reports tell what came in and what went out since the one before", arguments: limits)
    func reports(_ limit: Limit) {
        let all = decoded(limit.options).events
        let stream = decoded(limit.options, limit.configuration)
        var expected: [Counter] = []
        var end = limit.reportInterval
        while end < limit.microseconds {
            let span = end - limit.reportInterval..<end
            expected.append(Counter(t: end, events: all.count { span ~= $0.t }, isOutput: 0))
            expected.append(Counter(t: end, events: stream.events.count { span ~= $0.t }, isOutput: 1))
            end += limit.reportInterval
        }
        #expect(stream.counters == expected)
    }

    @Test("Without the limiter there are no reports")
    func off() {
        #expect(decoded(SimulationOptions(microseconds: 10_000)).counters.isEmpty)
    }

    @Test("Switched on later, it limits and reports from then on")
    func live() {
        let limit = Limit(scenes: .noise, rate: 10e6, period: 200, maximum: 500)
        var camera = SimulatedCamera(SimulationOptions(.noise, rate: 10e6), configuration: defaults)
        var bytes = camera.next(length: 1_000_000, atMost: 4500).bytes
        camera.configure(limit.configuration)
        bytes += camera.next(length: 1_000_000, atMost: 5500).bytes
        camera.configure(defaults)
        bytes += camera.next(length: 1_000_000, atMost: 5000).bytes
        let stream = Decoded(bytes)
        #expect(stream.counters.map(\.t) == [5000, 5000, 6000, 6000, 7000, 7000, 8000, 8000, 9000, 9000])
        #expect(stream.counters.map(\.isOutput) == [0, 1, 0, 1, 0, 1, 0, 1, 0, 1])
        #expect(stream.counters[0].events == 5000 && stream.counters[2].events == 10_000)
        #expect(stream.counters[1].events == stream.events.count { 4500..<5000 ~= $0.t })
        let counts = (0..<75).map { period in stream.events.count { Int($0.t) / 200 == period } }
        #expect(counts[..<22].allSatisfy { $0 == 2000 })
        #expect(counts[23..<50].allSatisfy { 400...500 ~= $0 })
        #expect(counts[50...].allSatisfy { $0 == 2000 })
    }

    @Test("A limit that falls within a period lets nothing more out of that period")
    func falling() {
        let high = Limit(scenes: .noise, rate: 1e6, period: 200, maximum: 1000)
        let low = Limit(scenes: .noise, rate: 1e6, period: 200, maximum: 10)
        var camera = SimulatedCamera(SimulationOptions(.noise, rate: 1e6), configuration: high.configuration)
        var bytes = camera.next(atMost: 4100).bytes
        camera.configure(low.configuration)
        bytes += camera.next(atMost: 900).bytes
        let stream = Decoded(bytes)
        #expect(stream.events.count { 4000..<4100 ~= $0.t } == 100)
        #expect(stream.events.count { 4100..<4200 ~= $0.t } == 0)
        #expect((21..<25).allSatisfy { period in stream.events.count { Int($0.t) / 200 == period } <= 10 })
        #expect(stream.counters.map(\.isOutput) == [0, 1, 0, 1, 0, 1, 0, 1])
    }
}
