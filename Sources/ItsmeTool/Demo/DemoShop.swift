#if Tool
    import HTTPTypes
    import ItsmeRP
    import JOSE
    import Logging
    import Synchronization

    /// The demo shop with one of its registrations: the library's endpoints and the shop's own code.
    struct DemoShop: Sendable {
        let registration: DemoRegistration
        let client: ItsmeClient
        /// The starts of all three services, their callback, and the logout.
        let endpoints: LoginEndpoints
        /// What itsme said about the people who have an account here.
        let accounts: DemoAccounts
        /// The result of the last login, for the report.
        let outcome = DemoOutcome()

        private let channel: ReportingTransport

        /// - Parameters:
        ///   - configuration: The client's configuration.
        ///   - transport: Carries the requests to itsme.
        ///   - trial: Learns how each login ended, and keeps the log.
        init(
            _ registration: DemoRegistration, configuration: ItsmeConfiguration, transport: any HTTPTransport,
            report: Report, trial: DemoTrial
        ) throws {
            var configuration = configuration
            configuration.logger = trial.logger
            configuration.replayGuard = ReportingReplayGuard(report: report)
            let channel = ReportingTransport("relying party", through: transport, report: report)
            let client = try ItsmeClient(configuration, transport: channel)
            let desk = DemoDesk(registration: registration, channel: channel, report: report)
            let (accounts, outcome) = (desk.accounts, self.outcome)
            var options = LoginOptions()
            options.theme = try PageTheme(siteName: DemoPage.siteName)
            options.defaultTarget = try PostLoginTarget(registration.resultPath(of: .login))
            options.logoutPath = registration.logoutPath
            let services = DemoService.allCases.map { service in
                LoginService(
                    service.rawValue, path: registration.startPath(of: service),
                    // Only a person who is logged in can confirm.
                    after: service == .confirm ? DemoService.login.rawValue : nil, kind: service.kind
                ) { start in
                    try await desk.authorize(service, start)
                } onLogin: { login in
                    let person = try await desk.person(login, of: service)
                    outcome.set(.success(person))
                    _ = trial.end(.accepted)
                    return service == .confirm ? login.redirect() : try login.signIn(values: ["name": person.name])
                }
            }
            endpoints = try LoginEndpoints(
                client: client, sealer: Sealer(key: SymmetricKey(RandomSource.system.bytes(32))),
                services: services, options: options,
                onFailure: { failure in
                    let error = failure.underlyingError ?? failure.error
                    report.refused("\(error)")
                    outcome.set(.failure(error))
                    return trial.end(.refused(error, page: failure.page)) ? .redirect(to: "/fault") : failure.page
                })
            self.registration = registration
            self.client = client
            self.channel = channel
            self.accounts = accounts
        }

        /// The number of requests that were sent so far.
        var requestCount: Int { channel.requestCount }

        /// The URL that starts a service and comes back to its page.
        func startURL(of service: DemoService) throws -> String {
            try endpoints.startURL(
                of: service.rawValue, target: PostLoginTarget(registration.resultPath(of: service)), locale: .english)
        }

        /// What itsme said by a service about the person who is logged in.
        func person(of request: HTTPRequest, _ service: DemoService) -> DemoPerson? {
            endpoints.sessions.session(of: request).flatMap { accounts[$0.subject, service] }
        }
    }

    /// The part of the shop that asks and reads: it makes the requests and takes the verified answers.
    private struct DemoDesk {
        let registration: DemoRegistration
        let channel: ReportingTransport
        let report: Report
        let accounts = DemoAccounts()

        /// Makes the authorization request of a service.
        func authorize(_ service: DemoService, _ start: LoginStart) async throws -> AuthorizationRequest {
            report.forgetChecks()
            report.note("\(service.name) (\(registration.name)): \(service.question)")
            let requestsBefore = channel.requestCount
            let request = try await start.authorizationRequest(
                for: service.request(subject: start.session?.subject), scopes: service.scopes,
                claims: service.claims, level: service.level)
            if channel.requestCount > requestsBefore {
                report.passed("discovery: the document names the configured issuer and offers our algorithms")
                report.passed("itsme's keys: the set holds a key to encrypt to")
            }
            report.passed("request object: \(registration.requestProtection); state, nonce and PKCE are fresh")
            return request
        }

        /// Reads a verified answer, and keeps it in the account of the person.
        func person(_ login: CompletedLogin, of service: DemoService) async throws -> DemoPerson {
            report.passed("ID token: decrypted with \(registration.tokenKey), its signature verified with itsme's")
            report.passed("ID token: iss, aud, exp, iat, nonce and acr are what this request expects")
            if service == .confirm {
                report.passed("ID token: the person who confirmed is the one who is logged in, and who was asked")
            }
            var userInfo: UserInfo?
            if service.readsUserInfo {
                userInfo = try await login.userInfo()
                report.passed("UserInfo: decrypted, signature verified, and about the same person as the ID token")
            }
            let person = try DemoPerson(idToken: login.idToken, userInfo: userInfo)
            accounts.keep(person, of: service)
            return person
        }
    }

    /// The accounts of the shop, by the `sub` of their people. A real shop has a database.
    final class DemoAccounts: Sendable {
        private let accounts = Mutex<[String: [DemoService: DemoPerson]]>([:])

        subscript(subject: String, service: DemoService) -> DemoPerson? {
            accounts.withLock { $0[subject]?[service] }
        }

        func keep(_ person: DemoPerson, of service: DemoService) {
            accounts.withLock { $0[person.subject, default: [:]][service] = person }
        }
    }

    /// The result of the last login.
    final class DemoOutcome: Sendable {
        private let result = Mutex<Result<DemoPerson, any Error>?>(nil)

        func set(_ result: Result<DemoPerson, any Error>) { self.result.withLock { $0 = result } }

        /// Removes and returns the result; nil if there is no new one.
        func take() -> Result<DemoPerson, any Error>? {
            result.withLock { result in
                defer { result = nil }
                return result
            }
        }
    }
#endif
