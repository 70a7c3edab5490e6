import CNeuromorphic
import Simulation
import Testing

@Suite("What settings do to a simulated camera")
struct SettingsTests {
    /// Settings that silence pixels, and which pixels those are.
    struct Mask: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let change: @Sendable (inout neuromorphic_evk4_configuration) -> Void
        let isSilent: @Sendable (Event) -> Bool

        init(
            _ name: String, _ change: @escaping @Sendable (inout neuromorphic_evk4_configuration) -> Void,
            silences isSilent: @escaping @Sendable (Event) -> Bool
        ) {
            testDescription = name
            self.change = change
            self.isSilent = isSilent
        }
    }

    static let masks = [
        Mask("columns 0 ... 63", { $0.x_mask.0 = ~0 }) { $0.x < 64 },
        Mask("every other column of 640 ... 703", { $0.x_mask.10 = 0xAAAA_AAAA_AAAA_AAAA }) {
            640..<704 ~= $0.x && $0.x % 2 == 1
        },
        Mask("columns 1270 ... 1279", { $0.x_mask.19 = ~0 << 54 }) { $0.x >= 1270 },
        Mask("rows 0 ... 99", { ($0.y_mask.0, $0.y_mask.1) = (~0, 0xF_FFFF_FFFF) }) { $0.y < 100 },
        Mask("rows 704 ... 719", { $0.y_mask.11 = ~0 }) { $0.y >= 704 },
        Mask("columns or rows", { ($0.x_mask.5, $0.y_mask.5) = (~0, ~0) }) { $0.x / 64 == 5 || $0.y / 64 == 5 },
        Mask(
            "columns and rows",
            { ($0.x_mask.5, $0.y_mask.5, $0.mask_intersection_only) = (~0, ~0, 1) }
        ) { $0.x / 64 == 5 && $0.y / 64 == 5 },
        Mask("columns and no row", { ($0.x_mask.5, $0.mask_intersection_only) = (~0, 1) }) { _ in false },
        Mask(
            "single pixels",
            {
                $0.pixel_masks.0 = neuromorphic_pixel_mask(x: 0, y: 0, enabled: 1)
                $0.pixel_masks.1 = neuromorphic_pixel_mask(x: 700, y: 360, enabled: 1)
                $0.pixel_masks.2 = neuromorphic_pixel_mask(x: 701, y: 360, enabled: 0)
                $0.pixel_masks.63 = neuromorphic_pixel_mask(x: 1279, y: 719, enabled: 1)
            }
        ) { [[0, 0], [700, 360], [1279, 719]].contains([$0.x, $0.y]) },
        Mask(
            "a pixel and its column", { ($0.x_mask.0, $0.pixel_masks.7) = (2, .init(x: 3, y: 5, enabled: 1)) }
        ) { $0.x == 1 || $0.x == 3 && $0.y == 5 },
        Mask(
            "a pixel that is not on the sensor", { $0.pixel_masks.0 = .init(x: 65535, y: 65535, enabled: 65535) }
        ) { _ in false },
    ]

    @Test("Masks take their pixels out of the stream, and nothing else", arguments: masks)
    func masked(_ mask: Mask) {
        for (options, all) in [Self.mixture, Self.frame] {
            let rest = decoded(options, settings(mask.change))
            #expect(rest.events == all.filter { !mask.isSilent($0) })
            #expect(rest.defects == 0)
        }
    }

    /// Scenes, and the events of them when nothing is masked.
    private static func whole(_ options: SimulationOptions) -> (SimulationOptions, [Event]) {
        (options, decoded(options).events)
    }
    private static let mixture = whole(SimulationOptions(rate: 20e6, microseconds: 3000))
    /// Every pixel, once.
    private static let frame = whole(SimulationOptions(.flicker, rate: 1.06e9, microseconds: 870))

    @Test("Without output there are no events, and all else goes on")
    func output() {
        let options = SimulationOptions(triggers: 1000, microseconds: 10_000)
        let stream = decoded(
            options,
            settings {
                $0.enable_output = 0
                $0.rate_limiter_enabled = 1
            })
        #expect(stream.events.isEmpty)
        #expect(stream.triggers.count == 20)
        #expect(stream.counters.count == 18 && stream.counters.allSatisfy { $0.events == 0 })
        #expect(stream.currentT + 16 >= 10_000)
        #expect(stream.defects == 0)
    }

    @Test("Without the trigger input there are no triggers, and the same events")
    func triggers() {
        let options = SimulationOptions(triggers: 1000, microseconds: 10_000)
        let without = decoded(options, settings { $0.enable_external_trigger = 0 })
        #expect(without.triggers.isEmpty)
        #expect(without.events == decoded(options).events)
    }

    struct Biases: Sendable {
        let on: UInt8
        let middle: UInt8
        let off: UInt8
        /// How many times as many ON and OFF events there are.
        let factors: (on: Double, off: Double)
    }

    @Test(
        "Thresholds further from diff make fewer events",
        arguments: [
            Biases(on: 0x66, middle: 0x4D, off: 0x49, factors: (1, 1)),
            Biases(on: 0x76, middle: 0x4D, off: 0x49, factors: (0.5, 1)),
            Biases(on: 0x56, middle: 0x4D, off: 0x49, factors: (2, 1)),
            Biases(on: 0x66, middle: 0x4D, off: 0x39, factors: (1, 0.5)),
            Biases(on: 0x66, middle: 0x4D, off: 0x4D, factors: (1, 1.189207)),
            Biases(on: 0x66, middle: 0x5D, off: 0x49, factors: (2, 0.5)),
            Biases(on: 0xFF, middle: 0x4D, off: 0x00, factors: (0.0625, 0.0625)),
            Biases(on: 0x00, middle: 0x4D, off: 0x49, factors: (16, 1)),
            Biases(on: 0x66, middle: 0x4D, off: 0xFF, factors: (1, 16)),
        ], [.edges, .dots, .noise] as [SceneSet])
    func biases(_ biases: Biases, scene: SceneSet) {
        let configuration = settings {
            $0.biases.diff_on = biases.on
            $0.biases.diff = biases.middle
            $0.biases.diff_off = biases.off
        }
        let events = decoded(SimulationOptions(scene, rate: 1e6, microseconds: 20_000), configuration).events
        let on = events.count { $0.on == 1 }
        #expect(abs(Double(on) - 10_000 * biases.factors.on) < 2)
        #expect(abs(Double(events.count - on) - 10_000 * biases.factors.off) < 2)
    }

    @Test("Of flicker, a threshold makes one polarity's frames faster or slower")
    func biasesOfFlicker() {
        let configuration = settings { $0.biases.diff_on = 0x66 + 16 }
        // A frame of ON takes twice 921.6 microseconds, one of OFF half of that.
        let events = decoded(SimulationOptions(.flicker, rate: 1e9, microseconds: 2764), configuration).events
        #expect(events.filter { $0.on == 1 }.count == 921_600)
        #expect(abs(events.count - 2 * 921_600) < 1000)
        #expect(events.first { $0.on == 0 }.map { abs(Int($0.t) - 1843) <= 2 } == true)
        #expect(zip(events, events.dropFirst()).allSatisfy { $0.t <= $1.t })
    }

    @Test("The other biases and the clock change nothing")
    func withoutEffect() {
        let options = SimulationOptions(microseconds: 3000)
        let other = settings {
            $0.biases.pr = 1
            $0.biases.fo = 2
            $0.biases.hpf = 3
            $0.biases.inv = 4
            $0.biases.refr = 5
            $0.biases.reqpuy = 6
            $0.biases.reqpux = 7
            $0.biases.sendreqpdy = 8
            $0.biases.unknown_1 = 9
            $0.biases.unknown_2 = 10
            $0.clock = 2
        }
        #expect(bytes(options, other) == bytes(options))
    }

    @Test("Settings that change take effect with the next step")
    func live() {
        var camera = SimulatedCamera(SimulationOptions(rate: 1e6), configuration: defaults)
        let before = camera.next(atMost: 5000)
        camera.configure(settings { $0.enable_output = 0 })
        let silent = camera.next(atMost: 5000)
        camera.configure(settings { $0.x_mask.0 = ~0 })
        let masked = camera.next(atMost: 5000)
        camera.configure(defaults)
        let after = camera.next(atMost: 5000)
        #expect(Decoded(before.bytes).events.contains { $0.x < 64 })
        #expect(Decoded(silent.bytes).events.isEmpty)
        let events = Decoded(masked.bytes).events
        #expect(events.count > 3000 && !events.contains { $0.x < 64 })
        #expect(Decoded(after.bytes).events.contains { $0.x < 64 })
        #expect(Decoded(before.bytes + silent.bytes + masked.bytes + after.bytes).defects == 0)
    }

    @Test("Settings that change while a step is being handed out leave that step as it is")
    func withinAStep() {
        var camera = SimulatedCamera(SimulationOptions(rate: 1e6), configuration: defaults)
        let first = camera.next(length: 30)
        camera.configure(settings { $0.enable_output = 0 })
        let rest = camera.next(atMost: 1000)
        let events = Decoded(first.bytes + rest.bytes).events
        #expect(events.count > 90)
        #expect(events.allSatisfy { $0.t < 100 })
    }

    @Test("No settings do any harm, in their ranges or not", arguments: 1...50 as ClosedRange<UInt64>)
    func wild(seed: UInt64) {
        var generator = seed
        func random() -> UInt8 {
            generator = generator &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(generator >> 56)
        }
        let scenes = SceneSet(rawValue: random() & 15)
        var camera = SimulatedCamera(
            SimulationOptions(scenes, rate: Double(random()) * 1e5, triggers: 20_000, microseconds: 2000),
            configuration: defaults)
        var bytes: [UInt8] = []
        while true {
            let piece = camera.next(length: 1 + Int(random()) * 16, atMost: UInt64(random()))
            bytes += piece.bytes
            if piece.isAtEnd { break }
            guard random() < 8 else { continue }
            var configuration = neuromorphic_evk4_configuration()
            unsafe withUnsafeMutableBytes(of: &configuration) { field in
                for index in field.indices { unsafe field[index] = random() & random() }
            }
            camera.configure(configuration)
        }
        let stream = Decoded(bytes)
        #expect(stream.defects == 0)
        #expect(zip(stream.events, stream.events.dropFirst()).allSatisfy { $0.t <= $1.t })
    }
}
