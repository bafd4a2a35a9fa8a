#if Hummingbird
    import HTTPTypes
    import Hummingbird
    import ItsmeHummingbird
    import ItsmeRP
    import JOSE
    import Logging
    import NIOCore
    import NIOEmbedded
    import Synchronization
    import TestSupport
    import XCTest

    /// Logins in an application of Hummingbird.
    final class HummingbirdLoginTests: XCTestCase {
        private struct Context: ItsmeRequestContext {
            var coreContext: CoreRequestContextStorage
            var person: LoginSession?
            /// What the application's own middleware put there.
            var tenant = ""

            init(source: Source) { coreContext = .init(source: source) }
        }

        private struct Tenant: RouterMiddleware {
            func handle(
                _ request: Request, context: Context, next: (Request, Context) async throws -> Response
            ) async throws -> Response {
                var context = context
                context.tenant = "shop"
                return try await next(request, context)
            }
        }

        /// Makes the answers to errors, as applications do.
        private struct ErrorPages: RouterMiddleware {
            func handle(
                _ request: Request, context: Context, next: (Request, Context) async throws -> Response
            ) async throws -> Response {
                do {
                    return try await next(request, context)
                } catch let error as DatabaseDown {
                    return Response(
                        status: .badGateway, body: ResponseBody(byteBuffer: ByteBuffer(string: "\(error)")))
                }
            }
        }

        private struct DatabaseDown: Error, CustomStringConvertible {
            let description = "no connection to the database"
        }

        private struct Answer: ResponseGenerator {
            func response(from request: Request, context: some RequestContext) -> Response {
                Response(status: .accepted, headers: [.setCookie: "own=1; Path=/"])
            }
        }

        private let provider = TestProvider()
        private let log = LogRecorder()

        private func login(
            _ services: [HummingbirdLogin<Context>.Service],
            isLoggedIn: (@Sendable (Request, Context) async -> Bool)? = nil
        ) throws -> HummingbirdLogin<Context> {
            let keys = try ClientKeys([TestProvider.keys.clientSigning, TestProvider.keys.clientEncryption])
            return try HummingbirdLogin(
                client: provider.client { [log] in $0.logger = log.logger },
                sealer: Sealer(key: SymmetricKey([UInt8](repeating: 7, count: 32))), services: services,
                published: ["/.well-known/jwks.json": JWKSetEndpoint(keys)], isLoggedIn: isLoggedIn)
        }

        /// The application as a handler, so that a test's browser can use it.
        private struct Site: HTTPHandler {
            let responder: any HTTPResponder<Context>

            init(_ login: HummingbirdLogin<Context>, service: String? = nil) throws {
                let router = Router(context: Context.self)
                router.add(middleware: Tenant())
                router.add(middleware: ErrorPages())
                router.mount(login)
                router.group("account").add(middleware: try RequireLogin(login, service: service))
                    .get("cards") { _, context in
                        "\(context.person?.subject ?? "nobody") of \(context.tenant)"
                    }
                responder = router.buildResponder()
            }

            func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
                let context = Context(
                    source: ApplicationRequestContextSource(channel: EmbeddedChannel(), logger: .silent))
                do {
                    let response = try await responder.respond(
                        to: Request(head: request, body: RequestBody(buffer: ByteBuffer(bytes: body))),
                        context: context)
                    let collector = Collector()
                    try await response.body.write(collector)
                    return HTTPReply(response: response.head, body: collector.bytes.withLock { $0 })
                } catch {
                    let status = (error as? any HTTPResponseError)?.status ?? .internalServerError
                    return HTTPReply(response: HTTPResponse(status: status), body: Array("\(error)".utf8))
                }
            }
        }

        private func callback(_ browser: inout Browser, _ path: String) async throws -> HTTPReply {
            let state = try await provider.approve(await browser.get(path).location)
            return await browser.get("/itsme/callback?code=a&state=\(state)")
        }

        func testAPersonLogsInComesBackAndIsInTheContext() async throws {
            let site = try Site(try login([.init("login", .login("LOGIN"))]))
            var browser = Browser(site)
            let page: [(name: String, value: String)] = [("Accept", "text/html,*/*;q=0.8")]
            let stopped = await browser.get("/account/cards?tab=1", fields: page)
            XCTAssertEqual(stopped.response.status, .seeOther)
            XCTAssertEqual(stopped["Cache-Control"], "no-store")
            let end = try await callback(&browser, XCTUnwrap(stopped.location))
            XCTAssertEqual(end.location, "/account/cards?tab=1")
            let account = await browser.get("/account/cards?tab=1", fields: page)
            XCTAssertEqual(account.text, "\(TestProvider.subject) of shop")
            let left = await browser.get("/itsme/logout", method: .post, fields: [("Origin", "https://rp.example")])
            XCTAssertEqual(left.location, "/")
            let again = await browser.get("/account/cards", fields: page)
            XCTAssertEqual(again.response.status, .seeOther)
        }

        func testOnlyABrowserThatOpensAPageIsRedirected() async throws {
            let site = try Site(try login([.init("login", .login("LOGIN"))]))
            for (fields, status) in [
                ([], .unauthorized), ([("Accept", "application/json")], .unauthorized),
                ([("Accept", "text/html"), ("Sec-Fetch-Mode", "cors")], .unauthorized),
                ([("Sec-Fetch-Mode", "navigate")], .seeOther), ([("Accept", "TEXT/HTML")], .seeOther),
            ] as [([(name: String, value: String)], HTTPResponse.Status)] {
                var browser = Browser(site)
                let reply = await browser.get("/account/cards", fields: fields)
                XCTAssertEqual(reply.response.status, status, "\(fields)")
            }
        }

        func testTheTargetOfTheRedirectIsChecked() async throws {
            let site = try Site(try login([.init("login", .login("LOGIN"))]))
            var browser = Browser(site)
            for path in ["/account/cards?next=%00", "/account/cards?" + String(repeating: "a", count: 300)] {
                let reply = await browser.get(path, fields: [("Accept", "text/html")])
                XCTAssertEqual(reply.location, "/itsme/login", String(path.prefix(30)))
            }
        }

        func testClosuresGetTheContextAndAnswerAsRoutesDo() async throws {
            let login = try login([
                .init("login", kind: .login) { start, context in
                    XCTAssertEqual(context.tenant, "shop")
                    return try await start.authorizationRequest(for: .login("LOGIN"))
                } onLogin: { _, context in
                    XCTAssertEqual(context.tenant, "shop")
                    return Answer()
                }
            ])
            var browser = Browser(try Site(login))
            let end = try await callback(&browser, "/itsme/login")
            XCTAssertEqual(end.response.status, .accepted)
            XCTAssertEqual(end["Cache-Control"], "no-store", "the application cannot weaken it")
            XCTAssertTrue(browser.cookies.contains { $0.name == "own" })
        }

        func testErrorsOfTheApplicationGoToHummingbirdAndAreLogged() async throws {
            let login = try login([
                .init("login", .login("LOGIN")) { _, _ in throw DatabaseDown() },
                .init("pay", kind: .confirm) { start, _ in
                    guard start.session != nil else { throw HTTPError(.forbidden) }
                    return try await start.authorizationRequest(for: .confirm("PAY", .freeText("Pay?")))
                } onLogin: { login, _ in
                    login.redirect()
                },
            ])
            var browser = Browser(try Site(login))
            let end = try await callback(&browser, "/itsme/login")
            XCTAssertEqual(end.response.status, .badGateway)
            XCTAssertEqual(end.text, "no connection to the database", "a middleware got the error itself")
            let line = try XCTUnwrap(log.lines.last)
            XCTAssertEqual(line.level, .error)
            XCTAssertEqual(line["itsme.application_error"], "no connection to the database")
            XCTAssertEqual(line["itsme.application_error.type"], "DatabaseDown")
            XCTAssertEqual(line["itsme.service"], "login")
            let refused = await browser.get("/itsme/pay")
            XCTAssertEqual(refused.response.status, .forbidden)
            XCTAssertEqual(log.lines.last?.level, .info, "it is an answer")
        }

        func testAnErrorOfTheApplicationUsesTheLoginUp() async throws {
            struct NoDatabase: Error {}
            for error in [HTTPError(.notFound), NoDatabase(), DatabaseDown()] as [any Error] {
                let login = try login([.init("login", .login("LOGIN")) { _, _ in throw error }]) { _, _ in true }
                var browser = Browser(try Site(login))
                let state = try await provider.approve(await browser.get("/itsme/login").location)
                let end = await browser.get("/itsme/callback?code=a&state=\(state)")
                XCTAssertGreaterThanOrEqual(end.response.status.code, 400)
                let again = await browser.get("/itsme/callback?code=a&state=\(state)")
                XCTAssertEqual(again.response.status, .conflict)
            }
        }

        func testAnErrorStatusOfTheApplicationRefusesTheLogin() async throws {
            let login = try login([
                .init("login", .login("LOGIN")) { _, _ in Response(status: .forbidden) }
            ]) { _, _ in true }
            var browser = Browser(try Site(login))
            let state = try await provider.approve(await browser.get("/itsme/login").location)
            for status in [HTTPResponse.Status.forbidden, .conflict] {
                let reply = await browser.get("/itsme/callback?code=a&state=\(state)")
                XCTAssertEqual(reply.response.status, status)
            }
        }

        func testErrorsOfItsmeAreAnsweredWithThePage() async throws {
            var browser = Browser(try Site(try login([.init("login", .login("LOGIN"))])))
            let state = try await provider.approve(await browser.get("/itsme/login").location)
            let page = await browser.get("/itsme/callback?error=access_denied&state=\(state)")
            XCTAssertEqual(page.response.status, .forbidden)
            XCTAssertTrue(page.text.contains("The login was cancelled"))
            XCTAssertTrue(page.text.contains(try XCTUnwrap(log.lines.last?["itsme.reference"])))
        }

        func testTheApplicationsOwnSessionsCount() async throws {
            let site = try Site(
                try login([.init("login", .login("LOGIN")) { _, _ in Answer() }]) { request, _ in
                    request.headers[.cookie]?.contains("own=1") == true
                })
            var browser = Browser(site)
            let state = try await provider.approve(await browser.get("/itsme/login?target=/account/cards").location)
            let callback = "/itsme/callback?code=a&state=\(state)"
            _ = await browser.get(callback)
            let again = await browser.get(callback)
            XCTAssertEqual(again.location, "/account/cards")
            let account = await browser.get("/account/cards")
            XCTAssertEqual(account.text, "nobody of shop")
        }

        func testServesWhatIsPublishedAndRefusesAnUnknownService() async throws {
            let login = try login([.init("login", .login("LOGIN"))])
            var browser = Browser(try Site(login))
            let keys = await browser.get("/.well-known/jwks.json")
            XCTAssertEqual(keys.response.status, .ok)
            XCTAssertEqual(try login.startURL(of: "login", locale: .dutch), "/itsme/login?locale=nl")
            await assertItsmeError(.invalidConfiguration, field: "service") {
                try RequireLogin(login, service: "other")
            }
        }
    }

    /// Collects the body of a response.
    private final class Collector: ResponseBodyWriter {
        let bytes = Mutex<[UInt8]>([])

        func write(_ buffer: ByteBuffer) async throws {
            bytes.withLock { $0.append(contentsOf: buffer.readableBytesView) }
        }

        func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }
#endif
