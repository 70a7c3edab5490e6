package import CNeuromorphic

/// All cameras that we know.
package enum CameraCatalog {
    package static let models: [CameraModel] = [
        .propheseeEVK4,
        .propheseeEVK3HD,
    ]

    package static func model(_ model: neuromorphic_model) -> CameraModel? { models.first { $0.model == model } }

    /// All that have these ids: several share theirs, and only the camera itself tells which it is.
    package static func models(usbID: USBID) -> [CameraModel] { models.filter { $0.usbIDs.contains(usbID) } }
}
