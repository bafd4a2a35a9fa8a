import HTTPTypes
import ItsmeRP
import JOSE
import Synchronization
import WebFormats

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A request as it was sent, what came back, and when.
struct Exchange: Sendable {
    /// The number of the request; nested requests have later ones.
    let id: Int
    let endpoint: RecordedRequest.Endpoint
    let request: HTTPRequest
    let url: String
    let body: [UInt8]
    let startedAt: Double
    let began: ContinuousClock.Instant
    var duration: Duration = .zero
    var answer: RecordedRequest.Answer?
    var failure: String?
}

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
        /// The number of requests of each session, and the identifiers that it gave away.
        var sessions: [String: (requests: Int, identifiers: [String])] = [:]
        /// The sessions of the identifiers.
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
        let requests = storage.withLock { storage in
            storage.sessions[id] == nil ? [] : storage.requests.filter { $0.sessionID == id }
        }
        return SandboxSession(id: id, exchanges: requests)
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
            $0.sessions = [:]
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
        var exchange = begin(request, to: endpoint, url: origin + (request.path ?? "/"), body: body)
        let recording = Recording()
        let result = await Recording.$current.withValue(recording) { () -> Result<HTTPReply, Refusal> in
            do throws(Refusal) {
                return .success(try await answer())
            } catch {
                return .failure(error)
            }
        }
        let reply = (try? result.get()) ?? HTTPReply(response: HTTPResponse(status: .badRequest))
        exchange.end(with: reply)
        store(exchange, recording.finished())
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
        var exchange = begin(request, to: endpoint, url: url, body: body)
        let reply: Result<HTTPReply, any Error>
        do {
            let answer = try await transport.send(request, body: body, limits: limits)
            exchange.end(with: answer)
            reply = .success(answer)
        } catch {
            exchange.duration = .now - exchange.began
            exchange.failure = (error as? HTTPTransportError)?.code.description ?? "no answer"
            reply = .failure(error)
        }
        let outer = Recording.current
        let recording = Recording()
        let result = Recording.$current.withValue(recording) { () -> Result<Value, SandboxRefusal> in
            do throws(SandboxRefusal) {
                return .success(try read(reply))
            } catch {
                Recording.fail(error)
                return .failure(error)
            }
        }
        recording.change {
            $0.clientID = client.clientID
            if let identifier { $0.used.append(identifier) }
        }
        let call = Recording.Call(exchange: exchange, notes: recording.finished())
        if let outer {
            outer.change { $0.calls.append(call) }
        } else if limit > 0 {
            store(call.exchange, call.notes)
        }
        return try result.get()
    }

    /// Keeps what a person does on the phone, if `act` says that it was done. `act` notes to what it belongs.
    func acting(_ action: RecordedRequest.Deed.Action, by person: Persona, _ act: () -> Bool) -> Bool {
        guard limit > 0 else { return act() }
        let request = HTTPRequest(method: .post, scheme: nil, authority: nil, path: nil)
        var exchange = begin(request, to: .phone, url: "", body: [])
        let recording = Recording()
        let isDone = Recording.$current.withValue(recording) {
            Recording.note(action, by: person)
            return act()
        }
        guard isDone else { return false }
        exchange.duration = .now - exchange.began
        store(exchange, recording.finished())
        return true
    }

    private func begin(
        _ request: HTTPRequest, to endpoint: RecordedRequest.Endpoint, url: String, body: [UInt8]
    ) -> Exchange {
        let id = storage.withLock { storage in
            storage.lastRequest += 1
            return storage.lastRequest
        }
        return Exchange(
            id: id, endpoint: endpoint, request: request, url: url, body: body, startedAt: now(), began: .now)
    }

    // MARK: Keeping

    private func store(_ exchange: Exchange, _ notes: Recording.Notes) {
        // Pages on which nobody decided anything are no part of the story.
        guard exchange.endpoint != .approval || notes.deed != nil || !notes.checks.isEmpty else { return }
        let parameters = exchange.parameters
        let used = notes.used + exchange.identifiers(parameters)
        storage.withLock { storage in
            var session = used.compactMap { storage.sessionIDs[$0] }.first
            if session == nil, exchange.endpoint.beginsSession {
                storage.lastSession += 1
                session = String(storage.lastSession)
            }
            if let session {
                storage.sessions[session, default: (0, [])].identifiers += notes.issued
                for identifier in notes.issued { storage.sessionIDs[identifier] = session }
            }
            storage.keep(RecordedRequest(exchange, notes, parameters: parameters, sessionID: session), limit: limit)
            for call in notes.calls {
                storage.keep(
                    RecordedRequest(
                        call.exchange, call.notes, parameters: call.exchange.parameters, sessionID: session),
                    limit: limit)
            }
        }
    }
}

