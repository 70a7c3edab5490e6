import CLibUSB

/// A call of libusb that failed, or a transfer that came to nothing.
package struct USBError: Error {
    package enum Reason: Sendable {
        case timedOut
        case unplugged
        /// The endpoint is halted, or the request refused.
        case stalled
        case busy
        case permissionDenied
        case overflow
        case noMemory
        case other
    }

    package let reason: Reason
    /// What was done, such as "bulk transfer to endpoint 0x02".
    package let call: StaticString
    /// libusb's own words.
    package let words: StaticString

    init(_ code: Int32, _ call: StaticString) {
        self.call = call
        switch code {
        case LIBUSB_ERROR_TIMEOUT.rawValue: (reason, words) = (.timedOut, "time-out")
        case LIBUSB_ERROR_NO_DEVICE.rawValue: (reason, words) = (.unplugged, "no such device")
        case LIBUSB_ERROR_NOT_FOUND.rawValue: (reason, words) = (.other, "entity not found")
        case LIBUSB_ERROR_PIPE.rawValue: (reason, words) = (.stalled, "pipe error")
        case LIBUSB_ERROR_BUSY.rawValue: (reason, words) = (.busy, "resource busy")
        case LIBUSB_ERROR_ACCESS.rawValue: (reason, words) = (.permissionDenied, "access denied")
        case LIBUSB_ERROR_OVERFLOW.rawValue: (reason, words) = (.overflow, "overflow")
        case LIBUSB_ERROR_NO_MEM.rawValue: (reason, words) = (.noMemory, "insufficient memory")
        case LIBUSB_ERROR_IO.rawValue: (reason, words) = (.other, "input or output error")
        case LIBUSB_ERROR_INVALID_PARAM.rawValue: (reason, words) = (.other, "invalid parameter")
        case LIBUSB_ERROR_NOT_SUPPORTED.rawValue: (reason, words) = (.other, "not supported")
        case LIBUSB_ERROR_INTERRUPTED.rawValue: (reason, words) = (.other, "interrupted")
        default: (reason, words) = (.other, "unknown error")
        }
    }

    init(_ reason: Reason, _ call: StaticString, _ words: StaticString) {
        self.reason = reason
        self.call = call
        self.words = words
    }
}

/// Throws for a negative code, returns any other.
@discardableResult
func check(_ code: Int32, _ call: StaticString) throws(USBError) -> Int32 {
    guard code >= 0 else { throw USBError(code, call) }
    return code
}
