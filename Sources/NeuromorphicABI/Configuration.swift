public import CNeuromorphic
import Cameras
import Neuromorphic
import Sentences

@c @implementation
public func neuromorphic_default_configuration(
    _ model: neuromorphic_model, _ out: UnsafeMutablePointer<neuromorphic_configuration>!
) -> neuromorphic_status {
    status { () throws(NeuromorphicError) in
        try unsafe write(requiredModel(model).defaultConfiguration, to: out, "out")
    }
}

@c @implementation
public func neuromorphic_setting_count(_ model: neuromorphic_model) -> Int {
    CameraCatalog.model(model)?.settings.count ?? 0
}

@c @implementation
public func neuromorphic_setting_at(
    _ model: neuromorphic_model, _ index: Int, _ out: UnsafeMutablePointer<neuromorphic_setting>!
) -> neuromorphic_status {
    status { () throws(NeuromorphicError) in
        let settings = CameraCatalog.model(model)?.settings ?? []
        guard settings.indices.contains(index) else {
            throw .invalidArgument("index is \(UInt(bitPattern: index)), and the model has \(settings.count) settings")
        }
        try unsafe write(neuromorphic_setting(settings[index]), to: out, "out")
    }
}

private func requiredModel(_ model: neuromorphic_model) throws(NeuromorphicError) -> CameraModel {
    guard let found = CameraCatalog.model(model) else {
        throw .unsupported("there is no camera model \(model.rawValue) with settings; see neuromorphic_model")
    }
    return found
}

extension neuromorphic_setting {
    fileprivate init(_ setting: Setting) {
        unsafe self.init()
        unsafe name = text(setting.name)
        unsafe unit = text(setting.unit)
        unsafe offset = setting.place.offset
        unsafe width = setting.place.width
        unsafe count = setting.place.count
        unsafe stride = setting.place.stride
        unsafe minimum = setting.range.lowerBound
        unsafe maximum = setting.range.upperBound
        unsafe default_value = setting.defaultValue
        unsafe live = setting.isLive ? 1 : 0
        unsafe simulated = setting.isSimulated ? 1 : 0
    }
}
