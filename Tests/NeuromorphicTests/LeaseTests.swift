import CNeuromorphic
import Foundation
import Platform
import Testing

@testable import Neuromorphic

/// Many repetitions when asked for, few otherwise.
let isSoaking = ProcessInfo.processInfo.environment["NEUROMORPHIC_SOAK"] != nil

@Suite("Leases")
struct LeaseTests {
    @Test("A packet stays as it is while it is held, also after its device is gone")
    func heldPackets() throws {
        var held: [(Lease, UInt64)] = []
        do {
            let device = try Device.open(
                "sim:prophesee_evk4?rate=1e6&speed=max&duration=1", options { $0.maximum_leases = 40 })
            for round in 0..<100 {
                let lease = try device.nextPacket(timeoutMicroseconds: 1_000_000)
                if round % 4 == 0 { held.append((lease, checksum(lease))) } else { lease.release() }
            }
            #expect(device.statistics.leases == 25)
            device.close()
        }
        for (lease, sum) in held.reversed() {
            #expect(checksum(lease) == sum)
            lease.release()
        }
    }

    @Test("When all leases are out, a call says so, loses nothing, and works again after a release")
    func spent() throws {
        let folder = try TemporaryFolder()
        let device = try Device.open(
            "file:\(folder.file("a.raw", recording(20_000)))",
            options {
                $0.packet_capacity = 4096
                $0.maximum_leases = 2
            })
        let first = try device.nextPacket(timeoutMicroseconds: 0)
        let second = try device.nextPacket(timeoutMicroseconds: 0)
        let error = #expect(throws: NeuromorphicError.self) { _ = try device.nextPacket(timeoutMicroseconds: nil) }
        #expect(error?.status == NEUROMORPHIC_ERROR_LEASES_SPENT)
        #expect(device.statistics.leases_refused == 1)
        first.retain()
        first.release()
        #expect(throws: NeuromorphicError.self) { _ = try device.nextPacket(timeoutMicroseconds: 0) }
        first.release()
        let lastOfSecond = second.packet.pointee.t[second.packet.pointee.count - 1]
        let third = try device.nextPacket(timeoutMicroseconds: 0)
        #expect(third.packet.pointee.count > 0)
        #expect(third.packet.pointee.t[0] == lastOfSecond + 1)
        second.release()
        third.release()
        #expect(device.statistics.leases == 0)
    }

    @Test("A release too many does no harm")
    func releasedTwice() throws {
        let device = try Device.open("sim:prophesee_evk4?rate=1e5&speed=max", options { $0.maximum_leases = 2 })
        let lease = try device.nextPacket(timeoutMicroseconds: 1_000_000)
        lease.release()
        lease.release()
        #expect(device.statistics.leases == 0)
        let first = try device.nextPacket(timeoutMicroseconds: 1_000_000)
        let second = try device.nextPacket(timeoutMicroseconds: 1_000_000)
        #expect(first.packet != second.packet)
        first.release()
        second.release()
    }

    @Test("Blocks that are not needed any more give their memory back")
    func resting() throws {
        let device = try Device.open("sim:prophesee_evk4?rate=1e6&speed=max", options { $0.maximum_leases = 32 })
        var held: [Lease] = []
        for _ in 0..<32 { held.append(try device.nextPacket(timeoutMicroseconds: 1_000_000)) }
        func residentBytes() throws -> Int {
            var status = stat()
            try #require(fstat(device.arenaDescriptor, &status) == 0)
            return status.st_blocks * 512
        }
        let full = try residentBytes()
        for lease in held { lease.release() }
        for _ in 0..<1000 { try device.nextPacket(timeoutMicroseconds: 1_000_000).release() }
        #expect(try residentBytes() < full / 4)
    }

    @Test("Threads that hold, retain and release in any order see only what they were given", arguments: [8])
    func manyThreads(_ threadCount: Int) throws {
        try holdAndRelease(packets: 20_000, threads: threadCount)
    }

    @Test("Threads that hold, retain and release in any order, a million times", .enabled(if: isSoaking))
    func manyThreadsSoak() throws {
        try holdAndRelease(packets: 1_000_000, threads: 8)
    }

    private func holdAndRelease(packets: Int, threads threadCount: Int) throws {
        let device = try Device.open(
            "sim:prophesee_evk4?rate=1e5&speed=max",
            options {
                $0.maximum_leases = 256
                $0.buffer_length = 1024
                $0.maximum_raw_packets = 1
            })
        let baskets = (0..<threadCount).map { _ in Basket() }
        let threads = try baskets.map { basket in try Thread.start("holder") { basket.work() } }
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<packets {
            do throws(NeuromorphicError) {
                let lease = try device.nextPacket(timeoutMicroseconds: 10_000_000)
                let sum = checksum(lease)
                // Some packets go to several threads, with a lease for each.
                let others = Int.random(in: 0...2, using: &generator)
                for _ in 0..<others { lease.retain() }
                for _ in 0...others { baskets.randomElement(using: &generator)!.put(lease, sum) }
            } catch {
                guard error.status == NEUROMORPHIC_ERROR_LEASES_SPENT else { throw error }
                for basket in baskets { basket.hurry() }
            }
        }
        for basket in baskets { basket.finish() }
        for thread in threads { thread.join() }
        #expect(baskets.allSatisfy { $0.damaged == 0 })
        #expect(device.statistics.leases == 0)
    }
}

/// Leases on one thread: held for a while, then checked and released in random order.
private final class Basket: @unchecked Sendable {
    private struct State {
        var leases: [(lease: Lease, sum: UInt64)] = []
        var isHurried = false
        var isFinished = false
        var damaged = 0
    }

    private let monitor = Monitor()
    private var state = State()

    var damaged: Int { monitor.withLock { state.damaged } }

    func put(_ lease: Lease, _ sum: UInt64) {
        monitor.withLock {
            state.leases.append((lease, sum))
            monitor.wakeAll()
        }
    }

    func hurry() {
        monitor.withLock {
            state.isHurried = true
            monitor.wakeAll()
        }
    }

    func finish() {
        monitor.withLock {
            state.isFinished = true
            monitor.wakeAll()
        }
    }

    func work() {
        while true {
            let taken: (lease: Lease, sum: UInt64)?? = monitor.withLock {
                while state.leases.count < 8, !(state.isHurried && !state.leases.isEmpty), !state.isFinished {
                    monitor.wait()
                }
                state.isHurried = false
                if state.leases.isEmpty { return state.isFinished ? .some(nil) : nil }
                return state.leases.remove(at: Int.random(in: 0..<state.leases.count))
            }
            guard let taken else { continue }
            guard let (lease, sum) = taken else { return }
            if checksum(lease) != sum { monitor.withLock { state.damaged += 1 } }
            lease.release()
        }
    }
}
