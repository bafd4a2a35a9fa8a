#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
public import ItsmeRP
public import JOSE
public import Logging
import WebFormats

/// The settings of a sandbox.
public struct SandboxConfiguration: Sendable {
    /// Lifetimes in seconds.
    public struct Lifetimes: Sendable, Hashable {
        /// An authorization code; itsme's live 3 minutes.
        public var authorizationCode: Int64 = 180
        /// An ID token; itsme's live 5 minutes.
        public var idToken: Int64 = 300
        /// An access token.
        public var accessToken: Int64 = 3600
        /// A sign-in that waits for a person.
        public var approval: Int64 = 600
        /// A user discovery session; itsme's live about 15 minutes.
        public var userDiscovery: Int64 = 900
        /// A backchannel request, unless the relying party asks for another time; that may be at most 10 minutes.
        public var backchannelRequest: Int64 = 300

        /// Makes lifetimes with itsme's values.
        public init() {}
    }

    /// The issuer: https, or http on this machine. The endpoints are below its path, usually `/v2`, or `/oidc` in the
    /// first generation.
    public var issuer: String
    /// The relying parties.
    public var clients: [ClientRegistration]
    /// The people who can approve; `nil` for ``Persona/standard(at:)``.
    public var personas: [Persona]?
    /// The sandbox's own keys; `nil` to make fresh ones.
    public var keys: SandboxKeys?
    /// The generation of the protocol. Issuers of the first one end in `/oidc`.
    ///
    /// `v1` differs from `v2` as follows:
    /// - Claims, authentication contexts and templates have the names of the first generation (`tag:sixdots.be,…`).
    /// - `address` and the device are strings that hold JSON, the photo is Base64 text, the locale is in lower case.
    /// - Tokens are encrypted with `RSA-OAEP`, and their header has no `kid`.
    /// - The `aud` of request objects is the authorization endpoint. They need not be encrypted. They are fetched as
    ///   `application/jwt`; `v2` accepts this media type with a warning.
    /// - A Confirmation may name a known user by `phone_number`.
    /// - Share data may be requested in any way. itsme documents the request URI; how strict it was is not known.
    /// - There is no backchannel.
    ///
    /// Neither generation requires `state`, `nonce` or, beside a client assertion, `client_id`.
    public var profile: ProtocolProfile
    /// Whether client assertions that are signed but not encrypted are refused.
    ///
    /// Off by default. The first generation documents them as signed, then encrypted; the second as signed and
    /// optionally encrypted. How strict itsme was is not known, so clients that only sign are accepted. Turn it on to
    /// test a client of the first generation strictly.
    public var requiresEncryptedAssertions: Bool
    /// The lifetimes of codes, tokens and requests.
    public var lifetimes: Lifetimes
    /// How many seconds the relying party's clock may differ.
    public var clockSkew: Int64
    /// Whether ID tokens have `at_hash`. itsme's documentation does not list it.
    public var includesAccessTokenHash: Bool
    /// Whether UserInfo answers have `iss`, `aud`, `nbf`, `iat` and `exp`, as itsme documents.
    public var userInfoHasTokenClaims: Bool
    /// Whether the sandbox fetches a client's JWK Set again, at most every 10 seconds, when its copy does not have the
    /// `kid` of a token.
    ///
    /// Off by default: itsme documents that it keeps a JWK Set for 30 minutes to 24 hours, and not that it fetches one
    /// earlier. So a key rotation must work without it. Turn it on while keys change often, or call
    /// ``Sandbox/forgetClientKeys()``.
    public var refetchesOnUnknownKey: Bool
    /// How many requests ``Sandbox/recordedRequests`` keeps at most. 0 keeps none.
    public var recordedRequestLimit: Int
    /// Draws a QR code: SVG markup for a text. The code on the sign-in page opens the phone page. Without it, the page has a
    /// link instead. `nil` by default; the command `itsme` sets it.
    ///
    /// What it returns goes into pages as it is.
    public var qrCode: (@Sendable (String) -> String?)?
    /// The clock.
    public var now: @Sendable () -> Date
    /// The source of random bytes.
    public var random: RandomSource
    /// The log of refusals; silent by default.
    public var logger: Logger

    /// Makes a configuration; defaults are those of the real itsme.
    public init(
        issuer: String,
        clients: [ClientRegistration],
        personas: [Persona]? = nil,
        keys: SandboxKeys? = nil,
        profile: ProtocolProfile = .v2,
        requiresEncryptedAssertions: Bool = false,
        lifetimes: Lifetimes = Lifetimes(),
        clockSkew: Int64 = 60,
        includesAccessTokenHash: Bool = false,
        userInfoHasTokenClaims: Bool = true,
        refetchesOnUnknownKey: Bool = false,
        recordedRequestLimit: Int = 100,
        qrCode: (@Sendable (String) -> String?)? = nil,
        now: @escaping @Sendable () -> Date = { Date() },
        random: RandomSource = .system,
        logger: Logger = Logger(label: "itsme.sandbox", factory: { _ in SwiftLogNoOpLogHandler() })
    ) {
        self.issuer = issuer
        self.clients = clients
        self.personas = personas
        self.keys = keys
        self.profile = profile
        self.requiresEncryptedAssertions = requiresEncryptedAssertions
        self.lifetimes = lifetimes
        self.clockSkew = clockSkew
        self.includesAccessTokenHash = includesAccessTokenHash
        self.userInfoHasTokenClaims = userInfoHasTokenClaims
        self.refetchesOnUnknownKey = refetchesOnUnknownKey
        self.recordedRequestLimit = recordedRequestLimit
        self.qrCode = qrCode
        self.now = now
        self.random = random
        self.logger = logger
    }

    /// Whether `host` is this machine: `localhost`, 127.0.0.0/8 or `::1`.
    ///
    /// The sandbox approves logins for everybody, so a server for it should listen on such a host only, unless a person
    /// explicitly asks for another.
    public static func isLoopback(host: String) -> Bool { host.lowercased().isLoopbackHost }
}

/// Why a sandbox or a client registration is refused.
public struct SandboxConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The wrong field, as a path: `redirect_uris[0]`, `issuer`, `personas`.
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
