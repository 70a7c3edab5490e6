import CNeuromorphic
import EventFormats
import Simulation
import Testing

@Suite("The simulated camera's stream")
struct StreamTests {
    static let everything: SceneSet = [.edges, .dots, .noise, .flicker]

    @Test("The bytes do not depend on how they are fetched", arguments: [2, 3, 7, 64, 1000], [1, 16, 777, UInt64.max])
    func fetching(length: Int, microseconds: UInt64) {
        let options = SimulationOptions(Self.everything, rate: 20e6, triggers: 3000, microseconds: 1234)
        let limited = settings {
            $0.rate_limiter_enabled = 1
            $0.rate_limiter_maximum_events = 2000
        }
        #expect(bytes(options, limited, length: length, atMost: microseconds) == bytes(options, limited))
    }

    @Test("The same seed makes the same bytes, another one makes others")
    func seeds() {
        func run(_ seed: UInt64) -> [UInt8] { bytes(SimulationOptions(seed: seed, microseconds: 2000)) }
        #expect(run(1) == run(1))
        #expect(run(1) != run(2))
        #expect(run(0) != run(.max))
    }

    @Test(
        "Every event is on the sensor, times never fall, and nothing is wrong with the stream",
        arguments: [
            (StreamTests.everything, 1e3, 200_000), (StreamTests.everything, 1e5, 50_000),
            (.edges, 5e6, 20_000), (.dots, 5e6, 20_000), (.noise, 5e6, 20_000), (.flicker, 5e6, 20_000),
            (StreamTests.everything, 1e8, 1000), (.flicker, 1.06e9, 100), (.edges, 1.06e9, 100),
        ] as [(SceneSet, Double, UInt64)])
    func validity(scenes: SceneSet, rate: Double, microseconds: UInt64) {
        let configuration = settings {
            $0.rate_limiter_enabled = 1
            $0.rate_limiter_maximum_events = 100_000
        }
        let options = SimulationOptions(scenes, rate: rate, triggers: 5000, microseconds: microseconds)
        let stream = decoded(options, configuration)
        #expect(stream.defects == 0)
        #expect(stream.events.count > 50)
        #expect(stream.events.allSatisfy { $0.x < 1280 && $0.y < 720 && $0.t < microseconds })
        #expect(zip(stream.events, stream.events.dropFirst()).allSatisfy { $0.t <= $1.t })
        #expect(zip(stream.triggers, stream.triggers.dropFirst()).allSatisfy { $0.t < $1.t })
    }

    @Test("Within a step, events come row by row from the top")
    func rows() {
        // At this rate a step is as long as it gets: 100 microseconds.
        let events = decoded(SimulationOptions(rate: 1e6, microseconds: 100)).events
        #expect(events.count > 90)
        #expect(zip(events, events.dropFirst()).allSatisfy { $0.y <= $1.y })
    }

    @Test("The time is said in full every 16 microseconds, from 0 on")
    func times() {
        let stream = bytes(SimulationOptions(rate: 1e6, microseconds: 10_000))
        var said: [Int] = []
        var high = 0
        var isTimeHigh = false
        for index in stride(from: 0, to: stream.count, by: 2) {
            let word = Int(stream[index]) | Int(stream[index + 1]) << 8
            if word >> 12 == 6, isTimeHigh { said.append(high << 12 | word & 0xFFF) }
            isTimeHigh = word >> 12 == 8
            if isTimeHigh { high = word & 0xFFF }
        }
        #expect(Set(stride(from: 0, to: 10_000, by: 16)).isSubset(of: said))
    }

    @Test("A reader that joins anywhere misses less than 17 microseconds", arguments: [2, 1996, 10_002, 18_004])
    func joining(at offset: Int) throws {
        let stream = bytes(SimulationOptions(rate: 20e6, microseconds: 2000))
        let before = Decoded(Array(stream[..<offset])).currentT
        let joined = Decoded(Array(stream[offset...])).events
        let all = Decoded(stream).events
        #expect(Array(all.suffix(joined.count)) == joined)
        #expect(try #require(joined.first).t <= before + 17)
    }

    @Test("The clock's wraps are in the stream")
    func wraps() {
        let stream = decoded(SimulationOptions(.noise, rate: 10, microseconds: 40_000_000))
        #expect(stream.defects == 0)
        #expect(398...400 ~= stream.events.count)
        #expect(stream.events.last.map { $0.t > 39_000_000 } == true)
    }

    @Test(
        "A simulation ends when it is to, with its last byte",
        arguments: [1, 15, 16, 17, 99, 100, 101, 12_345] as [UInt64])
    func duration(microseconds: UInt64) {
        let options = SimulationOptions(rate: 50e6, microseconds: microseconds)
        var camera = SimulatedCamera(options, configuration: defaults)
        let whole = bytes(options)
        var length = 0
        while true {
            let piece = camera.next(length: 100)
            length += piece.bytes.count
            #expect(piece.isAtEnd == (length == whole.count))
            if piece.isAtEnd { break }
            #expect(piece.bytes.count == 100)
            #expect(piece.t < microseconds)
        }
        let stream = Decoded(whole)
        #expect(stream.currentT < microseconds && stream.currentT + 16 >= microseconds)
        #expect(stream.events.allSatisfy { $0.t < microseconds })
        let after = camera.next()
        #expect(after.bytes.isEmpty && after.t == microseconds && after.isAtEnd)
    }

    @Test("A simulation of no time at all is at its end")
    func nothing() {
        var camera = SimulatedCamera(SimulationOptions(microseconds: 0), configuration: defaults)
        let piece = camera.next()
        #expect(piece.bytes.isEmpty && piece.t == 0 && piece.isAtEnd)
    }

    @Test("A call ends when the sensor's time has moved on enough", arguments: [1, 50, 1000] as [UInt64])
    func span(microseconds: UInt64) throws {
        var camera = SimulatedCamera(SimulationOptions(rate: 1e6), configuration: defaults)
        var before: UInt64 = 0
        for _ in 0..<20 {
            let piece = camera.next(atMost: microseconds)
            // Steps are at most 100 microseconds.
            #expect(before + microseconds..<before + microseconds + 100 ~= piece.t)
            #expect(Decoded(piece.bytes).events.allSatisfy { before..<piece.t ~= $0.t })
            before = piece.t
        }
    }

    @Test("A buffer without room for a word is left alone", arguments: [0, 1])
    func noRoom(length: Int) {
        var camera = SimulatedCamera(SimulationOptions(), configuration: defaults)
        #expect(camera.next(length: length).bytes.isEmpty)
        #expect(!camera.next().bytes.isEmpty)
    }

    @Test("A call never writes beyond what it says")
    func bounds() {
        var camera = SimulatedCamera(SimulationOptions(rate: 1e6), configuration: defaults)
        var bytes = [UInt8](repeating: 0xAA, count: 1_000_000)
        let filled = unsafe bytes.withUnsafeMutableBytes { unsafe camera.fill($0, atMost: 1000) }
        #expect(filled.length < 100_000)
        #expect(bytes[filled.length...].allSatisfy { $0 == 0xAA })
    }
}
