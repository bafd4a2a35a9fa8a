import HTTPTypes
import ItsmeRP
import JOSE
import Synchronization
import TestSupport
import XCTest

/// What a login in the browser leaves in logs, pages and values (security bar §8).
final class LoginSecrecyTests: XCTestCase {
    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])

        var text: String { lines.withLock { $0.joined(separator: "\n") } }

        func append(_ line: String) { lines.withLock { $0.append(line) } }
    }

    private let provider = TestProvider()
    private let lines = LogRecorder()
    private let values = Lines()

    private func login(failing: Bool = false) throws -> LoginEndpoints {
        struct Broken: Error {
            let detail = "the application's own words"
        }
        let values = values
        let client = try provider.client { [lines] in $0.logger = lines.logger }
        return try LoginEndpoints(
            client: client, sealer: Sealer(key: SymmetricKey([UInt8](repeating: 7, count: 32))),
            services: [
                LoginService("login", kind: .login) { start in
                    let request = try await start.authorizationRequest(for: .login("LOGIN"))
                    var dumped = ""
                    dump(start, to: &dumped)
                    dump(request, to: &dumped)
                    values.append(dumped + "\(start) \(request)")
                    return request
                } onLogin: { login in
                    var dumped = ""
                    dump(login, to: &dumped)
                    values.append(dumped + "\(login)")
                    if failing { throw Broken() }
                    return try login.signIn(values: ["name": "application-secret"])
                }
            ],
            onFailure: { failure in
                var dumped = ""
                dump(failure, to: &dumped)
                values.append(dumped + "\(failure)" + String(reflecting: failure))
                return failure.page
            })
    }

    func testNoSecretOfALoginIsLoggedShownOrDumped() async throws {
        var secrets: [String] = ["seeded-code", "application-secret", "access-token-value", TestProvider.subject]
        for (failing, query) in [
            (false, "code=seeded-code"), (true, "code=seeded-code"),
            (false, "error=access_denied&error_description=seeded-code"), (false, "code=seeded-code&iss=seeded-code"),
            (false, "code=seeded-code&code=seeded-code"), (false, "x=seeded-code&error=a&code=seeded-code"),
        ] {
            var browser = Browser(try login(failing: failing))
            let start = await browser.get("/itsme/login", fields: [("Cookie", "session=application-secret")])
            let object = try await TestProvider.requestObject(in: XCTUnwrap(start.location))
            let state = try await provider.approve(start.location)
            let cookie = try XCTUnwrap(browser.cookies.first).value
            secrets += [state, try XCTUnwrap(object["nonce"]?.string), cookie]
            let reply = await browser.get("/itsme/callback?\(query)&state=\(state)")
            if let verifier = provider.sent.last?.form["code_verifier"] { secrets.append(verifier) }
            for secret in secrets { XCTAssertFalse(reply.text.contains(secret), secret) }
        }
        XCTAssertFalse(lines.lines.isEmpty)
        for secret in secrets {
            XCTAssertFalse(lines.text.contains(secret), secret)
            XCTAssertFalse(values.text.contains(secret), secret)
        }
    }

    func testAGoodLoginLogsNothingAtInfoOrAbove() async throws {
        var browser = Browser(try login())
        let state = try await provider.approve(await browser.get("/itsme/login").location)
        let reply = await browser.get("/itsme/callback?code=a&state=\(state)")
        XCTAssertEqual(reply.response.status, .seeOther)
        let logged = lines.text.split(separator: "\n")
        XCTAssertFalse(logged.isEmpty, "a login without a single line would show nothing")
        for line in logged { XCTAssertTrue(line.hasPrefix("debug "), String(line)) }
    }

    func testABrowserThatGoesAwayIsNoFaultOfTheApplication() async throws {
        let codes = Lines()
        let client = try provider.client { [lines] in $0.logger = lines.logger }
        let login = try LoginEndpoints(
            client: client, sealer: Sealer(key: SymmetricKey([UInt8](repeating: 7, count: 32))),
            services: [
                LoginService("login", kind: .login) { _ in
                    throw CancellationError()
                } onLogin: {
                    $0.redirect()
                }
            ],
            onFailure: { failure in
                codes.append("\(failure.error.code)")
                return failure.page
            })
        let reply = await HTTPRouter(login.routes).send("/itsme/login")
        XCTAssertEqual(reply.response.status, .serviceUnavailable)
        XCTAssertEqual(codes.text, "unreachable")
        XCTAssertTrue(lines.text.contains("debug login failed"))
    }

    func testWhatAnybodyCanCauseFromOutsideRaisesNoAlarm() async throws {
        let login = try login()
        for path in ["/itsme/callback", "/itsme/callback?state=a", "/itsme/login?target=//evil.example"] {
            _ = await HTTPRouter(login.routes).send(path)
        }
        // Whoever starts a login can write its callback.
        var browser = Browser(login)
        for code in ["invalid_client", "server_error", "something_new"] {
            let state = try await provider.approve(await browser.get("/itsme/login").location)
            _ = await browser.get("/itsme/callback?error=\(code)&state=\(state)")
        }
        XCTAssertTrue(lines.text.contains("notice login failed"))
        XCTAssertFalse(lines.text.contains("error login failed"))
        XCTAssertFalse(lines.text.contains("warning"))
        XCTAssertFalse(lines.text.contains("evil"))
    }
}
