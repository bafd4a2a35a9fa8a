#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import JOSE
import WebFormats

/// What is polled and can go on in another process: a ``BackchannelRequest`` or a ``UserDiscoverySession``.
protocol PolledSession: Sendable {
    static var content: Sealer.Content { get }
    static var phase: ItsmeError.Phase { get }
    /// The most time from a session's start to its end, against wrong clocks.
    static var longestLife: Duration { get }

    /// The digest of what itsme calls the session.
    var identifier: String { get }
    var expiresAt: Date { get }
    var issuer: String { get }
    var clientID: String { get }
    var pace: PollingPace { get set }
    var canBePinged: Bool { get }

    /// Everything but the pace, with short names.
    var members: [JSONValue.Member] { get }

    /// Nil if a member is missing or has the wrong form.
    init?(json: JSON, issuer: String, clientID: String, expiresAt: Date, pace: PollingPace)
}

extension PolledSession {
    /// A name that is safe to show, to log and to use as a key.
    static func identifier(of secret: String) throws(ItsmeError) -> String {
        do {
            return try SHA256.encodedDigest(secret)
        } catch {
            throw ItsmeError.cryptography(error, phase)
        }
    }

    /// Opens a session at the pace with which it was sealed.
    init?(json: JSON, pace: PollingPace.Snapshot, time: TimeSource) {
        guard let issuer = json["o"]?.string, let clientID = json["c"]?.string, let expiresAt = json["e"]?.date
        else { return nil }
        let remaining = expiresAt.timeIntervalSince(time.now())
        self.init(
            json: json, issuer: issuer, clientID: clientID, expiresAt: expiresAt,
            pace: PollingPace(
                pace, remaining: min(max(.seconds(remaining), .zero), Self.longestLife), time: time))
    }

    func json(pace: PollingPace.Snapshot) -> [JSONValue.Member] {
        [
            JSONValue.Member(name: "o", value: .string(issuer)), JSONValue.Member(name: "c", value: .string(clientID)),
            JSONValue.Member(name: "e", value: .integer(expiresAt.milliseconds)),
            JSONValue.Member(name: "p", value: pace.json),
        ] + members
    }
}

extension BackchannelRequest: PolledSession {
    static let content = Sealer.Content.backchannelRequest
    static let phase = ItsmeError.Phase.token
    static let longestLife: Duration = .seconds(86_400)

    var canBePinged: Bool { notificationToken != nil }

    var members: [JSONValue.Member] {
        var members: [JSONValue.Member] = []
        func add(_ name: String, _ value: JSONValue) { members.append(JSONValue.Member(name: name, value: value)) }
        add("a", .string(authReqID.exposedValue))
        add("s", .string(serviceCode))
        add("t", .integer(requestedAt.milliseconds))
        if let requestedLevel { add("l", .integer(Int64(requestedLevel.rawValue))) }
        if let notificationToken { add("n", .string(notificationToken.exposedValue)) }
        if let expectedSubject { add("u", .string(expectedSubject.exposedValue)) }
        return members
    }

    init?(json: JSON, issuer: String, clientID: String, expiresAt: Date, pace: PollingPace) {
        guard let authReqID = json["a"]?.string, let identifier = try? Self.identifier(of: authReqID),
            let serviceCode = json["s"]?.string, let requestedAt = json["t"]?.date
        else { return nil }
        var level: AuthenticationLevel?
        if let value = json["l"] {
            guard let known = value.integer.flatMap({ Int(exactly: $0) }).flatMap(AuthenticationLevel.init)
            else { return nil }
            level = known
        }
        self.init(
            identifier: identifier, authReqID: Secret(authReqID), expiresAt: expiresAt, serviceCode: serviceCode,
            requestedLevel: level, notificationToken: json["n"]?.string.map { Secret($0) }, requestedAt: requestedAt,
            issuer: issuer, clientID: clientID, expectedSubject: json["u"]?.string.map { Secret($0) }, pace: pace)
    }
}

