import Testing

@testable import Platform

@Suite("What libc gives")
struct PlatformTests {
    @Test("A refused call names itself and the system's reason")
    func systemError() {
        #expect {
            _ = try FileDescriptor(path: "/nowhere/at/all", flags: 0)
        } throws: { error in
            guard let error = error as? SystemError else { return false }
            return error.code == 2 && "\(error.call)" == "open" && error.reason == "No such file or directory"
        }
    }

    @Test(
        "Times don't overflow",
        arguments: [
            (0, 0, 0), (5, 1, 1005), (0, Int64.max, Int64.max), (Int64.max, 1, Int64.max), (0, -1, -1000),
        ] as [(Int64, Int64, Int64)])
    func advanced(_ row: (start: Int64, microseconds: Int64, end: Int64)) {
        #expect(MonotonicTime(nanoseconds: row.start).advanced(microseconds: row.microseconds).nanoseconds == row.end)
    }

    @Test("Shared memory can be read through its descriptor, and not be written, shortened or lengthened")
    func sharedMemory() throws {
        let memory = try SharedMemory(name: "test", length: 1 << 16)
        memory.address(at: 4096).storeBytes(of: 0x1234_5678, as: UInt32.self)
        let reader = try FileDescriptor(path: "/proc/self/fd/\(memory.readOnlyDescriptor)", flags: 0)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4, alignment: 4)
        defer { buffer.deallocate() }
        #expect(try reader.read(at: 4096, into: buffer) == 4)
        #expect(buffer.load(as: UInt32.self) == 0x1234_5678)
        #expect(throws: SystemError.self) {
            let writer = try FileDescriptor(path: "/proc/self/fd/\(memory.readOnlyDescriptor)", flags: 2)
            try writer.truncate(to: 4096)
        }
        memory.discard(0..<1 << 16)
        #expect(memory.address(at: 4096).load(as: UInt32.self) == 0)
    }

    @Test("A lock lets one in at a time")
    func mutex() throws {
        let counter = Mutex(0)
        let threads = try (0..<4).map { _ in
            try Thread.start("count") { for _ in 0..<10_000 { counter.withLock { $0 += 1 } } }
        }
        for thread in threads { thread.join() }
        #expect(counter.withLock { $0 } == 40_000)
    }
}
