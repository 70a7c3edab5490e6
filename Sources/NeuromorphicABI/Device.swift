public import CNeuromorphic
import EventFormats
import Neuromorphic

/// An open device, and the strings that C reads of it.
final class DeviceHandle {
    let device: Device
    let name: CText
    let serial: CText
    let firmware: CText

    init(_ device: Device) {
        self.device = device
        name = CText(device.properties.name)
        serial = CText(device.properties.serial)
        firmware = CText(device.properties.firmware)
    }
}

/// The device of a handle; it lives at least as long as the caller holds it. A function, and not inlined, for it is asked all over.
@inline(never)
@unsafe func openDevice(_ handle: OpaquePointer?) throws(NeuromorphicError) -> Device {
    try unsafe Handles.devices.object(handle).device
}

@c @implementation
public func neuromorphic_open(
    _ source: UnsafePointer<CChar>!, _ options: UnsafePointer<neuromorphic_open_options>!,
    _ out: UnsafeMutablePointer<OpaquePointer?>!
) -> neuromorphic_status {
    status { () throws(NeuromorphicError) in
        let source = try unsafe required(source, "source")
        let out = try unsafe required(out, "out")
        let device = try Device.open(unsafe String(cString: source), unsafe openOptions(options))
        unsafe out.pointee = Handles.devices.insert(DeviceHandle(device))
    }
}

/// The options as they are, or their defaults.
private func openOptions(_ options: UnsafePointer<neuromorphic_open_options>?) throws(NeuromorphicError) -> OpenOptions
{
    guard let options = unsafe options else {
        var standard = unsafe neuromorphic_open_options()
        unsafe standard.maximum_raw_packets = 64
        return try unsafe OpenOptions(standard, configuration: nil)
    }
    let given = try unsafe read(options, "options")
    guard let configuration = unsafe given.configuration else {
        return try unsafe OpenOptions(given, configuration: nil)
    }
    return try unsafe OpenOptions(given, configuration: read(configuration, "options.configuration"))
}

@c @implementation
public func neuromorphic_close(_ device: OpaquePointer!) {
    unsafe Handles.devices.remove(device)?.device.close()
}

@c @implementation
public func neuromorphic_properties_of(
    _ device: OpaquePointer!, _ out: UnsafeMutablePointer<neuromorphic_properties>!
) -> neuromorphic_status {
    status { () throws(NeuromorphicError) in
        let handle = try unsafe Handles.devices.object(device)
        let own = handle.device.properties
        var properties = unsafe neuromorphic_properties()
        unsafe properties.model = own.model
        unsafe properties.speed = own.speed
        unsafe properties.name = handle.name.start
        unsafe properties.serial = handle.serial.start
        unsafe properties.format = text(own.format.description)
        unsafe properties.width = own.sensor.width
        unsafe properties.height = own.sensor.height
        unsafe properties.columns = own.columns
        unsafe properties.firmware = handle.firmware.start
        unsafe properties.bus = own.bus
        unsafe properties.address = own.address
        try unsafe write(properties, to: out, "out")
    }
}
