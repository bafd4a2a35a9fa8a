#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
import HTTPTypes
import JOSE
import WebFormats

extension ItsmeClient {
    /// How long a session is asked about; itsme ends it some minutes later.
    private static let longestDiscovery: Duration = .seconds(600)

    /// Starts to find out who is there: itsme gives a QR code for the person to scan with the app. One HTTP request.
    ///
    /// - Throws: ``ItsmeError`` of the phases `discovery` and `user-discovery`: `backchannel_not_offered` with a client
    ///   secret, `backchannel_refused` when itsme answers with an error; or `CancellationError`.
    public func startUserDiscovery() async throws -> UserDiscoverySession {
        let access = try await backchannel(phase: .userDiscovery)
        let reply = try await askUserDiscovery(session: nil, access)
        let answer = try UserDiscoveryAnswer(reply, to: self)
        guard case .pending(let code?) = answer.status else { throw answer.answer.malformed("qr_code") }
        let now = configuration.time.now()
        return UserDiscoverySession(
            qrCode: code.image, qrCodeExpiresAt: code.expiresAt,
            expiresAt: now.addingTimeInterval(Double(Self.longestDiscovery.components.seconds)),
            identifier: try answer.sessionIdentifier, issuer: access.metadata.issuer, clientID: configuration.clientID,
            pace: PollingPace(
                interval: try answer.answer.seconds("interval") ?? PollingPace.defaultInterval,
                lifetime: Self.longestDiscovery, uptime: configuration.time.uptime))
    }

    /// Asks once whether somebody scanned the QR code. At most one HTTP request: before the interval is over, or while
    /// another task asks, the answer is ``UserDiscoveryPoll/pending(_:)`` without any.
    ///
    /// - Throws: ``ItsmeError`` of the phase `user-discovery`: `backchannel_expired` 10 minutes after the start,
    ///   `backchannel_completed` after somebody was discovered, `backchannel_refused` when itsme answers with an error;
    ///   or `CancellationError`.
    public func pollUserDiscovery(_ session: UserDiscoverySession) async throws -> UserDiscoveryPoll {
        try requireOwn(issuer: session.issuer, clientID: session.clientID, phase: .userDiscovery)
        switch session.pace.takeTurn() {
        case .granted: break
        case .notYet: return .pending(session)
        case .expired: throw Self.backchannelExpired(phase: .userDiscovery)
        case .completed: throw Self.backchannelCompleted(phase: .userDiscovery)
        }
        var outcome = PollingPace.Outcome.failed
        defer { session.pace.settle(outcome) }
        do {
            let reply = try await askUserDiscovery(session: session, backchannel(phase: .userDiscovery))
            guard reply.response.status != .tooManyRequests else {
                outcome = .tooOften(retryAfter: Self.retryAfter(reply))
                return .pending(session)
            }
            switch try UserDiscoveryAnswer(reply, to: self).status {
            case .discovered(let token):
                outcome = .completed
                return .discovered(token)
            case .pending(let code):
                outcome = .pending
                var session = session
                if let code { (session.qrCode, session.qrCodeExpiresAt) = (code.image, code.expiresAt) }
                return .pending(session)
            }
        } catch let error as CancellationError {
            outcome = .pending
            throw error
        }
    }

    /// Finds out who is there, from the first QR code to the scan: starts a session and asks in its pace.
    ///
    /// - Parameter show: Called with the session at the start, and whenever its QR code changed.
    /// - Throws: As ``startUserDiscovery()`` and ``pollUserDiscovery(_:)``, but a failure that may pass is waited out;
    ///   whatever `show` throws.
    public func discoverUser(
        showing show: @Sendable (UserDiscoverySession) async throws -> Void
    ) async throws -> UserIdentifierToken {
        var session = try await startUserDiscovery()
        try await show(session)
        while true {
            try await configuration.time.wait(for: session.pace)
            let poll: UserDiscoveryPoll
            do {
                poll = try await pollUserDiscovery(session)
            } catch let error as ItsmeError where error.kind == .transient {
                continue
            }
            switch poll {
            case .discovered(let token): return token
            case .pending(let newer):
                let isChanged = newer.qrCode != session.qrCode
                session = newer
                if isChanged { try await show(session) }
            }
        }
    }

    /// itsme's discovery document does not list this endpoint: it is below the issuer.
    private func askUserDiscovery(
        session: UserDiscoverySession?, _ access: BackchannelAccess
    ) async throws -> HTTPReply {
        let path = session.map { "/" + FormEncoding.encodeComponent($0.identifier.exposedValue) } ?? ""
        let endpoint: Endpoint
        do {
            endpoint = try Endpoint(
                access.metadata.issuer + "/user_discovery_sessions" + path,
                allowsLoopbackHTTP: configuration.environment.allowsLoopbackHTTP)
        } catch {
            throw ItsmeError(
                .insecureURL, .userDiscovery, "user discovery cannot be reached: \(error.rawValue)",
                remedy: "Check the configured issuer.", field: "environment.issuer")
        }
        var form: [(name: String, value: String)] = [("client_id", configuration.clientID)]
        // itsme: the assertion is for the backchannel authentication endpoint.
        form += try await assertions.parameters(
            audience: access.endpoint.url, provider: provider, phase: .userDiscovery)
        return try await http.send(form: form, to: endpoint, phase: .userDiscovery)
    }

