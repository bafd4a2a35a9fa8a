/// The limits of a server for its clients: sizes, times and numbers.
///
/// The defaults suit the endpoints of a relying party, whose requests are small and quick. With them, clients can make
/// the server hold at most 4 MiB of bodies at the same time, and slow or idle connections are closed.
public struct ServerLimits: Sendable, Hashable {
    /// Bytes of the body of a request. Default 16 KiB.
    ///
    /// The answer to a longer body is 413. So is the answer to a `GET` or a `HEAD` with a body.
    public var maximumBodySize: Int

    /// Bytes of all header fields of a request, and of each. Default 32 KiB.
    ///
    /// HTTP/1.1 only; over HTTP/2 the limit is 16 KiB. ``HandlerResponder`` does not apply it: your own application has
    /// its own limit.
    public var maximumHeaderSize: Int

    /// Time from the first byte of a request to its last. Default 30 seconds.
    ///
    /// Afterwards the connection or the stream is closed, even if bytes still arrive. A new connection has this time
    /// for the TLS handshake and its first request together. The client has the same time to take the answer. The time
    /// of the handler does not count.
    public var requestTimeout: Duration

    /// How long a connection without a request is kept. Default 60 seconds.
    ///
    /// A proxy in front should keep idle connections for a shorter time, so that it never uses one that is being
    /// closed.
    public var idleTimeout: Duration

    /// How many requests with a body are read or answered at the same time. Default 256.
    ///
    /// The answer to one more is 503 with `Retry-After`. `GET` and `HEAD` do not count, because they have no body.
    public var maximumBodiesInFlight: Int

    /// How many connections are open at the same time; others wait until one is closed. Default 512.
    ///
    /// Each uses a file descriptor. The usual limit of a process is 1024.
    public var maximumConnections: Int

    /// Makes limits; each property has a default.
    public init(
        maximumBodySize: Int = 16 << 10,
        maximumHeaderSize: Int = 32 << 10,
        requestTimeout: Duration = .seconds(30),
        idleTimeout: Duration = .seconds(60),
        maximumBodiesInFlight: Int = 256,
        maximumConnections: Int = 512
    ) {
        self.maximumBodySize = maximumBodySize
        self.maximumHeaderSize = maximumHeaderSize
        self.requestTimeout = requestTimeout
        self.idleTimeout = idleTimeout
        self.maximumBodiesInFlight = maximumBodiesInFlight
        self.maximumConnections = maximumConnections
    }
}
