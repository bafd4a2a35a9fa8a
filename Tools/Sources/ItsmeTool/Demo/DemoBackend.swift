import HTTPTypes
import ItsmeRP
import JOSE
import Synchronization

/// A small relying party: a login page, the callback, and the JWK Set that itsme reads.
///
/// The transaction of a login travels in a sealed cookie; nothing is stored here but the outcome, for the demo to read.
final class DemoBackend: HTTPHandler {
    static let loginPath = "/login"
    static let callbackPath = "/callback"
    static let jwkSetPath = "/jwks.json"
    private static let cookie = "itsme_login"

    private let client: ItsmeClient
    private let keys: ClientKeys
    private let service: ItsmeService
    private let sealer: TransactionSealer
    private let report: Report
    private let outcome = Mutex<Result<DemoLogin, any Error>?>(nil)

    init(client: ItsmeClient, keys: ClientKeys, service: ItsmeService, report: Report) throws {
        self.client = client
        self.keys = keys
        self.service = service
        self.report = report
        sealer = try TransactionSealer(key: SymmetricKey(RandomSource.system.bytes(32)))
    }

    /// How the last login ended; nil before the first.
    var lastOutcome: Result<DemoLogin, any Error>? { outcome.withLock { $0 } }

    func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
        let target = request.path ?? "/"
        let mark = target.firstIndex(of: "?") ?? target.endIndex
        do {
            switch (request.method, target[..<mark]) {
            case (.get, "/"):
                return .html("<h1>Demo shop</h1><p><a href=\"\(Self.loginPath)\">Log in with itsme</a></p>")
            case (.get, Self.loginPath[...]):
                return try await login()
            case (.get, Self.callbackPath[...]):
                return try await callback(query: String(target[mark...]), cookies: request.headerFields[.cookie])
            case (.get, Self.jwkSetPath[...]):
                let set = try keys.publicJWKSet?.publicJSON() ?? ["keys": []]
                return HTTPReply(
                    response: HTTPResponse(status: .ok, headerFields: [.contentType: "application/jwk-set+json"]),
                    body: set.serialized())
            default:
                return .html("<p>There is no such page.</p>", status: .notFound)
            }
        } catch {
            outcome.withLock { $0 = .failure(error) }
            report.refused("\(error)")
            let message = (error as? ItsmeError)?.safeMessage ?? "The login is not available at the moment."
            return .html("<p>\(message)</p>", status: .badRequest)
        }
    }

    private func login() async throws -> HTTPReply {
        let request = try await client.authorizationRequest(
            for: service, claims: ClaimsRequest(userInfo: DemoLogin.requestedClaims), level: .basic, locale: .english)
        report.passed("discovery: the document names the configured issuer and offers our algorithms")
        report.passed("itsme's keys: the set holds a key to encrypt to")
        report.passed("request object: signed with our key, encrypted to itsme's; state, nonce and PKCE are fresh")
        let cookie = try "\(Self.cookie)=\(sealer.seal(request.transaction)); Path=\(Self.callbackPath)"
        return .redirect(to: request.url, cookie: cookie + "; Max-Age=600; HttpOnly; SameSite=Lax")
    }

    private func callback(query: String, cookies: String?) async throws -> HTTPReply {
        let sealed = cookies?.split(separator: "; ").first { $0.hasPrefix("\(Self.cookie)=") }
        let transaction = try sealer.open(String(sealed?.dropFirst(Self.cookie.count + 1) ?? ""))
        report.passed("cookie: the transaction was sealed by us and not altered")
        let response = try await client.authorizationResponse(query: query, for: transaction)
        report.passed("callback: the state is this browser's, in time, and used for the first time")
        let tokens = try await client.tokens(for: response)
        report.passed("ID token: decrypted with our key, its signature verified with itsme's")
        report.passed("ID token: iss, aud, exp, iat, nonce and acr are what this login expects")
        let userInfo = try await client.userInfo(for: tokens)
        report.passed("UserInfo: decrypted, signature verified, and about the same person as the ID token")
        let login = DemoLogin(idToken: tokens.idToken, userInfo: userInfo)
        outcome.withLock { $0 = .success(login) }
        return .html(login.page)
    }
}

extension HTTPReply {
    fileprivate static func html(_ body: String, status: HTTPResponse.Status = .ok) -> HTTPReply {
        HTTPReply(
            response: HTTPResponse(
                status: status,
                headerFields: [
                    .contentType: "text/html; charset=utf-8", .cacheControl: "no-store",
                    .contentSecurityPolicy: "default-src 'none'",
                ]),
            body: Array("<!doctype html><title>Demo shop</title>\(body)".utf8))
    }

    fileprivate static func redirect(to url: String, cookie: String) -> HTTPReply {
        HTTPReply(
            response: HTTPResponse(
                status: .seeOther,
                headerFields: [.location: url, .setCookie: cookie, .cacheControl: "no-store"]))
    }
}
