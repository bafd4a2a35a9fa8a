import HTTPTypes
import ItsmeRP
import Synchronization

/// Keeps the last requests, and groups them into sessions.
///
/// A session begins with an authorization request, a backchannel request or a QR code. Other requests belong to it if
/// they use a code, a token or an identifier that it gave away, even if they are refused. When the recorder is full, the
/// oldest request goes; a session goes with its last request.
final class RequestRecorder: Sendable {
    fileprivate struct Storage: Sendable {
        var lastRequest = 0
        var lastSession = 0
        var requests: [RecordedRequest] = []
        /// The sessions of the identifiers that they gave away.
        var sessionIDs: [String: String] = [:]
    }

    private let limit: Int
    private let origin: String
    private let now: @Sendable () -> Double
    private let storage = Mutex(Storage())

    init(limit: Int, origin: String, now: @escaping @Sendable () -> Double) {
        self.limit = limit
        self.origin = origin
        self.now = now
    }

    var requests: [RecordedRequest] { storage.withLock { $0.requests } }

    /// The session of this identifier; `nil` if there is none.
    func session(_ id: String) -> SandboxSession? {
        SandboxSession(id: id, exchanges: requests.filter { $0.sessionID == id })
    }

    /// All sessions, the newest first.
    var sessions: [SandboxSession] {
        var order: [String] = []
        var requests: [String: [RecordedRequest]] = [:]
        for request in self.requests {
            guard let id = request.sessionID else { continue }
            if requests[id] == nil { order.append(id) }
            requests[id, default: []].append(request)
        }
        return order.reversed().compactMap { SandboxSession(id: $0, exchanges: requests[$0] ?? []) }
    }

    func forget() {
        storage.withLock {
            $0.requests = []
            $0.sessionIDs = [:]
        }
    }

    // MARK: Recording

    /// Keeps `request` with its answer, if a relying party or a browser sent it. What is thrown is a refusal on the
    /// sandbox's own page.
    func recording<Refusal: Error>(
        _ request: HTTPRequest, to endpoint: RecordedRequest.Endpoint?, body: [UInt8],
        _ answer: () async throws(Refusal) -> HTTPReply
    ) async throws(Refusal) -> HTTPReply {
        guard limit > 0, let endpoint else { return try await answer() }
        let recording = begin(request, to: endpoint, url: origin + (request.path ?? "/"), body: body)
        let result = await Recording.$current.withValue(recording) { () -> Result<HTTPReply, Refusal> in
            do throws(Refusal) {
                return .success(try await answer())
            } catch {
                return .failure(error)
            }
        }
        recording.end(with: (try? result.get()) ?? HTTPReply(response: HTTPResponse(status: .badRequest)))
        store(recording.notes)
        return try result.get()
    }

    /// Sends a request to a relying party, and keeps it with its answer and with what `read` checks about that. It belongs
    /// to the session of the request that the task answers, or else to that of `identifier`.
    func calling<Value>(
        _ endpoint: RecordedRequest.Endpoint, _ request: HTTPRequest, body: [UInt8] = [], of client: ClientRegistration,
        session identifier: String? = nil, through transport: any HTTPTransport, limits: HTTPLimits,
        _ read: (Result<HTTPReply, any Error>) throws(SandboxRefusal) -> Value
    ) async throws(SandboxRefusal) -> Value {
        let url = "\(request.scheme ?? "")://\(request.authority ?? "")\(request.path ?? "")"
        let recording = begin(request, to: endpoint, url: url, body: body)
        let reply: Result<HTTPReply, any Error>
        do {
            let answer = try await transport.send(request, body: body, limits: limits)
            recording.end(with: answer)
            reply = .success(answer)
        } catch {
            recording.end(failure: (error as? HTTPTransportError)?.code.description ?? "no answer")
            reply = .failure(error)
        }
        let result = Recording.$current.withValue(recording) { () -> Result<Value, SandboxRefusal> in
            do throws(SandboxRefusal) {
                return .success(try read(reply))
            } catch {
                Recording.fail(error)
                return .failure(error)
            }
        }
        recording.note {
            $0.request.clientID = client.clientID
            if let identifier { $0.used.append(identifier) }
        }
        if let outer = Recording.current {
            outer.note { $0.calls.append(recording.notes) }
        } else if limit > 0 {
            store(recording.notes)
        }
        return try result.get()
    }

