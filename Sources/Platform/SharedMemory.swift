import CPlatform

/// Memory with a descriptor, so that another process can map it too. Its length is sealed: nobody can shrink it under a
/// reader. Pages take memory once they are written, until they are given back. Public because other modules own values
/// of it.
@safe public struct SharedMemory: ~Copyable {
    package let length: Int
    private let start: UnsafeMutableRawPointer
    private let descriptor: FileDescriptor
    /// With this one, the memory can only be read.
    private let readable: FileDescriptor

    /// - Parameter length: bytes, a multiple of the page size.
    package init(name: StaticString, length: Int) throws(SystemError) {
        let number = unsafe platform_memfd_create(
            UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self),
            UInt32(MFD_CLOEXEC | MFD_ALLOW_SEALING))
        let descriptor = try FileDescriptor(number, from: "memfd_create")
        try descriptor.truncate(to: length)
        guard platform_seal_length(descriptor.number) >= 0 else { throw SystemError("fcntl") }
        let readable = try FileDescriptor(path: "/proc/self/fd/\(descriptor.number)", flags: O_RDONLY)
        let map = unsafe mmap(nil, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, descriptor.number, 0)
        guard let map = unsafe map, unsafe map != platform_map_failed() else { throw SystemError("mmap") }
        self.length = length
        unsafe start = map
        self.descriptor = descriptor
        self.readable = readable
    }

    deinit { unsafe munmap(start, length) }

    /// The address of a place; valid as long as the owner is.
    @unsafe package func address(at offset: Int) -> UnsafeMutableRawPointer { unsafe start + offset }

    /// A descriptor with which others map the memory to read; it lives as long as the owner.
    package var readOnlyDescriptor: Int32 { readable.number }

    /// Gives a range's pages back to the system. Where the system can't, they simply stay.
    package func discard(_ range: Range<Int>) {
        _ = platform_punch_hole(descriptor.number, range.lowerBound, range.count)
    }
}
