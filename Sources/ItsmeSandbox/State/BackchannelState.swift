import JOSE
import Synchronization

/// A QR code that waits to be scanned.
struct DiscoverySession: Sendable {
    /// The identifier that the relying party knows.
    let id: String
    /// The identifier on the phone page.
    let handle: String
    let clientID: String
    let startedAt: Double
    let expires: Double
    var lastAnswer: Double
    /// The person who scanned it.
    var person: Persona?
}

/// A backchannel request that a person has to answer.
struct PendingBackchannelRequest: Sendable {
    /// What the person answered.
    enum Answer: Sendable {
        case none
        case approved(AuthorizationGrant)
        case denied
    }

    /// Its `auth_req_id`.
    let id: String
    /// The identifier on the phone page.
    let handle: String
    let request: BackchannelAuthenticationRequest
    let startedAt: Double
    let expires: Double
    /// The shortest time between two polls, in seconds.
    var interval: Double
    /// The time of the last poll; `nil` before the first one.
    var lastAnswer: Double?
    var answer: Answer = .none
}

/// QR codes and backchannel requests that wait for a person, and the people found by QR codes.
final class BackchannelState: Sendable {
    /// The `interval` in answers, in seconds.
    static let interval: Int64 = 5
    /// The lifetime of a user identifier token, and how long an expired request is remembered, in seconds.
    private static let memory: Double = 600

    private struct Discovered: Sendable {
        let person: Persona
        let clientID: String
        let expires: Double
    }

    private struct Storage: Sendable {
        var sessions = ExpiringStore<DiscoverySession>(capacity: 10_000)
        var discovered = ExpiringStore<Discovered>(capacity: 10_000)
        var requests = ExpiringStore<PendingBackchannelRequest>(capacity: 10_000)
    }

    private let storage = Mutex(Storage())

    func forgetAll() { storage.withLock { $0 = Storage() } }

    // MARK: User discovery

    func insert(_ session: DiscoverySession, now: Double) {
        Recording.issue(session.id)
        storage.withLock { $0.sessions.insert(session, for: session.id, until: session.expires, now: now) }
    }

    /// A poll for a session. Once a person scanned its code, the session ends, and `token` identifies that person.
    func ask(
        _ id: String, clientID: String, token: String, now: Double
    ) throws(SandboxRefusal) -> DiscoverySession {
        try storage.withLock { (storage) throws(SandboxRefusal) -> DiscoverySession in
            let known = storage.sessions.value(for: id, now: now)
            let session = try require(known?.clientID == clientID ? known : nil, .userDiscoveryUnknown)
            let isTooEarly = now - session.lastAnswer < Double(Self.interval)
            storage.sessions.update(id) { $0.lastAnswer = now }
            try require(!isTooEarly, .userDiscoveryTooOften)
            if let person = session.person {
                Recording.issue(token)
                _ = storage.sessions.take(id, now: now)
                storage.discovered.insert(
                    Discovered(person: person, clientID: clientID, expires: now + Self.memory), for: token,
                    until: now + 2 * Self.memory, now: now)
            }
            return session
        }
    }

    func waitingSessions(now: Double) -> [DiscoverySession] {
        storage.withLock { $0.sessions.values(now: now).filter { $0.person == nil } }
    }

    func scan(_ handle: String, by person: Persona, now: Double) -> Bool {
        storage.withLock { storage in
            guard
                let session = storage.sessions.values(now: now).first(where: { $0.handle == handle && $0.person == nil }
                )
            else { return false }
            Recording.use(session.id)
            storage.sessions.update(session.id) { $0.person = person }
            return true
        }
    }

    /// The person that a user identifier token identifies. Uses the token up.
    func person(for token: String, clientID: String, now: Double) throws(SandboxRefusal) -> Persona {
        Recording.use(token)
        let known = storage.withLock { $0.discovered.take(token, now: now) }
        let discovered = try require(known?.clientID == clientID ? known : nil, .loginHintUnknown)
        try require(discovered.expires > now, .loginHintExpired)
        return discovered.person
    }

    // MARK: Backchannel requests

    func insert(_ request: PendingBackchannelRequest, now: Double) {
        Recording.issue(request.id)
        storage.withLock {
            $0.requests.insert(request, for: request.id, until: request.expires + Self.memory, now: now)
        }
    }

    /// A poll for a request.
    func poll(_ id: String, clientID: String, now: Double) throws(SandboxRefusal) -> PendingBackchannelRequest {
        try storage.withLock { (storage) throws(SandboxRefusal) -> PendingBackchannelRequest in
            let known = storage.requests.value(for: id, now: now)
            let request = try require(known?.request.client.clientID == clientID ? known : nil, .authReqIDUnknown)
            // After a ping, the relying party may poll at once.
            var isPinged = false
            if case .none = request.answer {} else { isPinged = request.request.notificationToken != nil }
            // The first poll may come at once too.
            let isTooEarly = !isPinged && request.lastAnswer.map { now - $0 < request.interval } ?? false
            storage.requests.update(id) {
                $0.lastAnswer = now
                if isTooEarly { $0.interval += 5 }
            }
            try require(!isTooEarly, .polledTooOften)
            return request
        }
    }

    /// Makes the interval of a request 5 seconds longer.
    func slowDown(_ id: String) {
        storage.withLock { $0.requests.update(id) { $0.interval += 5 } }
    }

    /// Ends a request. `false` when it has ended already.
    func end(_ id: String, now: Double) -> Bool {
        storage.withLock { $0.requests.take(id, now: now) != nil }
    }

    func waitingRequests(now: Double) -> [PendingBackchannelRequest] {
        storage.withLock { storage in
            storage.requests.values(now: now).filter {
                if case .none = $0.answer { $0.expires > now } else { false }
            }
        }
    }

    func answer(_ id: String, _ answer: PendingBackchannelRequest.Answer) {
        storage.withLock { $0.requests.update(id) { $0.answer = answer } }
    }
}
