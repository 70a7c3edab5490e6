package import Buffers
import CLibUSB
import Platform
import struct Synchronization.Atomic

/// Keeps bulk transfers in flight: one that is done hands its buffer to the queue and flies again with a free one.
///
///     submit ─▶ in flight ─▶ done ─▶ push ─▶ takeFree ─▶ submit …
///                  │            └─ no free buffer: into the scratch buffer, and lost, with a note of how much
///                  └─ the queue stops: cancelled, landed
///
/// Transfers are handled on the context's event thread, but while the camera is started and stopped. Once they fly, nothing is allocated but the buffers that a slow reader
/// calls for. When it fails, what has arrived before can still be read; then the reader learns why.
@safe package final class TransferQueue: @unchecked Sendable {
    /// How long errors of the bus may go on while the device is still there, until they count as a failure. A cable that is
    /// pulled shows as errors first, until the system has noticed.
    private static let patience: Int64 = 400_000

    private let handle: USBHandle
    private let endpoint: UInt8
    private let queue: BufferQueue
    /// What arrives while there is no buffer goes here, of all transfers, and is lost.
    private let scratch: UnsafeMutableRawBufferPointer
    private let monitor = Monitor()
    private var isStarted = false
    private var isAttached = false

    // All below is guarded by the monitor.
    private var transfers: [Transfer] = []
    private var inFlight = 0
    private var isStopping = false
    private var cause: USBError?
    private var hasFinished = false
    /// Since when only errors came, or since when a failed queue's transfers are awaited.
    private var troubleBegan: MonotonicTime?

    /// - Parameters:
    ///   - queue: gets what arrives.
    ///   - bufferLength: bytes of each of its buffers.
    package init(_ handle: USBHandle, endpoint: UInt8, into queue: BufferQueue, bufferLength: Int) {
        self.handle = handle
        self.endpoint = endpoint
        self.queue = queue
        unsafe scratch = .allocate(byteCount: bufferLength, alignment: 4096)
    }

    deinit { unsafe scratch.deallocate() }

    /// Why it ended, if not because it was stopped.
    package var failure: USBError? { monitor.withLock { cause } }

    // MARK: - Starting and stopping

    /// Lets `count` transfers fly. Once. Until `beginHandling`, those that land are handled within the caller's requests to the
    /// device: with two threads, a request would wait for the other one each time.
    package func start(_ count: Int) throws(USBError) {
        isStarted = true
        try monitor.withLock { () throws(USBError) in
            for index in 0..<count {
                guard let transfer = Transfer(self) else {
                    throw USBError(.noMemory, "allocating a transfer", "insufficient memory")
                }
                transfers.append(transfer)
                do throws(USBError) {
                    try submit(transfer)
                } catch {
                    guard error.reason == .noMemory, index > 0 else { throw error }
                    throw USBError(
                        .noMemory, "submitting a transfer",
                        """
                        the system allows fewer bytes in flight (usbfs_memory_mb); use a smaller \
                        options.transfer_queue_length or options.buffer_length
                        """)
                }
            }
        }
    }

    /// From now on the event thread handles what lands.
    package func beginHandling() throws(USBError) {
        do throws(SystemError) {
            try context.attach(self)
        } catch {
            throw USBError(.other, "starting the USB event thread", "the system refused a thread")
        }
        isAttached = true
    }

    /// The event thread is done with them; what lands is handled within requests again.
    package func endHandling() {
        guard isAttached else { return }
        isAttached = false
        context.detach(self)
    }

    /// Cancels what flies and waits until it has landed. Always ends, also when the device is gone.
    package func stop() {
        endHandling()
        guard isStarted else { return }
        isStarted = false
        let deadline = MonotonicTime.now.advanced(microseconds: 2_000_000)
        monitor.withLock {
            isStopping = true
            cancelAll()
        }
        while isInFlight, MonotonicTime.now < deadline { context.handleEvents(microseconds: 20_000) }
        monitor.withLock { endTrouble() }
        Landings.waitForEnd()
        guard !isInFlight else {
            // The kernel may still write to them: memory is better lost than overwritten.
            _ = unsafe Unmanaged.passRetained(self)
            return
        }
        monitor.withLock {
            for transfer in transfers { transfer.free() }
            transfers = []
        }
    }

    private var isInFlight: Bool { monitor.withLock { inFlight > 0 } }

    private var context: USBContext { handle.device.context }

    // MARK: - While events are handled

    fileprivate func landed(_ transfer: Transfer) {
        let time = MonotonicTime.now
        monitor.withLock {
            inFlight -= 1
            deliver(transfer, at: time)
            switch unsafe transfer.pointer.pointee.status {
            case LIBUSB_TRANSFER_COMPLETED, LIBUSB_TRANSFER_TIMED_OUT:
                if troubleBegan != nil { endTrouble() }
                fly(transfer)
            case LIBUSB_TRANSFER_CANCELLED: break
            case LIBUSB_TRANSFER_NO_DEVICE: fail(USBError(.unplugged, "receiving events", "no such device"))
            case LIBUSB_TRANSFER_STALL: fail(USBError(.stalled, "receiving events", "pipe error"))
            case LIBUSB_TRANSFER_OVERFLOW: fail(USBError(.overflow, "receiving events", "overflow"))
            default: beginTrouble(at: time)
            }
            if inFlight == 0, cause != nil { finish() }
        }
    }

    /// Now and then, while only errors come: tries again, and gives up after a while.
    func lookAfter() {
        monitor.withLock {
            guard let began = troubleBegan else { return }
            let isTooLong = MonotonicTime.now > began.advanced(microseconds: Self.patience)
            guard !isStopping else {
                if isTooLong, cause != nil { finish() }
                return
            }
            if isTooLong { return fail(USBError(.other, "receiving events", "input or output error")) }
            for transfer in transfers where !transfer.isInFlight { fly(transfer) }
        }
    }

    // MARK: - With the lock held

    private func deliver(_ transfer: Transfer, at time: MonotonicTime) {
        let length = Int(unsafe transfer.pointer.pointee.actual_length)
        transfer.isInFlight = false
        if let buffer = transfer.buffer {
            transfer.buffer = nil
            queue.push(buffer, length: length, time: time)
        } else {
            queue.lose(length)
        }
    }

    private func fly(_ transfer: Transfer) {
        guard !isStopping else { return }
        do throws(USBError) {
            try submit(transfer)
        } catch {
            switch error.reason {
            // Both may pass.
            case .noMemory, .other: beginTrouble(at: .now)
            default: fail(error)
            }
        }
    }

    private func submit(_ transfer: Transfer) throws(USBError) {
        let buffer = queue.takeFree()
        let memory = unsafe buffer?.memory ?? scratch
        unsafe libusb_fill_bulk_transfer(
            transfer.pointer, handle.pointer, endpoint, memory.baseAddress?.assumingMemoryBound(to: UInt8.self),
            Int32(memory.count), transferHasLanded, Unmanaged.passUnretained(transfer).toOpaque(), 0)
        let code = unsafe libusb_submit_transfer(transfer.pointer)
        guard code == 0 else {
            if let buffer { queue.giveBack(buffer) }
            throw USBError(code, "submitting a transfer")
        }
        transfer.buffer = buffer
        transfer.isInFlight = true
        inFlight += 1
    }

    private func beginTrouble(at time: MonotonicTime) {
        guard troubleBegan == nil, !isStopping else { return }
        troubleBegan = time
        context.beginWorry()
    }

    private func endTrouble() {
        guard troubleBegan != nil else { return }
        troubleBegan = nil
        context.endWorry()
    }

    /// The reader learns it after what is still to land.
    private func fail(_ error: USBError) {
        guard !isStopping else { return }
        endTrouble()
        beginTrouble(at: .now)
        isStopping = true
        cause = error
        cancelAll()
        if inFlight == 0 { finish() }
    }

    private func finish() {
        guard !hasFinished else { return }
        hasFinished = true
        endTrouble()
        queue.finish()
    }

    private func cancelAll() {
        // One that lands at this moment can't be cancelled, and needn't be.
        for transfer in transfers where transfer.isInFlight { unsafe libusb_cancel_transfer(transfer.pointer) }
    }
}

