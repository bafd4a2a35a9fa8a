#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
import HTTPTypes
import JOSE
import WebFormats

extension ItsmeClient {
    /// How long a session is polled. itsme ends it some minutes later.
    static let longestDiscovery: Duration = .seconds(600)

    /// Starts user discovery: itsme returns a QR code that the person scans with the app. Sends one HTTP request.
    ///
    /// - Throws: ``ItsmeError`` of the phases `discovery` and `user-discovery`: `backchannel_not_offered` with a client
    ///   secret, `backchannel_refused` when itsme answers with an error; or `CancellationError`.
    public func startUserDiscovery() async throws -> UserDiscoverySession {
        let access = try await backchannel(phase: .userDiscovery)
        let reply = try await askUserDiscovery(session: nil, access)
        let answer = try UserDiscoveryAnswer(reply, to: self)
        guard case .pending(let code?) = answer.status else { throw answer.answer.malformed("qr_code") }
        let sessionID = try answer.sessionIdentifier
        return UserDiscoverySession(
            identifier: try UserDiscoverySession.identifier(of: sessionID.exposedValue),
            qrCode: code.image, qrCodeExpiresAt: code.expiresAt,
            expiresAt: configuration.time.now().adding(Self.longestDiscovery), sessionID: sessionID,
            issuer: access.metadata.issuer, clientID: configuration.clientID,
            pace: PollingPace(
                interval: try answer.answer.seconds("interval") ?? PollingPace.defaultInterval,
                lifetime: Self.longestDiscovery, time: configuration.time))
    }

    /// Polls once whether a person has scanned the QR code. Sends at most one HTTP request. Before the interval has
    /// passed, or while another task polls, this returns ``UserDiscoveryPoll/pending(_:)`` without a request.
    ///
    /// - Throws: ``ItsmeError`` of the phase `user-discovery`: `backchannel_expired` 10 minutes after the start,
    ///   `backchannel_completed` after a person was discovered, `backchannel_refused` when itsme answers with an error;
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
                outcome = .tooOften(retryAfter: RetryAfter.delay(of: reply) ?? .zero)
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

    /// Identifies a person by a QR code: starts a session and polls at its interval until the scan.
    ///
    /// - Parameter show: Called with the session at the start, and whenever its QR code changes.
    /// - Throws: As ``startUserDiscovery()`` and ``pollUserDiscovery(_:)``, but this tries again after a transient
    ///   error; and what `show` throws.
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

    /// itsme's discovery document does not list this endpoint. Its URL starts with the issuer.
    private func askUserDiscovery(
        session: UserDiscoverySession?, _ access: BackchannelAccess
    ) async throws -> HTTPReply {
        let path = session.map { "/" + FormEncoding.encodeComponent($0.sessionID.exposedValue) } ?? ""
        let endpoint: Endpoint
        do {
            endpoint = try Endpoint(
                access.metadata.issuer.appendingPath("user_discovery_sessions" + path),
                allowsLoopbackHTTP: configuration.environment.allowsLoopbackHTTP)
        } catch {
            throw ItsmeError(
                .insecureURL, .userDiscovery, "user discovery cannot be reached: \(error.rawValue)",
                remedy: "Check the configured issuer.", field: "environment.issuer")
        }
        var form: [(name: String, value: String)] = [("client_id", configuration.clientID)]
        // itsme: the audience of the assertion is the backchannel authentication endpoint.
        form += try await authenticationParameters(audience: access.endpoint.url, phase: .userDiscovery)
        return try await http.send(form: form, to: endpoint, phase: .userDiscovery)
    }
}

/// itsme's answer about a session.
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

    /// The identifier of the session, which becomes a path segment.
    var sessionIdentifier: Secret<String> {
        get throws(ItsmeError) {
            let identifier = try answer.requiredToken("user_discovery_session_id")
            guard identifier.utf8.count <= 512, identifier.utf8.contains(where: { $0 != UInt8(ascii: ".") }) else {
                throw answer.malformed("user_discovery_session_id")
            }
            return Secret(identifier)
        }
    }

    /// The QR code, in `user_discovery_token` or next to it.
    private static func code(
        _ answer: BackchannelAnswer
    ) throws(ItsmeError) -> (image: QRCodeImage, expiresAt: Date?)? {
        let place = answer.json.nonNull("user_discovery_token") ?? answer.json
        guard let code = place.nonNull("qr_code") else { return nil }
        guard let base64 = code.string, let image = QRCodeImage(base64: base64) else {
            throw answer.malformed("qr_code")
        }
        guard let expiry = place.nonNull("expires_at") else { return (image, nil) }
        // itsme does not document the format of this time, so both usual formats are read.
        if let seconds = expiry.secondsSince1970 { return (image, Date(timeIntervalSince1970: seconds)) }
        guard let timestamp = expiry.string.flatMap({ Timestamp($0) }) else { throw answer.malformed("expires_at") }
        return (image, timestamp.date)
    }
}

/// A user discovery session with its QR code.
///
/// Copies share the polling interval, so an older copy cannot poll more often. Another process opens a session with
/// ``Sealer/openUserDiscoverySession(_:of:)``, or several share it in ``BackchannelRequests``.
public struct UserDiscoverySession: Sendable {
    /// The name of the session, which is not secret: the SHA-256 of itsme's identifier in Base64url.
    /// ``BackchannelRequests`` finds the session by it.
    public let identifier: String

    /// The QR code to show. itsme may change it with every answer.
    public internal(set) var qrCode: QRCodeImage

    /// When the QR code expires, if itsme states it.
    public internal(set) var qrCodeExpiresAt: Date?

    /// When the session expires: 10 minutes after the start.
    public let expiresAt: Date

    /// The time to wait after an answer before you poll again.
    public var interval: Duration { pace.interval }

    /// itsme's identifier.
    let sessionID: Secret<String>
    let issuer: String
    let clientID: String
    var pace: PollingPace
}

/// The state of a user discovery session.
public enum UserDiscoveryPoll: Sendable {
    /// No one has scanned the QR code yet. Continue with this session and show its QR code.
    case pending(UserDiscoverySession)
    /// A person scanned the QR code.
    case discovered(UserIdentifierToken)
}

/// Identifies the person who scanned the QR code, for one backchannel authentication request.
///
/// It is valid for a single request. Do not use it as the key of an account: the next discovery of the same person
/// gives another one.
public struct UserIdentifierToken: Sendable {
    /// The token as received. Keep it on the server.
    public let value: Secret<String>

    /// Wraps a token that was kept on the server.
    public init(_ value: Secret<String>) {
        self.value = value
    }
}

/// The QR code that a person scans with the itsme app: the bytes of an image file.
///
/// The first bytes determine the media type. Show the image in an `<img>` element, never as part of the markup: an SVG
/// image may contain scripts, which an `<img>` does not run.
public struct QRCodeImage: Sendable, Hashable {
    /// `image/png`, `image/jpeg`, `image/gif` or `image/svg+xml`.
    public let mediaType: String

    /// The image file.
    public let bytes: [UInt8]

    /// The image as a `data:` URL (RFC 2397), for the `src` of an `<img>` element.
    public var dataURL: String { "data:\(mediaType);base64,\(base64)" }

    var base64: String { Data(bytes).base64EncodedString() }

    /// Reads Base64; nil if the text is not Base64, or the image has none of these types.
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
