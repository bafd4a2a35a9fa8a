#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
public import HTTPTypes
import JOSE
import WebFormats

/// A person who is logged in, as the library's session cookie says.
public struct LoginSession: Sendable {
    /// 128 random bits in Base64url, new at each login. Not secret by itself: only the sealed cookie is.
    public let id: String

    /// The `sub` of the person, by which the application finds the account.
    public let subject: String

    /// The name of the ``LoginService`` that started the session.
    public let serviceName: String

    /// The name of the login in log lines.
    public let reference: String

    /// When the session started, in whole seconds.
    public let startedAt: Date

    /// When the session ends.
    public let expiresAt: Date

    /// The application's texts (``CompletedLogin/signIn(values:)``).
    public let values: [String: String]
}

extension LoginSession: Redacted {
    /// The reference, without the person.
    public var description: String { "LoginSession(\(reference))" }
}

/// Sessions without a store: a cookie that is encrypted, authenticated and expires, for applications that have no
/// sessions of their own.
///
/// Every instance with the same sealing key, client id and issuer can read it. The browser keeps the only copy. So a
/// session ends by ``clearing`` the cookie, by its lifetime, or for everyone by a new sealing key without the previous
/// one. It cannot be revoked for one person before it expires: if you need that, check the ``LoginSession/id`` or the
/// subject against a list of your own.
///
/// The cookie is `HttpOnly`, `SameSite=Lax`, and on https `Secure` with the prefix `__Host-`. So a form of another site
/// cannot act for the person, unless your application changes something in answer to a GET.
public struct LoginSessions: Sendable {
    private let sealer: Sealer
    private let cookie: SessionCookie
    private let configuration: ItsmeConfiguration
    private let lifetime: Int64

    /// Makes sessions; ``LoginEndpoints/sessions`` has those of its logins.
    ///
    /// - Throws: ``ItsmeError`` `invalid_configuration` if the lifetime is not between one minute and 30 days.
    init(client: ItsmeClient, sealer: Sealer, lifetime: Duration) throws(ItsmeError) {
        guard (.seconds(60) ... .seconds(30 * 86_400)).contains(lifetime) else {
            throw ItsmeError(
                .invalidConfiguration, .configuration, "the lifetime of sessions is out of range",
                remedy: "Choose between one minute and 30 days.", field: "sessionLifetime")
        }
        self.sealer = sealer
        configuration = client.configuration
        self.lifetime = lifetime.components.seconds
        cookie = try SessionCookie(client.configuration)
    }

    /// The session of the browser that sent a request; nil if there is none, if it has expired, or if it is of another
    /// client or issuer.
    public func session(of request: HTTPRequest) -> LoginSession? {
        let now = configuration.time.now()
        guard let value = cookie.value(in: request), let json = sealer.open(value, as: .session),
            // The subject means nothing at another client, and anyone can log in at a sandbox.
            json["o"]?.string == configuration.environment.issuer, json["c"]?.string == configuration.clientID,
            let session = LoginSession(json: json), now < session.expiresAt,
            // If the clock was ahead when it started, it would otherwise last too long.
            session.startedAt <= now.addingTimeInterval(Double(configuration.clockSkewSeconds))
        else { return nil }
        return session
    }

    /// The value of `Set-Cookie` that ends the browser's session.
    public var clearing: String { cookie.clearing }

    /// The value of `Set-Cookie` that starts a session after a login without the callback, such as that of a kiosk
    /// (``BackchannelRequests``).
    ///
    /// - Parameters:
    ///   - tokens: The answer to the login.
    ///   - service: The ``LoginSession/serviceName``.
    ///   - values: As of ``CompletedLogin/signIn(values:)``.
    /// - Throws: ``ItsmeError`` `transaction_foreign` if the tokens come from another issuer; otherwise as
    ///   ``CompletedLogin/signIn(values:)``.
    public func starting(
        for tokens: TokenResponse, service: String, values: [String: String] = [:]
    ) throws(ItsmeError) -> String {
        guard tokens.idToken.issuer.hasSameBytes(as: configuration.environment.issuer) else {
            throw ItsmeError(.transactionForeign, .authorizationResponse)
        }
        return try cookie(
            for: tokens.idToken, serviceName: service, reference: tokens.reference, values: values)
    }

    /// The value of `Set-Cookie` that starts a session.
    func cookie(for login: CompletedLogin, values: [String: String]) throws(ItsmeError) -> String {
        try cookie(
            for: login.idToken, serviceName: login.serviceName, reference: login.reference, values: values)
    }

    private func cookie(
        for idToken: IDToken, serviceName: String, reference: String, values: [String: String]
    ) throws(ItsmeError) -> String {
        let id: String
        do {
            id = Base64URL.encode(try configuration.random.bytes(16))
        } catch {
            throw ItsmeError.cryptography(error, .authorizationResponse)
        }
        // Whole seconds, because sealing keeps only these.
        let now = Int64(configuration.time.now().timeIntervalSince1970.rounded(.down))
        let json: JSONValue = [
            "i": .string(id), "o": .string(configuration.environment.issuer), "c": .string(configuration.clientID),
            "u": .string(idToken.subject), "s": .string(serviceName),
            "r": .string(reference), "t": .integer(now), "e": .integer(now + lifetime),
            "v": .object(
                values.sorted { $0.key < $1.key }.map { JSONValue.Member(name: $0.key, value: .string($0.value)) }),
        ]
        let sealed = try sealer.seal(
            json, as: .session, phase: .authorizationResponse,
            remedy: "Keep less in the session's values, for example only the key of your own record.")
        return cookie.setting(to: sealed, lifetime: lifetime)
    }
}

extension LoginSession {
    fileprivate init?(json: JSON) {
        guard let id = json["i"]?.string, let subject = json["u"]?.string, let serviceName = json["s"]?.string,
            let reference = json["r"]?.string, let startedAt = json["t"]?.integer, let expiresAt = json["e"]?.integer,
            let members = json["v"]?.members
        else { return nil }
        var values: [String: String] = [:]
        for member in members { values[member.name] = member.value.string }
        self.init(
            id: id, subject: subject, serviceName: serviceName, reference: reference,
            startedAt: Date(timeIntervalSince1970: Double(startedAt)),
            expiresAt: Date(timeIntervalSince1970: Double(expiresAt)), values: values)
    }
}

/// Ends the session of a browser and goes to the start page.
///
/// It accepts only a POST from a page of this site, as browsers report it by `Sec-Fetch-Site` or `Origin`, so that no
/// other site can log a person out.
struct LogoutEndpoint: HTTPHandler {
    let flow: LoginFlow

    func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
        guard request.method == .post else { return .methodNotAllowed(allowed: "POST") }
        guard isFromThisSite(request) else { return .plain(.forbidden, "Log out from a page of this site") }
        var reply = HTTPReply.seeOther(flow.options.theme.homeURL)
        reply.response.headerFields.protectLoginStep()
        reply.response.headerFields.setCookie(flow.sessions.clearing)
        return reply
    }

    private func isFromThisSite(_ request: HTTPRequest) -> Bool {
        if let site = HTTPField.Name("Sec-Fetch-Site").flatMap({ request.headerFields[$0] }) {
            return site == "same-origin"
        }
        return request.headerFields[.origin] == flow.origin
    }
}
