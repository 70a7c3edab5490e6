#if arch(x86_64)
    /// Memory on the stack that begins where a store of 64 bytes may. What asks for such an alignment itself, or for more than 1024 bytes,
    /// comes from the heap.
    ///
    /// - Parameter length: at most 960 bytes.
    @inline(__always)
    func withScratch(_ length: Int, _ body: (UnsafeMutableRawPointer) -> Void) {
        unsafe withUnsafeTemporaryAllocation(byteCount: length &+ 64, alignment: 16) { memory in
            guard let start = unsafe memory.baseAddress?.alignedUp(toMultipleOf: 64) else { return }
            unsafe body(start)
        }
    }
#endif
