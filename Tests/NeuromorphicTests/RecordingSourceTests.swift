import EventFormats
import Foundation
import Testing

@testable import Neuromorphic

@Suite("Recordings")
struct RecordingSourceTests {
    /// Of the recording, with an odd length.
    private let length = 20_003

    private func source(
        _ folder: TemporaryFolder, isLooping: Bool = true, mostKept: Int = RecordingSource.mostKept
    ) throws -> (path: String, data: [UInt8], source: RecordingSource) {
        let bytes = try Array(recording(50_000).prefix(length))
        let path = try folder.file("a.raw", bytes)
        let source = try RecordingSource(path: path, hints: RAWHeader.Hints(), isLooping: isLooping, mostKept: mostKept)
        return (path, Array(bytes.dropFirst(source.header.length)), source)
    }

    /// The next bytes, at most so many, from memory if they are there; and whether it starts anew with them.
    private func take(_ source: RecordingSource, _ length: Int) throws -> (bytes: [UInt8], startsAnew: Bool, lent: Bool)
    {
        if let lent = try source.lend(length) {
            return unsafe (Array(lent.buffer.memory[lent.range]), lent.startsAnew, true)
        }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: length, alignment: 1)
        defer { unsafe buffer.deallocate() }
        let filling = try unsafe source.fill(buffer)
        return unsafe (Array(buffer.prefix(filling.length)), filling.startsAnew, false)
    }

    @Test(
        "One that is played again and again comes from memory if it isn't too long, and is the same each time",
        arguments: [1, 7, 4096, 20_000, 100_000], [0, 20_000, RecordingSource.mostKept])
    func rounds(_ piece: Int, _ mostKept: Int) throws {
        let folder = try TemporaryFolder()
        let (_, data, source) = try source(folder, mostKept: mostKept)
        for round in 0..<3 {
            var bytes: [UInt8] = []
            while bytes.count < data.count {
                let taken = try take(source, piece)
                #expect(taken.lent == (mostKept > 0))
                #expect(taken.startsAnew == (round > 0 && bytes.isEmpty))
                #expect(!taken.bytes.isEmpty)
                bytes += taken.bytes
            }
            #expect(bytes == data)
        }
    }

    @Test("One that is played once, or that is longer than what is kept, isn't kept")
    func notKept() throws {
        let folder = try TemporaryFolder()
        #expect(try source(folder, isLooping: false).source.lend(1) == nil)
        let (_, data, source) = try source(folder, mostKept: 100)
        #expect(data.count > 100)
        #expect(try source.lend(1) == nil)
        #expect(try self.source(folder, mostKept: data.count).source.lend(1) != nil)
        #expect(try self.source(folder, mostKept: data.count - 1).source.lend(1) == nil)
    }

    @Test(
        "One that is shortened while it is read the first time is as long as it was found to be", arguments: [0, 8192])
    func shortened(_ before: Int) throws {
        let folder = try TemporaryFolder()
        let (path, data, source) = try source(folder)
        var bytes: [UInt8] = []
        while bytes.count < before { bytes += try take(source, 4096).bytes }
        #expect(truncate(path, off_t(source.header.length + before / 2)) == 0)
        let next = try take(source, 4096)
        if before == 0 {
            // There is nothing at all.
            #expect(next.bytes.isEmpty && !next.lent)
        } else {
            #expect(next.bytes == Array(data.prefix(4096)) && next.startsAnew)
            #expect(try take(source, 100_000).bytes == Array(data[4096..<before]))
            #expect(try take(source, 100_000).startsAnew)
        }
    }

    @Test("What happens to the file after the first round doesn't show")
    func emptied() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("a.raw", recording(10_000))
        let device = try Device.open("file:\(path)?loop", options { $0.packet_capacity = 4096 })
        var events = 0
        while events < 35_000 {
            let lease = try device.nextPacket(timeoutMicroseconds: 0)
            defer { lease.release() }
            for index in 0..<lease.packet.pointee.count {
                if lease.packet.pointee.x[index] != UInt16(events % 10_000 % 640) { Issue.record("event \(events)") }
                events += 1
            }
            if events > 10_000 { #expect(truncate(path, 0) == 0) }
        }
        #expect(device.defects.total == 0)
        let statistics = device.statistics
        #expect(statistics.bytes_produced == statistics.bytes_delivered + UInt64(statistics.bytes_waiting))
    }

    @Test("Raw packets of one that is kept are its bytes, and clearing what waits of it harms nothing")
    func rawAndCleared() throws {
        let folder = try TemporaryFolder()
        let (path, data, _) = try source(folder)
        let device = try Device.open(
            "file:\(path)?loop",
            options {
                $0.raw = 1
                $0.packet_capacity = 4096
            })
        var bytes: [UInt8] = []
        while bytes.count < 3 * data.count {
            let lease = try device.nextPacket(timeoutMicroseconds: 0)
            defer { lease.release() }
            let packet = lease.packet.pointee
            bytes += unsafe UnsafeBufferPointer(start: packet.raw, count: packet.raw_length)
        }
        #expect(Array(bytes.prefix(3 * data.count)) == data + data + data)
        try device.clearBacklog(until: 0)
        let lease = try device.nextPacket(timeoutMicroseconds: 0)
        #expect(lease.packet.pointee.raw_length > 0)
        lease.release()
    }
}