    /// The seconds of `Retry-After` (RFC 9110 §10.2.3), at most as long as a session lives.
    private static func retryAfter(_ reply: HTTPReply) -> Duration {
        guard let text = reply.response.headerFields[.retryAfter], let seconds = UInt16(text) else { return .zero }
        return min(.seconds(Int64(seconds)), longestDiscovery)
    }
}

/// What itsme answers about a session.
private struct UserDiscoveryAnswer {
    enum Status {
        case pending((image: QRCodeImage, expiresAt: Date?)?)
        case discovered(UserIdentifierToken)
    }

    let answer: BackchannelAnswer
    let status: Status

    init(_ reply: HTTPReply, to client: ItsmeClient) throws(ItsmeError) {
        answer = try BackchannelAnswer(reply, to: client, phase: .userDiscovery)
        switch answer.json["status"]?.string {
        case "PENDING_USER_DISCOVERY":
            status = .pending(try Self.code(answer))
        case "USER_DISCOVERED":
            status = .discovered(UserIdentifierToken(Secret(try answer.requiredToken("user_identifier_token"))))
        default:
            throw answer.malformed("status")
        }
    }

    /// The name of the session, which becomes a segment of a path.
    var sessionIdentifier: Secret<String> {
        get throws(ItsmeError) {
            let identifier = try answer.requiredToken("user_discovery_session_id")
            guard identifier.utf8.count <= 512, identifier.utf8.contains(where: { $0 != UInt8(ascii: ".") }) else {
                throw answer.malformed("user_discovery_session_id")
            }
            return Secret(identifier)
        }
    }

    /// The QR code, in `user_discovery_token` or beside it.
    private static func code(
        _ answer: BackchannelAnswer
    ) throws(ItsmeError) -> (image: QRCodeImage, expiresAt: Date?)? {
        let place = answer.json.nonNull("user_discovery_token") ?? answer.json
        guard let code = place.nonNull("qr_code") else { return nil }
        guard let base64 = code.string, let image = QRCodeImage(base64: base64) else {
            throw answer.malformed("qr_code")
        }
        guard let expiry = place.nonNull("expires_at") else { return (image, nil) }
        // itsme does not say how it writes this time; both usual ways are read.
        if let seconds = expiry.double, (0..<253_402_300_800).contains(seconds) {
            return (image, Date(timeIntervalSince1970: seconds))
        }
        guard let timestamp = expiry.string.flatMap({ Timestamp($0) }) else { throw answer.malformed("expires_at") }
        return (image, timestamp.date)
    }
}

/// A QR code that waits to be scanned.
///
/// Copies share one pace: asking with an older copy comes no closer to itsme. A session lives in the process that
/// started it.
public struct UserDiscoverySession: Sendable {
    /// What to show; itsme may change it with every answer.
    public internal(set) var qrCode: QRCodeImage

    /// When the QR code cannot be scanned any more, if itsme says.
    public internal(set) var qrCodeExpiresAt: Date?

    /// When to give up: 10 minutes after the start.
    public let expiresAt: Date

    /// How long to wait between two questions, from the last answer on.
    public var interval: Duration { pace.interval }

    let identifier: Secret<String>
    let issuer: String
    let clientID: String
    let pace: PollingPace
}

/// What itsme says of a user discovery session.
public enum UserDiscoveryPoll: Sendable {
    /// Nobody scanned the QR code yet. Show that of this session, and go on with it.
    case pending(UserDiscoverySession)
    /// Somebody did.
    case discovered(UserIdentifierToken)
}

/// Who scanned the QR code: the hint for one backchannel authentication request.
///
/// It is good for a single request and is no key of an account: the next discovery of the same person gives another one.
public struct UserIdentifierToken: Sendable {
    /// The token as itsme gave it. Keep it on the server.
    public let value: Secret<String>

    /// Wraps a token that was kept on the server meanwhile.
    public init(_ value: Secret<String>) {
        self.value = value
    }
}

/// The QR code that a person scans with the itsme app: the bytes of an image file.
///
/// The media type is the one that the first bytes show. Show the image as the source of an `<img>` element and never as
/// markup of a page: an SVG image may hold scripts, which an `<img>` does not run.
public struct QRCodeImage: Sendable, Hashable {
    /// `image/png`, `image/jpeg`, `image/gif` or `image/svg+xml`.
    public let mediaType: String

    /// The image file.
    public let bytes: [UInt8]

    /// The image as a `data:` URL (RFC 2397), for the `src` of an `<img>` element.
    public var dataURL: String { "data:\(mediaType);base64,\(Data(bytes).base64EncodedString())" }

    /// Reads base64; nil when it is none, or no image of these types.
    init?(base64: String) {
        guard let bytes = StandardBase64.decode(base64) else { return nil }
        let signatures: [(mediaType: String, signature: [UInt8])] = [
            ("image/gif", Array("GIF8".utf8)), ("image/svg+xml", Array("<svg".utf8)),
            ("image/svg+xml", Array("<?xml".utf8)),
        ]
        if let format = ImageFormat(signatureOf: bytes), format != .jpeg2000 {
            mediaType = format.mediaType
        } else if let known = signatures.first(where: { bytes.starts(with: $0.signature) }) {
            mediaType = known.mediaType
        } else {
            return nil
        }
        self.bytes = bytes
    }
}

extension QRCodeImage: Redacted {
    /// The media type and the size.
    public var description: String { "QRCodeImage(\(mediaType), \(bytes.count) bytes)" }
}
