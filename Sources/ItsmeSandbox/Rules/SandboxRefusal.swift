/// One refusal of the sandbox: the rule that was broken, where, and what to do about it.
///
/// It holds names of parameters, claims and registered values, never tokens, codes, secrets or data of a person.
public struct SandboxRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    /// The rule that was broken.
    public let rule: SandboxRule

    /// What exactly, when the rule alone leaves it open: the name of a parameter, of a key or of a claim.
    public let detail: String?

    /// The client that the request claimed to come from, if it named a registered one.
    public internal(set) var clientID: String?

    init(_ rule: SandboxRule, detail: String? = nil, clientID: String? = nil) {
        self.rule = rule
        self.detail = detail
        self.clientID = clientID
    }

    /// Rule, explanation, detail and remedy in one line.
    public var description: String { "\(rule.id): \(message)" }

    /// What goes out as `error_description` or `detail`.
    var message: String {
        var words = rule.explanation
        if let detail { words += " \(detail)" }
        return "\(words) \(rule.remedy) [\(rule.id)]"
    }
}
