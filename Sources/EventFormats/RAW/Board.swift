/// The board that made a recording: in old files, its `system_ID` is all that tells the encoding or the sensor's size.
///
/// Source: OpenEB, the table of Prophesee's boards by which it guesses what a header leaves out.
struct Board {
    let format: EventFormat
    let sensor: SensorGeometry?

    /// Nil unless the header names one of Prophesee's boards that we know.
    @_optimize(size)
    init?(_ entries: [RAWHeader.Entry]) {
        guard Self.isProphesee(entries), let id = Self.systemID(entries),
            let known = Self.known.first(where: { $0.systemIDs.contains(id) })
        else { return nil }
        format = known.format
        sensor = SensorGeometry(width: known.width, height: known.height)
    }

    /// Integrators other than Prophesee give their boards numbers of their own.
    @_optimize(size)
    static func isProphesee(_ entries: [RAWHeader.Entry]) -> Bool {
        for key in ["camera_integrator_name", "plugin_integrator_name", "integrator_name"] as [StaticString] {
            if let name = entries.value(of: key), !name.same(as: "Prophesee") { return false }
        }
        return true
    }

    @_optimize(size)
    static func systemID(_ entries: [RAWHeader.Entry]) -> Int? {
        entries.value(of: "system_ID").flatMap { Int(decimal: $0.utf8) }
    }

    private struct Row {
        let systemIDs: [Int]
        let format: EventFormat
        let width: Int
        let height: Int
    }

    private static let known = [
        // Gen3.0
        Row(
            systemIDs: [0x15, 0x17, 0x19, 0x1D, 0x21, 0x97, 0x99, 0xA1], format: .evt2, width: 640, height: 480),
        // Gen3.1, the last one on an EVK2
        Row(systemIDs: [0x1C, 0x23, 0x22, 0xA2, 0x29], format: .evt2, width: 640, height: 480),
        // Gen4.0, the last one on an EVK2
        Row(systemIDs: [0x1A, 0x1F], format: .evt2, width: 1280, height: 720),
        Row(systemIDs: [0x1E, 0x2E], format: .evt3, width: 1280, height: 720),
        // Gen4.1 on an EVK2
        Row(systemIDs: [0x27], format: .evt2, width: 1280, height: 720),
        // EVK3 with Gen3.1
        Row(systemIDs: [0x28], format: .evt3, width: 640, height: 480),
        // EVK3 HD; IMX636 on EVK3, EVK4 and EVK2
        Row(systemIDs: [0x30, 0x31, 0x32], format: .evt3, width: 1280, height: 720),
    ]
}
