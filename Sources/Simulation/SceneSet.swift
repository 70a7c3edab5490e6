/// Which scenes are shown, all at once. Joined scenes share the rate; noise gets a tenth of what each of the others gets.
package struct SceneSet: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Slanted bars that move to the right.
    package static let edges = SceneSet(rawValue: 1)
    /// Discs that go round the centre.
    package static let dots = SceneSet(rawValue: 2)
    /// Pixels anywhere, brighter or darker.
    package static let noise = SceneSet(rawValue: 4)
    /// The whole sensor, brighter and then darker again and again.
    package static let flicker = SceneSet(rawValue: 8)

    /// Scenes by name, joined with '+': "edges+dots+noise". Nil when a name is not one of ours, or is missing.
    package init?(_ text: some Collection<UInt8>) {
        var scenes: SceneSet = []
        for name in text.split(separator: UInt8(ascii: "+"), omittingEmptySubsequences: false) {
            if name.elementsEqual("edges".utf8) {
                scenes.insert(.edges)
            } else if name.elementsEqual("dots".utf8) {
                scenes.insert(.dots)
            } else if name.elementsEqual("noise".utf8) {
                scenes.insert(.noise)
            } else if name.elementsEqual("flicker".utf8) {
                scenes.insert(.flicker)
            } else {
                return nil
            }
        }
        self = scenes
    }

    /// The part of the rate that one of the scenes gets.
    func share(of scene: SceneSet) -> Double {
        guard contains(scene) else { return 0 }
        var all = 0.0
        for each in [.edges, .dots, .noise, .flicker] as [SceneSet] where contains(each) { all += each.weight }
        return scene.weight / all
    }

    private var weight: Double { self == .noise ? 0.1 : 1 }
}
