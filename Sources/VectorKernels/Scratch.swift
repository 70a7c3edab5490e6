#if arch(x86_64)
    /// Memory on the stack that begins where a store of 64 bytes may. What asks for such an alignment itself, or for more than 1024 bytes,
    /// comes from the heap.
    ///
    /// Stores that go from one page into the next take so long that a kernel which makes lists there may be half as fast. So it begins with
    /// a page where one begins in time.
    ///
    /// - Parameter length: at most 960 bytes.
    @inline(__always)
    func withScratch(_ length: Int, _ body: (UnsafeMutableRawPointer) -> Void) {
        unsafe withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 16) { memory in
            guard let start = unsafe memory.baseAddress?.alignedUp(toMultipleOf: 64) else { return }
            unsafe body(bytesToNextPage(start) <= 960 &- length ? start + bytesToNextPage(start) : start)
        }
    }

    /// Bytes up to where a page begins.
    @inline(__always)
    func bytesToNextPage(_ pointer: UnsafeMutableRawPointer) -> Int {
        Int(bitPattern: (0 &- UInt(bitPattern: pointer)) & 4095)
    }
#endif
