import CNeuromorphic
import EventFormats
import Testing

@testable import Neuromorphic

@Suite("Packets")
struct PacketTests {
    @Test("A packet ends when its arrays are full, and the next one goes on", arguments: [0, 1, 64] as [UInt32])
    func full(_ maximumBuffers: UInt32) throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("a.raw", recording(50_000))
        let device = try Device.open(
            "file:\(path)",
            options {
                $0.packet_capacity = 4096
                $0.buffer_length = 2048
                $0.maximum_raw_packets = maximumBuffers
            })
        var next: UInt64 = 0
        var packets = 0
        try drain(device) { packet in
            #expect(packet.count <= 4096)
            #expect(packet.sequence == UInt64(packets))
            for index in 0..<packet.count {
                let isNext =
                    packet.t[index] == next && packet.x[index] == UInt16(next % 640)
                    && packet.y[index] == UInt16(next / 640 % 480) && packet.on[index] == UInt8(next % 2)
                if !isNext { Issue.record("event \(next)") }
                next += 1
            }
            packets += 1
        }
        #expect(next == 50_000)
        let statistics = device.statistics
        #expect(statistics.events == 50_000)
        #expect(statistics.packets == UInt64(packets))
        #expect(statistics.bytes_produced == statistics.bytes_delivered)
        #expect(statistics.bytes_waiting == 0)
        #expect(statistics.buffers_produced == statistics.buffers_delivered)
    }

    @Test("A recording at full speed makes the same packets each time")
    func reproducible() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("a.raw", recording(200_000))
        func counts() throws -> [Int] {
            var counts: [Int] = []
            try drain(Device.open("file:\(path)", options { $0.buffer_length = 4096 })) {
                counts.append($0.count)
            }
            return counts
        }
        #expect(try counts() == counts())
    }

    @Test("A byte that the file's end cut off is counted, and the end is an end")
    func truncated() throws {
        let folder = try TemporaryFolder()
        let bytes = try recording(100)
        let device = try Device.open("file:\(folder.file("a.raw", bytes + [0x00]))", options())
        var events = 0
        try drain(device) { events += $0.count }
        #expect(events == 100)
        #expect(device.defects[.truncatedByte].count == 1)
        for _ in 0..<3 { try drain(device) { _ in Issue.record("a packet after the end") } }
    }

    @Test("A looping recording's times go on rising, and nothing of it is lost")
    func loop() throws {
        let folder = try TemporaryFolder()
        let device = try Device.open("file:\(folder.file("a.raw", recording(1000)))?loop", options())
        var next: UInt64 = 0
        var last: UInt64?
        while next < 10_500 {
            let lease = try device.nextPacket(timeoutMicroseconds: 0)
            defer { lease.release() }
            let packet = lease.packet.pointee
            for index in 0..<packet.count {
                #expect(packet.x[index] == UInt16(next % 1000 % 640))
                if let last { #expect(packet.t[index] == last + 1) }
                last = packet.t[index]
                next += 1
            }
        }
    }

    @Test("Cleared buffers are counted, read for their time, and announced by the next packet")
    func clearBacklog() throws {
        let device = try Device.open(
            "sim:prophesee_evk4?rate=1e6&speed=max&duration=0.5", options { $0.buffer_length = 1024 })
        while device.backlog < 4 {}
        try device.clearBacklog(until: 2)
        #expect(device.backlog >= 2)
        let statistics = device.statistics
        #expect(statistics.buffers_cleared >= 1)
        let lease = try device.nextPacket(timeoutMicroseconds: 1_000_000)
        let packet = lease.packet.pointee
        #expect(packet.bytes_lost_before == statistics.bytes_cleared)
        #expect(packet.overflow_count == 1)
        #expect(packet.overflow_events[0] == 0)
        // The decoder saw what was cleared, so that nothing is missing but the events.
        #expect(device.defects.total == 0)
        #expect(packet.count > 0)
        lease.release()
        try drain(device)
        let end = device.statistics
        #expect(end.bytes_produced == end.bytes_delivered + end.bytes_cleared)
    }

    @Test("After a loss, nothing is told from what was before it")
    func resynchronised() throws {
        let device = try Device.open(
            "sim:prophesee_evk4?rate=20e6&speed=1000&duration=0.05",
            options {
                $0.ring_length = 4
                $0.transfer_queue_length = 1
                $0.buffer_length = 16384
            })
        while device.statistics.overflows == 0 {}
        var losses = 0
        var lost: UInt64 = 0
        try drain(device) { packet in
            losses += packet.overflow_count
            lost += packet.bytes_lost_before
            if packet.overflow_count > 0 { #expect(packet.bytes_lost_before > 0) }
        }
        let statistics = device.statistics
        #expect(losses > 0)
        #expect(lost > 0 && lost <= statistics.bytes_lost_newest)
        #expect(statistics.bytes_produced == statistics.bytes_delivered + statistics.bytes_lost_newest)
        // Events that came before the row or the time was said again, and what a cut word left: nothing else can be wrong.
        for kind in StreamDefects.Kind.allCases
        where ![
            .eventBeforeTime, .eventBeforeRow, .eventBeforeBase, .truncatedByte, .strayContinuation, .brokenMessage,
        ].contains(kind) {
            #expect(device.defects[kind].count == 0, "\(kind)")
        }
    }

    /// An option and a value that it can't have.
    struct Refused: Sendable, CustomTestStringConvertible {
        let name: String
        let change: @Sendable (inout neuromorphic_open_options) -> Void

        init(_ name: String, _ change: @escaping @Sendable (inout neuromorphic_open_options) -> Void) {
            self.name = name
            self.change = change
        }

        var testDescription: String { name }
    }

    @Test(
        "Options out of range are refused by name",
        arguments: [
            Refused("buffer_length") { $0.buffer_length = 1000 },
            Refused("buffer_length") { $0.buffer_length = 1025 },
            Refused("buffer_length") { $0.buffer_length = -1 },
            Refused("ring_length") { $0.ring_length = 1 },
            Refused("transfer_queue_length") {
                $0.ring_length = 8
                $0.transfer_queue_length = 8
            },
            Refused("64 GiB") {
                $0.ring_length = 65536
                $0.buffer_length = 1 << 24
            },
            Refused("maximum_leases") { $0.maximum_leases = 65537 },
            Refused("packet_capacity") { $0.packet_capacity = 1 },
            Refused("raw") { $0.raw = 2 },
            Refused("allow_dma") { $0.allow_dma = 7 },
            Refused("drop_policy") { $0.drop_policy = neuromorphic_drop_policy(5) },
        ])
    func refused(_ row: Refused) {
        let error = #expect(throws: NeuromorphicError.self) { _ = try options(row.change) }
        #expect(error?.status == NEUROMORPHIC_ERROR_INVALID_ARGUMENT)
        #expect(error?.sentence.text.contains(row.name) == true)
    }
}
