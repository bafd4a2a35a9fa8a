#if ServiceLifecycle
    public import ItsmeRP
    public import ServiceLifecycle

    /// Keeps an `ItsmeClient` ready while an application runs, and closes its connections at the end.
    ///
    /// ```swift
    /// let itsmeService = try ItsmeClientService(itsme, keyFile: KeyFile("itsme-private.json"))
    /// let group = ServiceGroup(
    ///     services: [itsmeService, server], gracefulShutdownSignals: [.sigterm], logger: logger)
    /// try await group.run()
    /// ```
    ///
    /// **Put it before the server in the list.** A group starts its services in the order of the list and shuts them down
    /// in the reverse order, so the connections to itsme are closed after the server has answered its last request.
    ///
    /// While it runs:
    /// - It fetches the provider's metadata and keys at the start, and again after four fifths of their lifetime, also
    ///   when nobody logs in. After a failure it tries again: after 5 seconds, then after twice as long each time, up to
    ///   5 minutes, or when itsme asks for it (`Retry-After`, up to an hour).
    /// - It adopts new states of the client's key ring from a file or a closure.
    /// - It logs, once, when a step of a key rotation is due and when the key ring cannot be read.
    ///
    /// No failure ends the service. It ends at a graceful shutdown or when its task is cancelled. In both cases it
    /// calls `ItsmeClient.shutdown()`, which closes the connections that the client made for itself.
    public struct ItsmeClientService: Service {
        private let client: ItsmeClient
        private let interval: Duration
        private let readKeyRing: (@Sendable () async throws -> KeyRing)?

        /// Makes a service that adopts no key rings.
        ///
        /// - Parameters:
        ///   - client: The client.
        ///   - interval: How often the service looks whether a step of a key rotation is due, at least one second.
        public init(_ client: ItsmeClient, interval: Duration = .seconds(60)) {
            self.init(client, checkedEvery: interval, readKeyRing: nil)
        }

        /// Makes a service that adopts new states of the client's key ring from a file.
        ///
        /// Reading blocks a thread during a few file operations.
        ///
        /// - Parameters:
        ///   - client: A client whose keys are a `ClientKeyRing`.
        ///   - keyFile: The file with the ring; nil for a client without keys.
        ///   - interval: How often the file is read, at least one second. Keep it shorter than the ring's
        ///     `KeyRing.Timing.propagation`.
        /// - Throws: `ItsmeError` `invalid_configuration` if the client's keys are not a `ClientKeyRing`.
        public init(
            _ client: ItsmeClient, keyFile: KeyFile?, interval: Duration = .seconds(60)
        ) throws(ItsmeError) {
            guard let keyFile else {
                self.init(client, interval: interval)
                return
            }
            try self.init(client, interval: interval) { try KeyRing(reading: keyFile) }
        }

        /// Makes a service that adopts new states of the client's key ring from a closure.
        ///
        /// - Parameters:
        ///   - client: A client whose keys are a `ClientKeyRing`.
        ///   - interval: How often the closure is called, at least one second. Keep it shorter than the ring's
        ///     `KeyRing.Timing.propagation`.
        ///   - keyRing: Returns the present state of the ring, such as from a database. A state that is older than the
        ///     one in use is ignored. If it throws an error that is no `ItsmeError`, only the type of the error is
        ///     logged, since its text may hold a private key. The service waits for the closure, so limit its time.
        /// - Throws: `ItsmeError` `invalid_configuration` if the client's keys are not a `ClientKeyRing`.
        public init(
            _ client: ItsmeClient, interval: Duration = .seconds(60),
            keyRing: @escaping @Sendable () async throws -> KeyRing
        ) throws(ItsmeError) {
            _ = try client.requiredKeyRing()
            self.init(client, checkedEvery: interval, readKeyRing: keyRing)
        }

        private init(
            _ client: ItsmeClient, checkedEvery interval: Duration,
            readKeyRing: (@Sendable () async throws -> KeyRing)?
        ) {
            self.client = client
            self.interval = max(interval, .seconds(1))
            self.readKeyRing = readKeyRing
        }

        /// Runs until a graceful shutdown or until the task is cancelled. Throws nothing.
        public func run() async {
            await cancelWhenGracefulShutdown { await keepReady() }
            await client.shutdown()
        }

        private func keepReady() async {
            let time = client.time
            var refresh = RefreshPace()
            var watch = client.keyRing.map { KeyRingWatch($0, logger: client.logger, read: readKeyRing) }
            while !Task.isCancelled {
                if refresh.isDue(at: time.uptime()) {
                    do {
                        let wait = try await client.refreshIfDue()
                        refresh.succeeded(at: time.uptime(), nextIn: wait)
                    } catch {
                        // The client has logged it.
                        refresh.failed(at: time.uptime(), retryAfter: (error as? ItsmeError)?.retryAfter)
                    }
                }
                await watch?.check(at: time.now())
                Telemetry.ages(client.health())
                do {
                    try await time.sleep(min(interval, refresh.wait(from: time.uptime())))
                } catch {
                    // Only a cancellation ends a sleep early.
                    return
                }
            }
        }
    }

    /// When to refresh metadata and keys next.
    private struct RefreshPace {
        private static let firstPause: Duration = .seconds(5)
        private static let longestPause: Duration = .seconds(300)
        private static let longestRetryAfter: Duration = .seconds(3600)

        private var next: Duration?
        private var pause: Duration?

        func isDue(at now: Duration) -> Bool { wait(from: now) == .zero }

        func wait(from now: Duration) -> Duration { next.map { max(.zero, $0 - now) } ?? .zero }

        mutating func succeeded(at now: Duration, nextIn wait: Duration) {
            pause = nil
            next = now + wait
        }

        mutating func failed(at now: Duration, retryAfter: Duration?) {
            let pause = min(self.pause.map { $0 * 2 } ?? Self.firstPause, Self.longestPause)
            self.pause = pause
            next = now + max(pause, min(retryAfter ?? .zero, Self.longestRetryAfter))
        }
    }
#endif
