import JOSE

/// The random values that one login begins with, each used once and for one purpose.
struct LoginSecrets: Sendable {
    /// 192 random bits in Base64url.
    let state: Secret<String>
    /// 192 random bits in Base64url.
    let nonce: Secret<String>
    /// The PKCE code verifier (RFC 7636 §4.1), 43 unreserved characters: 256 random bits in Base64url.
    let codeVerifier: Secret<String>
    /// The S256 challenge of the verifier (RFC 7636 §4.2).
    let codeChallenge: String

    /// Draws all of them at once: a draw of few octets takes as long as one of many.
    init(random: RandomSource) throws(JOSEError) {
        let octets = try random.bytes(24 + 24 + 32)
        state = Secret(Base64URL.encode(Array(octets[..<24])))
        nonce = Secret(Base64URL.encode(Array(octets[24..<48])))
        let verifier = Base64URL.encode(Array(octets[48...]))
        codeVerifier = Secret(verifier)
        codeChallenge = try SHA256.encodedDigest(verifier)
    }
}
