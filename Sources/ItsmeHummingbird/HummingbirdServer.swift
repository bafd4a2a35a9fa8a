#if Hummingbird
    import Foundation
    public import Hummingbird
    import HummingbirdCore
    import HummingbirdHTTP2
    import HummingbirdTLS
    public import ItsmeRP
    import JOSE
    public import Logging
    import NIOCore
    import NIOSSL
    import ServiceLifecycle

    /// Serves an `HTTPHandler` with Hummingbird.
    ///
    /// ```swift
    /// try await HummingbirdServer.withServer(handler, logger: logger) { port in
    ///     print("http://127.0.0.1:\(port)")
    ///     try await Task.sleep(for: .seconds(60))
    /// }
    /// ```
    ///
    /// By default it listens on loopback, on a port that the system chooses. Without `tls`, everybody on the network
    /// can read the traffic: then listen on another host only behind a proxy that terminates TLS.
    public enum HummingbirdServer {
        /// The certificate of a server with its private key, as PEM files.
        public struct TLS: Sendable {
            /// The certificate, followed by its intermediates.
            public var certificateFile: String

            /// The private key, not encrypted. It is refused when group or others have any permission on the file, or
            /// when the file belongs to a user other than that of this process or root.
            public var keyFile: String

            /// Names the files of a certificate and its key.
            public init(certificateFile: String, keyFile: String) {
                self.certificateFile = certificateFile
                self.keyFile = keyFile
            }
        }

        /// Why a server cannot start with these settings.
        public enum ConfigurationError: Error, Sendable, CustomStringConvertible {
            /// `http2` was given without `tls`: HTTP/2 is negotiated in the TLS handshake.
            case http2NeedsTLS
            /// The file with this path holds no certificate that can be used.
            case certificateUnusable(path: String)
            /// The file with this path holds no private key that can be used with the certificate.
            case keyUnusable(path: String)

            /// What is wrong and what to do.
            public var description: String {
                switch self {
                case .http2NeedsTLS: "HTTP/2 needs TLS: give a certificate, or leave out http2"
                case .certificateUnusable(let path):
                    "\(path): this is not a PEM certificate that can be read; give the server's certificate, followed by its intermediates"
                case .keyUnusable(let path):
                    "\(path): this is not an unencrypted PEM private key, or not the certificate's; give the key that the certificate was made for"
                }
            }
        }

        /// Another program listens on this port already.
        public struct PortInUse: Error, Sendable, CustomStringConvertible {
            /// The port.
            public let port: Int

            /// What is wrong and what to do.
            public var description: String { "port \(port) is in use; stop the other program or choose another port" }
        }

        /// Serves `handler` while `body` runs, then stops gracefully. `body` gets the port.
        ///
        /// Requests in flight get up to five seconds to end. With `http2` the server offers HTTP/2 and HTTP/1.1; this
        /// needs `tls`. `limits` bounds what clients may send, and how long they may take.
        ///
        /// Throws what `body` throws; ``ConfigurationError`` for settings that cannot be used; `ItsmeError`
        /// `key_file_unsafe` when others can use the file of the private key, or `key_file_unusable` when it cannot be
        /// read; ``PortInUse``; the server's own error when it cannot start for another reason.
        public static func withServer<R: Sendable>(
            _ handler: any HTTPHandler,
            host: String = "127.0.0.1",
            port: Int = 0,
            tls: TLS? = nil,
            http2: Bool = false,
            limits: ServerLimits = ServerLimits(),
            logger: Logger,
            _ body: @Sendable (_ port: Int) async throws -> R
        ) async throws -> R {
            let (ports, announcement) = AsyncStream<Int>.makeStream()
            let services = try services(
                handler, host: host, port: port, tls: tls, http2: http2, limits: limits, logger: logger
            ) { announcement.yield($0) }

            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    defer { announcement.finish() }
                    try await run(services, port: port)
                }
                guard let port = await ports.first(where: { _ in true }) else {
                    try await group.waitForAll()
                    throw CancellationError()
                }
                let result: Result<R, any Error>
                do {
                    result = .success(try await body(port))
                } catch {
                    result = .failure(error)
                }
                await services.triggerGracefulShutdown()
                try await group.waitForAll()
                return try result.get()
            }
        }

        /// Serves `handler` until the calling task is cancelled, then stops gracefully and returns.
        ///
        /// Calls `onListening` with the port when the server is ready. Throws ``PortInUse``, or the server's own error when
        /// it cannot start for another reason.
        public static func run(
            _ handler: any HTTPHandler,
            host: String = "127.0.0.1",
            port: Int = 0,
            tls: TLS? = nil,
            http2: Bool = false,
            limits: ServerLimits = ServerLimits(),
            logger: Logger,
            onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
        ) async throws {
            let services = try services(
                handler, host: host, port: port, tls: tls, http2: http2, limits: limits, logger: logger,
                onListening: onListening)
            // In a separate task: if the server itself were cancelled, it would cut off the requests in flight.
            let serving = Task { try await run(services, port: port) }
            try await withTaskCancellationHandler {
                try await serving.value
            } onCancel: {
                Task { await services.triggerGracefulShutdown() }
            }
        }

        private static func run(_ services: ServiceGroup, port: Int) async throws {
            do {
                try await services.run()
            } catch let error as IOError where error.errnoCode == EADDRINUSE {
                throw PortInUse(port: port)
            }
        }

        /// Makes a Hummingbird application of your own router with the limits of connections, header fields and times.
        ///
        /// ```swift
        /// var application = try HummingbirdServer.application(router: router, port: 8080)
        /// application.addServices(itsmeService)
        /// try await application.runService()
        /// ```
        ///
        /// The limits for bodies apply to what `mount` adds. Hummingbird's `maxUploadSize` applies to the bodies that your
        /// own routes decode. The other parameters are those of ``withServer(_:host:port:tls:http2:limits:logger:_:)``.
        ///
        /// Throws ``ConfigurationError`` for settings that cannot be used; `ItsmeError` `key_file_unsafe` and
        /// `key_file_unusable` for the file of the private key.
        public static func application<Builder: HTTPResponderBuilder>(
            router: Builder,
            host: String = "127.0.0.1",
            port: Int = 8080,
            tls: TLS? = nil,
            http2: Bool = false,
            limits: ServerLimits = ServerLimits(),
            logger: Logger = Logger(label: "hummingbird"),
            onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
        ) throws -> Application<Builder.Responder>
        where Builder.Responder.Context: InitializableFromSource<ApplicationRequestContextSource> {
            try application(
                router.buildResponder(), host: host, port: port, tls: tls, http2: http2, limits: limits,
                logger: logger, onListening: onListening)
        }

        private static func application<Responder: HTTPResponder>(
            _ responder: Responder,
            host: String,
            port: Int,
            tls: TLS?,
            http2: Bool,
            limits: ServerLimits,
            logger: Logger,
            onListening: @escaping @Sendable (Int) async -> Void
        ) throws -> Application<Responder>
        where Responder.Context: InitializableFromSource<ApplicationRequestContextSource> {
            Application(
                responder: responder,
                server: try server(tls: tls, http2: http2, limits: limits),
                // No Server field: clients need not know the software.
                configuration: ApplicationConfiguration(
                    address: .hostname(host, port: port), serverName: nil,
                    availableConnectionsDelegate: .maximum(max(1, limits.maximumConnections), logger: logger)),
                onServerRunning: { channel in await onListening(channel.localAddress?.port ?? port) },
                logger: logger)
        }

        private static func services(
            _ handler: any HTTPHandler,
            host: String,
            port: Int,
            tls: TLS?,
            http2: Bool,
            limits: ServerLimits,
            logger: Logger,
            onListening: @escaping @Sendable (Int) async -> Void
        ) throws -> ServiceGroup {
            let application = try application(
                HandlerResponder<BasicRequestContext>(handler, limits: limits, scheme: tls == nil ? "http" : "https"),
                host: host, port: port, tls: tls, http2: http2, limits: limits, logger: logger, onListening: onListening
            )
            var configuration = ServiceGroupConfiguration(services: [application], logger: logger)
            configuration.maximumGracefulShutdownDuration = .seconds(5)
            return ServiceGroup(configuration: configuration)
        }

        private static func server(tls: TLS?, http2: Bool, limits: ServerLimits) throws -> HTTPServerBuilder {
            let http1 = HTTP1Channel.Configuration(
                additionalChannelHandlers: [RequestDeadline(limits)],
                idleTimeout: TimeAmount(limiting: limits.idleTimeout),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: limits.maximumHeaderSize, maxHeaderListSize: limits.maximumHeaderSize))
            guard let tls else {
                if http2 { throw ConfigurationError.http2NeedsTLS }
                return HTTPServerBuilder {
                    DeadlineChannel(HTTP1Channel(responder: $0, configuration: http1), limits)
                }
            }
            let configuration = try configuration(tls)
            guard http2 else {
                return HTTPServerBuilder {
                    DeadlineChannel(
                        try TLSChannel(
                            HTTP1Channel(responder: $0, configuration: http1), tlsConfiguration: configuration),
                        limits)
                }
            }
            let multiplexed = HTTP2ChannelConfiguration(
                idleTimeout: limits.idleTimeout, gracefulCloseTimeout: .seconds(2), streamConfiguration: http1)
            return HTTPServerBuilder {
                DeadlineChannel(
                    try HTTP2UpgradeChannel(
                        tlsConfiguration: configuration, configuration: multiplexed, responder: $0),
                    limits)
            }
        }

        private static func configuration(_ tls: TLS) throws -> TLSConfiguration {
            var key = try KeyFile(tls.keyFile).read().withBytes { bytes in bytes.indices.map { bytes[$0] } }
            // Overwrites the copy of the private key.
            defer { _ = SecretBytes(taking: &key) }
            guard let chain = try? NIOSSLCertificate.fromPEMFile(tls.certificateFile), !chain.isEmpty else {
                throw ConfigurationError.certificateUnusable(path: tls.certificateFile)
            }
            do {
                var configuration = TLSConfiguration.makeServerConfiguration(
                    certificateChain: chain.map { .certificate($0) },
                    privateKey: .privateKey(try NIOSSLPrivateKey(bytes: key, format: .pem)))
                configuration.minimumTLSVersion = .tlsv12
                // Finds a key of another certificate before the server starts.
                _ = try NIOSSLContext(configuration: configuration)
                return configuration
            } catch {
                throw ConfigurationError.keyUnusable(path: tls.keyFile)
            }
        }
    }

    /// A connection whose first handler is a ``ConnectionDeadline``.
    private struct DeadlineChannel<Base: ServerChildChannel>: ServerChildChannel {
        private let base: Base
        private let limits: ServerLimits

        init(_ base: Base, _ limits: ServerLimits) {
            self.base = base
            self.limits = limits
        }

        func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(ConnectionDeadline(limits))
            }.flatMap { base.setup(channel: channel, logger: logger) }
        }

        func handle(value: Base.Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
    }
#endif
