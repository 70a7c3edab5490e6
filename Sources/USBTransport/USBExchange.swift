import CLibUSB
import Platform
import struct Synchronization.Atomic

/// A request to a bulk OUT endpoint and the reply from a bulk IN endpoint, in flight together: the reply finds its transfer
/// waiting, and libusb needs no timer for either. Both transfers are made once.
///
/// One exchange at a time.
@safe final class USBExchange {
    /// What is received at most.
    static let replyCapacity = 1024

    private let context: USBContext
    private let handle: OpaquePointer
    private let request: Flight
    private let reply: Flight

    /// - Parameter handle: outlives the exchange.
    init(_ handle: OpaquePointer, _ context: USBContext) {
        self.context = context
        unsafe self.handle = handle
        request = Flight(capacity: Self.replyCapacity)
        reply = Flight(capacity: Self.replyCapacity)
    }

    /// At the end, before the handle is closed.
    func free() {
        request.free()
        reply.free()
    }

    /// What became of a request and its reply: libusb's codes, and the bytes of the reply.
    struct Outcome {
        var sending: Int32
        var receiving: Int32 = 0
        var reply: [UInt8] = []
    }

    /// - Parameter timeoutMilliseconds: for the request, and then for the reply.
    func run(
        _ bytes: [UInt8], to out: UInt8, from endpoint: UInt8, timeoutMilliseconds: UInt32
    ) -> Outcome {
        unsafe request.fill(handle, out, bytes)
        unsafe reply.fill(handle, endpoint, nil)
        let code = reply.submit()
        guard code == 0 else { return Outcome(sending: 0, receiving: code) }
        var sending = request.submit()
        if sending == 0 {
            land(request, within: timeoutMilliseconds)
            sending = request.code
            if sending == 0, request.length < bytes.count { sending = LIBUSB_ERROR_IO.rawValue }
        }
        // There is no answer to what wasn't asked.
        land(reply, within: sending == 0 ? timeoutMilliseconds : 0)
        guard sending == 0 else { return Outcome(sending: sending) }
        // What arrived before the time was over is data all the same.
        let isData = reply.code == LIBUSB_ERROR_TIMEOUT.rawValue && reply.length > 0
        return Outcome(sending: 0, receiving: isData ? 0 : reply.code, reply: reply.bytes)
    }

    /// Waits for the end of a transfer, and ends it when the time is over.
    private func land(_ flight: Flight, within milliseconds: UInt32) {
        let deadline = MonotonicTime.now.advanced(microseconds: Int64(milliseconds) * 1000)
        while !flight.isDone {
            let left = (deadline.nanoseconds - MonotonicTime.now.nanoseconds) / 1000
            if left <= 0 { flight.cancel() }
            unsafe context.handleEvents(microseconds: left > 0 ? Int(left) : 20_000, until: flight.done)
        }
    }
}

/// A transfer that one thread waits for, and its buffer.
@safe private final class Flight {
    private let transfer: UnsafeMutablePointer<libusb_transfer>?
    private let buffer: UnsafeMutablePointer<UInt8>
    private let capacity: Int
    /// 1 from its end on. libusb looks at it as well, which knows no atomics.
    private let flag: UnsafeMutablePointer<Atomic<Int32>>
    private var wasCancelled = false

    init(capacity: Int) {
        self.capacity = capacity
        unsafe transfer = libusb_alloc_transfer(0)
        unsafe buffer = .allocate(capacity: capacity)
        unsafe flag = .allocate(capacity: 1)
        unsafe flag.initialize(to: Atomic(1))
    }

    func free() {
        unsafe libusb_free_transfer(transfer)
        unsafe buffer.deallocate()
        unsafe flag.deinitialize(count: 1)
        unsafe flag.deallocate()
    }

    /// - Parameter bytes: what is sent, cut to the capacity; nil to receive as much as fits.
    @unsafe func fill(_ handle: OpaquePointer, _ endpoint: UInt8, _ bytes: [UInt8]?) {
        let length = min(bytes?.count ?? capacity, capacity)
        if let bytes { for index in 0..<length { unsafe buffer[index] = bytes[index] } }
        guard let transfer = unsafe transfer else { return }
        unsafe libusb_fill_bulk_transfer(
            transfer, handle, endpoint, buffer, Int32(length), flightHasEnded, UnsafeMutableRawPointer(flag), 0)
    }

    func submit() -> Int32 {
        wasCancelled = false
        guard let transfer = unsafe transfer else { return LIBUSB_ERROR_NO_MEM.rawValue }
        unsafe flag.pointee.store(0, ordering: .relaxed)
        let code = unsafe libusb_submit_transfer(transfer)
        if code != 0 { unsafe flag.pointee.store(1, ordering: .relaxed) }
        return code
    }

    /// Its end comes soon, if it has not come.
    func cancel() {
        guard !wasCancelled else { return }
        wasCancelled = true
        unsafe libusb_cancel_transfer(transfer)
    }

    var isDone: Bool { unsafe flag.pointee.load(ordering: .acquiring) != 0 }

    @unsafe var done: UnsafeMutablePointer<Int32> {
        unsafe UnsafeMutableRawPointer(flag).assumingMemoryBound(to: Int32.self)
    }

    // MARK: - After its end

    var length: Int { unsafe transfer.map { Int(unsafe $0.pointee.actual_length) } ?? 0 }

    var bytes: [UInt8] { unsafe Array(UnsafeBufferPointer(start: buffer, count: length)) }

    /// As libusb's own calls that wait would return it.
    var code: Int32 {
        guard let transfer = unsafe transfer else { return LIBUSB_ERROR_NO_MEM.rawValue }
        switch unsafe transfer.pointee.status {
        case LIBUSB_TRANSFER_COMPLETED: return 0
        case LIBUSB_TRANSFER_CANCELLED where wasCancelled, LIBUSB_TRANSFER_TIMED_OUT:
            return LIBUSB_ERROR_TIMEOUT.rawValue
        case LIBUSB_TRANSFER_STALL: return LIBUSB_ERROR_PIPE.rawValue
        case LIBUSB_TRANSFER_OVERFLOW: return LIBUSB_ERROR_OVERFLOW.rawValue
        case LIBUSB_TRANSFER_NO_DEVICE: return LIBUSB_ERROR_NO_DEVICE.rawValue
        default: return LIBUSB_ERROR_IO.rawValue
        }
    }
}

/// Called by libusb while it handles events.
private func flightHasEnded(_ transfer: UnsafeMutablePointer<libusb_transfer>?) {
    guard let flag = unsafe transfer?.pointee.user_data else { return }
    unsafe flag.assumingMemoryBound(to: Atomic<Int32>.self).pointee.store(1, ordering: .releasing)
}
