#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
import JOSE

/// What the application keeps between sending a person to itsme and the callback.
///
/// It binds the callback to this browser, this request and this client. Keep it where only the same browser can send it
/// back: sealed in a cookie (``Sealer``) or in a server-side session. It is valid for at most 10 minutes and
/// for a single use.
public struct LoginTransaction: Sendable {
    /// The issuer to which the person was sent.
    public let issuer: String

    /// The client that sent the person.
    public let clientID: String

    /// The redirect URI of the request.
    public let redirectURI: String

    /// The service code of the request.
    public let serviceCode: String

    /// The requested authentication level, if any.
    public let requestedLevel: AuthenticationLevel?

    /// The requested `max_age` in whole seconds, if any.
    public let maximumAuthenticationAge: Int?

    /// When the request was made, in whole seconds.
    public let createdAt: Date

    /// When the transaction expires.
    public let expiresAt: Date

    /// The `state` parameter: 192 random bits in Base64url.
    public let state: Secret<String>

    /// The `nonce`: 192 random bits in Base64url.
    let nonce: Secret<String>

    /// The PKCE verifier.
    let codeVerifier: Secret<String>

    /// The `sub` that the ID token must have, if the request or the session named a person.
    var expectedSubject: Secret<String>?

    /// Whether the callback must carry `iss` (RFC 9207 §2.4).
    let requiresResponseIssuer: Bool

    /// The application's own text, returned at the callback. ``LoginEndpoints`` keeps the ``PostLoginTarget`` here.
    public internal(set) var applicationState: Secret<String>?

    /// The name of the ``LoginService`` that answers the callback; nil without ``LoginEndpoints``.
    var serviceName: String?

    /// The same transaction with a text of the application, which is returned at the callback.
    ///
    /// It is stored in the sealed transaction and never sent to itsme.
    ///
    /// - Parameter applicationState: At most 256 bytes of UTF-8, so that five pending logins fit into the header of a
    ///   request.
    /// - Throws: ``ItsmeError`` `invalid_configuration` when it is longer.
    public func carrying(applicationState: String) throws(ItsmeError) -> LoginTransaction {
        guard applicationState.utf8.count <= Self.maximumApplicationStateSize else {
            throw ItsmeError(
                .invalidConfiguration, .authorizationRequest, "the application's state is longer than 256 bytes",
                remedy: "Store the data elsewhere and carry only its key.", field: "applicationState")
        }
        var transaction = self
        transaction.applicationState = Secret(applicationState)
        return transaction
    }
}

extension LoginTransaction {
    static let maximumApplicationStateSize = 256
    static let longestAuthenticationAge: Duration = .seconds(365 * 24 * 3600)

    /// A new transaction.
    init(
        metadata: ProviderMetadata, configuration: ItsmeConfiguration, parameters: AuthorizationParameters,
        redirectURI: String, secrets: LoginSecrets
    ) {
        // Whole seconds, because sealing keeps only these.
        let now = Date(timeIntervalSince1970: configuration.time.now().timeIntervalSince1970.rounded(.down))
        self.init(
            issuer: metadata.issuer,
            clientID: configuration.clientID,
            redirectURI: redirectURI,
            serviceCode: parameters.service.code,
            requestedLevel: parameters.level,
            maximumAuthenticationAge: parameters.maximumAuthenticationAge,
            createdAt: now,
            expiresAt: now.addingTimeInterval(Double(configuration.transactionLifetimeSeconds)),
            state: secrets.state,
            nonce: secrets.nonce,
            codeVerifier: secrets.codeVerifier,
            expectedSubject: parameters.service.expectedSubject,
            requiresResponseIssuer: metadata.announcesResponseIssuer)
    }

    /// A short name for this login in logs and on pages, such as `7KQF2M9A`. It tells nothing about the secrets.
    public var reference: String { LoginReference.of(state.exposedValue) }

    /// The name for the replay guard: the digest of the state, which is not secret.
    var identifier: String {
        get throws(ItsmeError) { try Self.identifier(ofState: state.exposedValue) }
    }

    /// The digest of a state in Base64url.
    static func identifier(ofState state: String) throws(ItsmeError) -> String {
        do {
            return try SHA256.encodedDigest(state)
        } catch {
            throw ItsmeError.cryptography(error, .authorizationResponse)
        }
    }
}

/// Short names by which logs, pages and support speak of one login: 40 bits in Crockford's Base32.
enum LoginReference {
    private static let digits = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

    /// The reference of a login with a random identifier, such as its `state`: from its digest, so that the reference
    /// does not reveal it, and every step of the login finds the same.
    static func of(_ identifier: String) -> String {
        text((try? SHA256.digest(Array(identifier.utf8))) ?? [])
    }

    /// A reference for a failure before there is a login.
    static func new(random: RandomSource) -> String {
        text((try? random.bytes(5)) ?? [])
    }

    private static func text(_ bytes: [UInt8]) -> String {
        let bits = bytes.prefix(5).reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        return String((0..<8).reversed().map { digits[Int(bits >> (5 * UInt64($0)) & 31)] })
    }
}
