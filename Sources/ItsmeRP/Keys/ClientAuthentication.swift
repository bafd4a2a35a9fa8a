package import JOSE

/// How the client authenticates itself at itsme's endpoints. This is chosen once, at onboarding.
public struct ClientAuthentication: Sendable {
    enum Method: Sendable {
        case privateKeyJWT(any ClientKeySource, encryptsAssertion: Bool?)
        case clientSecretPost(ClientSecret)
    }

    let method: Method

    /// With a key pair (`private_key_jwt`, OpenID Connect Core 1.0 §9), as itsme recommends.
    ///
    /// - Parameters:
    ///   - keys: The client's keys, or a source that rotates them.
    ///   - encryptsAssertion: Whether client assertions are encrypted to itsme's key after signing. The default is what
    ///     the environment requires: no in the current generation, yes in the legacy one.
    public static func privateKeyJWT(
        _ keys: any ClientKeySource, encryptsAssertion: Bool? = nil
    ) -> ClientAuthentication {
        ClientAuthentication(method: .privateKeyJWT(keys, encryptsAssertion: encryptsAssertion))
    }

    /// With a secret shared with itsme (`client_secret_post`, OpenID Connect Core 1.0 §9).
    ///
    /// Tokens are then encrypted with a key that both sides derive from the secret. Prefer a key pair: anyone who gets
    /// the secret, on either side, can read every token and act as the client.
    ///
    /// - Parameter secret: The secret, at least 32 bytes of UTF-8.
    public static func clientSecretPost(_ secret: Secret<String>) -> ClientAuthentication {
        ClientAuthentication(method: .clientSecretPost(ClientSecret(secret)))
    }

    /// The method that a discovery document must list if it lists any. Nil for a secret: its method and algorithms are
    /// agreed at registration.
    var listedMethod: String? {
        switch method {
        case .privateKeyJWT: "private_key_jwt"
        case .clientSecretPost: nil
        }
    }

    /// The default algorithms of tokens.
    func tokenAlgorithms(in profile: ProtocolProfile) -> TokenAlgorithms {
        switch (method, profile) {
        case (.clientSecretPost, _): TokenAlgorithms(keyManagement: .direct, contentEncryption: .a256GCM)
        case (.privateKeyJWT, .v2): TokenAlgorithms()
        case (.privateKeyJWT, .v1): TokenAlgorithms(keyManagement: .rsaOAEP)
        }
    }

    /// The default algorithms of request objects.
    func requestObjectAlgorithms(in profile: ProtocolProfile) -> TokenAlgorithms {
        switch (method, profile) {
        case (.clientSecretPost, _): TokenAlgorithms(signature: .hs256)
        case (.privateKeyJWT, .v2): TokenAlgorithms()
        case (.privateKeyJWT, .v1): TokenAlgorithms(keyManagement: .rsaOAEP)
        }
    }

    /// The client's own keys; nil with a client secret.
    var keySource: (any ClientKeySource)? {
        if case .privateKeyJWT(let source, _) = method { source } else { nil }
    }

    var hasSecret: Bool {
        if case .clientSecretPost = method { true } else { false }
    }

    /// The public keys to register at itsme; nil for a secret, and for keys whose public halves were not given.
    package var publicJWKSet: JWKSet? {
        if case .privateKeyJWT(let source, _) = method { source.clientKeys.publicJWKSet } else { nil }
    }

    /// The client secret; nil for a key pair.
    package var exposedSecret: String? {
        if case .clientSecretPost(let secret) = method { secret.secret.exposedValue } else { nil }
    }

    // MARK: Use of the keys

    /// Signs request objects. Throws if a client secret is too short.
    func requestObjectSigner() throws(ItsmeError) -> any KeySigner {
        switch method {
        case .privateKeyJWT(let source, _): return source.clientKeys.signer
        case .clientSecretPost(let secret):
            do {
                return try LocalSigner(secret.signatureKey, algorithm: .hs256)
            } catch {
                throw ItsmeError(
                    .unsuitableKey, .configuration, "the client secret is shorter than 32 bytes",
                    remedy:
                        "Give the secret exactly as you received it from itsme. HS256 needs 256 bits (RFC 7518 §3.2).",
                    field: "authentication.clientSecret", joseCode: error.code)
            }
        }
    }
}

/// A client secret and the keys that OpenID Connect Core 1.0 derives from it, derived once.
final class ClientSecret: Sendable {
    let secret: Secret<String>

    /// Signs and verifies with HS256: the UTF-8 bytes of the secret (§10.1).
    let signatureKey: JWK

    /// The SHA-256 of the UTF-8 bytes of the secret; nil when the cryptographic library cannot be used.
    private let digest: SecretBytes?

    init(_ secret: Secret<String>) {
        self.secret = secret
        var bytes = Array(secret.exposedValue.utf8)
        if var digest = try? SHA256.digest(bytes) {
            self.digest = SecretBytes(taking: &digest)
        } else {
            digest = nil
        }
        signatureKey = JWK(
            .symmetric(SymmetricKey(SecretBytes(taking: &bytes))), keyID: nil, use: .signature)
    }

    /// Encrypts and decrypts: the left part of the SHA-256 of the UTF-8 bytes, as long as the algorithm requires
    /// (§10.2).
    func encryptionKey(for algorithm: ContentEncryptionAlgorithm) throws(JOSEError) -> SymmetricKey {
        guard let digest else { throw JOSEError(.cryptoFailed, "SHA-256 is not available") }
        guard algorithm.keySize <= digest.count else {
            throw JOSEError(.keyNotSuitable, "a key of more than 256 bits cannot be derived from a client secret")
        }
        return SymmetricKey(digest.prefix(algorithm.keySize))
    }
}
