package import CNeuromorphic

/// All cameras that we know.
package enum CameraCatalog {
    package static let models: [CameraModel] = [
        .propheseeEVK4
    ]

    package static func model(_ model: neuromorphic_model) -> CameraModel? { models.first { $0.model == model } }

    package static func model(usbID: USBID) -> CameraModel? { models.first { $0.usbIDs.contains(usbID) } }
}
