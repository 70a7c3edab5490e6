import CLibUSB

/// What the bus says of a device without opening it.
package struct USBDevice: Sendable {
    package let vendor: UInt16
    package let product: UInt16
    package let bus: UInt8
    package let address: UInt8
    /// As libusb numbers speeds: 0 unknown, 1 low, 2 full, 3 high, 4 super, 5 and above super plus.
    package let speed: Int32
}

/// The devices on USB at one moment.
package enum USBDeviceList {
    /// All devices; none where there is no USB at all, as in most containers.
    package static func read() -> [USBDevice] {
        var context: OpaquePointer?
        guard unsafe libusb_init(&context) == LIBUSB_SUCCESS.rawValue else { return [] }
        defer { unsafe libusb_exit(context) }
        var list: UnsafeMutablePointer<OpaquePointer?>?
        let count = unsafe libusb_get_device_list(context, &list)
        guard count >= 0, let list = unsafe list else { return [] }
        defer { unsafe libusb_free_device_list(list, 1) }
        var devices: [USBDevice] = []
        for index in 0..<count {
            guard let device = unsafe list[index] else { continue }
            var descriptor = libusb_device_descriptor()
            guard unsafe libusb_get_device_descriptor(device, &descriptor) == LIBUSB_SUCCESS.rawValue else { continue }
            devices.append(
                USBDevice(
                    vendor: descriptor.idVendor, product: descriptor.idProduct,
                    bus: unsafe libusb_get_bus_number(device), address: unsafe libusb_get_device_address(device),
                    speed: unsafe libusb_get_device_speed(device)))
        }
        return devices
    }
}
