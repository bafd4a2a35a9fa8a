import HTTPTypes
import ItsmeRP
import JOSE
import Synchronization

/// The shop's own part of a login: what it asks of itsme, and what it makes of the answers.
///
/// One pair of endpoints serves all three services: the page that a person wants to reach says which one it takes. That
/// page is sealed in the transaction with everything else, so at the callback it says what was asked.
final class DemoApplication: Sendable {
    let registration: DemoRegistration
    let client: ItsmeClient
    let sessions: DemoSessions

    private let channel: ReportingTransport
    private let report: Report
    private let outcome = Mutex<Result<DemoResult, any Error>?>(nil)

    init(
        _ registration: DemoRegistration, configuration: ItsmeConfiguration, transport: any HTTPTransport,
        report: Report
    ) throws {
        self.registration = registration
        self.report = report
        sessions = DemoSessions(cookie: registration.sessionCookie)
        channel = ReportingTransport("relying party", through: transport, report: report)
        var configuration = configuration
        configuration.replayGuard = ReportingReplayGuard(report: report)
        client = try ItsmeClient(configuration, transport: channel)
    }

    /// How many requests it sent so far.
    var requestCount: Int { channel.requestCount }

    /// How the last login ended, told once; nil when none did since.
    func takeOutcome() -> Result<DemoResult, any Error>? {
        outcome.withLock { outcome in
            defer { outcome = nil }
            return outcome
        }
    }

    private func service(at target: PostLoginTarget) -> DemoService {
        DemoService.allCases.first { registration.resultPath(of: $0) == target.text } ?? .login
    }

    /// Makes the authorization request of a person who wants to reach a page.
    func authorize(_ start: LoginStart) async throws -> AuthorizationRequest {
        let service = service(at: start.target)
        report.note("\(service.name) (\(registration.name)): \(service.question)")
        let requestsBefore = requestCount
        let request = try await client.authorizationRequest(
            for: service.request(subject: sessions.session(of: start.request)?.subject), claims: service.claims,
            level: service.level, locale: start.locale)
        if requestCount > requestsBefore {
            report.passed("discovery: the document names the configured issuer and offers our algorithms")
            report.passed("itsme's keys: the set holds a key to encrypt to")
        }
        report.passed("request object: \(registration.requestProtection); state, nonce and PKCE are fresh")
        return request
    }

    /// Answers a person who came back from itsme and was verified: a session, and the page.
    func answer(_ login: CompletedLogin) async throws -> HTTPReply {
        let service = service(at: login.target)
        report.passed("ID token: decrypted with \(registration.tokenKey), its signature verified with itsme's")
        report.passed("ID token: iss, aud, exp, iat, nonce and acr are what this request expects")
        if service == .confirm {
            guard sessions.session(of: login.request)?.subject == login.idToken.subject else {
                throw DemoRefusal.anotherPerson
            }
            report.passed("ID token: the person who confirmed is the one who is logged in, and who was asked")
        }
        var userInfo: UserInfo?
        if service.readsUserInfo {
            userInfo = try await login.userInfo()
            report.passed("UserInfo: decrypted, signature verified, and about the same person as the ID token")
        }
        let result = try DemoResult(idToken: login.idToken, userInfo: userInfo)
        let cookie = try sessions.renew(with: result, of: service, for: login.request)
        outcome.withLock { $0 = .success(result) }
        return login.redirect(settingCookies: [cookie])
    }

    /// Answers a person who was not.
    func answer(_ failure: LoginFailure) -> HTTPReply {
        let error = failure.underlyingError ?? failure.error
        report.refused("\(error)")
        outcome.withLock { $0 = .failure(error) }
        if case DemoRefusal.nobodyLoggedIn = error { return .redirect(to: DemoSite.homePath) }
        return failure.page
    }
}
