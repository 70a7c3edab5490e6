public import CNeuromorphic
import Neuromorphic
import Sentences

/// A list of cameras as C reads it.
@safe final class DeviceListHandle {
    private let descriptions: UnsafeMutableBufferPointer<neuromorphic_device_description>
    /// What the descriptions point to.
    private var texts: [CText] = []

    let cameras: [DiscoveredCamera]

    init(_ cameras: [DiscoveredCamera]) {
        self.cameras = cameras
        unsafe descriptions = .allocate(capacity: cameras.count)
        for (index, camera) in cameras.enumerated() {
            var description = unsafe neuromorphic_device_description()
            unsafe description.struct_size = MemoryLayout<neuromorphic_device_description>.size
            unsafe description.name = keep(camera.name)
            unsafe description.source = keep(camera.source)
            unsafe description.speed = camera.speed
            unsafe description.vendor_id = camera.vendor
            unsafe description.product_id = camera.product
            unsafe description.bus = camera.bus
            unsafe description.address = camera.address
            unsafe description.serial = camera.serial.map { unsafe keep($0) }
            unsafe description.usable = camera.isUsable ? 1 : 0
            unsafe description.reason = camera.reason.map { unsafe keep($0.text) }
            unsafe description.remedy = camera.remedy.map { unsafe keep($0.text) }
            unsafe descriptions.initializeElement(at: index, to: description)
        }
    }

    deinit { unsafe descriptions.deallocate() }

    var count: Int { unsafe descriptions.count }

    /// Lives as long as the list.
    func description(at index: Int) throws(NeuromorphicError) -> UnsafePointer<neuromorphic_device_description>? {
        guard 0..<count ~= index, let start = unsafe descriptions.baseAddress else {
            throw .invalidArgument("index is \(UInt(bitPattern: index)), and the list has \(count) devices")
        }
        return unsafe UnsafePointer(start + index)
    }

    private func keep(_ string: String) -> UnsafePointer<CChar> {
        let text = CText(string)
        texts.append(text)
        return unsafe text.start
    }
}

@c @implementation
public func neuromorphic_list_devices(_ out: UnsafeMutablePointer<OpaquePointer?>!) -> neuromorphic_status {
    status { () throws(NeuromorphicError) in
        let out = try unsafe required(out, "out")
        unsafe out.pointee = Handles.lists.insert(DeviceListHandle(DiscoveredCamera.list()))
    }
}

@c @implementation
public func neuromorphic_device_list_count(_ list: OpaquePointer!) -> Int {
    value(or: 0) { () throws(NeuromorphicError) in try unsafe Handles.lists.object(list).count }
}

@c @implementation
public func neuromorphic_device_list_at(
    _ list: OpaquePointer!, _ index: Int
) -> UnsafePointer<neuromorphic_device_description>! {
    unsafe value(or: nil) { () throws(NeuromorphicError) in
        try unsafe Handles.lists.object(list).description(at: index)
    }
}

@c @implementation
public func neuromorphic_device_list_wait(_ list: OpaquePointer!, _ timeout_us: Int64) -> neuromorphic_status {
    status { () throws(NeuromorphicError) in
        let list = try unsafe Handles.lists.object(list)
        let timeout = try requiredTimeout(timeout_us)
        guard DiscoveredCamera.waitForChange(of: list.cameras, timeoutMicroseconds: timeout) else {
            throw NeuromorphicError(
                NEUROMORPHIC_ERROR_TIMEOUT, "no camera was plugged in or pulled within the time-out")
        }
    }
}

@c @implementation
public func neuromorphic_device_list_free(_ list: OpaquePointer!) {
    _ = unsafe Handles.lists.remove(list)
}
