import Buffers
import CLibUSB
import CPlatform
import Platform
import Synchronization

/// An open device, and the interface of it that is claimed. Control and bulk transfers that wait for their end.
///
/// Any thread may transfer, on one endpoint one at a time.
@safe package final class USBHandle: @unchecked Sendable {
    package let device: USBDevice
    let pointer: OpaquePointer
    private var claimed: Int32?
    private let isClosed = Atomic<Bool>(false)
    private let requests: USBExchange

    /// Opens a device. Nothing is claimed yet.
    package init(_ device: USBDevice) throws(USBError) {
        var handle: OpaquePointer?
        try check(unsafe libusb_open(device.pointer, &handle), "opening the device")
        guard let handle = unsafe handle else { throw USBError(.other, "opening the device", "no handle") }
        self.device = device
        unsafe pointer = handle
        requests = unsafe USBExchange(handle, device.context)
        // A kernel driver, should there be one, gives way for as long as the interface is claimed.
        unsafe libusb_set_auto_detach_kernel_driver(handle, 1)
    }

    deinit {
        release()
        requests.free()
        unsafe libusb_close(pointer)
    }

    package func claim(_ interface: Int32) throws(USBError) {
        try check(unsafe libusb_claim_interface(pointer, interface), "claiming the interface")
        claimed = interface
    }

    /// Lets others claim the interface. What still refers to the handle keeps it open, and fails from now on.
    package func release() {
        guard !isClosed.exchange(true, ordering: .acquiringAndReleasing), let claimed else { return }
        unsafe libusb_release_interface(pointer, claimed)
    }

    // MARK: - Transfers

    /// A vendor request that reads from the device as a whole.
    package func vendorIn(
        request: UInt8, value: UInt16, index: UInt16, length: UInt16, timeoutMilliseconds: UInt32
    ) throws(USBError) -> [UInt8] {
        let type = UInt8(LIBUSB_ENDPOINT_IN.rawValue | LIBUSB_REQUEST_TYPE_VENDOR.rawValue)
        return try control(type, request, value, index, length, timeoutMilliseconds, "vendor request on endpoint 0")
    }

    /// A descriptor as it is: its length, its type, and what it holds.
    package func stringDescriptor(at index: UInt8, language: UInt16, timeoutMilliseconds: UInt32) throws(USBError)
        -> [UInt8]
    {
        let value = UInt16(LIBUSB_DT_STRING.rawValue) << 8 | UInt16(index)
        return try control(
            UInt8(LIBUSB_ENDPOINT_IN.rawValue), UInt8(LIBUSB_REQUEST_GET_DESCRIPTOR.rawValue), value, language, 255,
            timeoutMilliseconds, "reading a string descriptor")
    }

    private func control(
        _ type: UInt8, _ request: UInt8, _ value: UInt16, _ index: UInt16, _ length: UInt16, _ timeout: UInt32,
        _ call: StaticString
    ) throws(USBError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Int(length))
        let code = unsafe bytes.withUnsafeMutableBufferPointer { bytes in
            unsafe libusb_control_transfer(
                pointer, type, request, value, index, bytes.baseAddress, UInt16(bytes.count), timeout)
        }
        let count = try check(settled(code), call)
        return Array(bytes.prefix(Int(count)))
    }

    /// Sends a request as one transfer, and receives its reply as another, of at most 1,024 bytes.
    ///
    /// - Parameter timeoutMilliseconds: for each of both.
    package func bulkExchange(
        _ request: [UInt8], to out: UInt8, repliesFrom endpoint: UInt8, timeoutMilliseconds: UInt32
    ) throws(USBError) -> [UInt8] {
        let outcome = requests.run(request, to: out, from: endpoint, timeoutMilliseconds: timeoutMilliseconds)
        try check(settled(outcome.sending), "sending a control request")
        try check(settled(outcome.receiving), Self.receiving)
        return outcome.reply
    }

    private static let receiving: StaticString = "receiving the camera's answer"

    /// Receives one transfer of at most `capacity` bytes.
    package func bulkIn(
        from endpoint: UInt8, capacity: Int, timeoutMilliseconds: UInt32
    ) throws(USBError) -> [UInt8] {
        var received: Int32 = 0
        var code: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { bytes, count in
            code = unsafe libusb_bulk_transfer(
                pointer, endpoint, bytes.baseAddress, Int32(capacity), &received, timeoutMilliseconds)
            count = Int(received)
        }
        // What arrived before the time was over is data all the same.
        if code == LIBUSB_ERROR_TIMEOUT.rawValue, received > 0 { return bytes }
        try check(settled(code), Self.receiving)
        return bytes
    }

    package func endHalt(of endpoint: UInt8) throws(USBError) {
        try check(settled(unsafe libusb_clear_halt(pointer, endpoint)), "clearing the halt of an endpoint")
    }

    /// A cable that is pulled shows as an error of the bus first, until the system has noticed. So after such an error the device
    /// is asked whether it is still there, until it is known.
    private func settled(_ code: Int32) -> Int32 {
        guard code == LIBUSB_ERROR_IO.rawValue || code == LIBUSB_ERROR_OTHER.rawValue else { return code }
        for _ in 0..<20 {
            var status: UInt16 = 0
            let answer = unsafe withUnsafeMutableBytes(of: &status) { bytes in
                unsafe libusb_control_transfer(
                    pointer, UInt8(LIBUSB_ENDPOINT_IN.rawValue), UInt8(LIBUSB_REQUEST_GET_STATUS.rawValue), 0, 0,
                    bytes.assumingMemoryBound(to: UInt8.self).baseAddress, 2, 100)
            }
            if answer >= 0 { return code }
            if answer == LIBUSB_ERROR_NO_DEVICE.rawValue { return answer }
            MonotonicTime.now.advanced(microseconds: 20_000).sleep()
        }
        return code
    }
}

/// Memory that the kernel lends a device, so that its transfers need no copy. There is little of it, shared with all that USB
/// does in the machine; so only some is taken.
package final class USBMemory: BufferMemory {
    private static let limit = 8 << 20

    private let handle: USBHandle
    private let used = Atomic<Int>(0)

    package init(_ handle: USBHandle) { self.handle = handle }

    package func allocate(_ length: Int) -> UnsafeMutableRawPointer? {
        guard used.load(ordering: .relaxed) + length <= Self.limit else { return nil }
        guard let memory = unsafe libusb_dev_mem_alloc(handle.pointer, length) else { return nil }
        used.add(length, ordering: .relaxed)
        return UnsafeMutableRawPointer(memory)
    }

    package func free(_ start: UnsafeMutableRawPointer, _ length: Int) {
        unsafe libusb_dev_mem_free(handle.pointer, start.assumingMemoryBound(to: UInt8.self), length)
        used.subtract(length, ordering: .relaxed)
    }
}
