import JOSE
package import Logging

extension ItsmeClient {
    /// Fetches the provider's metadata and keys if they are not in the cache, so that the first login need not wait for
    /// them. Sends at most two HTTP requests.
    ///
    /// It does not throw: an application should start while itsme is down, since the first login fetches what is
    /// missing. A failure is logged and is part of the result. To make the start fail instead:
    ///
    /// ```swift
    /// guard await itsme.warmUp().isReady else { throw StartFailed() }
    /// ```
    ///
    /// - Returns: The health after the attempt.
    @discardableResult
    public func warmUp() async -> ItsmeHealth {
        // The fetch has logged the error, and the health has it.
        _ = try? await provider.refreshIfDue()
        return health()
    }

    /// Fetches the provider's metadata and keys if they are missing, or if four fifths of their lifetime have passed.
    /// For a job that refreshes them in the background; `ItsmeClientService` is one. A failure is also logged.
    ///
    /// - Returns: How long until a fetch is due again.
    /// - Throws: ``ItsmeError`` of the phases `discovery` and `provider-keys`; the cached values stay in use. Try again
    ///   after some seconds. Or `CancellationError`.
    public func refreshIfDue() async throws -> Duration {
        try await provider.refreshIfDue()
    }

    /// What the client knows about its ability to serve logins. Without I/O, so a probe may call it at any rate.
    public func health() -> ItsmeHealth {
        let (metadata, keys) = provider.health()
        let steps = keyRing.map { keys in [.signature, .encryption].map(keys.ring.nextStep(for:)) } ?? []
        return ItsmeHealth(
            metadata: metadata, keys: keys, rotationSteps: steps.filter { $0.action != .begin },
            isShutDown: ownTransport?.isShutDown ?? false, date: configuration.time.now())
    }

    /// Shuts down the transport that the client made for itself. Call it when no more logins come, after the server has
    /// stopped. Returns when all connections are closed.
    ///
    /// Requests in flight end with ``ItsmeError/Code-swift.struct/unreachable`` and the transport code `shut_down`, and
    /// so does every later request. A transport that was given to the client stays open: shut it down yourself.
    public func shutdown() async {
        await ownTransport?.shutdown()
    }

    // MARK: For ItsmeLifecycle

    /// The clock of the configuration.
    package var time: TimeSource { configuration.time }

    /// The logger of the configuration.
    package var logger: Logger { configuration.logger }

    /// The client's own keys, if they can rotate.
    package var keyRing: ClientKeyRing? { configuration.authentication.keySource as? ClientKeyRing }

    /// The key ring that a source of rings changes.
    ///
    /// - Throws: ``ItsmeError`` `invalid_configuration` if the client's keys are fixed or it has a client secret.
    package func requiredKeyRing() throws(ItsmeError) -> ClientKeyRing {
        guard let keyRing else {
            throw ItsmeError(
                .invalidConfiguration, .configuration,
                "there is a source of key rings, but the client's keys are fixed",
                remedy: "Give the client a ClientKeyRing, or leave out the source of key rings.",
                field: "authentication")
        }
        return keyRing
    }
}
