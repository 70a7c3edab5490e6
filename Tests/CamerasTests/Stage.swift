import CNeuromorphic
import Testing

@testable import Cameras

/// A scripted camera with the mechanism that drives it.
struct Stage {
    let link: ScriptedLink
    let treuzell: Treuzell
    let runner: StepRunner

    init(_ link: ScriptedLink = .healthy()) {
        self.link = link
        treuzell = Treuzell(link, .cx3)
        runner = StepRunner(treuzell, over: link, eventEndpoint: Treuzell.Endpoints.cx3.events)
    }
}

extension CameraModel: CustomTestStringConvertible {
    public var testDescription: String { "\(sourceName)" }
}

extension SettingGroup {
    /// Of the groups, those that are written when one configuration becomes the other.
    static func changes(
        _ groups: [SettingGroup], from old: neuromorphic_configuration, to new: neuromorphic_configuration
    ) -> [SettingGroup] {
        groups.filter { $0.steps(old) != $0.steps(new) }
    }
}
