import JOSE

/// A URL to send the person's browser to, and the transaction to keep.
public struct AuthorizationRequest: Sendable {
    /// Redirect the browser to it with a plain GET (302 or 303). Do not open it in a web view or through a chain of
    /// redirects: then the itsme app does not open.
    public let url: String

    /// Keep it until the callback.
    public let transaction: LoginTransaction
}

extension AuthorizationRequest: Redacted {
    /// The service code; never the URL, which holds state and nonce when there is no request object.
    public var description: String { "AuthorizationRequest(service: \(transaction.serviceCode))" }
}

/// What itsme must ask the person to do (`prompt`, OpenID Connect Core 1.0 §3.1.2.1).
public enum Prompt: String, Sendable, Hashable {
    /// Authenticate again.
    case login
    /// Ask for consent again.
    case consent
}

/// The language of itsme's pages (`ui_locales`).
public enum InterfaceLocale: String, Sendable, Hashable, CaseIterable {
    /// French.
    case french = "fr"
    /// Dutch.
    case dutch = "nl"
    /// German.
    case german = "de"
    /// English.
    case english = "en"
}

/// How strongly the person was authenticated (`acr`). Higher levels satisfy requests for lower ones.
public enum AuthenticationLevel: Int, Sendable, Hashable, Comparable {
    /// Fingerprint, face or itsme code: the default of itsme.
    case basic = 1

    /// The itsme code.
    case advanced = 2

    /// Orders by strength.
    public static func < (left: AuthenticationLevel, right: AuthenticationLevel) -> Bool {
        left.rawValue < right.rawValue
    }

    /// The value of `acr` and `acr_values`.
    func value(in profile: ProtocolProfile) -> String {
        switch (self, profile) {
        case (.basic, .v2): "http://itsme.services/v2/claim/acr_basic"
        case (.advanced, .v2): "http://itsme.services/v2/claim/acr_advanced"
        case (.basic, .v1): "tag:sixdots.be,2016-06:acr_basic"
        case (.advanced, .v1): "tag:sixdots.be,2016-06:acr_advanced"
        }
    }

    /// Reads `acr`. itsme documents the names of the current generation with both `v2` and `V2`.
    init?(value: String, in profile: ProtocolProfile) {
        let prefix = "http://itsme.services/V2/"
        let value = value.hasPrefix(prefix) ? "http://itsme.services/v2/" + value.dropFirst(prefix.count) : value
        guard let level = [AuthenticationLevel.basic, .advanced].first(where: { $0.value(in: profile) == value })
        else { return nil }
        self = level
    }
}

/// The application's parameters for an authorization request.
struct AuthorizationParameters: Sendable {
    let service: ItsmeService
    /// The claims of the service, and the additional ones.
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

    /// Throws if the provider's metadata says that it does not support a parameter.
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
        // Includes the members that a request object adds.
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

    /// The same members as query parameters (OpenID Connect Core 1.0 §3.1.2.1): strings unchanged, other values as
    /// JSON.
    static func query(of members: [JSONValue.Member]) -> [(name: String, value: String)] {
        members.map { member in
            if case .string(let text) = member.value { return (member.name, text) }
            return (member.name, member.value.serializedString())
        }
    }
}

/// The random values of one login, each used once and for one purpose.
struct LoginSecrets: Sendable {
    /// 192 random bits in Base64url.
    let state: Secret<String>
    /// 192 random bits in Base64url.
    let nonce: Secret<String>
    /// The PKCE code verifier (RFC 7636 §4.1), 43 unreserved characters: 256 random bits in Base64url.
    let codeVerifier: Secret<String>
    /// The S256 challenge of the verifier (RFC 7636 §4.2).
    let codeChallenge: String

    /// Makes all of them with one call, since a short random string takes as long as a long one.
    init(random: RandomSource) throws(JOSEError) {
        let bytes = try random.bytes(24 + 24 + 32)
        state = Secret(Base64URL.encode(Array(bytes[..<24])))
        nonce = Secret(Base64URL.encode(Array(bytes[24..<48])))
        let verifier = Base64URL.encode(Array(bytes[48...]))
        codeVerifier = Secret(verifier)
        codeChallenge = try SHA256.encodedDigest(verifier)
    }
}
