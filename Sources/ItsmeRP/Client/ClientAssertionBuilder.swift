#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import JOSE

/// Proves the client at an endpoint (OpenID Connect Core 1.0 §9, RFC 7523 §3): with a client assertion, or the secret.
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

    /// The form parameters that authenticate one request to the endpoint `audience`. The `jti` is fresh each time.
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
                "iat": .integer(OwnToken.issuedAt(now)),
                "exp": .integer(Int64(now.timeIntervalSince1970) + Self.lifetime),
            ]
            do {
                claims["jti"] = .string(Base64URL.encode(try random.bytes(16)))
            } catch {
                throw ItsmeError(.randomSourceFailed, phase, joseCode: error.code)
            }
            var assertion = try await OwnToken.sign(claims.serialized(), with: source.clientKeys.signer, phase: phase)
            if encryptsAssertion ?? (profile == .v1) {
                let key = try await provider.encryptionKey(algorithm: algorithms.keyManagement)
                assertion = try OwnToken.encrypt(
                    assertion, to: key, algorithms: algorithms, random: random, phase: phase)
            }
            return [
                ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
                ("client_assertion", assertion),
            ]
        }
    }
}
