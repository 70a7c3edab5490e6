import CNeuromorphic
import Foundation
import Simulation
import Testing

@Suite("What a simulated camera sees")
struct SceneTests {
    @Test(
        "Scenes are joined with a plus",
        arguments: [
            ("edges", .edges), ("dots", .dots), ("noise", .noise), ("flicker", .flicker),
            ("edges+dots+noise", [.edges, .dots, .noise]), ("noise+edges", [.noise, .edges]), ("dots+dots", .dots),
            ("", nil), ("+", nil), ("edges+", nil), ("+edges", nil), ("edges,dots", nil), ("Edges", nil),
            ("edge", nil), ("edgess", nil), ("edges + dots", nil),
        ] as [(String, SceneSet?)])
    func names(text: String, scenes: SceneSet?) {
        #expect(SceneSet(text.utf8) == scenes)
        #expect(SceneSet(("scene=" + text).utf8.dropFirst(6)) == scenes)
    }

    @Test("The defaults are those of the header")
    func defaultOptions() {
        let options = SimulationOptions()
        #expect(options.scenes == [.edges, .dots, .noise])
        #expect(options.rate == 20e6 && options.seed == 1 && options.triggerRate == 10 && options.duration == nil)
    }

    @Test("Edges: ON where a bar's leading edge is, OFF where its trailing one is, on the 8 pixels behind it")
    func edges() {
        let events = decoded(SimulationOptions(.edges, rate: 100_000, microseconds: 1_500_000)).events
        #expect(events.count == 150_000)
        for event in events {
            // 1280 pixels per second to the right; a pixel to the left every 4 rows; 120 pixels wide.
            let first = Int(event.t * 1280 / 1_000_000) - event.y / 4 - (event.on == 1 ? 0 : 120)
            let behind = (0..<3).map { bar in (first + bar * 1280 / 3 - event.x + 2 * 1280) % 1280 }
            guard behind.contains(where: { $0 <= 8 }) else {
                Issue.record("\(event) is at none of the edges")
                return
            }
        }
        // All of it is drawn: each row, column and bar, about evenly.
        #expect(abs(events.count { $0.y < 360 } * 2 - 150_000) < 3000)
        #expect(abs(events.count { $0.x < 640 } * 2 - 150_000) < 3000)
        #expect(Set(events.map(\.x)).count == 1280 && Set(events.map(\.y)).count == 720)
    }

    @Test("Dots: ON at the half of a rim that advances, OFF at the one that recedes")
    func dots() {
        let events = decoded(SimulationOptions(.dots, rate: 50_000, microseconds: 2_500_000)).events
        #expect(events.count == 125_000)
        var wrong = 0
        for event in events {
            let turn = Double(event.t) / 2_000_000 * 2 * Double.pi
            let isRim = (0..<8).contains { disc in
                let angle = turn + Double(disc) * Double.pi / 4
                let x = Double(event.x) - 640 - 230 * cos(angle)
                let y = Double(event.y) - 360 - 230 * sin(angle)
                // Clockwise, where y points down.
                let along = -x * sin(angle) + y * cos(angle)
                return abs((x * x + y * y).squareRoot() - 40) < 7 && (event.on == 1 ? along > -7 : along < 7)
            }
            if !isRim { wrong += 1 }
        }
        #expect(wrong == 0)
        #expect(abs(events.count { $0.y < 360 } * 2 - 125_000) < 5000)
    }

    @Test("Noise is everywhere alike")
    func noise() {
        let events = decoded(SimulationOptions(.noise, rate: 1e6, microseconds: 160_000)).events
        var tiles = [Int](repeating: 0, count: 16 * 2)
        for event in events { tiles[(event.x / 320 + event.y / 180 * 4) * 2 + Int(event.on)] += 1 }
        #expect(tiles.allSatisfy { 4650...5350 ~= $0 })
        #expect(Set(events.map(\.x)).count == 1280 && Set(events.map(\.y)).count == 720)
    }

    @Test("Flicker: every pixel becomes brighter, row by row, and then darker", arguments: [1.06e9, 0.3e9])
    func flicker(rate: Double) {
        let frame = UInt64((921_600 / rate * 1e6).rounded(.up))
        let events = decoded(SimulationOptions(.flicker, rate: rate, microseconds: frame * 2 + 4)).events
        #expect(events.count >= 2 * 921_600)
        var isInOrder = true
        for (index, event) in events.enumerated() {
            let on: UInt8 = index / 921_600 % 2 == 0 ? 1 : 0
            let pixel = index % 921_600
            if event.on != on || event.x != pixel % 1280 || event.y != pixel / 1280 { isInOrder = false }
        }
        #expect(isInOrder)
        #expect(abs(Double(events[921_600].t) - 921_600 / rate * 1e6) < 3)
    }
}
