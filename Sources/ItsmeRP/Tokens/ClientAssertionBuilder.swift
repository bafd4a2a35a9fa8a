#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import JOSE

/// Authenticates the client at an endpoint with a client assertion or the client secret (OpenID Connect Core 1.0 §9,
/// RFC 7523 §3).
struct ClientAssertionBuilder: Sendable {
    /// How long an assertion lives, in seconds.
    private static let lifetime: Int64 = 120

    let configuration: ItsmeConfiguration

    /// The form parameters that authenticate one request to the endpoint `audience`. Each call makes a new `jti`.
    func parameters(
        audience: String, provider: Provider, phase: ItsmeError.Phase
    ) async throws -> [(name: String, value: String)] {
        switch configuration.authentication.method {
        case .clientSecretPost(let secret):
            return [("client_secret", secret.secret.exposedValue)]
        case .privateKeyJWT(let source, let encryptsAssertion):
            var claims = try ClientToken.claims(
                of: configuration, audience: audience, lifetime: Self.lifetime, now: configuration.time.now(),
                phase: phase)
            claims.append(JSONValue.Member(name: "sub", value: .string(configuration.clientID)))
            var assertion = try await ClientToken.sign(
                .object(claims), with: source.clientKeys.signer, phase: phase)
            if encryptsAssertion ?? (configuration.environment.profile == .v1) {
                assertion = try await ClientToken.encrypt(assertion, configuration, to: provider, phase: phase)
            }
            return [
                ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
                ("client_assertion", assertion),
            ]
        }
    }
}

/// Makes the client's tokens: request objects, backchannel requests and client assertions.
enum ClientToken {
    /// The claims that all of them have: `iss`, `aud`, `iat`, `exp` and a new `jti`.
    ///
    /// - Parameter lifetime: In seconds.
    static func claims(
        of configuration: ItsmeConfiguration, audience: String, lifetime: Int64, now: Date, phase: ItsmeError.Phase
    ) throws(ItsmeError) -> [JSONValue.Member] {
        let now = Int64(now.timeIntervalSince1970)
        return [
            JSONValue.Member(name: "iss", value: .string(configuration.clientID)),
            JSONValue.Member(name: "aud", value: .string(audience)),
            // One minute in the past, because a provider whose clock is behind would refuse a token from the future.
            JSONValue.Member(name: "iat", value: .integer(now - 60)),
            JSONValue.Member(name: "exp", value: .integer(now + lifetime)),
            JSONValue.Member(name: "jti", value: .string(try randomText(configuration, bytes: 16, phase: phase))),
        ]
    }

    /// Random bytes in Base64url.
    static func randomText(
        _ configuration: ItsmeConfiguration, bytes count: Int, phase: ItsmeError.Phase
    ) throws(ItsmeError) -> String {
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
    static func encrypt(
        _ signed: String, _ configuration: ItsmeConfiguration, to provider: Provider, phase: ItsmeError.Phase
    ) async throws -> String {
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
