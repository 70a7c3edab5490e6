package import CNeuromorphic
import Cameras
import USBTransport

/// A known camera that is plugged in.
package struct DiscoveredCamera: Sendable {
    package let name: String
    /// What opens just this one.
    package let source: String
    package let vendor: UInt16
    package let product: UInt16
    package let bus: UInt8
    package let address: UInt8
    package let speed: neuromorphic_speed
    /// Why it can't be used, and what to do about it.
    package let reason: String
    package let remedy: String

    /// All that are plugged in now. It never fails: where there is no USB, there are none.
    package static func list() -> [DiscoveredCamera] {
        var cameras: [DiscoveredCamera] = []
        for device in USBDeviceList.read() {
            guard let model = CameraCatalog.model(usbID: USBID(device.vendor, device.product)) else { continue }
            cameras.append(
                DiscoveredCamera(
                    // Cameras of several models share their ids, and only opening one would tell.
                    name: "\(model.name), or a camera with the same USB ids",
                    source: "usb:bus=\(device.bus),address=\(device.address)",
                    vendor: device.vendor, product: device.product, bus: device.bus, address: device.address,
                    speed: neuromorphic_speed(UInt32(clamping: min(device.speed, 5))),
                    reason: "this version of the library lists USB cameras and can't open them yet",
                    remedy: "use a recording (file:) or a simulated camera (sim:) until a version that can"))
        }
        return cameras
    }
}
