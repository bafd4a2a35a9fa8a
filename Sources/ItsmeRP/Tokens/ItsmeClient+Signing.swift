#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import JOSE

// The tokens that the client makes: request objects, backchannel requests and client assertions.

extension ItsmeClient {
    /// How long itsme may take to read a request object or a backchannel request, in seconds.
    static let requestLifetime: Int64 = 300

    /// How long an assertion lives, in seconds.
    private static let assertionLifetime: Int64 = 120

    /// A request object: the parameters as a nested JWT, signed, then encrypted (RFC 9101 §6.1, OpenID Connect Core 1.0
    /// §6.1), and its expiry.
    ///
    /// It has no `sub` (RFC 9101 §10.8: a request object must not be usable as a client assertion), no `request` and no
    /// `request_uri`.
    func requestObject(
        _ members: [JSONValue.Member], metadata: ProviderMetadata
    ) async throws -> (compact: String, expiry: Date) {
        let phase = ItsmeError.Phase.authorizationRequest
        let now = configuration.time.now()
        let isLegacy = configuration.environment.profile == .v1
        let claims = try registeredClaims(
            audience: isLegacy ? metadata.authorization.url : metadata.issuer, lifetime: Self.requestLifetime, now: now,
            phase: phase)
        let signed = try await Self.sign(
            .object(members + claims), with: configuration.authentication.requestObjectSigner(), phase: phase)
        return (
            try await encrypt(signed, phase: phase), now.addingTimeInterval(Double(Self.requestLifetime))
        )
    }

    /// The form parameters that authenticate one request to the endpoint `audience`: the client secret, or a new client
    /// assertion (OpenID Connect Core 1.0 §9, RFC 7523 §3).
    func authenticationParameters(
        audience: String, phase: ItsmeError.Phase
    ) async throws -> [(name: String, value: String)] {
        switch configuration.authentication.method {
        case .clientSecretPost(let secret):
            return [("client_secret", secret.secret.exposedValue)]
        case .privateKeyJWT(let source, let encryptsAssertion):
            var claims = try registeredClaims(
                audience: audience, lifetime: Self.assertionLifetime, now: configuration.time.now(), phase: phase)
            claims.append(JSONValue.Member(name: "sub", value: .string(configuration.clientID)))
            var assertion = try await Self.sign(.object(claims), with: source.clientKeys.signer, phase: phase)
            if encryptsAssertion ?? (configuration.environment.profile == .v1) {
                assertion = try await encrypt(assertion, phase: phase)
            }
            return [
                ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
                ("client_assertion", assertion),
            ]
        }
    }

    /// The claims of all these tokens: `iss`, `aud`, `iat`, `exp` and a new `jti` (RFC 7519 §4.1).
    ///
    /// - Parameter lifetime: In seconds.
    func registeredClaims(
        audience: String, lifetime: Int64, now: Date, phase: ItsmeError.Phase
    ) throws(ItsmeError) -> [JSONValue.Member] {
        let now = Int64(now.timeIntervalSince1970)
        return [
            JSONValue.Member(name: "iss", value: .string(configuration.clientID)),
            JSONValue.Member(name: "aud", value: .string(audience)),
            // One minute in the past, because a provider whose clock is behind would refuse a token from the future.
            JSONValue.Member(name: "iat", value: .integer(now - 60)),
            JSONValue.Member(name: "exp", value: .integer(now + lifetime)),
            JSONValue.Member(name: "jti", value: .string(try randomText(bytes: 16, phase: phase))),
        ]
    }

    /// Random bytes in Base64url.
    func randomText(bytes count: Int, phase: ItsmeError.Phase) throws(ItsmeError) -> String {
        do {
            return Base64URL.encode(try configuration.random.bytes(count))
        } catch {
            throw ItsmeError.cryptography(error, phase)
        }
    }

    static func sign(
        _ claims: JSONValue, with signer: any KeySigner, phase: ItsmeError.Phase
    ) async throws -> String {
        do {
            return try await JWS.sign(claims.serialized(), with: signer)
        } catch let error as CancellationError {
            throw error
        } catch let error as KeyUnavailable {
            throw ItsmeError(
                .ownKeyFailed, phase, "the signing key is not available: \(error.reason)",
                remedy: "Check the HSM or KMS that holds the key.")
        } catch {
            throw ItsmeError(.ownKeyFailed, phase, "the signing key failed", joseCode: (error as? JOSEError)?.code)
        }
    }

    /// Encrypts a signed token to itsme's key.
    private func encrypt(_ signed: String, phase: ItsmeError.Phase) async throws -> String {
        let algorithms = configuration.requestObjectAlgorithms
        let key = try await provider.encryptionKey(algorithm: algorithms.keyManagement, phase: phase)
        do {
            return try JWE.encrypt(
                Array(signed.utf8), to: key, keyManagement: algorithms.keyManagement,
                contentEncryption: algorithms.contentEncryption, contentType: "JWT", random: configuration.random)
        } catch  where [.randomFailed, .cryptoFailed].contains(error.code) {
            throw ItsmeError.cryptography(error, phase)
        } catch {
            throw ItsmeError(
                .providerKeyUnsuitable, phase, "encryption to itsme's key failed: \(error.reason)",
                remedy: "Report the key in itsme's JWK Set to itsme.", kind: .misconfiguration, joseCode: error.code)
        }
    }
}
