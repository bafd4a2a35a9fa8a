/// A key that is held elsewhere cannot be used at the moment: the HSM does not answer, the session or the permission is
/// gone.
///
/// A ``KeyUnwrapper`` or ``KeySigner`` of yours throws it for an outage, which then surfaces as one instead of as a token
/// that does not decrypt.
///
/// - Important: Never throw it because of the input. Whoever can send tokens would learn from the difference between
///   "unavailable" and "does not decrypt" whether a padding was right, and with enough such answers would decrypt tokens
///   of others (RFC 7516 §11.5). Throw it for what you know without looking at the encrypted key, such as a lost
///   connection or a refused login; for whatever the device says about the data, throw any other error.
public struct KeyUnavailable: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is the matter, for logs: nothing of the input, no PIN, no address with credentials.
    public let reason: String

    /// Makes an error; `reason` must not hold anything of the input or of a secret.
    public init(_ reason: String) {
        self.reason = reason
    }

    /// The reason.
    public var description: String { "key unavailable: \(reason)" }
}
