import CNeuromorphic
import Cameras
import EventFormats
import Sentences
import USBTransport

/// Which camera a source string wants: `usb:`, `usb:serial=00050423`, `usb:model=prophesee_evk4`, `usb:bus=3,address=7`.
struct CameraSelector {
    private(set) var serial: String?
    private(set) var model: CameraModel?
    private(set) var bus: Int?
    private(set) var address: Int?
    private let text: String

    /// - Parameter configuration: only a camera that takes it will do, unless the source wants another.
    init(_ source: SourceString, _ configuration: neuromorphic_configuration?) throws(NeuromorphicError) {
        text = source.text
        model = configuration.flatMap { CameraCatalog.model($0.model) }
        guard !source.rest.utf8.isEmpty else { return }
        for part in [UInt8](source.rest.utf8).split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            guard let equals = part.firstIndex(of: UInt8(ascii: "=")) else { throw notUnderstood(part) }
            let name = String(decoding: part[..<equals], as: UTF8.self)
            let value = String(decoding: part[part.index(after: equals)...], as: UTF8.self)
            switch name.utf8 {
            case let name where name.same(as: "serial") && !value.utf8.isEmpty: serial = value
            case let name where name.same(as: "model"): model = try Self.model(value, text)
            case let name where name.same(as: "bus"): bus = try number(value, "bus")
            case let name where name.same(as: "address"): address = try number(value, "address")
            default: throw notUnderstood(part)
            }
        }
        guard (bus == nil) == (address == nil) else {
            throw .invalidSource("the source \"\(text)\" needs both bus and address, as in usb:bus=3,address=7")
        }
    }

    /// Whether it may be this device, as far as the bus tells.
    func matches(_ device: USBDevice) -> Bool {
        if let bus, let address, bus != device.bus || address != device.address { return false }
        if let model, !model.usbIDs.contains(USBID(device.vendor, device.product)) { return false }
        return true
    }

    /// Any camera would do.
    var isForAny: Bool { serial == nil && model == nil && bus == nil }

    /// What it wants, for a sentence that says that there is none.
    var description: Sentence {
        var words: Sentence = model.map { "\($0.name)" } ?? "known camera"
        if let serial { words += " with the serial number \(serial)" }
        if let bus, let address { words += " on bus \(bus) at address \(address)" }
        return words
    }

    private static func model(_ name: String, _ text: String) throws(NeuromorphicError) -> CameraModel {
        var names: Sentence = ""
        for model in CameraCatalog.models {
            if name.same(as: model.sourceName) { return model }
            names += names.isEmpty ? "\(model.sourceName)" : ", \(model.sourceName)"
        }
        throw .invalidSource("the source \"\(text)\" wants the model \(name); the models are \(names)")
    }

    private func number(_ value: String, _ name: StaticString) throws(NeuromorphicError) -> Int {
        guard let number = Int(decimal: value.utf8), 0...255 ~= number else {
            throw .invalidSource("the source \"\(text)\" has \(name)=\(value), which must be a number from 0 to 255")
        }
        return number
    }

    private func notUnderstood(_ part: ArraySlice<UInt8>) -> NeuromorphicError {
        .invalidSource(
            "the source \"\(text)\" has \"\(String(decoding: part, as: UTF8.self))\"; write usb: for the first camera, or "
                + "usb:serial=…, usb:model=…, usb:bus=…,address=…")
    }
}
