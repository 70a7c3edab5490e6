#if arch(x86_64)
    /// Memory on the stack that begins where a store of 64 bytes may. What asks for such an alignment itself comes from the heap.
    @inline(__always)
    func withScratch(_ length: Int, _ body: (UnsafeMutableRawPointer) -> Void) {
        unsafe withUnsafeTemporaryAllocation(byteCount: length &+ 64, alignment: 16) { memory in
            guard let start = unsafe memory.baseAddress?.alignedUp(toMultipleOf: 64) else { return }
            unsafe body(start)
        }
    }
#endif
