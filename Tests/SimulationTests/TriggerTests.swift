import CNeuromorphic
import Simulation
import Testing

@Suite("The simulated camera's trigger input")
struct TriggerTests {
    @Test(
        "Pulses rise at multiples of the period and fall half a period later",
        arguments: [(10, 1_000_000), (1000, 10_000), (3, 2_000_000), (7.5, 1_000_000), (100_000, 1000), (99_999, 1000)]
            as [(Double, UInt64)])
    func times(rate: Double, microseconds: UInt64) {
        let stream = decoded(SimulationOptions(rate: 1e4, triggers: rate, microseconds: microseconds))
        var expected: [Trigger] = []
        var edge = 0
        while true {
            let t = UInt64(Double(edge) * (500_000 / rate))
            guard t < microseconds else { break }
            expected.append(Trigger(t: t, rising: edge % 2 == 0 ? 1 : 0))
            edge += 1
        }
        #expect(stream.triggers == expected)
        #expect(stream.defects == 0)
    }

    @Test("Pulses that are rarer than the simulation lasts rise once", arguments: [1e-3, 1e-300, 0x1p-1074])
    func rare(rate: Double) {
        let stream = decoded(SimulationOptions(rate: 1e4, triggers: rate, microseconds: 100_000))
        #expect(stream.triggers == [Trigger(t: 0, rising: 1)])
    }

    @Test("Pulses go on while nobody listens")
    func disabled() {
        var camera = SimulatedCamera(SimulationOptions(rate: 1e4, triggers: 100), configuration: defaults)
        var bytes = camera.next(atMost: 21_000).bytes
        camera.configure(settings { $0.enable_external_trigger = 0 })
        bytes += camera.next(atMost: 20_000).bytes
        camera.configure(defaults)
        bytes += camera.next(atMost: 10_000).bytes
        #expect(
            Decoded(bytes).triggers == [
                Trigger(t: 0, rising: 1), Trigger(t: 5000, rising: 0), Trigger(t: 10_000, rising: 1),
                Trigger(t: 15_000, rising: 0), Trigger(t: 20_000, rising: 1), Trigger(t: 45_000, rising: 0),
                Trigger(t: 50_000, rising: 1),
            ])
    }
}
