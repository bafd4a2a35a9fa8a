import JOSE

/// What the application asked for, before it becomes a request object.
struct AuthorizationParameters: Sendable {
    let service: ItsmeService
    let scopes: [Scope]
    /// The claims of the service and those asked for beside it.
    let claims: ClaimsRequest
    let level: AuthenticationLevel?
    let locale: InterfaceLocale?
    let prompt: Prompt?
    let maximumAuthenticationAge: Int?

    /// `openid`, the service, and the scopes, each once, in the order given.
    var scope: String {
        var tokens = ["openid", "service:" + service.code]
        for scope in scopes where !tokens.contains(scope.rawValue) { tokens.append(scope.rawValue) }
        return tokens.joined(separator: " ")
    }

    /// The authorization request parameters of OpenID Connect Core 1.0 §3.1.2.1, as members of a request object.
    func members(
        transaction: LoginTransaction, challenge: String, profile: ProtocolProfile
    ) -> JSONValue {
        var members: JSONValue = [
            "response_type": "code",
            "client_id": .string(transaction.clientID),
            "scope": .string(scope),
            "redirect_uri": .string(transaction.redirectURI),
            "state": .string(transaction.state.exposedValue),
            "nonce": .string(transaction.nonce.exposedValue),
            "code_challenge": .string(challenge),
            "code_challenge_method": "S256",
        ]
        if let level { members["acr_values"] = .string(level.value(in: profile)) }
        if let locale { members["ui_locales"] = .string(locale.rawValue) }
        if let prompt { members["prompt"] = .string(prompt.rawValue) }
        if let maximumAuthenticationAge { members["max_age"] = .integer(Int64(maximumAuthenticationAge)) }
        if !claims.isEmpty { members["claims"] = claims.jsonValue(profile: profile) }
        return members
    }

    /// The same members as query parameters (OpenID Connect Core 1.0 §3.1.2.1): text as it is, the rest as JSON.
    static func query(of members: JSONValue) -> [(name: String, value: String)] {
        guard case .object(let members) = members else { return [] }
        return members.map { member in
            if case .string(let text) = member.value { return (member.name, text) }
            return (member.name, member.value.serializedString())
        }
    }
}
