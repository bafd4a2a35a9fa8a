import JOSE

/// What the application asked for, before it becomes a request object.
struct AuthorizationParameters: Sendable {
    let service: ItsmeService
    /// The claims of the service and those asked for beside it.
    let claims: ClaimsRequest
    let level: AuthenticationLevel?
    let locale: InterfaceLocale?
    let prompt: Prompt?
    let maximumAuthenticationAge: Int?

    /// `openid`, the service, and the scopes, each once, in the order given.
    let scope: String

    init(
        service: ItsmeService, scopes: [Scope], claims: ClaimsRequest, level: AuthenticationLevel?,
        locale: InterfaceLocale?, prompt: Prompt?, maximumAuthenticationAge: Int?
    ) {
        self.service = service
        self.claims = claims
        self.level = level
        self.locale = locale
        self.prompt = prompt
        self.maximumAuthenticationAge = maximumAuthenticationAge
        var scope = "openid service:" + service.code
        var seen: [String] = ["openid"]
        for name in scopes.lazy.map(\.rawValue) where !seen.contains(name) {
            seen.append(name)
            scope += " "
            scope += name
        }
        self.scope = scope
    }

    /// Refuses what the provider's metadata says that it ignores.
    func requireSupport(by metadata: ProviderMetadata) throws(ItsmeError) {
        guard !claims.isEmpty else { return }
        try metadata.requireFeature(
            "claims_parameter_supported", remedy: "Ask for claims by scopes, and for services without claims.")
    }

    /// The authorization request parameters of OpenID Connect Core 1.0 §3.1.2.1, as members of a request object.
    func members(
        transaction: LoginTransaction, challenge: String, profile: ProtocolProfile
    ) -> [JSONValue.Member] {
        var members: [JSONValue.Member] = []
        // With those that a request object has besides.
        members.reserveCapacity(18)
        func add(_ name: String, _ value: JSONValue) {
            members.append(JSONValue.Member(name: name, value: value))
        }
        add("response_type", "code")
        add("client_id", .string(transaction.clientID))
        add("scope", .string(scope))
        add("redirect_uri", .string(transaction.redirectURI))
        add("state", .string(transaction.state.exposedValue))
        add("nonce", .string(transaction.nonce.exposedValue))
        add("code_challenge", .string(challenge))
        add("code_challenge_method", "S256")
        if let level { add("acr_values", .string(level.value(in: profile))) }
        if let locale { add("ui_locales", .string(locale.rawValue)) }
        if let prompt { add("prompt", .string(prompt.rawValue)) }
        if let maximumAuthenticationAge { add("max_age", .integer(Int64(maximumAuthenticationAge))) }
        if !claims.isEmpty { add("claims", claims.jsonValue(profile: profile)) }
        return members
    }

    /// The same members as query parameters (OpenID Connect Core 1.0 §3.1.2.1): text as it is, the rest as JSON.
    static func query(of members: [JSONValue.Member]) -> [(name: String, value: String)] {
        members.map { member in
            if case .string(let text) = member.value { return (member.name, text) }
            return (member.name, member.value.serializedString())
        }
    }
}
