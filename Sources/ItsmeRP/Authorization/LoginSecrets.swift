import JOSE

/// A PKCE code verifier and its S256 challenge (RFC 7636 §4).
struct ProofKey: Sendable {
    /// 43 unreserved characters: 256 random bits in Base64url.
    let verifier: Secret<String>
    let challenge: String

    init(random: RandomSource) throws(JOSEError) {
        let verifier = Base64URL.encode(try random.bytes(32))
        self.verifier = Secret(verifier)
        challenge = try SHA256.encodedDigest(verifier)
    }
}
