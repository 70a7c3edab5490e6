import CNeuromorphic
import Cameras
import EventFormats
import Simulation

/// A pixel's change, as decoded.
struct Event: Equatable {
    let t: UInt64
    let x: Int
    let y: Int
    let on: UInt8
}

struct Trigger: Equatable {
    let t: UInt64
    let rising: UInt8
}

struct Counter: Equatable {
    let t: UInt64
    let events: Int
    let isOutput: UInt8
}

/// What a stream says.
struct Decoded {
    var events: [Event] = []
    var triggers: [Trigger] = []
    var counters: [Counter] = []
    var currentT: UInt64 = 0
    var defects: UInt64 = 0

    init(_ bytes: [UInt8]) {
        let decoder = EventFormat.evt3.decoder(for: SensorGeometry(width: 1280, height: 720)!)
        var columns = EventColumns(EventColumns.Capacities(events: 65536, triggers: 1024, counters: 1024))
        var used = 0
        while used < bytes.count {
            columns.removeAll()
            used += unsafe decoder.decode(bytes.span.bytes.extracting(used..<bytes.count), into: &columns)
            take(columns)
        }
        decoder.finish()
        currentT = decoder.currentT
        defects = decoder.defects.total + decoder.defects[.ignoredMessage].count
    }

    private mutating func take(_ columns: borrowing EventColumns) {
        events.reserveCapacity(events.count + columns.count)
        for index in 0..<columns.count {
            let event = Event(
                t: columns.t[index], x: Int(columns.x[index]), y: Int(columns.y[index]), on: columns.on[index])
            events.append(event)
        }
        for index in 0..<columns.triggerCount {
            triggers.append(Trigger(t: columns.triggerT[index], rising: columns.triggerRising[index]))
        }
        for index in 0..<columns.counterCount {
            counters.append(
                Counter(
                    t: columns.counterT[index], events: Int(columns.counterEvents[index]),
                    isOutput: columns.counterIsOutput[index]))
        }
    }
}

/// The settings that a camera is opened with.
let defaults =
    unsafe CameraCatalog.model(NEUROMORPHIC_MODEL_PROPHESEE_EVK4)!.defaultConfiguration.settings.prophesee_evk4

func settings(_ change: (inout neuromorphic_evk4_configuration) -> Void) -> neuromorphic_evk4_configuration {
    var configuration = defaults
    change(&configuration)
    return configuration
}

extension SimulationOptions {
    /// Options without triggers; `microseconds` is the duration.
    init(
        _ scenes: SceneSet = [.edges, .dots, .noise], rate: Double = 2e6, seed: UInt64 = 1, triggers: Double = 0,
        microseconds: UInt64? = nil
    ) {
        self.init()
        self.scenes = scenes
        self.rate = rate
        self.seed = seed
        triggerRate = triggers
        duration = microseconds
    }
}

/// What one call of `fill` gave.
struct Piece {
    let bytes: [UInt8]
    let t: UInt64
    let isAtEnd: Bool
}

extension SimulatedCamera {
    mutating func next(length: Int = 131_072, atMost microseconds: UInt64 = .max) -> Piece {
        var bytes = [UInt8](repeating: 0xAA, count: length)
        let filled = unsafe bytes.withUnsafeMutableBytes { unsafe fill($0, atMost: microseconds) }
        return Piece(bytes: Array(bytes[..<filled.length]), t: filled.t, isAtEnd: filled.isAtEnd)
    }
}

/// All bytes of a simulation that ends.
func bytes(
    _ options: SimulationOptions, _ configuration: neuromorphic_evk4_configuration = defaults,
    length: Int = 131_072, atMost microseconds: UInt64 = .max
) -> [UInt8] {
    var camera = SimulatedCamera(options, configuration: configuration)
    var bytes: [UInt8] = []
    while true {
        let piece = camera.next(length: length, atMost: microseconds)
        bytes += piece.bytes
        if piece.isAtEnd { return bytes }
    }
}

func decoded(
    _ options: SimulationOptions, _ configuration: neuromorphic_evk4_configuration = defaults
) -> Decoded {
    Decoded(bytes(options, configuration))
}
