import CNeuromorphic
import Cameras
import Platform
import USBTransport

/// A device on USB whose ids are a camera's, opened to find out which.
struct PluggedCamera {
    /// Looking through cameras claims each for a moment: two searches of this program at once would find each other's busy.
    static let search = Mutex<Void>(())

    let handle: USBHandle
    /// Nil for a board that answers as one of this family, and is none that we know.
    let model: CameraModel?
    let systemID: UInt8

    /// Opens a device and asks what it is.
    ///
    /// - Returns: nil when it is no camera: cameras share their ids with other things.
    static func identify(_ device: USBDevice) throws(LinkError) -> PluggedCamera? {
        let handle: USBHandle
        do throws(USBError) {
            handle = try USBHandle(device)
        } catch {
            throw LinkError(error, timeoutMilliseconds: 0)
        }
        guard let systemID = try TreuzellBoard.systemID(handle) else { return nil }
        let models = CameraCatalog.models(usbID: USBID(device.vendor, device.product))
        return PluggedCamera(
            handle: handle, model: models.first { $0.control.systemID == systemID }, systemID: systemID)
    }

    /// Takes the camera for this program. It is given back with the handle.
    func claim() throws(LinkError) {
        do throws(USBError) {
            try handle.claim(0)
        } catch {
            throw LinkError(error, timeoutMilliseconds: 0)
        }
    }
}

extension USBDevice {
    /// What the ids alone tell.
    var presumedName: String {
        var names = ""
        for model in CameraCatalog.models(usbID: USBID(vendor, product)) {
            names += names.utf8.isEmpty ? "\(model.name)" : " or \(model.name)"
        }
        return names
    }

    var place: String { "bus \(bus), address \(address)" }

    var usbSpeed: neuromorphic_speed { neuromorphic_speed(UInt32(clamping: min(speed, 5))) }

    /// Who else has it open, as far as the system tells.
    var otherUser: String? {
        func three(_ number: UInt8) -> String {
            let digits = "\(number)"
            return String(repeating: "0", count: 3 - digits.utf8.count) + digits
        }
        return FileUsers.first(of: "/dev/bus/usb/\(three(bus))/\(three(address))")
    }

    /// All that may be cameras.
    static func candidates(_ use: USBContext.Use) -> [USBDevice] {
        USBDeviceList.read(use) { !CameraCatalog.models(usbID: USBID($0, $1)).isEmpty }
    }
}
