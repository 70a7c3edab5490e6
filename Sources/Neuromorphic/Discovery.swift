package import CNeuromorphic
import Cameras
import Platform
package import Sentences
import USBTransport

/// A known camera that is plugged in.
package struct DiscoveredCamera: Sendable {
    package private(set) var name: String
    /// What opens just this one.
    package private(set) var source: String
    package private(set) var serial: String?
    package let vendor: UInt16
    package let product: UInt16
    package let bus: UInt8
    package let address: UInt8
    package let speed: neuromorphic_speed
    package private(set) var isUsable = false
    /// Why it can't be used, or what holds it back, and what to do about it.
    package private(set) var reason: Sentence?
    package private(set) var remedy: Sentence?

    /// All that are plugged in now. It never fails: where there is no USB, there are none, and a camera that gives trouble is
    /// listed with its trouble.
    package static func list() -> [DiscoveredCamera] {
        do throws(USBError) {
            var cameras: [DiscoveredCamera] = []
            let use = try USBContext.Use()
            PluggedCamera.search.withLock { _ in
                for device in USBDevice.candidates(use) {
                    var camera = DiscoveredCamera(device)
                    if camera.examine(device) { cameras.append(camera) }
                }
            }
            return cameras
        } catch {
            return []
        }
    }

    /// Waits until what is plugged in differs from a list.
    ///
    /// - Parameter timeoutMicroseconds: 0 only looks, nil waits for ever.
    /// - Returns: false when the time was over.
    package static func waitForChange(of cameras: [DiscoveredCamera], timeoutMicroseconds: Int64?) -> Bool {
        let deadline = timeoutMicroseconds.map { MonotonicTime.now.advanced(microseconds: $0) }
        do throws(USBError) {
            let use = try USBContext.Use()
            return USBHotplug.wait(use, until: deadline) {
                let devices = USBDevice.candidates(use)
                return !devices.allSatisfy { device in cameras.contains { $0.isSame(as: device) } }
                    || !cameras.allSatisfy { camera in devices.contains { camera.isSame(as: $0) } }
            }
        } catch {
            // Without USB nothing will ever be plugged in.
            (deadline ?? MonotonicTime(nanoseconds: .max)).sleep()
            return false
        }
    }

    private func isSame(as device: USBDevice) -> Bool {
        bus == device.bus && address == device.address && vendor == device.vendor && product == device.product
    }

    private init(_ device: USBDevice) {
        name = device.presumedName
        source = "usb:bus=\(device.bus),address=\(device.address)"
        vendor = device.vendor
        product = device.product
        bus = device.bus
        address = device.address
        speed = device.usbSpeed
    }

    /// Finds out more.
    ///
    /// - Returns: false when it is no camera.
    private mutating func examine(_ device: USBDevice) -> Bool {
        do throws(LinkError) {
            guard let camera = try PluggedCamera.identify(device) else { return false }
            guard let model = camera.model else {
                name = "Prophesee board with the system id \(camera.systemID)"
                trouble("this version of the library doesn't know the board", "look for a newer version of the library")
                return true
            }
            name = "\(model.name)"
            try camera.claim()
            let board = TreuzellBoard(camera.handle, Treuzell(camera.handle, model.control.endpoints))
            serial = try board.serial()
            if let maker = try model.control.maker(camera.handle) { name = "\(maker.name)" }
            let firmware = try board.firmware()
            isUsable = true
            noteLimits(firmware)
        } catch {
            note(error, device)
        }
        return true
    }

    private mutating func noteLimits(_ firmware: FirmwareRelease?) {
        if speed != NEUROMORPHIC_SPEED_UNKNOWN, speed.rawValue < NEUROMORPHIC_SPEED_SUPER.rawValue {
            trouble(
                "it runs at USB 2 speed, and loses events of busy scenes",
                "use a USB 3 port, and the camera's own cable, pushed in all the way")
        } else if let firmware, firmware < .oldestKnown {
            trouble(
                "its firmware is \(firmware.description), older than \(FirmwareRelease.oldestKnown.description), with "
                    + "which Prophesee's own software wouldn't use it",
                "update the camera's firmware with its vendor's tool")
        }
    }

    private mutating func note(_ error: LinkError, _ device: USBDevice) {
        switch error.cause {
        case .permissionDenied: trouble("this user may not open it", "\(udevRemedy)")
        case .busy:
            let user = device.otherUser
            trouble(
                "\(user ?? "another program, or this one,") uses it", "close \(user ?? "the program that uses it")")
        default: trouble(error.sentence, "unplug the camera and plug it in again")
        }
    }

    private mutating func trouble(_ reason: Sentence, _ remedy: Sentence) {
        self.reason = reason
        self.remedy = remedy
    }
}
