public import HTTPTypes

/// The transport for production: libcurl on one thread of its own.
///
/// ```swift
/// let transport = try CurlTransport()
/// let reply = try await transport.send(request, body: [], limits: HTTPLimits())
/// ```
///
/// It speaks HTTP/1.1. Connections are kept, each carries one request at a time, and all requests of one transport share
/// them: make one transport and keep it. TLS is 1.2 or later, host and peer are always verified, and there is no switch to
/// turn that off; the same holds for a proxy that is reached by https. Redirects are returned, never followed. There are no cookies, no credentials from files, and the
/// environment's proxy settings are not read. (One variable is libcurl's own affair, and a library cannot turn it off:
/// with `SSLKEYLOGFILE` set, libcurl writes the keys of TLS connections to that file. Keep it out of production.)
///
/// A request is sent at most once. The one exception is libcurl's second try when a kept connection turns out to be
/// dead: that is allowed for GET and HEAD without `Authorization` and `Cookie`, and suppressed for everything else,
/// which then ends as ``HTTPTransportError/Code/connectionLost``. A code, an assertion or a token is never sent twice.
public final class CurlTransport: HTTPTransport {
    /// How a transport connects.
    public struct Configuration: Sendable, CustomStringConvertible, CustomReflectable {
        /// A PEM file of certificate authorities that are trusted in addition to the system's. Default none.
        ///
        /// Read when connections are made, so it has to stay where it is.
        public var additionalCAFile: String?

        /// The URL of a proxy, such as `http://proxy.example:3128`. Default none.
        ///
        /// The TLS of a proxy that is reached by https has the same rules as a server's: 1.2 or later, verified, and
        /// ``additionalCAFile`` counts.
        ///
        /// Only this value counts: `http_proxy` and its kin in the environment are never read.
        public var proxy: String?

        /// Host names that are reached without the proxy; a name covers its subdomains. Default none.
        public var proxyExceptions: [String] = []

        /// The certificate by which this client identifies itself to servers that ask. Default none.
        public var clientCertificate: ClientCertificate?

        /// Connections to one host at the same time, each with one request; more requests wait. Default 32.
        public var maximumConnectionsPerHost: Int = 32

        /// Connections to all hosts, those kept idle included. Default 128.
        public var maximumConnections: Int = 128

        /// Requests in flight at the same time; more wait in line, and their time runs. Default 256.
        public var maximumConcurrentRequests: Int = 256

        /// Requests that wait in line; what comes then ends as ``HTTPTransportError/Code/overloaded``. Default 10,000.
        public var maximumWaitingRequests: Int = 10_000

        /// How long an idle connection may be used again, in whole seconds. Default 30 seconds.
        public var idleConnectionLifetime: Duration = .seconds(30)

        /// How long a connection may have idled before a request that must not be repeated (all but GET and HEAD without a
        /// credential), in whole seconds. Default 2 seconds; zero gives each of these requests a new connection.
        ///
        /// Servers close idle connections after 2 seconds (gunicorn), 5 (Node.js, Apache) or more, and all of them when
        /// they are reloaded. A request that meets such a close on its way is lost: nobody can tell whether it was
        /// processed. With zero that does not happen, and each request costs a handshake.
        public var unrepeatableIdleLimit: Duration = .seconds(2)

        /// The value of `User-Agent` for requests that have none.
        public var userAgent: String = "itsme-rp-swift"

        /// The default configuration.
        public init() {}

        /// What is set, without the proxy's URL, which may hold a password.
        public var description: String {
            "CurlTransport.Configuration(proxy: \(proxy == nil ? "none" : "set"), "
                + "additionalCAFile: \(additionalCAFile ?? "none"))"
        }

        /// Shows no proxy URL and no passphrase.
        public var customMirror: Mirror { Mirror(self, children: ["description": description]) }
    }

    /// A client certificate with its private key, as PEM files.
    public struct ClientCertificate: Sendable, CustomStringConvertible, CustomReflectable {
        /// The certificate, followed by its intermediates.
        public var file: String

        /// The private key. Its mode and owner are checked when the transport is made, as those of a ``KeyFile`` are.
        public var keyFile: String

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
    /// Throws ``HTTPTransportError`` when a file cannot be read, others than its owner can use the key of the client
    /// certificate, the installed libcurl does not take an option, or the thread cannot be started.
    public init(_ configuration: Configuration = .init()) throws(HTTPTransportError) {
        loop = try CurlLoop(configuration)
    }

    deinit {
        loop.stop()
    }

    /// Sends `request` with `body` and returns the answer.
    ///
    /// The request needs a scheme (`https` or `http`), an authority without userinfo, and a path. The fields that frame
    /// a message or steer a connection (`Host`, `Connection`, `Transfer-Encoding`, `Accept-Encoding` and so on) are the
    /// transport's; a request that sets one is refused, as is one with a line break or a NUL anywhere.
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

    /// Ends all requests with ``HTTPTransportError/Code/shutDown``, closes the connections and returns when all that
    /// is done.
    ///
    /// Afterwards every request fails the same way. A transport that is dropped without this call does the same, but
    /// nobody knows when.
    public func shutdown() async {
        loop.stop()
        await loop.stopped()
    }
}