extension RequestRecorder.Storage {
    /// Adds a request in the order in which they began, and drops the oldest if there are too many.
    fileprivate mutating func keep(_ request: RecordedRequest, limit: Int) {
        let index = requests.lastIndex { $0.id < request.id }.map { $0 + 1 } ?? 0
        requests.insert(request, at: index)
        if let id = request.sessionID { sessions[id, default: (0, [])].requests += 1 }
        guard requests.count > limit, let id = requests.removeFirst().sessionID else { return }
        sessions[id]?.requests -= 1
        guard let session = sessions[id], session.requests <= 0 else { return }
        for identifier in session.identifiers { sessionIDs[identifier] = nil }
        sessions[id] = nil
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

extension Exchange {
    mutating func end(with reply: HTTPReply) {
        duration = .now - began
        answer = RecordedRequest.Answer(
            status: reply.response.status.code, headerFields: reply.response.headerFields,
            body: RecordedRequest.Body(reply.body))
    }

    /// The parameters of the query, or of the form of a POST.
    fileprivate var parameters: [String: String] {
        let path = request.path ?? ""
        let query = path.firstIndex(of: "?").map { path[path.index(after: $0)...] } ?? ""
        let encoded = request.method == .post ? body : Array(query.utf8)
        guard encoded.count <= FormParameters.maximumSize else { return [:] }
        var parameters: [String: String] = [:]
        for (name, value) in FormEncoding.decode(encoded) where parameters[name] == nil { parameters[name] = value }
        return parameters
    }

    /// What the request names that an earlier answer may have given away.
    fileprivate func identifiers(_ parameters: [String: String]) -> [String] {
        var identifiers = ["pending", "code", "auth_req_id", "token"].compactMap { parameters[$0] }
        if let header = request.headerFields[.authorization], let token = header.split(separator: " ").last {
            identifiers.append(String(token))
        }
        if let segment = (request.path ?? "").prefix(while: { $0 != "?" }).split(separator: "/").last {
            identifiers.append(String(segment))
        }
        return identifiers
    }
}

extension RecordedRequest {
    fileprivate init(
        _ exchange: Exchange, _ notes: Recording.Notes, parameters: [String: String], sessionID: String?
    ) {
        id = exchange.id
        self.sessionID = sessionID
        endpoint = exchange.endpoint
        startedAt = Date(timeIntervalSince1970: exchange.startedAt)
        duration = exchange.duration
        method = exchange.request.method
        url = String(exchange.url.prefix(Body.limit))
        var fields = exchange.request.headerFields
        // A browser also sends the cookies of other servers on this machine.
        if fields.contains(.cookie) { fields[.cookie] = "(not recorded)" }
        headerFields = fields
        body = Body(exchange.body)
        self.parameters = parameters
        requestObject = notes.requestObject
        clientAssertion = notes.clientAssertion
        clientID = notes.clientID
        service = notes.service
        deed = notes.deed
        answer = exchange.answer
        failure = exchange.failure
        checks = notes.checks
        tokens = notes.tokens
        fault = notes.fault
    }
}
