public import CNeuromorphic
import Neuromorphic

@c @implementation
public func neuromorphic_configure(
    _ device: OpaquePointer!, _ configuration: UnsafePointer<neuromorphic_configuration>!
) -> neuromorphic_status {
    status { () throws(NeuromorphicError) in
        let device = try unsafe openDevice(device)
        let configuration = try unsafe required(configuration, "configuration")
        try device.configure(unsafe read(configuration, "configuration"))
    }
}

@c @implementation
public func neuromorphic_configuration_of(
    _ device: OpaquePointer!, _ out: UnsafeMutablePointer<neuromorphic_configuration>!
) -> neuromorphic_status {
    status { () throws(NeuromorphicError) in
        let device = try unsafe openDevice(device)
        try unsafe write(device.configuration(), to: out, "out")
    }
}

@c @implementation
public func neuromorphic_factory_configuration(
    _ device: OpaquePointer!, _ out: UnsafeMutablePointer<neuromorphic_configuration>!
) -> neuromorphic_status {
    status { () throws(NeuromorphicError) in
        let device = try unsafe openDevice(device)
        try unsafe write(device.factoryConfiguration(), to: out, "out")
    }
}

@c @implementation
public func neuromorphic_temperature(
    _ device: OpaquePointer!, _ celsius: UnsafeMutablePointer<Double>!
) -> neuromorphic_status {
    status { () throws(NeuromorphicError) in
        let device = try unsafe openDevice(device)
        let celsius = try unsafe required(celsius, "celsius")
        unsafe celsius.pointee = try device.temperature()
    }
}

@c @implementation
public func neuromorphic_illuminance(
    _ device: OpaquePointer!, _ raw: UnsafeMutablePointer<UInt32>!, _ lux: UnsafeMutablePointer<Double>!
) -> neuromorphic_status {
    status { () throws(NeuromorphicError) in
        let device = try unsafe openDevice(device)
        let raw = try unsafe required(raw, "raw")
        let measured = try device.illuminance()
        unsafe raw.pointee = measured.raw
        if let lux = unsafe lux { unsafe lux.pointee = measured.lux }
    }
}
