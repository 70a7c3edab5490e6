package import CNeuromorphic
import Synchronization

/// A packet and the block that holds its arrays, lent to the program until the last release.
///
/// There is one for each block, and it is used again: a packet costs no allocation. The program holds the address of the C
/// struct; right before it lies the address of its lease.
@safe package final class Lease: @unchecked Sendable {
    private let record: UnsafeMutablePointer<Record>
    /// Kept alive while the lease is out: packets outlive their device.
    private let arena: Unmanaged<Arena>
    let index: Int
    /// How many releases the program owes. 0: the arena has the block.
    private let references = Atomic<Int>(0)

    @unsafe private struct Record {
        let lease: Unmanaged<Lease>?
        var packet: neuromorphic_packet
    }

    init(_ arena: Arena, index: Int) {
        unsafe record = .allocate(capacity: 1)
        unsafe self.arena = Unmanaged.passUnretained(arena)
        self.index = index
        unsafe record.initialize(
            to: Record(lease: Unmanaged.passUnretained(self), packet: neuromorphic_packet()))
    }

    deinit { unsafe record.deallocate() }

    /// The packet, for the reader that fills it and the program that has leased it.
    @unsafe package var packet: UnsafeMutablePointer<neuromorphic_packet> {
        unsafe UnsafeMutableRawPointer(record).advanced(by: Self.packetOffset).assumingMemoryBound(
            to: neuromorphic_packet.self)
    }

    private static var packetOffset: Int { unsafe MemoryLayout<Unmanaged<Lease>?>.stride }

    /// The lease of a packet that a device gave.
    @unsafe package static func of(_ packet: UnsafePointer<neuromorphic_packet>) -> Lease? {
        let record = unsafe UnsafeRawPointer(packet).advanced(by: -packetOffset).assumingMemoryBound(to: Record.self)
        return unsafe record.pointee.lease?.takeUnretainedValue()
    }

    /// The reader takes the block.
    func begin() {
        _ = unsafe arena.retain()
        references.store(1, ordering: .relaxed)
    }

    /// One more release will come.
    package func retain() { references.wrappingAdd(1, ordering: .relaxed) }

    /// Ends one use; the last gives the block back. One release too many is ignored as long as the block isn't used again.
    package func release() {
        var held = references.load(ordering: .relaxed)
        while true {
            guard held > 0 else { return }
            // Acquire and release: what other threads did with the packet is over before the block is used again.
            let (isExchanged, now) = references.compareExchange(
                expected: held, desired: held - 1, ordering: .acquiringAndReleasing)
            if isExchanged { break }
            held = now
        }
        guard held == 1 else { return }
        let arena = unsafe arena
        unsafe arena.takeUnretainedValue().giveBack(self)
        unsafe arena.release()
    }
}
