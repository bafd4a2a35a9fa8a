/// Why an HTTP exchange brought no answer.
///
/// Carries no URL, header or body: those may hold secrets.
public struct HTTPTransportError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure. Extensible: compare with the static members and keep a default branch.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The stable name.
        public let description: String

        init(_ name: String) { description = name }

        /// The URL cannot be requested: no host, a scheme other than http and https, or forbidden characters.
        public static let badRequest = Code("bad_request")
        /// The host name could not be resolved.
        public static let nameResolution = Code("name_resolution")
        /// No connection could be made.
        public static let connect = Code("connect")
        /// The TLS handshake failed: untrusted certificate, wrong host name, or protocol version.
        public static let tls = Code("tls")
        /// The connect or the total time ran out.
        public static let timeout = Code("timeout")
        /// The peer closed or reset the connection before the answer was complete.
        public static let connectionLost = Code("connection_lost")
        /// The body was larger than allowed.
        public static let bodyTooLarge = Code("body_too_large")
        /// The header fields were larger than allowed.
        public static let headersTooLarge = Code("headers_too_large")
        /// What came back was not HTTP, or its coding was broken.
        public static let malformedResponse = Code("malformed_response")
        /// Too many requests wait in line already; nothing was sent.
        public static let overloaded = Code("overloaded")
        /// The transport was shut down.
        public static let shutDown = Code("shut_down")
        /// Any other failure; the reason says more.
        public static let other = Code("other")
    }

    /// The kind of failure.
    public let code: Code

    /// What happened, in words; holds no secret and no URL.
    public let reason: String

    /// Makes an error; for implementations of ``HTTPTransport``.
    public init(_ code: Code, reason: String) {
        self.code = code
        self.reason = reason
    }

    /// Code and reason.
    public var description: String { "\(code): \(reason)" }
}
