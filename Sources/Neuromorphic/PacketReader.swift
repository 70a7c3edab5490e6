import Buffers
import CNeuromorphic
import EventFormats
import Platform
import Sentences

/// Turns filled buffers into packets: takes a block, decodes straight into it, and accounts for what was lost.
///
/// Used by one thread at a time; the totals can be asked for from any.
final class PacketReader {
    private let queue: BufferQueue
    private let arena: Arena
    /// Nil for raw packets.
    private let decoder: (any EventDecoder)?
    /// Fills the queue when the reader wants to read; nil when somebody else does.
    private let pull: PullSource?
    /// Why the stream ended, if not because it was over.
    private let failure: () -> NeuromorphicError?
    /// Most buffers of a packet; 0 is no limit.
    private let maximumBuffers: Int

    private var sequence: UInt64 = 0
    private var isStreamFinished = false
    /// What was cleared or lost and is not yet reported in a packet.
    private var unreported = Loss()
    private var defectsReported: UInt64 = 0
    private let shared = Totals()

    init(
        queue: BufferQueue, arena: Arena, decoder: (any EventDecoder)?, pull: PullSource?, maximumBuffers: Int,
        failure: @escaping () -> NeuromorphicError?
    ) {
        self.queue = queue
        self.arena = arena
        self.decoder = decoder
        self.pull = pull
        self.failure = failure
        self.maximumBuffers = maximumBuffers
    }

    /// What was delivered so far, and what was wrong with the stream.
    var totals: Totals.Snapshot { shared.snapshot }

    /// Waits for data and makes a packet of it.
    ///
    /// - Parameter deadline: nil waits for ever.
    /// - Throws: the end of the wait, as the header names it.
    func next(until deadline: MonotonicTime?) throws(NeuromorphicError) -> Lease {
        try wait { () throws(BufferQueue.End) in try queue.throwIfEnded() }
        // Only the reader lends: what is free now is free when the data is there.
        guard !arena.isSpent else { throw leasesSpent() }
        try pull?.refill(queue)
        let first = try wait { () throws(BufferQueue.End) in try queue.next(until: deadline) }
        guard let lease = arena.lend() else {
            queue.putBack(first)
            throw leasesSpent()
        }
        fill(lease, from: first)
        return lease
    }

    private func leasesSpent() -> NeuromorphicError {
        arena.recordRefusal()
        return NeuromorphicError(
            NEUROMORPHIC_ERROR_LEASES_SPENT,
            "all \(arena.capacity) packets that may be out are held; release one, or open with more "
                + "options.maximum_leases")
    }

    /// Discards the oldest of the buffers that wait now, but for the newest `limit` of them. The decoder reads them, so that its time goes on.
    func clearBacklog(until limit: Int) {
        var scratch: EventColumns? =
            decoder == nil ? nil : EventColumns(.init(events: 4096, triggers: 512, counters: 512))
        // Of what waits now: where data arrives as fast as it is discarded, this ends all the same.
        var excess = max(0, queue.state.backlog &- limit)
        while excess > 0, let buffer = queue.nextIfAny() {
            excess -= 1
            prepareDecoder(for: buffer)
            if let decoder {
                let bytes = unsafe RawSpan(_unsafeBytes: buffer.bytes)
                var used = 0
                while used < bytes.byteCount {
                    scratch?.removeAll()
                    used += decoder.decode(bytes.extracting(droppingFirst: used), into: &scratch!)
                }
            }
            unreported += buffer.lossBefore
            unreported += Loss(bytes: buffer.range.count, buffers: 1)
            queue.recordClearing(buffer.range.count)
            queue.giveBack(buffer.buffer)
        }
    }

