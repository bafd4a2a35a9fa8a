/// Why a sandbox or a client registration cannot be what its values say.
public struct SandboxConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The field at fault, as a path: `redirect_uris[0]`, `issuer`, `personas`.
    public let field: String

    /// What is wrong with it.
    public let problem: String

    /// What to do about it.
    public let remedy: String

    init(_ field: String, _ problem: String, remedy: String) {
        self.field = field
        self.problem = problem
        self.remedy = remedy
    }

    /// Field, problem and remedy in one line.
    public var description: String { "\(field): \(problem) \(remedy)" }
}
