import JOSE

/// The parameters of an authorization request after a request object, if any, has been laid over the query.
struct RequestParameters: Sendable {
    /// The parameters that are read; others are ignored, as OAuth wants it. So are `response_mode` and `max_age`, which
    /// itsme does not look at: every answer comes in the query, and the person authenticates anew each time.
    private static let textNames = [
        "response_type", "client_id", "scope", "redirect_uri", "state", "nonce", "display", "prompt",
        "ui_locales", "acr_values", "code_challenge", "code_challenge_method",
    ]

    private var texts: [String: String] = [:]
    /// The `claims` parameter.
    private(set) var claims: JSON?
    /// Whether the parameters came in a request object.
    let hasRequestObject: Bool

    /// The parameters of a plain query.
    init(query: FormParameters) throws(SandboxRefusal) {
        self.init(query: query, hasRequestObject: false)
        if let text = query["claims"] { claims = try Self.parsedClaims(text) }
    }

    /// The parameters of a query with those of a verified request object laid over them.
    ///
    /// `response_type`, `client_id` and `scope` must stand in the query and be the same inside (OpenID Connect Core
    /// section 6.1), except that the scope of the query may be `openid` alone; for all others the inner value supersedes.
    init(query: FormParameters, requestObject: JSON) throws(SandboxRefusal) {
        self.init(query: query, hasRequestObject: true)
        guard query["response_type"] != nil, Self.words(query["scope"]).contains("openid") else {
            throw SandboxRefusal(.outerParameterMissing)
        }
        for name in Self.textNames {
            guard let member = requestObject[name] else { continue }
            guard let inner = member.string else {
                throw SandboxRefusal(.requestObjectMember, detail: "Member: \(name).")
            }
            try Self.compare(name, outer: texts[name], inner: inner)
            texts[name] = inner.isEmpty ? nil : inner
        }
        if let member = requestObject["claims"] {
            guard member.kind == .object else { throw SandboxRefusal(.requestObjectMember, detail: "Member: claims.") }
            claims = member
        } else if let text = query["claims"] {
            claims = try Self.parsedClaims(text)
        }
    }

    private init(query: FormParameters, hasRequestObject: Bool) {
        self.hasRequestObject = hasRequestObject
        for name in Self.textNames { texts[name] = query[name] }
    }

    /// The parameter `name`, or `nil` when it is absent or empty.
    subscript(name: String) -> String? { texts[name] }

    /// The space-separated words of the parameter `name`.
    func words(_ name: String) -> [String] { Self.words(texts[name]) }

    private static func words(_ text: String?) -> [String] {
        (text ?? "").split(separator: " ").map(String.init)
    }

    private static func compare(_ name: String, outer: String?, inner: String) throws(SandboxRefusal) {
        let isSame =
            switch name {
            case "response_type", "client_id": outer == inner
            case "scope": words(outer) == ["openid"] || Set(words(outer)) == Set(words(inner))
            default: true
            }
        guard isSame else { throw SandboxRefusal(.outerParameterDiffers, detail: "Parameter: \(name).") }
    }

    private static func parsedClaims(_ text: String) throws(SandboxRefusal) -> JSON {
        guard let json = try? JSON(parsing: text) else { throw SandboxRefusal(.claimsMalformed) }
        return json
    }
}
