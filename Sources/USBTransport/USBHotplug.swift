import CLibUSB
package import Platform
import struct Synchronization.Atomic

/// Waits for devices that are plugged in or pulled.
///
/// libusb tells of them where udev runs; elsewhere the list is read ten times a second.
package enum USBHotplug {
    private static let interval: Int64 = 100_000

    /// Waits until `hasChanged` says so, which is asked at once, after each change that the system tells of, and now and then.
    ///
    /// - Returns: false when the time was over.
    package static func wait(
        _ use: USBContext.Use, until deadline: MonotonicTime?, _ hasChanged: () -> Bool
    ) -> Bool {
        let context = unsafe use.context.pointer
        var registration = libusb_hotplug_callback_handle()
        var change: Int32 = 0
        let any = LIBUSB_HOTPLUG_MATCH_ANY
        return unsafe withUnsafeMutablePointer(to: &change) { change in
            let events = Int32(
                LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED.rawValue | LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT.rawValue)
            let code = unsafe libusb_hotplug_register_callback(
                context, events, 0, any, any, any, deviceCameOrWent, change, &registration)
            defer { if code == 0 { unsafe libusb_hotplug_deregister_callback(context, registration) } }
            while !hasChanged() {
                let now = MonotonicTime.now
                if let deadline, now >= deadline { return false }
                let soon = now.advanced(microseconds: interval)
                let next = deadline.map { min($0, soon) } ?? soon
                if code == 0 {
                    var limit = timeval(tv_sec: 0, tv_usec: Int((next.nanoseconds - now.nanoseconds) / 1000))
                    unsafe change.pointee = 0
                    unsafe libusb_handle_events_timeout_completed(context, &limit, change)
                }
                // Where the time isn't over yet, there was an event, of whatever kind: look again, but not in a mad rush.
                min(next, MonotonicTime.now.advanced(microseconds: code == 0 ? 1000 : interval)).sleep()
            }
            return true
        }
    }
}

/// Called by libusb while it handles events.
private func deviceCameOrWent(
    _ context: OpaquePointer?, _ device: OpaquePointer?, _ event: libusb_hotplug_event,
    _ change: UnsafeMutableRawPointer?
) -> Int32 {
    unsafe change?.storeBytes(of: 1, as: Int32.self)
    return 0
}
