import CPlatform

/// A descriptor that poll finds readable while the signal is up.
package final class EventSignal: Sendable {
    private let descriptor: FileDescriptor

    package convenience init() throws(SystemError) {
        self.init(try FileDescriptor(eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK)), from: "eventfd"))
    }

    private init(_ descriptor: consuming FileDescriptor) { self.descriptor = descriptor }

    package var number: Int32 { descriptor.number }

    /// Puts the signal up; it stays up until `lower`.
    package func raise() {
        var one: UInt64 = 1
        // It can only fail when the count is at its limit, and then the signal is up.
        _ = unsafe write(descriptor.number, &one, 8)
    }

    package func lower() {
        var count: UInt64 = 0
        // It can only fail when the count is 0, and then the signal is down.
        _ = unsafe read(descriptor.number, &count, 8)
    }
}
