public import HTTPTypes

/// A complete HTTP answer: head and body.
public struct HTTPReply: Sendable {
    /// Status and header fields.
    public var response: HTTPResponse

    /// The body, decoded from any transfer or content coding; empty when there is none.
    public var body: [UInt8]

    /// Makes an answer from a head and a body.
    public init(response: HTTPResponse, body: [UInt8] = []) {
        self.response = response
        self.body = body
    }
}

/// The limits of one exchange.
///
/// The library uses the defaults, or stricter limits for some calls.
public struct HTTPLimits: Sendable, Hashable {
    /// Time to establish the connection, including TLS. Default 5 seconds.
    public var connectTimeout: Duration

    /// Time from the start of the call to the last byte of the body. Default 10 seconds.
    public var totalTimeout: Duration

    /// Bytes of the body after any decoding, counted while reading. Default 1 MiB.
    public var maximumBodySize: Int

    /// Bytes of all header fields together, counted while reading. Default 32 KiB.
    ///
    /// ``CurlTransport`` also refuses more than 1000 fields.
    public var maximumHeaderSize: Int

    /// Makes limits; each has its default.
    public init(
        connectTimeout: Duration = .seconds(5),
        totalTimeout: Duration = .seconds(10),
        maximumBodySize: Int = 1 << 20,
        maximumHeaderSize: Int = 32 << 10
    ) {
        self.connectTimeout = connectTimeout
        self.totalTimeout = totalTimeout
        self.maximumBodySize = maximumBodySize
        self.maximumHeaderSize = maximumHeaderSize
    }
}

/// Sends one HTTP request and returns the whole answer.
///
/// An implementation never follows redirects, stores no cookies, applies `limits` while it reads, verifies host and
/// peer of TLS connections, and ends the exchange when the calling task is cancelled. It throws
/// ``HTTPTransportError``, or `CancellationError` when the task was cancelled. An answer of any status is a success.
public protocol HTTPTransport: Sendable {
    /// Sends `request` with `body` and returns the answer.
    func send(_ request: HTTPRequest, body: [UInt8], limits: HTTPLimits) async throws -> HTTPReply
}

/// Answers HTTP requests, independent of any server.
///
/// Adapters connect a handler to a real server (see the module `ItsmeHummingbird`); ``InProcessTransport`` calls it
/// directly.
public protocol HTTPHandler: Sendable {
    /// Answers `request`; an error is an answer with a 4xx or 5xx status.
    func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply
}

/// Why an HTTP exchange failed.
///
/// It contains no URL, header or body, since these may hold secrets.
public struct HTTPTransportError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The type of error. More codes may come: compare with the static members and keep a default branch.
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
        /// The connect timeout or the total timeout was exceeded.
        public static let timeout = Code("timeout")
        /// The peer closed or reset the connection before the answer was complete.
        public static let connectionLost = Code("connection_lost")
        /// The body was larger than allowed.
        public static let bodyTooLarge = Code("body_too_large")
        /// The header fields were larger than allowed.
        public static let headersTooLarge = Code("headers_too_large")
        /// The answer was not HTTP, or its coding was invalid.
        public static let malformedResponse = Code("malformed_response")
        /// Too many requests are already waiting; nothing was sent.
        public static let overloaded = Code("overloaded")
        /// The transport was shut down.
        public static let shutDown = Code("shut_down")
        /// Any other error; see the reason.
        public static let other = Code("other")
    }

    /// The type of error.
    public let code: Code

    /// What happened, without secrets and URLs.
    public let reason: String

    /// Makes an error; for implementations of ``HTTPTransport``.
    public init(_ code: Code, reason: String) {
        self.code = code
        self.reason = reason
    }

    /// Code and reason.
    public var description: String { "\(code): \(reason)" }
}
