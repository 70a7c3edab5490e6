package import Buffers
package import CNeuromorphic
package import EventFormats
import Sentences

/// How to open a device: the header's options, checked, with every default filled in.
package struct OpenOptions {
    package let isRaw: Bool
    /// Most buffers merged into a packet; 0 is no limit.
    package let maximumBuffers: Int
    package let bufferLength: Int
    package let ringLength: Int
    package let transferQueueLength: Int
    package let allowsDMA: Bool
    package let policy: BufferQueue.Policy
    package let configuration: neuromorphic_configuration?
    package let maximumLeases: Int
    /// Events of a packet, or bytes if raw; nil where the program leaves it to us.
    private let packetCapacity: Int?
    package let kernel: Kernel

    /// - Parameter configuration: what `options.configuration` points to.
    package init(
        _ options: neuromorphic_open_options, configuration: neuromorphic_configuration?
    ) throws(NeuromorphicError) {
        func number(_ value: Int, _ range: ClosedRange<Int>, or standard: Int, _ name: StaticString)
            throws(NeuromorphicError) -> Int
        {
            guard value != 0 else { return standard }
            guard range ~= value else {
                let shown = UInt(bitPattern: value)
                throw .invalidArgument(
                    "options.\(name) is \(shown), and must lie in \(range.lowerBound) .. \(range.upperBound), or be 0 for "
                        + (standard == 0 ? "the default" : "the default (\(standard))"))
            }
            return value
        }
        func flag(_ value: UInt32, _ name: StaticString) throws(NeuromorphicError) -> Bool {
            guard value <= 1 else { throw .invalidArgument("options.\(name) is \(value), and must be 0 or 1") }
            return value == 1
        }
        isRaw = try flag(unsafe options.raw, "raw")
        allowsDMA = try flag(unsafe options.allow_dma, "allow_dma")
        maximumBuffers = Int(unsafe options.maximum_raw_packets)
        bufferLength = try number(unsafe options.buffer_length, 1024...1 << 24, or: 1 << 17, "buffer_length")
        guard bufferLength % 1024 == 0 else {
            throw .invalidArgument(
                "options.buffer_length is \(bufferLength), and must be a multiple of 1024, the length of a USB packet")
        }
        ringLength = try number(unsafe options.ring_length, 2...65536, or: 4096, "ring_length")
        transferQueueLength = try number(
            unsafe options.transfer_queue_length, 1...65535, or: min(32, ringLength - 1), "transfer_queue_length")
        guard transferQueueLength < ringLength else {
            throw .invalidArgument(
                "options.transfer_queue_length is \(transferQueueLength), and must be less than options.ring_length (\(ringLength))"
            )
        }
        guard bufferLength * ringLength <= 1 << 36 else {
            throw .invalidArgument(
                "options.ring_length (\(ringLength)) buffers of options.buffer_length (\(bufferLength)) bytes are more "
                    + "than 64 GiB; make one of them smaller")
        }
        let dropPolicy = unsafe options.drop_policy
        switch dropPolicy {
        case NEUROMORPHIC_DROP_NEWEST: policy = .dropNewest
        case NEUROMORPHIC_DROP_OLDEST: policy = .dropOldest
        default:
            throw .invalidArgument(
                "options.drop_policy is \(dropPolicy.rawValue), and must be NEUROMORPHIC_DROP_NEWEST (0) or "
                    + "NEUROMORPHIC_DROP_OLDEST (1)")
        }
        maximumLeases = try number(unsafe options.maximum_leases, 1...65536, or: 64, "maximum_leases")
        // The default depends on the source.
        let capacity = try number(unsafe options.packet_capacity, 4096...1 << 28, or: 0, "packet_capacity")
        packetCapacity = capacity == 0 ? nil : capacity
        kernel = try Kernel.chosen()
        self.configuration = configuration
    }

    /// How a packet lies in memory.
    ///
    /// - Parameter isUnpaced: the source is played as fast as it is read. Its packets are small enough to stay in the
    ///   processor's second-level cache; from a source with a pace of its own, a reader that was away wants much at once.
    func blockLayout(isUnpaced: Bool) -> BlockLayout {
        BlockLayout(isRaw: isRaw, capacity: packetCapacity ?? (isRaw ? 1 << 23 : isUnpaced ? 1 << 15 : 1 << 20))
    }
}