    /// Makes the packet's arrays, its losses and its status.
    private func fill(_ lease: Lease, from first: FilledBuffer) {
        let layout = arena.layout
        let block = unsafe arena.block(of: lease)
        var overflows = unsafe layout.overflows(at: block)
        var columns = unsafe EventColumns(layout.columns.pointers(at: block), layout.columns.capacities)
        columns.mayEndEarly = true
        var rawLength = 0
        var bytes = 0
        var loss = Loss()
        var merged = 0
        var used: UInt64 = 0
        var next: FilledBuffer? = first
        // No more than waited when the first was taken: a fast camera must not keep the reader here for ever.
        let stateBefore = queue.state
        var limit = pull == nil ? stateBefore.backlog + 1 : Int.max
        if maximumBuffers > 0 { limit = min(limit, maximumBuffers) }
        while var buffer = next {
            prepareDecoder(for: buffer)
            unreported += buffer.lossBefore
            if !unreported.isNone {
                unsafe overflows.append(event: columns.count, trigger: columns.triggerCount, byte: rawLength)
                loss += unreported
                unreported = Loss()
            }
            let length: Int
            if let decoder {
                length = decoder.decode(unsafe RawSpan(_unsafeBytes: buffer.bytes), into: &columns)
            } else {
                length = unsafe Self.copy(buffer.bytes, to: block, at: rawLength, capacity: layout.rawCapacity)
                rawLength += length
            }
            bytes += length
            merged += 1
            guard length == buffer.range.count else {
                buffer.range = buffer.range.lowerBound + length..<buffer.range.upperBound
                buffer.lossBefore = Loss()
                buffer.startsAnew = false
                queue.putBack(buffer)
                break
            }
            used += 1
            queue.giveBack(buffer.buffer)
            guard merged < limit, unsafe !overflows.isFull else { break }
            next = nextForMerging()
        }
        queue.recordDelivery(bytes, buffers: used)
        finishStreamIfOver()

        let defects = decoder?.defects ?? StreamDefects()
        let state = queue.state
        let packet = unsafe lease.packet
        unsafe packet.pointee = neuromorphic_packet()
        unsafe packet.pointee.struct_size = MemoryLayout<neuromorphic_packet>.size
        unsafe packet.pointee.sequence = sequence
        if layout.isRaw {
            unsafe packet.pointee.raw = UnsafePointer(block.assumingMemoryBound(to: UInt8.self))
            unsafe packet.pointee.raw_length = rawLength
        } else {
            unsafe packet.pointee.set(columns, layout.columns.pointers(at: block))
            unsafe packet.pointee.current_t = decoder?.currentT ?? 0
        }
        unsafe packet.pointee.overflow_count = overflows.count
        unsafe packet.pointee.overflow_events = UnsafePointer(overflows.events)
        unsafe packet.pointee.overflow_triggers = UnsafePointer(overflows.triggers)
        unsafe packet.pointee.overflow_raw = UnsafePointer(overflows.raw)
        unsafe packet.pointee.block = UnsafeRawPointer(block)
        unsafe packet.pointee.block_offset = UInt64(arena.offset(of: lease))
        unsafe packet.pointee.block_length = UInt64(layout.length)
        unsafe packet.pointee.first_byte_time_ns = first.time.nanoseconds
        unsafe packet.pointee.backlog = UInt64(state.backlog)
        unsafe packet.pointee.buffers = used
        unsafe packet.pointee.bytes = UInt64(bytes)
        unsafe packet.pointee.bytes_lost_before = loss.bytes
        unsafe packet.pointee.buffers_lost_before = loss.buffers
        unsafe packet.pointee.defects_before = defects.total &- defectsReported
        unsafe packet.pointee.clutch_engaged = stateBefore.isClutchEngaged || state.isClutchEngaged ? 1 : 0
        unsafe packet.pointee.handed_over_time_ns = MonotonicTime.now.nanoseconds
        unsafe packet.pointee.handed_over_system_time_us = MonotonicTime.systemMicroseconds
        sequence &+= 1
        defectsReported = defects.total
        shared.add(columns)
        shared.set(defects)
    }

    private func nextForMerging() -> FilledBuffer? {
        // A source that fails now will fail again at the next packet, and is reported then.
        do throws(NeuromorphicError) { try pull?.refill(queue) } catch { return nil }
        return queue.nextIfAny()
    }

    private func prepareDecoder(for buffer: FilledBuffer) {
        if !buffer.lossBefore.isNone { decoder?.resynchronise() }
        if buffer.startsAnew { decoder?.restart() }
    }

    /// Counts what the end of the stream leaves unfinished, once.
    private func finishStreamIfOver() {
        guard let decoder, !isStreamFinished, queue.isDrained else { return }
        isStreamFinished = true
        decoder.finish()
        shared.set(decoder.defects)
    }

    /// Translates the end of a wait.
    private func wait<Result>(_ body: () throws(BufferQueue.End) -> Result) throws(NeuromorphicError) -> Result {
        do throws(BufferQueue.End) {
            return try body()
        } catch {
            switch error {
            case .timedOut:
                throw NeuromorphicError(NEUROMORPHIC_ERROR_TIMEOUT, "no data arrived within the time-out; call again")
            case .interrupted:
                throw NeuromorphicError(
                    NEUROMORPHIC_ERROR_INTERRUPTED, "neuromorphic_interrupt was called; the device goes on")
            case .closed:
                throw NeuromorphicError(NEUROMORPHIC_ERROR_CLOSED, "the device was closed")
            case .finished:
                if let failure = failure() { throw failure }
                finishStreamIfOver()
                throw NeuromorphicError(
                    NEUROMORPHIC_END_OF_STREAM,
                    queue.ledger.bytes.produced == 0
                        ? "the stream is over, and there was no data in it"
                        : "the stream is over; every packet of it was delivered")
            }
        }
    }

    /// Copies as many bytes as there is room for.
    private static func copy(
        _ bytes: UnsafeRawBufferPointer, to block: UnsafeMutableRawPointer, at offset: Int, capacity: Int
    ) -> Int {
        let length = min(bytes.count, capacity - offset)
        unsafe (block + offset).copyMemory(from: bytes.baseAddress!, byteCount: length)
        return length
    }
}

extension neuromorphic_packet {
    fileprivate mutating func set(_ columns: borrowing EventColumns, _ pointers: EventColumns.Pointers) {
        unsafe count = columns.count
        unsafe t = UnsafePointer(pointers.t)
        unsafe x = UnsafePointer(pointers.x)
        unsafe y = UnsafePointer(pointers.y)
        unsafe on = UnsafePointer(pointers.on)
        unsafe trigger_count = columns.triggerCount
        unsafe trigger_t = UnsafePointer(pointers.triggerT)
        unsafe trigger_id = UnsafePointer(pointers.triggerID)
        unsafe trigger_rising = UnsafePointer(pointers.triggerRising)
        unsafe counter_count = columns.counterCount
        unsafe counter_t = UnsafePointer(pointers.counterT)
        unsafe counter_events = UnsafePointer(pointers.counterEvents)
        unsafe counter_is_output = UnsafePointer(pointers.counterIsOutput)
    }
}
