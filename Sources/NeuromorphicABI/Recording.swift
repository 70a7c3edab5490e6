public import CNeuromorphic
import Neuromorphic
import Sentences

@c @implementation
public func neuromorphic_recording_create(
    _ path: UnsafePointer<CChar>!, _ device: OpaquePointer!, _ overwrite: UInt32,
    _ out: UnsafeMutablePointer<OpaquePointer?>!
) -> neuromorphic_status {
    status { () throws(NeuromorphicError) in
        let path = unsafe String(cString: try required(path, "path"))
        let properties = try unsafe openDevice(device).properties
        let out = try unsafe required(out, "out")
        guard overwrite <= 1 else { throw .invalidArgument("overwrite is \(overwrite), and must be 0 or 1") }
        let writer = try RecordingWriter.create(path, for: properties, overwriting: overwrite == 1)
        unsafe out.pointee = Handles.recordings.insert(writer)
    }
}

@c @implementation
public func neuromorphic_recording_write(
    _ recording: OpaquePointer!, _ packet: UnsafePointer<neuromorphic_packet>!
) -> neuromorphic_status {
    status { () throws(NeuromorphicError) in
        let writer = try unsafe Handles.recordings.object(recording)
        let packet = try unsafe required(packet, "packet")
        guard let raw = unsafe packet.pointee.raw else {
            throw .invalidArgument("the packet is not a raw one; open the device with options.raw = 1")
        }
        try unsafe writer.append(UnsafeRawBufferPointer(start: raw, count: packet.pointee.raw_length))
    }
}

@c @implementation
public func neuromorphic_recording_sync(_ recording: OpaquePointer!) -> neuromorphic_status {
    status { () throws(NeuromorphicError) in try unsafe Handles.recordings.object(recording).synchronise() }
}

@c @implementation
public func neuromorphic_recording_close(_ recording: OpaquePointer!) -> neuromorphic_status {
    guard unsafe recording != nil else { return NEUROMORPHIC_OK }
    return status { () throws(NeuromorphicError) in
        let writer = try unsafe Handles.recordings.object(recording)
        _ = unsafe Handles.recordings.remove(recording)
        try writer.synchronise()
    }
}
