import Glibc

/// Bytes that end where memory ends: reading one more is a crash.
@safe final class EdgeOfMemory {
    private let memory: UnsafeMutableRawPointer
    private let capacity: Int
    private static let page = 4096

    init(capacity: Int) {
        self.capacity = (capacity + Self.page - 1) / Self.page * Self.page
        let length = self.capacity + Self.page
        let mapped = unsafe mmap(nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let memory = unsafe mapped, unsafe memory != MAP_FAILED else { fatalError("no memory") }
        guard unsafe mprotect(memory + self.capacity, Self.page, PROT_NONE) == 0 else { fatalError("no edge") }
        unsafe self.memory = memory
    }

    deinit { unsafe munmap(memory, capacity + Self.page) }

    /// Puts bytes at the edge and lends them.
    func with<Result>(_ bytes: ArraySlice<UInt8>, _ body: (RawSpan) throws -> Result) rethrows -> Result {
        precondition(bytes.count <= capacity)
        let start = unsafe memory + (capacity - bytes.count)
        unsafe bytes.withUnsafeBytes { source in
            if let base = source.baseAddress { unsafe start.copyMemory(from: base, byteCount: source.count) }
        }
        return try body(unsafe RawSpan(_unsafeStart: UnsafeRawPointer(start), byteCount: bytes.count))
    }
}
