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
                    dependencies: [
                        .package(
                            name: "itsme-rp", path: "../..",
                            traits: ["Hummingbird", "Configuration", "ServiceLifecycle", "Observability", "Tool"]),
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
                "Sources/Service/Page.swift",
                ###"""
                import Hummingbird
                import ItsmeRP

                /// The home page: itsme's buttons, and who is logged in.
                struct Page: ResponseGenerator {
                    let html: String

                    init(_ login: Login, person: LoginSession?) throws {
                        func button(_ action: ItsmeButton.Action, _ service: String) throws -> String {
                            try ItsmeButton(action, locale: .english, href: login.startURL(of: service)).html
                        }
                        let content =
                            if let person {
                                """
                                <p>Logged in as \(person.values["name"].map(escaped) ?? "somebody")</p>
                                <p>\(try button(.shareData, "data")) \(try button(.confirm, "confirm"))</p>
                                <form method="post" action="/itsme/logout"><button>Log out</button></form>
                                """
                            } else {
                                "<p>\(try button(.login, "login"))</p>"
                            }
                        html = """
                            <!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Service</title>
                            <meta name="viewport" content="width=device-width"><style>\(ItsmeButton.stylesheet)</style>
                            <h1>Service</h1>\(content)</html>
                            """
                    }

                    func response(from request: Request, context: some RequestContext) -> Response {
                        Response(
                            status: .ok,
                            headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"],
                            body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
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

                /// Login, Share data and Confirm. What a deployment changes is in environment variables.
                @main
                struct Service {
                    static func main() async {
                        await exitingOnError {
                            MetricsSystem.bootstrap(StreamMetricsFactory.standardOutput())  // In production: your metrics backend.
                            let variables = ConfigReader(provider: EnvironmentVariablesProvider())
                            let settings = try ItsmeSettings(variables)
                            let itsme = try settings.makeClient()
                            var application = try HummingbirdServer.application(
                                router: router(login(settings, itsme)),
                                host: variables.string(forKey: "http.host", default: "127.0.0.1"),
                                port: variables.int(forKey: "http.port", default: 8082))
                            application.addServices(try ItsmeClientService(itsme, keyFile: settings.keyFile))
                            try await application.runService()
                        }
                    }

                    static func login(_ settings: ItsmeSettings, _ itsme: ItsmeClient) throws -> Login {
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
                        return try Login(
                            client: itsme, sealer: settings.sealer, services: services, options: settings.options,
                            published: settings.published())
                    }

                    static func router(_ login: Login) throws -> Router<BasicItsmeRequestContext> {
                        let router = Router(context: BasicItsmeRequestContext.self)
                        router.mount(login)
                        router.get { request, _ in try Page(login, person: login.person(of: request)) }
                        router.group("account").add(middleware: try RequireLogin(login)).get { _, context in
                            "Hello \(context.person?.values["name"] ?? "")"
                        }
                        return router
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

                /// The whole service with a local itsme, without a socket.
                final class ServiceTests: XCTestCase {
                    private func withBrowser(_ test: @escaping @Sendable (TestBrowser, Sandbox) async throws -> Void) async throws {
                        let settings = try ItsmeSettings(
                            ConfigReader(
                                provider: InMemoryProvider(values: [
                                    "itsme.environment": "loopback-sandbox", "itsme.issuer": "https://itsme.example.be/v2",
                                    "itsme.clientID": "SHOP", "itsme.redirectURI": "https://shop.example.be/itsme/callback",
                                    "itsme.clientSecret": "a-secret-for-tests-of-32-bytes-or-more",
                                    "itsme.sealingKey": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
                                    "itsme.service.login": "LOGIN", "itsme.service.data": "DATA", "itsme.service.confirm": "CONFIRM",
                                ])))
                        let sandbox = try Sandbox(
                            for: settings.client, services: ["LOGIN": .login, "DATA": .shareData, "CONFIRM": .confirm])
                        let itsme = try ItsmeClient(settings.client, transport: sandbox.transport)
                        let application = Application(router: try Service.router(Service.login(settings, itsme)))
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
