package import CPlatform

/// Owns an open file: it is closed when its owner goes. Public because other modules own values of it.
public struct FileDescriptor: ~Copyable, Sendable {
    package let number: Int32

    /// Takes over a descriptor that a call returned; a negative one is that call's failure.
    package init(_ number: Int32, from call: StaticString) throws(SystemError) {
        guard number >= 0 else { throw SystemError(call) }
        self.number = number
    }

    /// - Parameters:
    ///   - flags: O_RDONLY and the like; O_CLOEXEC is added.
    ///   - mode: permissions of a file that is made.
    package init(path: String, flags: Int32, mode: Int32 = 0o644) throws(SystemError) {
        let number = unsafe path.withCString { unsafe platform_open($0, flags | O_CLOEXEC, mode) }
        try self.init(number, from: "open")
    }

    deinit { close(number) }

    package func status() throws(SystemError) -> stat {
        var status = stat()
        guard unsafe fstat(number, &status) == 0 else { throw SystemError("fstat") }
        return status
    }

    /// The file will be read from its start to its end: the system may read ahead.
    package func announceSequentialReading() { posix_fadvise(number, 0, 0, POSIX_FADV_SEQUENTIAL) }

    /// What is read next is to come from the disk, where the system can do that.
    package func forgetCached() { posix_fadvise(number, 0, 0, POSIX_FADV_DONTNEED) }

    /// Reads up to a buffer full from a place in the file; fewer bytes only at its end.
    package func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
        var length = 0
        while length < buffer.count {
            let count = unsafe pread(number, buffer.baseAddress! + length, buffer.count - length, offset + length)
            if count == 0 { break }
            if count > 0 {
                length += count
            } else if platform_errno() != EINTR {
                throw SystemError("pread")
            }
        }
        return length
    }

    /// Writes all bytes at a place in the file.
    package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(SystemError) {
        var length = 0
        while length < bytes.count {
            let count = unsafe pwrite(number, bytes.baseAddress! + length, bytes.count - length, offset + length)
            if count >= 0 {
                length += count
            } else if platform_errno() != EINTR {
                throw SystemError("pwrite")
            }
        }
    }

    package func truncate(to length: Int) throws(SystemError) {
        guard ftruncate(number, length) == 0 else { throw SystemError("ftruncate") }
    }

    /// Waits until what was written has reached the disk.
    package func synchronise() throws(SystemError) {
        guard fdatasync(number) == 0 else { throw SystemError("fdatasync") }
    }
}
