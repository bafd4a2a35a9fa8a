// swift-format-ignore-file
#if Tool
    /// The files of `Examples/Service`, so that the command has them without the repository. `make tables` writes this file.
    enum ExampleService {
        static let files: [(path: String, text: String)] = [
            (
                "Package.swift",
                ###"""
                // swift-tools-version: 6.2

                import PackageDescription

                let package = Package(
                    name: "service",
                    platforms: [.macOS(.v15)],
                    traits: [
                        .trait(name: "PostgreSQL", description: "Shares the state of several instances in PostgreSQL. Needs libpq."),
                        .trait(name: "Redis", description: "Shares the state of several instances in Redis or Valkey. Needs hiredis."),
                        .default(enabledTraits: []),
                    ],
                    dependencies: [
                        .package(
                            name: "itsme-rp", path: "../..",
                            traits: [
                                "Hummingbird", "Configuration", "ServiceLifecycle", "Observability", "Tool",
                                .trait(name: "PostgreSQL", condition: .when(traits: ["PostgreSQL"])),
                                .trait(name: "Redis", condition: .when(traits: ["Redis"])),
                            ]),
                        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
                        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
                        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
                    ],
                    targets: [
                        .executableTarget(
                            name: "Service",
                            dependencies: [
                                .product(name: "ItsmeRP", package: "itsme-rp"),
                                .product(name: "ItsmeConfig", package: "itsme-rp"),
                                .product(name: "ItsmeHummingbird", package: "itsme-rp"),
                                .product(name: "ItsmeLifecycle", package: "itsme-rp"),
                                .product(
                                    name: "ItsmePostgreSQL", package: "itsme-rp", condition: .when(traits: ["PostgreSQL"])),
                                .product(name: "ItsmeRedis", package: "itsme-rp", condition: .when(traits: ["Redis"])),
                                .product(name: "Hummingbird", package: "hummingbird"),
                                .product(name: "Configuration", package: "swift-configuration"),
                                .product(name: "Metrics", package: "swift-metrics"),
                                .product(name: "MetricsTestKit", package: "swift-metrics"),
                            ]),
                        .testTarget(
                            name: "ServiceTests",
                            dependencies: [
                                "Service",
                                .product(name: "ItsmeSandbox", package: "itsme-rp"),
                                .product(name: "HummingbirdTesting", package: "hummingbird"),
                            ]),
                    ]
                )

                """###
            ),
            (
                "Sources/Service/Kiosk.swift",
                ###"""
                import Hummingbird
                import ItsmeHummingbird
                import ItsmeRP

                /// A terminal where people log in with their phone: they scan a QR code with the itsme app, and approve there.
                ///
                /// Any instance can answer each step: how far the person is lies in the store, and its name sealed in a cookie.
                struct Kiosk: Sendable {
                    let itsme: ItsmeClient
                    let service: ItsmeService
                    let requests: BackchannelRequests
                    let sessions: LoginSessions
                    let cookie: SealedCookie

                    /// The browser loads this page again and again; each time it goes on from what the cookie says.
                    func page(_ request: Request, _ context: some RequestContext) async throws -> any ResponseGenerator {
                        let step = cookie.text(of: request.head)?.split(separator: " ").map(String.init) ?? []
                        do {
                            switch (step.first, step.last) {
                            case ("scan", let identifier?): return try await scan(identifier)
                            case ("approve", let identifier?): return try await approve(identifier)
                            default: return try await start()
                            }
                        } catch let error as ItsmeError {
                            context.logger.notice("the kiosk goes on or ends", metadata: error.metadata)
                            if error.kind == .transient { return Page("<p>One moment, please.</p>", refreshes: true) }
                            return Page(
                                "<p>You are not logged in.</p><p><a href=\"/kiosk\">Start again</a></p>", cookies: [cookie.clearing])
                        }
                    }

                    private func start() async throws -> Page {
                        let session = try await itsme.startUserDiscovery()
                        try await requests.keep(session)
                        return try code(session)
                    }

                    private func scan(_ identifier: String) async throws -> Page {
                        switch try await requests.pollUserDiscovery(identifier) {
                        case .pending(let session): return try code(session)
                        case .discovered(let person):
                            let request = try await itsme.backchannelAuthentication(
                                for: service, hint: .userIdentifierToken(person), claims: [.givenName], delivery: .ping)
                            try await requests.keep(request)
                            return try phone(request.identifier)
                        }
                    }

                    private func approve(_ identifier: String) async throws -> any ResponseGenerator {
                        guard case .tokens(let tokens) = try await requests.tokens(for: identifier) else {
                            return try phone(identifier)
                        }
                        let session = try sessions.starting(
                            for: tokens, service: "login", values: ["name": tokens.idToken[.givenName]?.value ?? ""])
                        var response = Response.redirect(to: "/")
                        response.headers[values: .setCookie] = [session, cookie.clearing]
                        return response
                    }

                    private func code(_ session: UserDiscoverySession) throws -> Page {
                        Page(
                            "<p>Scan this with the itsme app:</p><img src=\"\(session.qrCode.dataURL)\" alt=\"QR code\">",
                            refreshes: true, cookies: [try cookie.setting(to: "scan \(session.identifier)")])
                    }

                    private func phone(_ identifier: String) throws -> Page {
                        Page(
                            "<p>Approve the login to Service on your phone.</p>", refreshes: true,
                            cookies: [try cookie.setting(to: "approve \(identifier)")])
                    }
                }

                """###
            ),
            (
                "Sources/Service/Page.swift",
                ###"""
                import Hummingbird
                import ItsmeRP

                /// A page of the service.
                struct Page: ResponseGenerator {
                    let html: String
                    let cookies: [String]

                    /// - Parameters:
                    ///   - refreshes: Whether the browser loads the page again every 2 seconds.
                    ///   - cookies: Values of `Set-Cookie`.
                    init(_ content: String, refreshes: Bool = false, cookies: [String] = []) {
                        html = """
                            <!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Service</title>
                            <meta name="viewport" content="width=device-width"><style>\(ItsmeButton.stylesheet)</style>
                            \(refreshes ? "<meta http-equiv=\"refresh\" content=\"2\">" : "")<h1>Service</h1>\(content)</html>
                            """
                        self.cookies = cookies
                    }

                    /// The home page: itsme's buttons, and who is logged in.
                    static func home(_ login: Login, person: LoginSession?) throws -> Page {
                        func button(_ action: ItsmeButton.Action, _ service: String) throws -> String {
                            try ItsmeButton(action, locale: .english, href: login.startURL(of: service)).html
                        }
                        guard let person else { return Page("<p>\(try button(.login, "login"))</p>") }
                        return Page(
                            """
                            <p>Logged in as \(person.values["name"].map(escaped) ?? "somebody")</p>
                            <p>\(try button(.shareData, "data")) \(try button(.confirm, "confirm"))</p>
                            <form method="post" action="/itsme/logout"><button>Log out</button></form>
                            """)
                    }

                    func response(from request: Request, context: some RequestContext) -> Response {
                        var response = Response(
                            status: .ok,
                            headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"],
                            body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
                        response.headers[values: .setCookie] = cookies
                        return response
                    }
                }

                /// Text for HTML.
                private func escaped(_ text: String) -> String {
                    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
                }

                """###
            ),
            (
                "Sources/Service/Service.swift",
                ###"""
                import Configuration
                import Hummingbird
                import ItsmeConfig
                import ItsmeHummingbird
                import ItsmeLifecycle
                import ItsmeRP
                import Metrics
                import MetricsTestKit

                typealias Login = HummingbirdLogin<BasicItsmeRequestContext>

                /// Login, Share data, Confirm and a kiosk. What a deployment changes is in environment variables.
                @main
                struct Service {
                    static func main() async {
                        await exitingOnError {
                            MetricsSystem.bootstrap(StreamMetricsFactory.standardOutput())  // In production: your metrics backend.
                            let variables = ConfigReader(provider: EnvironmentVariablesProvider())
                            let storeURL = variables.string(forKey: "store.url", isSecret: true)
                            let store = try makeStore(storeURL)
                            var settings = try ItsmeSettings(variables, requestObjectStore: store)
                            // Without the variable, used logins have a memory of their own, which no other value can fill.
                            if storeURL != nil { settings.client.replayGuard = store }
                            let itsme = try settings.makeClient()
                            var application = try HummingbirdServer.application(
                                router: router(settings, itsme, store),
                                host: variables.string(forKey: "http.host", default: "127.0.0.1"),
                                port: variables.int(forKey: "http.port", default: 8082))
                            let interval = Duration.seconds(variables.int(forKey: "key.interval", default: 60))
                            application.addServices(try ItsmeClientService(itsme, keyFile: settings.keyFile, interval: interval))
                            try await application.runService()
                        }
                    }

                    static func login(
                        _ settings: ItsmeSettings, _ itsme: ItsmeClient, _ store: any StateStore, _ requests: BackchannelRequests
                    ) throws -> Login {
                        let confirmCode = try settings.serviceCode("confirm")
                        let services: [Login.Service] = [
                            .init("login", .login(try settings.serviceCode("login")), claims: [.givenName]) { login, _ in
                                try login.signIn(values: ["name": login.idToken[.givenName]?.value ?? ""])
                            },
                            .init("data", after: "login", .shareData(try settings.serviceCode("data"), .address)) { login, _ in
                                login.redirect()  // First store login.idToken[.address] in your database.
                            },
                            .init("confirm", after: "login", kind: .confirm) { start, _ in
                                let payment = try ConfirmationTemplate.payment(
                                    amount: 25, currency: .euro, iban: IBAN("BE68 5390 0754 7034"))
                                return try await start.authorizationRequest(
                                    for: .confirm(confirmCode, payment, subject: start.session?.subject))
                            } onLogin: { login, _ in
                                login.redirect()  // First mark the payment as confirmed in your database.
                            },
                        ]
                        var published = try settings.published()
                        published["/itsme/ping"] = BackchannelNotificationEndpoint(requests)
                        published["/itsme/request/*"] = RequestObjectEndpoint(store)
                        return try Login(
                            client: itsme, sealer: settings.sealer, services: services, options: settings.options, published: published)
                    }

                    static func router(
                        _ settings: ItsmeSettings, _ itsme: ItsmeClient, _ store: any StateStore
                    ) throws -> Router<BasicItsmeRequestContext> {
                        let requests = BackchannelRequests(client: itsme, store: store, sealer: settings.sealer)
                        let login = try login(settings, itsme, store, requests)
                        let kiosk = Kiosk(
                            itsme: itsme, service: .login(try settings.serviceCode("login")), requests: requests,
                            sessions: login.sessions, cookie: try SealedCookie("kiosk", client: itsme, sealer: settings.sealer))
                        let router = Router(context: BasicItsmeRequestContext.self)
                        router.mount(login)
                        router.get("ready") { _, _ in itsme.health().isReady ? HTTPResponse.Status.ok : .serviceUnavailable }
                        router.get { request, _ in try Page.home(login, person: login.person(of: request)) }
                        router.get("kiosk") { request, context in
                            try await kiosk.page(request, context).response(from: request, context: context)
                        }
                        router.group("account").add(middleware: try RequireLogin(login)).get { _, context in
                            "Hello \(context.person?.values["name"] ?? "")"
                        }
                        return router
                    }
                }

                """###
            ),
            (
                "Sources/Service/Store.swift",
                ###"""
                import ItsmeRP

                #if PostgreSQL
                    import ItsmePostgreSQL
                #endif
                #if Redis
                    import ItsmeRedis
                #endif

                /// What all instances of the service share. Build with `--traits Redis` or `--traits PostgreSQL` for one of these.
                ///
                /// - Parameter url: `redis://…`, `rediss://…`, `postgresql://…` or `postgres://…`; nil for one process alone.
                func makeStore(_ url: String?) throws -> any StateStore {
                    guard let url else { return InMemoryStateStore() }
                    #if PostgreSQL
                        if url.hasPrefix("postgresql://") || url.hasPrefix("postgres://") {
                            let store = try PostgreSQLStore(url)
                            // In the background, so that the service also starts while the database is down. The log says so.
                            Task { while (try? await store.migrate()) == nil { try await Task.sleep(for: .seconds(5)) } }
                            return store
                        }
                    #endif
                    #if Redis
                        if url.hasPrefix("redis://") || url.hasPrefix("rediss://") { return try RedisStore(url) }
                    #endif
                    throw UnknownStore()
                }

                struct UnknownStore: Error, CustomStringConvertible {
                    let description = """
                        STORE_URL is for a store that this service was built without. Give redis://, rediss:// or postgresql://, and build \
                        with --traits Redis or --traits PostgreSQL.
                        """
                }

                """###
            ),
            (
                "Tests/ServiceTests/KioskTests.swift",
                ###"""
                import Foundation
                import HTTPTypes
                import Hummingbird
                import HummingbirdTesting
                import ItsmeConfig
                import ItsmeRP
                import ItsmeSandbox
                import Synchronization
                import XCTest

                @testable import Service

                /// The kiosk with a local itsme that pings, on two instances without a memory of their own.
                final class KioskTests: XCTestCase {
                    private static let origin = "https://shop.example.be"

                    /// A load balancer: each request goes to the next instance.
                    private final class Instances: HTTPHandler {
                        private let state = Mutex<(clients: [any TestClientProtocol], next: Int)>(([], 0))

                        func use(_ clients: [any TestClientProtocol]) { state.withLock { $0.clients = clients } }

                        func send(_ request: HTTPRequest, _ body: [UInt8]) async throws -> HTTPReply {
                            let client = try state.withLock { state in
                                state.next += 1
                                guard !state.clients.isEmpty else { throw URLError(.cannotConnectToHost) }
                                return state.clients[state.next % state.clients.count]
                            }
                            let response = try await client.executeRequest(
                                uri: request.path ?? "/", method: request.method, headers: request.headerFields,
                                body: ByteBuffer(bytes: body))
                            return HTTPReply(response: response.head, body: Array(buffer: response.body))
                        }

                        func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
                            (try? await send(request, body)) ?? HTTPReply(response: HTTPResponse(status: .badGateway))
                        }
                    }

                    private func withKiosk(
                        _ test: @escaping @Sendable (TestBrowser, Sandbox, SandboxClock) async throws -> Void
                    ) async throws {
                        var settings = try ItsmeSettings.forTests()
                        let clock = SandboxClock()
                        // itsme offers this to clients with a key pair only.
                        settings.client = try .sandbox(redirectURI: settings.client.redirectURI, clock: clock)
                        var registration = try ClientRegistration(matching: settings.client, services: ["LOGIN": .login])
                        registration.notificationEndpoint = Self.origin + "/itsme/ping"
                        let instances = Instances()
                        let sandbox = try Sandbox(
                            SandboxConfiguration(
                                issuer: settings.client.environment.issuer, clients: [registration], now: { clock.now }),
                            transport: InProcessTransport([Self.origin: instances]))
                        let store = InMemoryStateStore(time: clock.timeSource)
                        let applications = try (0..<2).map { [settings] _ in
                            let itsme = try ItsmeClient(settings.client, transport: sandbox.transport)
                            return Application(router: try Service.router(settings, itsme, store))
                        }
                        try await applications[0].test(.router) { first in
                            try await applications[1].test(.router) { second in
                                instances.use([first, second])
                                let browser = TestBrowser(at: Self.origin, sandbox: sandbox) { try await instances.send($0, $1) }
                                try await test(browser, sandbox, clock)
                            }
                        }
                    }

                    func testAPersonScansApprovesAndIsLoggedIn() async throws {
                        try await withKiosk { browser, sandbox, clock in
                            for _ in 0..<4 {
                                let code = try await browser.get("/kiosk")
                                XCTAssertTrue(code.text.contains("Scan this"))
                                XCTAssertTrue(code.text.contains("src=\"data:image/"))
                            }
                            sandbox.scanQRCode(as: "belgian-eid")
                            clock.advance(by: .seconds(5))
                            for _ in 0..<4 {
                                let waiting = try await browser.get("/kiosk")
                                XCTAssertTrue(waiting.text.contains("Approve the login"))
                            }
                            // The ping reaches one instance, the browser the other. Nobody waits for the interval.
                            let isAnswered = await sandbox.answerBackchannelRequest()
                            XCTAssertTrue(isAnswered)
                            let home = try await browser.get("/kiosk")
                            XCTAssertEqual(home.path, "/")
                            XCTAssertTrue(home.text.contains("Logged in as"))
                            let account = try await browser.get("/account")
                            XCTAssertGreaterThan(account.text.count, "Hello ".count, "the given name")
                            let next = try await browser.get("/kiosk")
                            XCTAssertTrue(next.text.contains("Scan this"), "the kiosk is free for the next person")
                            XCTAssertEqual(sandbox.refusals, [])
                            XCTAssertEqual(browser.refusedCookies.count, 0)
                        }
                    }

                    func testAPersonWhoRefusesCanStartAgain() async throws {
                        try await withKiosk { browser, sandbox, clock in
                            _ = try await browser.get("/kiosk")
                            sandbox.scanQRCode(as: "belgian-eid")
                            clock.advance(by: .seconds(5))
                            _ = try await browser.get("/kiosk")
                            await sandbox.answerBackchannelRequest(approving: false)
                            let ended = try await browser.get("/kiosk")
                            XCTAssertTrue(ended.text.contains("You are not logged in."))
                            let again = try await browser.get("/kiosk")
                            XCTAssertTrue(again.text.contains("Scan this"))
                            let home = try await browser.get("/")
                            XCTAssertFalse(home.text.contains("Logged in as"))
                        }
                    }

                    func testAnotherBrowserHasNoPartInIt() async throws {
                        try await withKiosk { browser, sandbox, clock in
                            _ = try await browser.get("/kiosk")
                            sandbox.scanQRCode(as: "belgian-eid")
                            clock.advance(by: .seconds(5))
                            _ = try await browser.get("/kiosk")
                            await sandbox.answerBackchannelRequest()
                            let other = browser.otherBrowser()
                            let page = try await other.get("/kiosk")
                            XCTAssertTrue(page.text.contains("Scan this"))
                            let home = try await browser.get("/kiosk")
                            XCTAssertTrue(home.text.contains("Logged in as"))
                        }
                    }
                }

                """###
            ),
            (
                "Tests/ServiceTests/ServiceTests.swift",
                ###"""
                import Configuration
                import HTTPTypes
                import Hummingbird
                import HummingbirdTesting
                import ItsmeConfig
                import ItsmeRP
                import ItsmeSandbox
                import XCTest

                @testable import Service

                extension ItsmeSettings {
                    /// A client with a secret, as the service reads it.
                    static func forTests() throws -> ItsmeSettings {
                        try ItsmeSettings(
                            ConfigReader(
                                provider: InMemoryProvider(values: [
                                    "itsme.environment": "loopback-sandbox", "itsme.issuer": "https://itsme.example.be/v2",
                                    "itsme.clientID": "SHOP", "itsme.redirectURI": "https://shop.example.be/itsme/callback",
                                    "itsme.clientSecret": "a-secret-for-tests-of-32-bytes-or-more",
                                    "itsme.sealingKey": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
                                    "itsme.service.login": "LOGIN", "itsme.service.data": "DATA", "itsme.service.confirm": "CONFIRM",
                                ])))
                    }
                }

                /// The whole service with a local itsme, without a socket.
                final class ServiceTests: XCTestCase {
                    private func withBrowser(_ test: @escaping @Sendable (TestBrowser, Sandbox) async throws -> Void) async throws {
                        let settings = try ItsmeSettings.forTests()
                        let sandbox = try Sandbox(
                            for: settings.client, services: ["LOGIN": .login, "DATA": .shareData, "CONFIRM": .confirm])
                        let itsme = try ItsmeClient(settings.client, transport: sandbox.transport)
                        let application = Application(router: try Service.router(settings, itsme, InMemoryStateStore()))
                        try await application.test(.router) { client in
                            let browser = TestBrowser(at: "https://shop.example.be", sandbox: sandbox) { request, body in
                                let response = try await client.executeRequest(
                                    uri: request.path ?? "/", method: request.method, headers: request.headerFields,
                                    body: ByteBuffer(bytes: body))
                                return HTTPReply(response: response.head, body: Array(buffer: response.body))
                            }
                            try await test(browser, sandbox)
                        }
                    }

                    func testAPersonLogsInSharesDataConfirmsAndLogsOut() async throws {
                        try await withBrowser { browser, sandbox in
                            let account = try await browser.get("/account")
                            XCTAssertEqual(account.path, "/account")
                            XCTAssertTrue(account.text.hasPrefix("Hello "))
                            XCTAssertGreaterThan(account.text.count, "Hello ".count, "the given name")
                            for service in ["/itsme/data", "/itsme/confirm"] {
                                let home = try await browser.get(service)
                                XCTAssertEqual(home.path, "/", service)
                                XCTAssertTrue(home.text.contains("Logged in as"))
                            }
                            let out = try await browser.post("/itsme/logout")
                            XCTAssertTrue(out.text.contains("Log in with itsme"))
                            XCTAssertEqual(sandbox.refusals, [])
                        }
                    }

                    func testItIsReadyWhenItKnowsItsme() async throws {
                        try await withBrowser { browser, _ in
                            let before = try await browser.get("/ready")
                            _ = try await browser.get("/itsme/login")
                            let after = try await browser.get("/ready")
                            XCTAssertEqual([before.status, after.status], [503, 200])
                        }
                    }

                    func testAConfirmationStartsWithALogin() async throws {
                        try await withBrowser { browser, sandbox in
                            let home = try await browser.get("/itsme/confirm")
                            XCTAssertEqual(home.path, "/")
                            XCTAssertTrue(home.text.contains("Logged in as"))
                            let scopes = sandbox.recordedRequests.compactMap { $0.requestObject?["scope"] }
                            XCTAssertEqual(scopes, ["openid service:LOGIN", "openid service:CONFIRM"])
                        }
                    }

                    func testAnotherPersonCannotShareDataForTheOneWhoIsLoggedIn() async throws {
                        try await withBrowser { browser, _ in
                            _ = try await browser.get("/itsme/login")
                            browser.persona = .dutchDocument
                            let refused = try await browser.get("/itsme/data")
                            XCTAssertEqual(refused.status, 400)
                            XCTAssertTrue(refused.text.contains("Sharing your data could not be verified"))
                        }
                    }

                    func testAPersonWhoCancelsIsToldSoAndStaysLoggedIn() async throws {
                        try await withBrowser { browser, _ in
                            _ = try await browser.get("/itsme/login")
                            browser.persona = .cancels
                            let cancelled = try await browser.get("/itsme/data")
                            XCTAssertEqual(cancelled.status, 403)
                            XCTAssertTrue(cancelled.text.contains("Your data was not shared"))
                            let home = try await browser.get("/")
                            XCTAssertTrue(home.text.contains("Logged in as"))
                        }
                    }
                }

                """###
            ),
        ]
    }
#endif
