import HTTPTypes
import ItsmeRP
import JOSE
import Logging
import WebFormats

/// The JWK Sets of relying parties, fetched and kept as itsme does: 30 minutes to 24 hours, shortened by a `max-age`.
///
/// Concurrent requests for one client share one fetch. itsme does not document what it does about a `kid` that its copy
/// does not have. By default the sandbox does nothing until the copy expires. With `refetchesOnUnknownKey` it fetches
/// the set once more, with a cool-down, so that unknown keys do not cause many fetches.
actor ClientKeyCache {
    /// A JWK Set and the number of the fetch that brought it.
    struct Snapshot: Sendable {
        let set: JWKSet
        /// Grows with each fetch; 0 for inline keys.
        let fetch: Int
    }

    private struct Cached {
        let snapshot: Snapshot
        let expires: Double
    }

    private struct Ongoing {
        let fetch: Int
        let task: Task<Result<(JWKSet, lifetime: Double), SandboxRefusal>, Never>
    }

    /// The shortest and the longest time that a set is kept, in seconds.
    static let shortestLifetime: Double = 30 * 60
    static let longestLifetime: Double = 24 * 60 * 60
    /// The shortest time between two fetches of one set because of an unknown `kid`, in seconds.
    static let coolDown: Double = 10
    /// Limits of a fetch. itsme waits one second; a busy development machine gets five.
    private static let limits = HTTPLimits(
        connectTimeout: .seconds(5), totalTimeout: .seconds(5), maximumBodySize: 64 << 10)

    private let transport: any HTTPTransport
    private let recorder: RequestRecorder
    private let now: @Sendable () -> Double
    private let refetchesOnUnknownKey: Bool
    private let logger: Logger
    private var cached: [String: Cached] = [:]
    /// The last time that each set was fetched because of an unknown `kid`.
    private var refetched: [String: Double] = [:]
    private var ongoing: [String: Ongoing] = [:]
    private var lastFetch = 0

    init(
        transport: any HTTPTransport, recorder: RequestRecorder, refetchesOnUnknownKey: Bool,
        now: @escaping @Sendable () -> Double, logger: Logger
    ) {
        self.transport = transport
        self.recorder = recorder
        self.refetchesOnUnknownKey = refetchesOnUnknownKey
        self.now = now
        self.logger = logger
    }

    /// The keys of `client`, from the cache until they expire.
    func keys(of client: ClientRegistration) async throws(SandboxRefusal) -> Snapshot {
        switch client.keys {
        case .none: throw SandboxRefusal(.clientKeysMissing)
        case .inline(let set): return Snapshot(set: set, fetch: 0)
        case .jwksURI(let uri):
            if let cached = cached[uri], cached.expires > now() { return cached.snapshot }
            return try await fetch(uri, of: client, begunAfter: 0)
        }
    }

    /// Keys of `client` that are newer than `snapshot`. `nil` when the keys are inline, the cool-down lasts, or the
    /// sandbox does not fetch because of an unknown `kid`.
    func newerKeys(
        of client: ClientRegistration, than snapshot: Snapshot
    ) async throws(SandboxRefusal) -> Snapshot? {
        guard refetchesOnUnknownKey, case .jwksURI(let uri) = client.keys else { return nil }
        // Another request may have fetched the set since.
        if let cached = cached[uri], cached.snapshot.fetch > snapshot.fetch { return cached.snapshot }
        let time = now()
        // If the clock was moved back, the cool-down starts again.
        if let last = refetched[uri], last <= time, time < last + Self.coolDown {
            // A concurrent request gets the result of the fetch in progress.
            guard let current = ongoing[uri], current.fetch > snapshot.fetch else { return nil }
            return try adopt(await current.task.value, fetch: current.fetch, uri: uri)
        }
        refetched[uri] = time
        // A fetch in progress may have begun before the key was published, so only a new fetch counts.
        return try await fetch(uri, of: client, begunAfter: max(snapshot.fetch, lastFetch))
    }

    /// Forgets every copy, as if each were too old.
    func forgetAll() {
        cached = [:]
        refetched = [:]
    }

    private func fetch(
        _ uri: String, of client: ClientRegistration, begunAfter earliest: Int
    ) async throws(SandboxRefusal) -> Snapshot {
        while let current = ongoing[uri] {
            let result = await current.task.value
            if current.fetch > earliest { return try adopt(result, fetch: current.fetch, uri: uri) }
            // The task that began the fetch clears it too, but may not have run yet.
            if ongoing[uri]?.fetch == current.fetch { ongoing[uri] = nil }
        }
        lastFetch += 1
        let number = lastFetch
        let task =
            Task { [transport, recorder, logger] in
                do throws(SandboxRefusal) {
                    return .success(
                        try await Self.download(
                            uri, of: client, transport: transport, recorder: recorder, logger: logger))
                } catch {
                    return .failure(error)
                }
            } as Task<Result<(JWKSet, lifetime: Double), SandboxRefusal>, Never>
        ongoing[uri] = Ongoing(fetch: number, task: task)
        let result = await task.value
        if ongoing[uri]?.fetch == number { ongoing[uri] = nil }
        return try adopt(result, fetch: number, uri: uri)
    }

    private func adopt(
        _ result: Result<(JWKSet, lifetime: Double), SandboxRefusal>, fetch: Int, uri: String
    ) throws(SandboxRefusal) -> Snapshot {
        let (set, lifetime) = try result.get()
        let snapshot = Snapshot(set: set, fetch: fetch)
        // An older answer never overwrites a newer one.
        if (cached[uri]?.snapshot.fetch ?? -1) <= fetch {
            cached[uri] = Cached(snapshot: snapshot, expires: now() + lifetime)
        }
        return snapshot
    }

    private static func download(
        _ uri: String, of client: ClientRegistration, transport: any HTTPTransport, recorder: RequestRecorder,
        logger: Logger
    ) async throws(SandboxRefusal) -> (JWKSet, lifetime: Double) {
        guard let address = WebAddress(uri) else { throw SandboxRefusal(.clientKeysUnreachable) }
        var request = HTTPRequest(method: .get, url: address)
        request.headerFields[.accept] = "application/jwk-set+json, application/json"
        let start = ContinuousClock.now
        return try await recorder.calling(
            .clientJWKSet, request, of: client, through: transport, limits: limits
        ) { result throws(SandboxRefusal) in
            if ContinuousClock.now - start > .seconds(1) {
                logger.warning("The JWK Set of a client took longer than a second; itsme does not wait longer")
            }
            let reply = try reply(result, else: .clientKeysUnreachable)
            let set = try require(try? JWKSet(parsingRemote: reply.body), .clientKeysMalformed)
            try require(ClientKeySet.isComplete(set), .clientKeysIncomplete)
            return (set, lifetime(of: reply.response))
        }
    }

    /// The answer with status 200, or a refusal for `rule`.
    static func reply(
        _ result: Result<HTTPReply, any Error>, else rule: SandboxRule
    ) throws(SandboxRefusal) -> HTTPReply {
        switch result {
        case .success(let reply):
            try require(reply.response.status == .ok, rule, detail: "Status \(reply.response.status.code).")
            return reply
        case .failure(let error):
            throw SandboxRefusal(rule, detail: (error as? HTTPTransportError).map { "Transport: \($0.code)." })
        }
    }

    /// How long an answer is kept, in seconds: its `max-age` within the bounds, or a day without one.
    static func lifetime(of response: HTTPResponse) -> Double {
        guard let age = CacheControl(response.headerFields).maximumAge else { return longestLifetime }
        return min(max(Double(age.components.seconds), shortestLifetime), longestLifetime)
    }
}

extension HTTPRequest {
    /// A request for `address`.
    init(method: HTTPRequest.Method, url address: WebAddress) {
        let host = address.host.contains(":") ? "[\(address.host)]" : address.host
        let authority = address.port.map { "\(host):\($0)" } ?? host
        let path = address.path.isEmpty ? "/" : address.path
        self.init(
            method: method, scheme: address.scheme, authority: authority,
            path: address.query.map { "\(path)?\($0)" } ?? path)
    }
}

/// The checks of a relying party's JWK Set, as at itsme's onboarding.
enum ClientKeySet {
    /// Requires a usable signature key and a usable encryption key, each with a `kid`.
    static func isComplete(_ set: JWKSet) -> Bool {
        let named = set.keys.filter { !($0.keyID ?? "").isEmpty }
        return named.contains { $0.use == .signature } && named.contains { $0.use == .encryption }
    }

    static func check(_ set: JWKSet) throws(SandboxConfigurationError) {
        guard isComplete(set) else {
            throw SandboxConfigurationError(
                "jwks", SandboxRule.clientKeysIncomplete.explanation, remedy: SandboxRule.clientKeysIncomplete.remedy)
        }
    }
}
