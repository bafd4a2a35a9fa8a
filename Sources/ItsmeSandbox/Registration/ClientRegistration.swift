public import JOSE
import WebFormats

/// What a relying party registered at itsme's onboarding.
///
/// It can also be read from a JSON file; see ``init(parsing:)``.
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
        /// `client_secret_post`: the secret in the form body. Tokens are encrypted with a key derived from it.
        case clientSecretPost(ClientSecret)
    }

    /// Where the public keys of the client are.
    public enum Keys: Sendable {
        /// At a URL, fetched and cached as itsme does.
        case jwksURI(String)
        /// In the registration itself.
        case inline(JWKSet)
        /// No keys; possible only with a client secret.
        case none
    }

    /// The client id, also called partner code.
    public var clientID: String
    /// How the client authenticates.
    public var authentication: Authentication
    /// The URLs that people may be sent back to. They are compared character by character.
    public var redirectURIs: [String]
    /// The URLs of request objects: https with the explicit port 443, or any port of this machine.
    ///
    /// A `request_uri` must equal a registered one, character by character, or add one path segment to it: a name of
    /// unreserved characters (letters, digits, `-._~`) after a slash. The registered one may end in this slash. There
    /// is no further query.
    ///
    /// Existing relying parties add such a segment; itsme does not document it. itsme accepts a public host with `:443`
    /// only; the sandbox also accepts this machine.
    public var requestURIs: [String]
    /// The service codes of the client.
    public var services: [ServiceRegistration]
    /// The public keys.
    public var keys: Keys
    /// How ID tokens are encrypted for this client. With a client secret it is always `dir` with `A256GCM`.
    public var idTokenEncryption: TokenEncryption
    /// How UserInfo answers are encrypted for this client. With a client secret it is always `dir` with `A256GCM`.
    public var userInfoEncryption: TokenEncryption
    /// How tokens are signed for this client: `RS256` with itsme's key, or `HS256` with the client secret.
    public var tokenSignature: SignatureAlgorithm
    /// Whether authorization requests without PKCE are refused.
    public var requiresPKCE: Bool
    /// The URL that itsme pings when a person answered a backchannel request; `nil` for a client that only polls.
    public var notificationEndpoint: String?

    /// Makes a registration without checks. ``Sandbox`` calls ``validate()``.
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

/// One service of a client: a code and the kind of service.
public struct ServiceRegistration: Sendable, Hashable {
    /// The kind of a service. Each kind has its own rules.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The person signs in.
        case login
        /// Data Sharing, also called Identification: the person shares data. At least one claim is required.
        case shareData
        /// Confirmation: the person approves a transaction. A request object and a template are required.
        case confirm
    }

    /// The service code: in the scope, it follows `service:`.
    public var code: String
    /// The kind of service.
    public var kind: Kind

    /// Makes a service from a code and a kind.
    public init(code: String, kind: Kind) {
        self.code = code
        self.kind = kind
    }
}

/// The algorithms that encrypt one kind of token for a client with a key pair.
public struct TokenEncryption: Sendable, Hashable {
    /// The algorithm for the key, `RSA-OAEP-256` or `RSA-OAEP`. `nil` means `RSA-OAEP-256`, or `RSA-OAEP` in v1.
    public var keyManagement: KeyManagementAlgorithm?
    /// The algorithm for the content: `A128CBC-HS256` or `A256GCM`.
    public var contentEncryption: ContentEncryptionAlgorithm

    /// Makes a pair of algorithms; the defaults are itsme's: `RSA-OAEP-256` (v1: `RSA-OAEP`) and `A128CBC-HS256`.
    public init(
        keyManagement: KeyManagementAlgorithm? = nil,
        contentEncryption: ContentEncryptionAlgorithm = .a128CBC_HS256
    ) {
        self.keyManagement = keyManagement
        self.contentEncryption = contentEncryption
    }
}

extension ClientRegistration {
    /// Whether request objects may be fetched from `uri`; see ``requestURIs``.
    func accepts(requestURI uri: String) -> Bool {
        uri.utf8.count <= 512 && requestURIs.contains { Self.matches(uri, registered: $0) }
    }

    private static func matches(_ uri: String, registered: String) -> Bool {
        if uri.hasSameBytes(as: registered) { return true }
        guard !registered.utf8.contains(UInt8(ascii: "?")) else { return false }
        let base = registered.hasSuffix("/") ? registered : registered + "/"
        return uri.utf8.starts(with: base.utf8) && isIdentifier(uri.utf8.dropFirst(base.utf8.count))
    }

    /// One path segment of unreserved characters (RFC 3986 section 2.3), but not `.` or `..`.
    private static func isIdentifier(_ segment: some Collection<UInt8>) -> Bool {
        segment.allSatisfy(\.isUnreserved) && segment.contains { $0 != UInt8(ascii: ".") }
    }
}

/// A client secret: the shared key of a client that authenticates with `client_secret_post`.
///
/// Its text appears only in the JSON form of its registration.
public struct ClientSecret: Sendable, ExpressibleByStringLiteral, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    let text: String

    /// Takes the secret as itsme gave it at onboarding.
    public init(_ text: String) {
        self.text = text
    }

    /// Takes a literal as the secret, for tests.
    public init(stringLiteral value: String) {
        self.init(value)
    }

    /// The word `redacted`.
    public var description: String { "redacted" }

    /// The word `redacted`.
    public var debugDescription: String { "redacted" }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// Whether `candidate` is this secret, compared in time that does not depend on where they differ.
    func matches(_ candidate: String) -> Bool {
        guard let own = try? SHA256.digest(Array(text.utf8)),
            let other = try? SHA256.digest(Array(candidate.utf8))
        else { return false }
        return ConstantTime.equal(own, other)
    }

    /// The key of `HS256` signatures: the bytes of the secret.
    func signatureKey() -> JWK {
        JWK(.symmetric(SymmetricKey(Array(text.utf8))), keyID: nil, use: .signature)
    }

    /// The key of `dir` encryption: SHA-256 of the secret, left-truncated to `size` bytes (OpenID Connect Core
    /// section 10.2).
    func encryptionKey(size: Int) throws(JOSEError) -> [UInt8] {
        Array(try SHA256.digest(Array(text.utf8)).prefix(size))
    }
}
