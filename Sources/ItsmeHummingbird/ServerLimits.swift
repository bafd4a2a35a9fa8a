/// What a server takes from its clients: sizes, times and numbers.
///
/// The defaults are for the endpoints of a relying party, whose requests are small and quick. They bound what strangers can
/// make a server keep: at most 4 MiB of bodies, and no connection for longer than a request may take.
public struct ServerLimits: Sendable, Hashable {
    /// Bytes of a request's body. Default 16 KiB.
    ///
    /// A longer one is answered with 413, and so is every body of a `GET` or a `HEAD`.
    public var maximumBodySize: Int

    /// Bytes of all header fields of a request, and of each. Default 32 KiB.
    ///
    /// HTTP/1.1 only; over HTTP/2 it is 16 KiB. ``HandlerResponder`` does not see it: the server that it runs in has its own.
    public var maximumHeaderSize: Int

    /// Time from the first byte of a request to its last; then the connection or the stream is closed, however often
    /// bytes came. Default 30 seconds.
    ///
    /// A new connection has this time for the TLS handshake and its first request together. An answer has to be taken in
    /// the same time. The handler's own time does not count.
    public var requestTimeout: Duration

    /// How long a connection without a request is kept. Default 60 seconds.
    ///
    /// A proxy in front should keep its connections for less, so that it never uses one that is being closed.
    public var idleTimeout: Duration

    /// How many requests with a body are read or answered at the same time. Default 256.
    ///
    /// One more is answered with 503 and `Retry-After`. `GET` and `HEAD` do not count: they have no body.
    public var maximumBodiesInFlight: Int

    /// How many connections are open at the same time; others wait until one is closed. Default 512.
    ///
    /// Each takes a file descriptor, of which a process often has no more than 1024.
    public var maximumConnections: Int

    /// Makes limits; what is left out has the default named at the property.
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
