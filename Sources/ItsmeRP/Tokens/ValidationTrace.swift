/// Tells a tool which rules a validation checks, in their order. In a service nobody listens.
package enum ValidationTrace {
    /// A rule that is about to be checked. It was kept if another one follows, or if the validation succeeds.
    package struct Rule: Sendable, Hashable {
        /// The phase and the name of the rule within it: `id-token.aud`.
        package let id: String

        /// What the rule demands, as a sentence.
        package let text: String
    }

    /// Gets each rule right before it is checked.
    @TaskLocal package static var listener: (@Sendable (Rule) -> Void)?

    /// Tells that a rule is about to be checked.
    static func rule(_ phase: ItsmeError.Phase, _ name: StaticString, _ text: StaticString) {
        guard let listener else { return }
        listener(Rule(id: "\(phase).\(name)", text: "\(text)"))
    }
}
