#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
public import ItsmeRP
public import JOSE
public import Logging
import Synchronization

/// What a sandbox is made of.
public struct SandboxConfiguration: Sendable {
    /// How long things live, in seconds.
    public struct Lifetimes: Sendable, Hashable {
        /// An authorization code; itsme's live 3 minutes.
        public var authorizationCode: Int64 = 180
        /// An ID token; itsme's live 5 minutes.
        public var idToken: Int64 = 300
        /// An access token.
        public var accessToken: Int64 = 3600
        /// A pending approval page.
        public var approval: Int64 = 600
        /// A user discovery session; itsme's live about 15 minutes.
        public var userDiscovery: Int64 = 900
        /// A backchannel request for which the relying party asks no other time, which may be at most 10 minutes.
        public var backchannelRequest: Int64 = 300

        /// Makes the lifetimes of itsme.
        public init() {}
    }

    /// The issuer: https, or http on this machine. Its path is where the endpoints are, usually `/v2`,
    /// in the first generation `/oidc`.
    public var issuer: String
    /// The relying parties.
    public var clients: [ClientRegistration]
    /// The people who can approve; `nil` for ``Persona/standard(at:)``.
    public var personas: [Persona]?
    /// The sandbox's own keys; `nil` to make fresh ones.
    public var keys: SandboxKeys?
    /// The generation of the protocol; the first one's issuers end in `/oidc`.
    ///
    /// `v1` has the claim names, authentication contexts and templates of the first generation (`tag:sixdots.be,…`),
    /// `address` and the device as strings that hold JSON, the photo as Base64 text, the locale in lower case, `RSA-OAEP`
    /// tokens whose header has no `kid`, and request objects for the authorization endpoint, which may be signed alone and
    /// are fetched as `application/jwt`. In `v2` that media type is taken with a warning. A
    /// Confirmation may name a known user by `phone_number`. Share data was meant to come by request URI; it is taken in
    /// any way, because how strictly itsme took that is not known. There is no backchannel. Everything else is as in
    /// `v2`: neither `state` nor `nonce` nor, with a client assertion, `client_id` in the form is demanded in either.
    public var profile: ProtocolProfile
    /// Whether client assertions that are signed but not encrypted are refused.
    ///
    /// Off by default. The first generation documents them as signed, then encrypted, the second as signed and
    /// perhaps encrypted; how strictly itsme took it at the time is not known, and clients that only sign have to
    /// run here too. Turn it on to hold a client of the first generation to the letter.
    public var requiresEncryptedAssertions: Bool
    /// How long things live.
    public var lifetimes: Lifetimes
    /// How far clocks may differ, in seconds, when times of relying parties are compared.
    public var clockSkew: Int64
    /// Whether ID tokens carry `at_hash`; itsme's documentation does not list it.
    public var includesAccessTokenHash: Bool
    /// Whether UserInfo answers carry `iss`, `aud`, `nbf`, `iat` and `exp`, as those that itsme documents do.
    public var userInfoHasTokenClaims: Bool
    /// Whether a token signed with a `kid` that the sandbox's copy of the client's JWK Set does not hold makes it fetch
    /// the set again, at most every 10 seconds.
    ///
    /// Off by default: itsme says that it keeps a JWK Set 30 minutes to 24 hours, and says nothing of fetching it
    /// earlier. A rotation that works with it off does not depend on what itsme leaves open. Turn it on while keys
    /// change often, or call ``Sandbox/forgetClientKeys()``.
    public var refetchesOnUnknownKey: Bool
    /// What time it is.
    public var now: @Sendable () -> Date
    /// Where random bytes come from.
    public var random: RandomSource
    /// Where refusals are logged; silent by default.
    public var logger: Logger

    /// Makes a configuration; what is left out has the value of the real itsme.
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
        self.now = now
        self.random = random
        self.logger = logger
    }

    /// Whether `host` is this machine: `localhost`, 127.0.0.0/8 or `::1`.
    ///
    /// The sandbox approves logins for whoever asks. A server for it binds to such a host only, unless told otherwise
    /// in so many words.
    public static func isLoopback(host: String) -> Bool { WebAddress.isLoopback(host: host) }
}

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

/// A clock that tests move.
///
/// ```swift
/// let clock = SandboxClock(at: Date(timeIntervalSince1970: 1_750_000_000))
/// let configuration = SandboxConfiguration(issuer: issuer, clients: [client], now: { clock.now })
/// clock.advance(by: .seconds(181))  // the code has expired
/// ```
public final class SandboxClock: Sendable {
    private let seconds: Mutex<Double>

    /// Makes a clock that stands still at `date`.
    public init(at date: Date = Date()) {
        seconds = Mutex(date.timeIntervalSince1970)
    }

    /// What the clock shows.
    public var now: Date { Date(timeIntervalSince1970: seconds.withLock { $0 }) }

    /// Moves the clock, forward or back.
    public func advance(by duration: Duration) {
        seconds.withLock { $0 += duration / .seconds(1) }
    }
}
