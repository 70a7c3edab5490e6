import CNeuromorphic
import Simulation
import Testing

@Suite("The rate of a simulated camera")
struct RateTests {
    @Test(
        "The rate is the one that was asked for",
        arguments: [
            ([.edges, .dots, .noise], 1, 3_000_000), ([.edges, .dots, .noise], 12_345, 8_000_000),
            ([.edges, .dots, .noise], 20e6, 5000), ([.edges, .dots, .noise, .flicker], 20e6, 5000),
            (.edges, 3e6, 30_000), (.dots, 3e6, 30_000), (.noise, 3e6, 30_000), (.flicker, 3e6, 30_000),
            (.edges, 1.06e9, 200), (.flicker, 1.06e9, 200), ([.noise, .flicker], 0.7e9, 200),
        ] as [(SceneSet, Double, UInt64)])
    func rate(scenes: SceneSet, rate: Double, microseconds: UInt64) {
        let expected = rate * Double(microseconds) / 1e6
        let count = Double(decoded(SimulationOptions(scenes, rate: rate, microseconds: microseconds)).events.count)
        // Of each scene and polarity an event, of flicker a group of 32, may be owed.
        #expect(abs(count - expected) <= max(expected * 0.01, 3))
    }

    @Test("Noise gets a tenth of what each other scene gets, and ON and OFF are as many")
    func shares() {
        let events = decoded(SimulationOptions([.edges, .dots, .noise], rate: 10.5e6, microseconds: 20_000)).events
        #expect(abs(events.count { $0.on == 1 } * 2 - events.count) < 10)
        // In that time, no disc and no edge is in the 80 upper rows of these 750 columns: there, noise is alone.
        let columns = [30..<280, 456..<706, 883..<1133]
        let noise = events.count { event in event.y < 80 && columns.contains { $0 ~= event.x } }
        #expect(abs(noise - 10_000 * 750 * 80 / 921_600) < 100)
    }

    @Test(
        "The sensor's peak is never exceeded, whatever the biases",
        arguments: [.edges, .noise, .flicker, [.edges, .dots, .noise, .flicker]] as [SceneSet])
    func peak(scenes: SceneSet) {
        let sensitive = settings {
            $0.biases.diff_on = 0
            $0.biases.diff_off = 0xFF
        }
        let events = decoded(SimulationOptions(scenes, rate: 0.5e9, microseconds: 300), sensitive).events
        var counts = [Int](repeating: 0, count: 300)
        for event in events { counts[Int(event.t)] += 1 }
        // A microsecond may hold what the ones before owed: an event of each scene and polarity, or a group of flicker.
        #expect(counts.max()! <= 1060 + 32 + 6)
        #expect(events.count <= 1060 * 300)
        #expect(events.count > 1000 * 300)
    }

    @Test("Numbers that are no rate make no events", arguments: [0, -1, .nan, -.infinity] as [Double])
    func noRate(rate: Double) {
        let stream = decoded(SimulationOptions(rate: rate, triggers: rate, microseconds: 1000))
        #expect(stream.events.isEmpty && stream.triggers.isEmpty && stream.defects == 0)
    }
}