/// A transfer of libusb's, and the buffer that it fills.
@safe private final class Transfer {
    let pointer: UnsafeMutablePointer<libusb_transfer>
    /// It lives as long as its transfers: it frees them.
    unowned(unsafe) let queue: TransferQueue
    /// Nil while it flies into the scratch buffer.
    var buffer: TransferBuffer?
    var isInFlight = false

    init?(_ queue: TransferQueue) {
        guard let pointer = unsafe libusb_alloc_transfer(0) else { return nil }
        unsafe self.pointer = pointer
        unsafe self.queue = queue
    }

    func free() { unsafe libusb_free_transfer(pointer) }
}

/// Called by libusb while it handles events, one at a time.
private func transferHasLanded(_ pointer: UnsafeMutablePointer<libusb_transfer>?) {
    guard let context = unsafe pointer?.pointee.user_data else { return }
    Landings.begin()
    unsafe land(context)
    Landings.end()
}

/// By itself, so that it holds no reference any more when it returns.
@inline(never)
private func land(_ context: UnsafeMutableRawPointer) {
    let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    unsafe transfer.queue.landed(transfer)
}

/// Tells when a callback is over. A queue must not go within one, as it would close its device there, which libusb can't bear.
private enum Landings {
    private static let begun = Atomic<Int>(0)
    private static let ended = Atomic<Int>(0)

    static func begin() { begun.add(1, ordering: .relaxed) }

    static func end() { ended.add(1, ordering: .releasing) }

    /// Waits until every callback that has begun by now is over: microseconds.
    static func waitForEnd() {
        let goal = begun.load(ordering: .relaxed)
        while ended.load(ordering: .acquiring) < goal { MonotonicTime.now.advanced(microseconds: 20).sleep() }
    }
}
