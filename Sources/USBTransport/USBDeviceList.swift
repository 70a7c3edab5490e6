import CLibUSB

/// A device that is plugged in, and what the bus says of it without opening it.
@safe package final class USBDevice: @unchecked Sendable {
    package let vendor: UInt16
    package let product: UInt16
    package let bus: UInt8
    package let address: UInt8
    /// As libusb numbers speeds: 0 unknown, 1 low, 2 full, 3 high, 4 super, 5 and above super plus.
    package let speed: Int32
    let pointer: OpaquePointer
    private let use: USBContext.Use

    var context: USBContext { use.context }

    init?(_ pointer: OpaquePointer, _ use: USBContext.Use) {
        var descriptor = libusb_device_descriptor()
        guard unsafe libusb_get_device_descriptor(pointer, &descriptor) == LIBUSB_SUCCESS.rawValue else { return nil }
        vendor = descriptor.idVendor
        product = descriptor.idProduct
        bus = unsafe libusb_get_bus_number(pointer)
        address = unsafe libusb_get_device_address(pointer)
        speed = unsafe libusb_get_device_speed(pointer)
        unsafe self.pointer = libusb_ref_device(pointer)
        self.use = use
    }

    deinit { unsafe libusb_unref_device(pointer) }
}

/// The devices on USB at one moment.
package enum USBDeviceList {
    /// All devices that `matches` picks by vendor and product; none where there is no USB at all, as in most containers.
    package static func read(
        _ use: USBContext.Use, where matches: (_ vendor: UInt16, _ product: UInt16) -> Bool
    ) -> [USBDevice] {
        var list: UnsafeMutablePointer<OpaquePointer?>?
        let count = unsafe libusb_get_device_list(use.context.pointer, &list)
        guard count >= 0, let list = unsafe list else { return [] }
        defer { unsafe libusb_free_device_list(list, 1) }
        var devices: [USBDevice] = []
        for index in 0..<count {
            guard let pointer = unsafe list[index], let device = unsafe USBDevice(pointer, use),
                matches(device.vendor, device.product)
            else { continue }
            devices.append(device)
        }
        return devices
    }
}
