public import HTTPTypes

/// The transport for production: libcurl on one thread of its own.
///
/// ```swift
/// let transport = try CurlTransport()
/// let reply = try await transport.send(request, body: [], limits: HTTPLimits())
/// ```
///
/// It uses HTTP/1.1. Connections are kept and shared by all requests of a transport, one request at a time on each:
/// make one transport and keep it. TLS is 1.2 or later, and host and peer are always verified, also for a proxy that is
/// reached by https; there is no option to turn that off. Redirects are returned, never followed. There are no cookies,
/// no credentials from files, and no proxy settings from the environment. (If the environment variable `SSLKEYLOGFILE`
/// is set, libcurl writes the keys of TLS connections to that file. A library cannot prevent this, so never set it in
/// production.)
///
/// A request is sent at most once. There is one exception: if a kept connection is closed, libcurl repeats a GET or
/// HEAD without `Authorization` and `Cookie`. Every other request then ends with
/// ``HTTPTransportError/Code/connectionLost``. A code, an assertion or a token is never sent twice.
public final class CurlTransport: HTTPTransport {
    /// How a transport connects.
    public struct Configuration: Sendable, CustomStringConvertible, CustomReflectable {
        /// A PEM file of certificate authorities that are trusted in addition to the system's. Default none.
        ///
        /// It is read when connections are made, so do not remove it.
        public var additionalCAFile: String?

        /// The URL of a proxy, such as `http://proxy.example:3128`. Default none.
        ///
        /// For TLS to a proxy the same rules apply as for a server: 1.2 or later, verified, with ``additionalCAFile``.
        ///
        /// Environment variables such as `http_proxy` are never read.
        public var proxy: String?

        /// Host names that are reached without the proxy; a name covers its subdomains. Default none.
        public var proxyExceptions: [String] = []

        /// The certificate by which this client identifies itself to servers that ask. Default none.
        public var clientCertificate: ClientCertificate?

        /// The most connections to one host, each with one request at a time; more requests wait. 1 to 10,000; default 32.
        public var maximumConnectionsPerHost: Int = 32

        /// The most connections to all hosts, including idle ones. 1 to 10,000; default 128.
        public var maximumConnections: Int = 128

        /// The most requests in flight. More requests wait, and their timeout runs. 1 to 1,000,000; default 256.
        public var maximumConcurrentRequests: Int = 256

        /// The most waiting requests; further ones end with ``HTTPTransportError/Code/overloaded``. 0 to 1,000,000;
        /// default 10,000.
        public var maximumWaitingRequests: Int = 10_000

        /// How long an idle connection stays usable, in whole seconds, 1 to 86,400. Default 30 seconds.
        public var idleConnectionLifetime: Duration = .seconds(30)

        /// How long a connection may be idle before a request that must not be repeated (all but GET and HEAD without a
        /// credential), in whole seconds, 0 to 86,400. Default 2 seconds. With 0 or 1, each of these requests gets a new
        /// connection.
        ///
        /// Servers close idle connections after 2 seconds (gunicorn), 5 (Node.js, Apache) or more, and all connections
        /// when they reload. A request that crosses such a close is lost: the client cannot know whether it was
        /// processed. With 0 this cannot happen, but each request costs a handshake.
        public var unrepeatableIdleLimit: Duration = .seconds(2)

        /// The value of `User-Agent` for requests that have none.
        public var userAgent: String = "itsme-rp-swift"

        /// The default configuration.
        public init() {}

        /// The settings, without the proxy's URL, which may hold a password.
        public var description: String {
            "CurlTransport.Configuration(proxy: \(proxy == nil ? "none" : "set"), "
                + "additionalCAFile: \(additionalCAFile ?? "none"))"
        }

        /// Shows no proxy URL and no passphrase.
        public var customMirror: Mirror { Mirror(self, children: ["description": description]) }

        /// Refuses values with which a transport cannot be made, without making one.
        package func validate() throws(HTTPTransportError) {
            _ = try CurlOptions(self)
        }
    }

    /// A client certificate with its private key, as PEM files.
    public struct ClientCertificate: Sendable, CustomStringConvertible, CustomReflectable {
        /// The certificate, followed by its intermediates.
        public var file: String

        /// The private key. When the transport is made, its mode and owner are checked as for a ``KeyFile``.
        public var keyFile: String

        /// Who may be able to read the private key. Default ``KeyFile/Readers/owner``.
        public var keyFileReaders: KeyFile.Readers = .owner

        /// The passphrase of the private key.
        public var passphrase: String?

        /// Names the files of a certificate and its key.
        public init(file: String, keyFile: String, passphrase: String? = nil) {
            self.file = file
            self.keyFile = keyFile
            self.passphrase = passphrase
        }

        /// The name of the certificate's file.
        public var description: String { "ClientCertificate(\(file))" }

        /// Shows no passphrase.
        public var customMirror: Mirror { Mirror(self, children: ["file": file]) }
    }

    private let loop: CurlLoop

    /// Starts a transport with `configuration`.
    ///
    /// Throws ``HTTPTransportError`` if a setting is out of range, a file cannot be read, users other than its owner can
    /// use the key of the client certificate, the installed libcurl refuses an option, or the thread cannot be started.
    public init(_ configuration: Configuration = .init()) throws(HTTPTransportError) {
        loop = try CurlLoop(configuration)
    }

    deinit {
        loop.stop()
    }

    /// Sends `request` with `body` and returns the answer.
    ///
    /// The request needs a scheme (`https` or `http`), an authority without userinfo, and a path. The transport sets
    /// the fields that control the body and the connection (`Host`, `Connection`, `Transfer-Encoding`,
    /// `Accept-Encoding` and so on). A request that sets one of them, or contains a line break or a NUL, is refused.
    public func send(_ request: HTTPRequest, body: [UInt8], limits: HTTPLimits) async throws -> HTTPReply {
        let transfer = CurlTransfer(try CheckedRequest(request, body: body), limits: limits)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                transfer.begin(continuation)
                loop.enqueue(transfer)
            }
        } onCancel: {
            loop.cancel(transfer)
        }
    }

    /// Ends all requests with ``HTTPTransportError/Code/shutDown``, closes the connections, then returns.
    ///
    /// Afterwards every request fails the same way. Releasing a transport without this call does the same, but at an
    /// unknown time.
    ///
    /// It is safe to call this more than once, and from several tasks.
    public func shutdown() async {
        loop.stop()
        await loop.stopped()
    }

    /// Whether requests are refused, because ``shutdown()`` was called.
    var isShutDown: Bool { loop.isStopping }
}
