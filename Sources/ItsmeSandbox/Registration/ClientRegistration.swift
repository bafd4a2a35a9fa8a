public import JOSE

/// What itsme knows of a relying party since its onboarding.
///
/// A value in Swift and a JSON file; see ``init(parsing:)`` for the file.
///
/// ```swift
/// let client = ClientRegistration(
///     clientID: "SHOP",
///     redirectURIs: ["https://shop.example/callback"],
///     services: [ServiceRegistration(code: "SHOP_LOGIN", kind: .login)],
///     keys: .jwksURI("https://shop.example/jwks.json"))
/// ```
public struct ClientRegistration: Sendable {
    /// How the client authenticates at the token endpoint, chosen once at onboarding.
    public enum Authentication: Sendable {
        /// `private_key_jwt`: an assertion signed with the client's `sig` key.
        case privateKeyJWT
        /// `client_secret_post`: the secret in the form body; tokens come back encrypted with a key made of it.
        case clientSecretPost(ClientSecret)
    }

    /// Where the public keys of the client are.
    public enum Keys: Sendable {
        /// At a URL, fetched and cached as itsme does.
        case jwksURI(String)
        /// In the registration itself.
        case inline(JWKSet)
        /// Nowhere: possible with a client secret only.
        case none
    }

    /// The client id, also called partner code.
    public var clientID: String
    /// How the client authenticates.
    public var authentication: Authentication
    /// Where people may be sent back to; compared character by character.
    public var redirectURIs: [String]
    /// Where request objects may be fetched from: https with the explicit port 443, or any port of this machine.
    ///
    /// A request is fetched from the registered URI itself, compared character by character, or from one path segment
    /// below it: a slash, which the registered URI may end in, and a name of unreserved characters (letters, digits,
    /// `-._~`). No query is added to it.
    ///
    /// So do existing relying parties; itsme's documentation says nothing of it. itsme itself takes a public host with
    /// `:443` only. This machine is an exception of the sandbox, which alone can reach it.
    public var requestURIs: [String]
    /// The service codes of the client.
    public var services: [ServiceRegistration]
    /// Where the public keys are.
    public var keys: Keys
    /// How ID tokens are encrypted for this client. With a client secret it is always `dir` with `A256GCM`.
    public var idTokenEncryption: TokenEncryption
    /// How UserInfo answers are encrypted for this client. With a client secret it is always `dir` with `A256GCM`.
    public var userInfoEncryption: TokenEncryption
    /// How tokens are signed for this client: `RS256` with itsme's key, or `HS256` with the client secret.
    public var tokenSignature: SignatureAlgorithm
    /// Whether authorization requests without PKCE are refused.
    public var requiresPKCE: Bool
    /// Where itsme pings when a person answered a backchannel request; `nil` for a client that polls only.
    public var notificationEndpoint: String?

    /// Makes a registration; what is left out has the usual value. Nothing is checked before ``validate()``, which
    /// ``Sandbox`` calls.
    public init(
        clientID: String,
        authentication: Authentication = .privateKeyJWT,
        redirectURIs: [String],
        requestURIs: [String] = [],
        services: [ServiceRegistration],
        keys: Keys,
        idTokenEncryption: TokenEncryption = TokenEncryption(),
        userInfoEncryption: TokenEncryption = TokenEncryption(),
        tokenSignature: SignatureAlgorithm = .rs256,
        requiresPKCE: Bool = false,
        notificationEndpoint: String? = nil
    ) {
        self.clientID = clientID
        self.authentication = authentication
        self.redirectURIs = redirectURIs
        self.requestURIs = requestURIs
        self.services = services
        self.keys = keys
        self.idTokenEncryption = idTokenEncryption
        self.userInfoEncryption = userInfoEncryption
        self.tokenSignature = tokenSignature
        self.requiresPKCE = requiresPKCE
        self.notificationEndpoint = notificationEndpoint
    }

    /// The secret, for a client that has one.
    var secret: ClientSecret? {
        guard case .clientSecretPost(let secret) = authentication else { return nil }
        return secret
    }
}

/// One service of a client: a code, and what kind of service it stands for.
public struct ServiceRegistration: Sendable, Hashable {
    /// What a service does; each kind has rules of its own.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Authentication: the person signs in.
        case login
        /// Data Sharing, also called Identification: the person shares data; at least one claim is requested.
        case shareData
        /// Confirmation: the person approves a transaction; a request object and a template are needed.
        case confirm
    }

    /// The service code, as it stands in the scope after `service:`.
    public var code: String
    /// What the service does.
    public var kind: Kind

    /// Makes a service of a code and a kind.
    public init(code: String, kind: Kind) {
        self.code = code
        self.kind = kind
    }
}

/// The algorithms that encrypt one kind of token for a client with a key pair.
public struct TokenEncryption: Sendable, Hashable {
    /// The algorithm for the key, `RSA-OAEP-256` or `RSA-OAEP`; `nil` for that of the generation: `RSA-OAEP-256`, or
    /// `RSA-OAEP` in v1.
    public var keyManagement: KeyManagementAlgorithm?
    /// The algorithm for the content: `A128CBC-HS256` or `A256GCM`.
    public var contentEncryption: ContentEncryptionAlgorithm

    /// Makes a pair; what is left out has itsme's default, `RSA-OAEP-256` (v1: `RSA-OAEP`) with `A128CBC-HS256`.
    public init(
        keyManagement: KeyManagementAlgorithm? = nil,
        contentEncryption: ContentEncryptionAlgorithm = .a128CBC_HS256
    ) {
        self.keyManagement = keyManagement
        self.contentEncryption = contentEncryption
    }
}
