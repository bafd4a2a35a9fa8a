import JOSE

/// Backchannel requests that all instances of a service share, and user discovery sessions.
///
/// Any instance can poll a request, wait for it, or take its ping. Polls of all instances together keep itsme's interval,
/// and exactly one caller gets the final answer. The records are sealed, and the store forgets them a minute after they
/// expire. With an ``InMemoryStateStore`` it serves one process.
///
/// ```swift
/// let requests = BackchannelRequests(client: itsme, store: store, sealer: sealer)
///
/// let request = try await itsme.backchannelAuthentication(for: service, hint: hint, delivery: .ping)
/// try await requests.keep(request)
/// // Here, or in any other instance:
/// let tokens = try await requests.tokens(waitingFor: request.identifier)
/// ```
///
/// The clocks of the instances should agree to a second. Otherwise a poll can come too early, or one interval late. Whoever
/// has an identifier can get the answer here: give it to a browser only in a ``SealedCookie``.
public struct BackchannelRequests: Sendable {
    private let client: ItsmeClient
    private let requests: SharedSessions<BackchannelRequest>
    private let discoveries: SharedSessions<UserDiscoverySession>

    /// Shares the requests of a client.
    ///
    /// - Parameters:
    ///   - client: The client. All instances must have the same client id and issuer.
    ///   - store: The store that all instances share.
    ///   - sealer: Seals the records. All instances need the same key.
    public init(client: ItsmeClient, store: any StateStore, sealer: Sealer) {
        self.client = client
        requests = SharedSessions(client: client, store: store, sealer: sealer)
        discoveries = SharedSessions(client: client, store: store, sealer: sealer)
    }

    /// Keeps a request. From now on use its ``BackchannelRequest/identifier``, and do not poll the request itself.
    ///
    /// - Throws: ``ItsmeError`` `store_unavailable`; then call it again.
    public func keep(_ request: BackchannelRequest) async throws {
        try await requests.keep(request)
    }

    /// Polls once for the person's answer. Sends at most one HTTP request, and none before the interval has passed or while
    /// any instance polls.
    ///
    /// - Throws: As ``ItsmeClient/backchannelTokens(for:)``; `backchannel_expired` also for an unknown identifier;
    ///   `backchannel_completed` if a caller of any instance got the final answer; `store_unavailable` if the store does
    ///   not answer: then ask again.
    public func tokens(for identifier: String) async throws -> BackchannelPoll {
        switch try await requests.takeTurn(identifier) {
        case .notYet(_, let delay): return .pending(retryAfter: delay)
        case .granted(let turn): return try await poll(turn)
        }
    }

    /// Waits for the person's answer: polls at the interval of the request, or when a ping has reached any instance. It
    /// reads the store once a second if the request can be pinged. Cancel the task to stop.
    ///
    /// - Throws: As ``tokens(for:)``, but this tries again after a transient error until the request expires.
    public func tokens(waitingFor identifier: String) async throws -> TokenResponse {
        var watch = SharedSessions<BackchannelRequest>.Watch()
        while true {
            try Task.checkCancellation()
            let delay = try await requests.look(identifier, &watch)
            if delay > .zero {
                try await client.configuration.time.sleep(delay)
            } else if let tokens = try await takeTurn(identifier, watch.version) {
                return tokens
            }
        }
    }

    /// Nil if the answer is not there, or if there was a transient error.
    private func takeTurn(_ identifier: String, _ version: Int) async throws -> TokenResponse? {
        var session: BackchannelRequest?
        do {
            guard case .granted(let turn) = try await requests.takeTurn(identifier, waited: version) else { return nil }
            session = turn.session
            guard case .tokens(let tokens) = try await poll(turn) else { return nil }
            return tokens
        } catch let error as ItsmeError where error.kind == .transient && session?.pace.isCompleted != true {
            // The store may be down: then the next look is not at once.
            if error.code == .storeUnavailable { try await client.configuration.time.sleep(.seconds(1)) }
            return nil
        }
    }

    private func poll(_ turn: SharedSessions<BackchannelRequest>.Record) async throws -> BackchannelPoll {
        try await requests.poll(in: turn) { [client] in (try await client.backchannelTokens(for: $0), $0) }
    }

    /// Keeps a session. From now on use its ``UserDiscoverySession/identifier``, and do not poll the session itself.
    ///
    /// - Throws: ``ItsmeError`` `store_unavailable`; then call it again.
    public func keep(_ session: UserDiscoverySession) async throws {
        try await discoveries.keep(session)
    }

    /// Polls once whether a person has scanned the QR code; as ``ItsmeClient/pollUserDiscovery(_:)`` and ``tokens(for:)``.
    public func pollUserDiscovery(_ identifier: String) async throws -> UserDiscoveryPoll {
        switch try await discoveries.takeTurn(identifier) {
        case .notYet(let record, _): return .pending(record.session)
        case .granted(let turn):
            return try await discoveries.poll(in: turn) { [client] session in
                let poll = try await client.pollUserDiscovery(session)
                if case .pending(let newer) = poll { return (poll, newer) }
                return (poll, session)
            }
        }
    }

    /// Takes a ping, and compares the bearer token in constant time.
    func ping(authReqID: String, bearer: String) async throws -> (SharedSessions<BackchannelRequest>.Ping, String) {
        let identifier = try BackchannelRequest.identifier(of: authReqID)
        let ping = try await requests.ping(identifier) { request in
            guard let expected = request.notificationToken else { return false }
            return ConstantTime.equal(bearer, expected.exposedValue)
                && ConstantTime.equal(authReqID, request.authReqID.exposedValue)
        }
        return (ping, identifier)
    }
}