extension UserDiscoverySession: PolledSession {
    static let content = Sealer.Content.userDiscovery
    static let phase = ItsmeError.Phase.userDiscovery
    static let longestLife = ItsmeClient.longestDiscovery

    var canBePinged: Bool { false }

    var members: [JSONValue.Member] {
        var members: [JSONValue.Member] = [
            JSONValue.Member(name: "i", value: .string(sessionID.exposedValue)),
            JSONValue.Member(name: "q", value: .string(qrCode.base64)),
        ]
        if let qrCodeExpiresAt {
            members.append(JSONValue.Member(name: "x", value: .integer(qrCodeExpiresAt.milliseconds)))
        }
        return members
    }

    init?(json: JSON, issuer: String, clientID: String, expiresAt: Date, pace: PollingPace) {
        guard let sessionID = json["i"]?.string, let identifier = try? Self.identifier(of: sessionID),
            let qrCode = json["q"]?.string.flatMap({ QRCodeImage(base64: $0) })
        else { return nil }
        self.init(
            identifier: identifier, qrCode: qrCode, qrCodeExpiresAt: json["x"]?.date, expiresAt: expiresAt,
            sessionID: Secret(sessionID), issuer: issuer, clientID: clientID, pace: pace)
    }
}

extension Sealer {
    /// Seals a request with its pace, so that another process can go on with it.
    ///
    /// Whoever opens the text twice polls twice. To share a request among processes, use ``BackchannelRequests``.
    ///
    /// - Returns: Base64url text, usually about 900 characters, at most 1 MiB.
    /// - Throws: ``ItsmeError`` `random_source_failed`; `invalid_configuration` if OpenSSL fails.
    public func seal(_ request: BackchannelRequest) throws(ItsmeError) -> String {
        try seal(request, json: request.json(pace: request.pace.snapshot))
    }

    /// Opens a sealed request. It can be polled when its turn has come by the date, at the latest after the interval.
    ///
    /// - Parameters:
    ///   - text: The sealed text.
    ///   - client: The client that made the request.
    /// - Throws: ``ItsmeError`` `backchannel_unreadable` if the text is malformed, altered, of another kind, or sealed with
    ///   another key; `transaction_foreign` if the request is of another client or issuer.
    public func openBackchannelRequest(
        _ text: String, of client: ItsmeClient
    ) throws(ItsmeError) -> BackchannelRequest {
        try open(text, of: client)
    }

    /// Seals a session with its QR code and its pace, so that another process can go on with it.
    ///
    /// - Returns: Base64url text, with the size of the QR code, at most 1 MiB.
    /// - Throws: ``ItsmeError`` `random_source_failed`; `invalid_configuration` if OpenSSL fails, or if the text is longer.
    public func seal(_ session: UserDiscoverySession) throws(ItsmeError) -> String {
        try seal(session, json: session.json(pace: session.pace.snapshot))
    }

    /// Opens a sealed session; as ``openBackchannelRequest(_:of:)``.
    public func openUserDiscoverySession(
        _ text: String, of client: ItsmeClient
    ) throws(ItsmeError) -> UserDiscoverySession {
        try open(text, of: client)
    }

    func seal<Session: PolledSession>(
        _ session: Session, json members: [JSONValue.Member]
    ) throws(ItsmeError) -> String {
        try seal(
            .object(members), as: Session.content, phase: Session.phase,
            remedy: "Keep the session in the process that started it, and report its size to itsme.")
    }

    private func open<Session: PolledSession>(
        _ text: String, of client: ItsmeClient
    ) throws(ItsmeError) -> Session {
        guard let json = open(text, as: Session.content), let pace = PollingPace.Snapshot(json: json["p"]),
            let session = Session(json: json, pace: pace, time: client.configuration.time)
        else { throw ItsmeError(.backchannelUnreadable, Session.phase) }
        try client.requireOwn(issuer: session.issuer, clientID: session.clientID, phase: Session.phase)
        return session
    }
}
