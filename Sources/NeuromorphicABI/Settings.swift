public import CNeuromorphic
import Neuromorphic

@c @implementation
public func neuromorphic_configure(
    _ device: OpaquePointer!, _ configuration: UnsafePointer<neuromorphic_configuration>!
) -> neuromorphic_status {
    status { () throws(NeuromorphicError) in
        let device = try unsafe Handles.devices.object(device).device
        let configuration = try unsafe required(configuration, "configuration")
        try device.configure(unsafe read(configuration, "configuration"))
    }
}

@c @implementation
public func neuromorphic_configuration_of(
    _ device: OpaquePointer!, _ out: UnsafeMutablePointer<neuromorphic_configuration>!
) -> neuromorphic_status {
    status { () throws(NeuromorphicError) in
        let device = try unsafe Handles.devices.object(device).device
        try unsafe write(device.configuration(), to: out, "out")
    }
}
