/// Random octets that stand in for a content encryption key that cannot be unwrapped (RFC 7516 §11.5).
///
/// They are drawn before anybody knows whether they are needed, since that takes time. Octets that were not needed,
/// because the token decrypted, are as unknown as before and serve the next token. After a failure of any kind they are
/// dropped, so that the time of the next token tells nothing about the kind.
package enum SubstituteKey {
    private static let spare = SpareReference<SecretBytes>()

    /// Octets that no token has used; throws `randomFailed`.
    package static func take(_ size: Int) throws(JOSEError) -> SecretBytes {
        if let kept = spare.exchange(nil), kept.count == size {
            return kept
        }
        return try RandomSource.system.secret(size)
    }

    /// Keeps octets that were not needed.
    package static func keep(_ unused: SecretBytes) {
        _ = spare.exchange(unused)
    }
}
