package import CNeuromorphic

/// Settings that are written together.
///
/// What would be written tells whether something changed: a group whose steps are the same for two configurations needs none.
package struct SettingGroup: Sendable {
    package let name: StaticString
    /// What brings the settings to a camera that streams.
    package let steps: @Sendable (neuromorphic_configuration) -> [Step]

    init(_ name: StaticString, _ steps: @escaping @Sendable (neuromorphic_configuration) -> [Step]) {
        self.name = name
        self.steps = steps
    }
}