    /// Keeps what a person does on the phone, if `act` says that it was done. `act` notes to what it belongs.
    func acting(_ action: RecordedRequest.Deed.Action, by person: Persona, _ act: () -> Bool) -> Bool {
        guard limit > 0 else { return act() }
        let request = HTTPRequest(method: .post, scheme: nil, authority: nil, path: nil)
        let recording = begin(request, to: .phone, url: "", body: [])
        let isDone = Recording.$current.withValue(recording) {
            Recording.note(action, by: person)
            return act()
        }
        guard isDone else { return false }
        recording.end()
        store(recording.notes)
        return true
    }

    private func begin(
        _ request: HTTPRequest, to endpoint: RecordedRequest.Endpoint, url: String, body: [UInt8]
    ) -> Recording {
        let id = storage.withLock { storage in
            storage.lastRequest += 1
            return storage.lastRequest
        }
        return Recording(RecordedRequest(id: id, endpoint: endpoint, request, url: url, body: body, startedAt: now()))
    }

    // MARK: Keeping

    private func store(_ notes: Recording.Notes) {
        let request = notes.request
        // Pages on which nobody decided anything are no part of the story.
        guard request.endpoint != .approval || request.deed != nil || !request.checks.isEmpty else { return }
        let used = notes.used + request.identifiers
        storage.withLock { storage in
            var session = used.compactMap { storage.sessionIDs[$0] }.first
            if session == nil, request.endpoint.beginsSession {
                storage.lastSession += 1
                session = String(storage.lastSession)
            }
            if let session {
                for identifier in notes.issued { storage.sessionIDs[identifier] = session }
            }
            for var request in [request] + notes.calls.map(\.request) {
                request.sessionID = session
                storage.keep(request, limit: limit)
            }
        }
    }
}

extension RequestRecorder.Storage {
    /// Adds a request in the order in which they began, and drops the oldest if there are too many.
    fileprivate mutating func keep(_ request: RecordedRequest, limit: Int) {
        let index = requests.lastIndex { $0.id < request.id }.map { $0 + 1 } ?? 0
        requests.insert(request, at: index)
        guard requests.count > limit, let session = requests.removeFirst().sessionID,
            !requests.contains(where: { $0.sessionID == session })
        else { return }
        sessionIDs = sessionIDs.filter { $0.value != session }
    }
}

extension RecordedRequest.Endpoint {
    /// Whether a request to this endpoint begins a session, if it does not belong to one.
    fileprivate var beginsSession: Bool {
        switch self {
        case .authorization, .backchannelAuthentication, .userDiscovery: true
        default: false
        }
    }

    /// `nil` for what belongs to no login.
    init?(_ endpoint: SandboxEndpoints.Endpoint) {
        switch endpoint {
        case .configuration: self = .discovery
        case .jwkSet: self = .jwkSet
        case .authorization: self = .authorization
        case .signIn: self = .approval
        case .token: self = .token
        case .userInfo: self = .userInfo
        case .picture: self = .picture
        case .revocation: self = .revocation
        case .backchannelAuthentication: self = .backchannelAuthentication
        case .userDiscovery: self = .userDiscovery
        case .attackerKeys, .index, .phone, .faults, .sessions, .clients, .api: return nil
        }
    }
}

extension RecordedRequest {
    /// What the request names that an earlier answer may have given away.
    fileprivate var identifiers: [String] {
        var identifiers = ["pending", "code", "auth_req_id", "token"].compactMap { parameters[$0] }
        if let header = headerFields[.authorization], let token = header.split(separator: " ").last {
            identifiers.append(String(token))
        }
        if let segment = url.prefix(while: { $0 != "?" }).split(separator: "/").last {
            identifiers.append(String(segment))
        }
        return identifiers
    }
}
