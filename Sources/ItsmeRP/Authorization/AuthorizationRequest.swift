/// A URL to send the person's browser to, and the transaction to keep.
public struct AuthorizationRequest: Sendable {
    /// Where to redirect the browser with a plain GET (302 or 303). Do not open it in a web view or through a chain of
    /// redirects: the hand-over to the itsme app would break.
    public let url: String

    /// What to keep until the callback.
    public let transaction: LoginTransaction
}

extension AuthorizationRequest: Redacted {
    /// The service code; never the URL, which holds state and nonce when there is no request object.
    public var description: String { "AuthorizationRequest(service: \(transaction.serviceCode))" }
}
