import JOSE

/// A client secret: the shared key of a client that authenticates with `client_secret_post`.
///
/// It shows itself nowhere but in the JSON form of its registration.
public struct ClientSecret: Sendable, ExpressibleByStringLiteral, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    let text: String

    /// Takes the secret as it was given at onboarding.
    public init(_ text: String) {
        self.text = text
    }

    /// Takes the secret of a literal, for tests.
    public init(stringLiteral value: String) {
        self.init(value)
    }

    /// The word `redacted`.
    public var description: String { "redacted" }

    /// The word `redacted`.
    public var debugDescription: String { "redacted" }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// Whether `candidate` is this secret, compared in time that does not depend on where they differ.
    func matches(_ candidate: String) -> Bool {
        guard let own = try? SHA256.digest(Array(text.utf8)),
            let other = try? SHA256.digest(Array(candidate.utf8))
        else { return false }
        return ConstantTime.equal(own, other)
    }

    /// The key of `HS256` signatures: the bytes of the secret.
    func signatureKey() -> JWK {
        JWK(.symmetric(SymmetricKey(Array(text.utf8))), keyID: nil, use: .signature)
    }

    /// The key of `dir` encryption: SHA-256 of the secret, left-truncated to `size` bytes (OpenID Connect Core
    /// section 10.2).
    func encryptionKey(size: Int) throws(JOSEError) -> [UInt8] {
        Array(try SHA256.digest(Array(text.utf8)).prefix(size))
    }
}
