import CNeuromorphic
import Platform
import Sentences

/// The memory of a device's packets: blocks of equal length in one shared mapping.
///
/// The block that came back last is lent first, so a program that releases its packets works in one warm block. A block that
/// was not needed for a while gives its pages back to the system.
@safe package final class Arena: @unchecked Sendable {
    /// A block that was not lent while so many others were gives its pages back.
    private static let restingAge: UInt64 = 256

    let layout: BlockLayout
    let capacity: Int
    private let memory: SharedMemory
    private let monitor = Monitor()

    // All below is guarded by the monitor.
    private var leases: [Lease] = []
    /// Indices of blocks that were lent before and are not now; the last used at the end.
    private var free: [Int] = []
    private var blocks: [Block] = []
    private var lendings: UInt64 = 0
    private var refusals: UInt64 = 0

    private struct Block {
        var lastLent: UInt64
        var hasPages: Bool
    }

    private init(_ layout: BlockLayout, _ capacity: Int, _ memory: consuming SharedMemory) {
        self.layout = layout
        self.capacity = capacity
        self.memory = memory
    }

    package convenience init(_ layout: BlockLayout, capacity: Int) throws(NeuromorphicError) {
        do throws(SystemError) {
            self.init(layout, capacity, try SharedMemory(name: "neuromorphic", length: layout.length * capacity))
        } catch {
            throw NeuromorphicError(
                error,
                "can't make \(capacity) packets of \(layout.length) bytes (options.maximum_leases, packet_capacity)")
        }
    }

    /// Whether the program holds every block, so that the reader can't make a packet.
    var isSpent: Bool { monitor.withLock { free.isEmpty && leases.count == capacity } }

    /// The reader turned the program away.
    func recordRefusal() { monitor.withLock { refusals &+= 1 } }

    /// A block for a new packet; nil when the program holds them all.
    func lend() -> Lease? {
        monitor.withLock {
            guard let index = free.popLast() ?? makeBlock() else { return nil }
            lendings &+= 1
            blocks[index] = Block(lastLent: lendings, hasPages: true)
            if lendings % 64 == 0 { rest() }
            leases[index].begin()
            return leases[index]
        }
    }

    func giveBack(_ lease: Lease) { monitor.withLock { free.append(lease.index) } }

    /// Where a lease's block starts in the arena.
    func offset(of lease: Lease) -> Int { lease.index &* layout.length }

    /// Where a lease's block starts in memory; valid while the arena is.
    @unsafe func block(of lease: Lease) -> UnsafeMutableRawPointer { unsafe memory.address(at: offset(of: lease)) }

    /// A descriptor with which others map the arena to read.
    package var descriptor: Int32 { memory.readOnlyDescriptor }

    package var length: Int { memory.length }

    package var usage: (lent: Int, refusals: UInt64) {
        monitor.withLock { (leases.count - free.count, refusals) }
    }

    private func makeBlock() -> Int? {
        guard leases.count < capacity else { return nil }
        leases.append(Lease(self, index: leases.count))
        blocks.append(Block(lastLent: 0, hasPages: false))
        return leases.count - 1
    }

    /// Lets the blocks rest that were not needed lately.
    private func rest() {
        for index in free where blocks[index].hasPages && lendings &- blocks[index].lastLent > Self.restingAge {
            memory.discard(index * layout.length..<(index + 1) * layout.length)
            blocks[index].hasPages = false
        }
    }
}
