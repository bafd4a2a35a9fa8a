#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
import JOSE

/// What the application keeps between sending a person to itsme and the callback.
///
/// It binds the callback to this browser, this request and this client. Keep it where only the same browser can bring
/// it back: sealed in a cookie (``TransactionSealer``) or in a server-side session. It lives 10 minutes at most and is
/// used once.
public struct LoginTransaction: Sendable {
    /// The issuer that the person was sent to.
    public let issuer: String

    /// The client that sent the person.
    public let clientID: String

    /// The redirect URI of the request.
    public let redirectURI: String

    /// The service code of the request.
    public let serviceCode: String

    /// The authentication level that was asked for, if one was.
    public let requestedLevel: AuthenticationLevel?

    /// The `max_age` that was asked for, in whole seconds, if one was.
    public let maximumAuthenticationAge: Int?

    /// When the request was made, in whole seconds.
    public let createdAt: Date

    /// When the callback comes too late.
    public let expiresAt: Date

    /// The `state` parameter: 192 random bits in Base64url.
    public let state: Secret<String>

    /// The `nonce`: 192 random bits in Base64url.
    let nonce: Secret<String>

    /// The PKCE verifier.
    let codeVerifier: Secret<String>

    /// The `sub` that the ID token must have, when a known person was asked to confirm.
    let expectedSubject: Secret<String>?

    /// Whether the callback must carry `iss` (RFC 9207 §2.4).
    let requiresResponseIssuer: Bool

    /// What the application wants to find again at the callback; ``LoginEndpoints`` keeps the ``PostLoginTarget`` here.
    public internal(set) var applicationState: Secret<String>?

    /// The same transaction with a text of the application's own, which comes back with it at the callback.
    ///
    /// It stays in the browser for the time of the login, sealed. It is neither sent to itsme nor bound by it.
    ///
    /// - Parameter applicationState: At most 256 bytes of UTF-8, so that five pending logins fit into the header of a
    ///   request.
    /// - Throws: ``ItsmeError`` `invalid_configuration` when it is longer.
    public func carrying(applicationState: String) throws(ItsmeError) -> LoginTransaction {
        guard applicationState.utf8.count <= Self.maximumApplicationStateSize else {
            throw ItsmeError(
                .invalidConfiguration, .authorizationRequest, "the application's state is longer than 256 bytes",
                remedy: "Keep the data elsewhere and carry its key.", field: "applicationState")
        }
        var transaction = self
        transaction.applicationState = Secret(applicationState)
        return transaction
    }
}

extension LoginTransaction {
    static let maximumApplicationStateSize = 256
    static let longestAuthenticationAge: Duration = .seconds(365 * 24 * 3600)

    /// A fresh transaction.
    init(
        metadata: ProviderMetadata, configuration: ItsmeConfiguration, parameters: AuthorizationParameters,
        redirectURI: String, secrets: LoginSecrets
    ) {
        // Whole seconds: that is what sealing keeps.
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

    /// A name for the replay guard that gives nothing away: the digest of the state.
    var identifier: String {
        get throws(ItsmeError) { try Self.identifier(ofState: state.exposedValue) }
    }

    /// The digest of a state in Base64url.
    static func identifier(ofState state: String) throws(ItsmeError) -> String {
        do {
            return try SHA256.encodedDigest(state)
        } catch {
            throw ItsmeError(
                .invalidConfiguration, .authorizationResponse, "SHA-256 is not available",
                remedy: "Check the installed OpenSSL.", joseCode: error.code)
        }
    }
}
