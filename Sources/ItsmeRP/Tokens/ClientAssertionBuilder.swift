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

    private let clientID: String
    private let method: ClientAuthentication.Method
    private let algorithms: TokenAlgorithms
    private let profile: ProtocolProfile
    private let time: TimeSource
    private let random: RandomSource

    init(_ configuration: ItsmeConfiguration) {
        clientID = configuration.clientID
        method = configuration.authentication.method
        algorithms = configuration.requestObjectAlgorithms
        profile = configuration.environment.profile
        time = configuration.time
        random = configuration.random
    }

    /// The form parameters that authenticate one request to the endpoint `audience`. Each call makes a new `jti`.
    func parameters(
        audience: String, provider: Provider, phase: ItsmeError.Phase
    ) async throws -> [(name: String, value: String)] {
        switch method {
        case .clientSecretPost(let secret):
            return [("client_secret", secret.secret.exposedValue)]
        case .privateKeyJWT(let source, let encryptsAssertion):
            let now = time.now()
            var claims: JSONValue = [
                "iss": .string(clientID), "sub": .string(clientID), "aud": .string(audience),
                "iat": .integer(ClientToken.issuedAt(now)),
                "exp": .integer(Int64(now.timeIntervalSince1970) + Self.lifetime),
            ]
            do {
                claims["jti"] = .string(Base64URL.encode(try random.bytes(16)))
            } catch {
                throw ItsmeError(.randomSourceFailed, phase, joseCode: error.code)
            }
            var assertion = try await ClientToken.sign(
                claims.serialized(), with: source.clientKeys.signer, phase: phase)
            if encryptsAssertion ?? (profile == .v1) {
                let key = try await provider.encryptionKey(algorithm: algorithms.keyManagement)
                assertion = try ClientToken.encrypt(
                    assertion, to: key, algorithms: algorithms, random: random, phase: phase)
            }
            return [
                ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
                ("client_assertion", assertion),
            ]
        }
    }
}

/// Makes the client's tokens: request objects and client assertions.
enum ClientToken {
    /// `iat` and `nbf` of a token made at a moment, in seconds since 1970.
    ///
    /// One minute in the past, because a provider whose clock is behind would refuse a token from the future.
    static func issuedAt(_ now: Date) -> Int64 {
        Int64(now.timeIntervalSince1970) - 60
    }

    static func sign(
        _ claims: JSONValue, with signer: any KeySigner, phase: ItsmeError.Phase
    ) async throws -> String {
        try await sign(claims.serialized(), with: signer, phase: phase)
    }

    /// `claims` is the text of a JSON object.
    static func sign(
        _ claims: [UInt8], with signer: any KeySigner, phase: ItsmeError.Phase
    ) async throws -> String {
        do {
            return try await JWS.sign(claims, with: signer)
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

    static func encrypt(
        _ signed: String, to key: JWK, algorithms: TokenAlgorithms, random: RandomSource, phase: ItsmeError.Phase
    ) throws(ItsmeError) -> String {
        do {
            return try JWE.encrypt(
                Array(signed.utf8), to: key, keyManagement: algorithms.keyManagement,
                contentEncryption: algorithms.contentEncryption, contentType: "JWT", random: random)
        } catch {
            throw ItsmeError(
                .providerKeyUnsuitable, phase, "encryption with the key of itsme failed: \(error.reason)",
                remedy: "Check the random generator; if it works, report the key to itsme.", joseCode: error.code)
        }
    }
}
