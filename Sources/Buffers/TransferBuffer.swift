import CPlatform
package import Platform

/// Memory of a special kind for buffers, such as memory that a USB controller reaches itself.
package protocol BufferMemory: AnyObject, Sendable {
    /// Nil when there is no more of it: the buffer is then made of ordinary memory.
    @unsafe func allocate(_ length: Int) -> UnsafeMutableRawPointer?
    @unsafe func free(_ start: UnsafeMutableRawPointer, _ length: Int)
}

/// Memory for one transfer. The pool that made it frees it; until then it is handed from owner to owner.
@safe package struct TransferBuffer {
    package let capacity: Int
    /// It is no pool's: who made it frees it, after everybody has read in it.
    let isLent: Bool
    private let start: UnsafeMutableRawPointer
    private let isSpecial: Bool

    /// Memory that stays its maker's, who lends parts of it. Nil when the system refuses memory.
    package init?(toLend capacity: Int) { self.init(capacity: capacity, preferring: nil, isLent: true) }

    /// Nil when the system refuses memory. Pages take memory once they are filled.
    init?(capacity: Int, preferring special: (any BufferMemory)?, isLent: Bool = false) {
        self.capacity = capacity
        self.isLent = isLent
        if let memory = unsafe special?.allocate(capacity) {
            unsafe start = memory
            isSpecial = true
            return
        }
        // Not from the heap, which may keep what is given back.
        let map = unsafe mmap(nil, capacity, PROT_READ | PROT_WRITE, MAP_PRIVATE | platform_map_anonymous(), -1, 0)
        guard let map = unsafe map, unsafe map != platform_map_failed() else { return nil }
        unsafe start = map
        isSpecial = false
    }

    /// Valid until the pool goes; to be used by the buffer's current owner alone.
    @unsafe package var memory: UnsafeMutableRawBufferPointer { unsafe .init(start: start, count: capacity) }

    /// Of one to lend.
    package func deallocate() { deallocate(nil) }

    func deallocate(_ special: (any BufferMemory)?) {
        if isSpecial {
            unsafe special?.free(start, capacity)
        } else {
            unsafe munmap(start, capacity)
        }
    }

    func isSame(as other: TransferBuffer) -> Bool { unsafe start == other.start }
}

/// A buffer with data on its way to the reader.
package struct FilledBuffer {
    package let buffer: TransferBuffer
    /// The data that is still to be read.
    package var range: Range<Int>
    /// When its first byte reached the host.
    package let time: MonotonicTime
    /// What was lost between the data before it and its own.
    package var lossBefore: Loss
    /// Its data is the start of a stream that is played again.
    package var startsAnew: Bool

    @unsafe package var bytes: UnsafeRawBufferPointer { unsafe .init(rebasing: buffer.memory[range]) }
}

/// An amount of data that did not reach the reader.
package struct Loss: Equatable, Sendable {
    package var bytes: UInt64 = 0
    package var buffers: UInt64 = 0

    package init(bytes: Int = 0, buffers: UInt64 = 0) {
        self.bytes = UInt64(bytes)
        self.buffers = buffers
    }

    package var isNone: Bool { buffers == 0 }

    package static func += (sum: inout Loss, more: Loss) {
        sum.bytes &+= more.bytes
        sum.buffers &+= more.buffers
    }
}
