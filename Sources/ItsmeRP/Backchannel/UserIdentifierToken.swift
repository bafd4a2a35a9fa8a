/// Who scanned the QR code: the hint for one backchannel authentication request.
///
/// It is good for a single request and is no key of an account: the next discovery of the same person gives another one.
public struct UserIdentifierToken: Sendable {
    /// The token as itsme gave it. Keep it on the server.
    public let value: Secret<String>

    /// Wraps a token that was kept on the server meanwhile.
    public init(_ value: Secret<String>) {
        self.value = value
    }
}
