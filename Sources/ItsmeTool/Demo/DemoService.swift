#if Tool
    import HTTPTypes
    import ItsmeRP
    import ItsmeSandbox
    import JOSE
    import Synchronization

    /// The services of the demo shop: one of each kind.
    enum DemoService: String, CaseIterable, Sendable {
        case login
        case shareData = "share-data"
        case confirm

        /// The payment to confirm. The account is the usual Belgian example.
        private static let amount = 25
        private static let iban = "BE68 5390 0754 7034"

        /// The payment in words.
        static var payment: String { "\(amount) EUR to \(iban)" }

        /// The name in a sentence.
        var name: String {
            switch self {
            case .login: "login"
            case .shareData: "share data"
            case .confirm: "confirm"
            }
        }

        /// The registration of the service in the sandbox.
        var registration: ServiceRegistration {
            switch self {
            case .login: ServiceRegistration(code: "DEMO_LOGIN", kind: .login)
            case .shareData: ServiceRegistration(code: "DEMO_DATA", kind: .shareData)
            case .confirm: ServiceRegistration(code: "DEMO_CONFIRM", kind: .confirm)
            }
        }

        /// The service at itsme.
        var kind: ItsmeService.Kind {
            switch self {
            case .login: .login
            case .shareData: .shareData
            case .confirm: .confirm
            }
        }

        /// The action of the button.
        var action: ItsmeButton.Action {
            switch self {
            case .login: .login
            case .shareData: .shareData
            case .confirm: .confirm
            }
        }

        /// How strongly the person has to authenticate.
        var level: AuthenticationLevel {
            switch self {
            case .login, .shareData: .basic
            case .confirm: .advanced
            }
        }

        /// The claims that the shop asks for. All of them come in the ID token, but for those of the scopes.
        var claims: ClaimsRequest {
            switch self {
            case .login: [.name, .email, .birthdate]
            case .shareData: [.nationalNumber, .name, .birthdate, .citizenship]
            case .confirm: [.name, .ongoingCall]
            }
        }

        /// Groups of claims that come in UserInfo.
        var scopes: [Scope] { self == .shareData ? [.address, .phone] : [] }

        /// What the request asks, in words. Only itsme can read it in the request object.
        var question: String {
            let names = (claims.idToken + scopes.flatMap(\.claims)).map { DemoResult.label($0.name) }
                .joined(separator: ", ")
            return switch self {
            case .login: "who is it? With \(names)"
            case .shareData: "who is it, and what of the person: \(names)?"
            case .confirm: "does the person who is logged in pay \(Self.payment)? With \(names)"
            }
        }

        /// Whether the shop reads UserInfo.
        var readsUserInfo: Bool { !scopes.isEmpty }

        /// The service for a request.
        ///
        /// - Parameter subject: The person who is logged in; nil for nobody.
        /// - Throws: ``DemoRefusal/nobodyLoggedIn`` when the service needs a person who is logged in.
        func request(subject: String?) throws -> ItsmeService {
            let code = registration.code
            switch self {
            case .login:
                return .login(code)
            case .shareData:
                return .shareData(code, .nationalNumber)
            case .confirm:
                guard let subject else { throw DemoRefusal.nobodyLoggedIn }
                let payment = try ConfirmationTemplate.payment(
                    amount: Self.amount, currency: .euro, iban: IBAN(Self.iban))
                return .confirm(code, payment, subject: subject)
            }
        }
    }

    /// What the shop itself refuses, in addition to the library.
    enum DemoRefusal: String, Error, CustomStringConvertible {
        case nobodyLoggedIn = "nobody is logged in, so nobody can confirm"
        case anotherPerson = "the person who confirmed is not the person who was asked"

        var description: String { rawValue }
    }

    /// The shop with one registration: the library's endpoints and the shop's own code.
    struct DemoRelyingParty: Sendable {
        let application: DemoApplication
        /// The starts of all three services and their callback.
        let endpoints: LoginEndpoints

        var registration: DemoRegistration { application.registration }

        init(_ application: DemoApplication) throws {
            self.application = application
            let registration = application.registration
            var options = LoginOptions()
            options.defaultTarget = try PostLoginTarget(registration.resultPath(of: .login))
            options.logoutPath = "/\(registration.rawValue)/logout"
            endpoints = try LoginEndpoints(
                client: application.client,
                sealer: CookieSealer(key: SymmetricKey(RandomSource.system.bytes(32))),
                services: DemoService.allCases.map { service in
                    LoginService(
                        service.rawValue, path: registration.startPath(of: service), kind: service.kind
                    ) { start in
                        try await application.authorize(service, start)
                    } onLogin: { login in
                        try await application.answer(service, login)
                    }
                },
                options: options, onFailure: application.answer)
        }

        /// The URL that starts a login for the page of a service.
        func startURL(of service: DemoService) throws -> String {
            try endpoints.startURL(
                of: service.rawValue, target: PostLoginTarget(registration.resultPath(of: service)), locale: .english)
        }
    }

    /// The people who are logged in, by the session cookies of their browsers.
    final class DemoSessions: Sendable {
        /// The session of a person.
        struct Session: Sendable {
            let subject: String
            /// What itsme said about the person, by service.
            var results: [DemoService: DemoResult] = [:]
        }

        private let cookie: String
        private let sessions = Mutex<[String: Session]>([:])

        /// - Parameter cookie: The name of the cookie.
        init(cookie: String) { self.cookie = cookie }

        /// The session of the browser that sends `request`; nil when nobody is logged in there.
        func session(of request: HTTPRequest) -> Session? {
            identifier(in: request).flatMap { identifier in sessions.withLock { $0[identifier] } }
        }

        /// Keeps a result in a new session, which replaces the browser's old one. A session from before a login is never
        /// continued, because an attacker may know it (session fixation).
        ///
        /// - Returns: The value of `Set-Cookie`. The demo uses http on loopback, so there is no `Secure`; a real site must
        ///   have it.
        func renew(with result: DemoResult, of service: DemoService, for request: HTTPRequest) throws -> String {
            let identifier = Base64URL.encode(try RandomSource.system.bytes(24))
            let old = self.identifier(in: request)
            sessions.withLock { sessions in
                let previous = old.flatMap { sessions.removeValue(forKey: $0) }
                var session = Session(subject: result.subject)
                if let previous, previous.subject == result.subject { session = previous }
                session.results[service] = result
                sessions[identifier] = session
            }
            return "\(cookie)=\(identifier); Path=/; HttpOnly; SameSite=Lax"
        }

        private func identifier(in request: HTTPRequest) -> String? {
            for field in request.headerFields[values: .cookie] {
                for pair in field.split(separator: ";") {
                    let halves = pair.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
                    if halves.count == 2, halves[0] == cookie { return String(halves[1]) }
                }
            }
            return nil
        }
    }

    /// The shop's own code: it makes the requests and handles the verified answers.
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

        /// The number of requests that were sent so far.
        var requestCount: Int { channel.requestCount }

        /// Removes and returns the result of the last login; nil if there is no new one.
        func takeOutcome() -> Result<DemoResult, any Error>? {
            outcome.withLock { outcome in
                defer { outcome = nil }
                return outcome
            }
        }

        /// Makes the authorization request of a service.
        func authorize(_ service: DemoService, _ start: LoginStart) async throws -> AuthorizationRequest {
            report.note("\(service.name) (\(registration.name)): \(service.question)")
            let requestsBefore = requestCount
            let request = try await start.authorizationRequest(
                for: service.request(subject: sessions.session(of: start.request)?.subject), scopes: service.scopes,
                claims: service.claims, level: service.level)
            if requestCount > requestsBefore {
                report.passed("discovery: the document names the configured issuer and offers our algorithms")
                report.passed("itsme's keys: the set holds a key to encrypt to")
            }
            report.passed("request object: \(registration.requestProtection); state, nonce and PKCE are fresh")
            return request
        }

        /// Answers a verified callback: makes a session and redirects to the target page.
        func answer(_ service: DemoService, _ login: CompletedLogin) async throws -> HTTPReply {
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

        /// Answers a failed login.
        func answer(_ failure: LoginFailure) -> HTTPReply {
            let error = failure.underlyingError ?? failure.error
            report.refused("\(error)")
            outcome.withLock { $0 = .failure(error) }
            if case DemoRefusal.nobodyLoggedIn = error { return .redirect(to: DemoSite.homePath) }
            return failure.page
        }
    }
#endif
