import HTTPTypes
import ItsmeRP
import JOSE
import Synchronization
import TestSupport
import XCTest

/// A login in the browser: start, cookies, callback.
final class LoginEndpointsTests: XCTestCase {
    private let provider = TestProvider()

    private func login(
        key: UInt8 = 7, allowedOrigins: Set<String> = [], fallbackPage: FallbackPage? = nil,
        client: ItsmeClient? = nil, onFailure: @escaping LoginEndpoints.OnFailure = { $0.page },
        onLogin: @escaping LoginService.OnLogin = { $0.redirect(settingCookies: ["session=1; Path=/"]) }
    ) throws -> LoginEndpoints {
        let client = try client ?? provider.client()
        var options = LoginOptions()
        options.allowedTargetOrigins = allowedOrigins
        options.fallbackPage = fallbackPage
        return try LoginEndpoints(
            client: client, sealer: Sealer(key: SymmetricKey([UInt8](repeating: key, count: 32))),
            services: [LoginService("login", .login("LOGIN"), onLogin: onLogin)], options: options,
            onFailure: onFailure)
    }

    private func assertProtected(_ reply: HTTPReply, line: UInt = #line) {
        XCTAssertEqual(reply["Cache-Control"], "no-store", line: line)
        XCTAssertEqual(reply["Referrer-Policy"], "no-referrer", line: line)
        XCTAssertEqual(reply["X-Content-Type-Options"], "nosniff", line: line)
    }

    // MARK: A good login

    func testALoginGoesToItsmeAndComesBackToItsTarget() async throws {
        let seen = Mutex<String?>(nil)
        let login = try login(onLogin: { login in
            seen.withLock { $0 = login.idToken.subject }
            XCTAssertEqual(login.request.path, "/itsme/callback", "no code, no state")
            return login.redirect(settingCookies: ["session=1; Path=/"])
        })
        var browser = Browser(login)
        let start = await browser.get(try login.startURL(of: "login", target: PostLoginTarget("/account?tab=1")))
        XCTAssertEqual(start.response.status, .seeOther)
        XCTAssertTrue(start.location?.hasPrefix(TestProvider.issuer + "/authorization?") == true)
        assertProtected(start)
        XCTAssertEqual(browser.cookies.count, 1)

        let state = try await provider.approve(start.location)
        let end = await browser.get("/itsme/callback?code=the-code&state=\(state)")
        XCTAssertEqual(end.response.status, .seeOther)
        XCTAssertEqual(end.location, "/account?tab=1")
        assertProtected(end)
        XCTAssertEqual(browser.cookies.map(\.name).last, "session")
        XCTAssertEqual(seen.withLock { $0 }, TestProvider.subject)
        XCTAssertEqual(provider.paths().filter { $0 == "/v2/token" }.count, 1)
    }

    func testACallbackIsAcceptedOnceEvenWhenTheCookieIsKept() async throws {
        let login = try login()
        var browser = Browser(login)
        let state = try await provider.approve(await browser.get("/itsme/login").location)
        var thief = browser
        let first = await browser.get("/itsme/callback?code=a&state=\(state)")
        XCTAssertEqual(first.response.status, .seeOther)
        let second = await thief.get("/itsme/callback?code=a&state=\(state)")
        XCTAssertEqual(second.response.status, .conflict)
        let reloaded = await browser.get("/itsme/callback?code=a&state=\(state)")
        XCTAssertEqual(reloaded.response.status, .conflict)
        XCTAssertEqual(provider.paths().filter { $0 == "/v2/token" }.count, 1)
    }

    func testTheApplicationCanReadUserInfo() async throws {
        provider.answer("/userinfo") { _, _ in
            let claims: JSONValue = ["sub": .string(TestProvider.subject), "email": "a@example.org"]
            return HTTPReply(
                response: HTTPResponse(status: .ok, headerFields: [.contentType: "application/jwt"]),
                body: Array(try await TestProvider.nestedToken(claims).utf8))
        }
        let login = try login(onLogin: { login in
            let userInfo = try await login.userInfo()
            XCTAssertEqual(userInfo.subject, TestProvider.subject)
            return login.redirect()
        })
        var browser = Browser(login)
        let state = try await provider.approve(await browser.get("/itsme/login").location)
        let reply = await browser.get("/itsme/callback?code=a&state=\(state)")
        XCTAssertEqual(reply.location, "/")
    }

    func testItsmeSpeaksTheLanguageOfTheLinkOrOfTheBrowser() async throws {
        let login = try login()
        var browser = Browser(login)
        for (path, header, language) in [
            ("/itsme/login?locale=de", "fr", "de"), ("/itsme/login", "es, nl-BE;q=0.8, fr;q=0.9", "fr"),
            ("/itsme/login?locale=xx", "nl", "nl"), ("/itsme/login", "es", "en"),
            ("/itsme/login", "fr;q=0, nl;q=x", "en"),
        ] {
            let reply = await browser.get(path, fields: [("Accept-Language", header)])
            let object = try await TestProvider.requestObject(in: XCTUnwrap(reply.location))
            XCTAssertEqual(object["ui_locales"]?.string, language, "\(path) \(header)")
        }
    }

    // MARK: The target

    func testRefusesEveryHostileTarget() async throws {
        let login = try login()
        var browser = Browser(login)
        for text in PostLoginTargetTests.hostile {
            let encoded = text.utf8.map { String(format16: $0) }.joined()
            let reply = await browser.get("/itsme/login?target=" + encoded)
            XCTAssertEqual(reply.response.status, .badRequest, text.debugDescription)
            XCTAssertNil(reply.location)
            XCTAssertFalse(reply.text.contains("evil"))
        }
        XCTAssertTrue(browser.cookies.isEmpty)
        XCTAssertTrue(provider.sent.isEmpty, "nothing was asked of itsme")
    }

    func testRefusesTwoTargetsAndAQueryThatCannotBeRead() async throws {
        let login = try login()
        var browser = Browser(login)
        for query in ["target=/a&target=/b", "target=%", "target=%ff", "locale=nl&locale=nl"] {
            let reply = await browser.get("/itsme/login?" + query)
            XCTAssertEqual(reply.response.status, .badRequest, query)
        }
        let reply = await browser.get("/itsme/login?target=/a&utm_source=caf%E9&%=1")
        XCTAssertEqual(reply.response.status, .seeOther, "what nobody asks for is ignored")
    }

    func testATargetOfAnAllowedOriginComesBack() async throws {
        let login = try login(allowedOrigins: ["https://shop.example"])
        var browser = Browser(login)
        let target = try PostLoginTarget("https://shop.example/cart", allowedOrigins: ["https://shop.example"])
        let state = try await provider.approve(
            await browser.get(try login.startURL(of: "login", target: target)).location)
        let reply = await browser.get("/itsme/callback?code=a&state=\(state)")
        XCTAssertEqual(reply.location, "https://shop.example/cart")
    }

    func testATargetThatIsNoLongerAllowedGivesWayToTheDefault() async throws {
        var browser = Browser(try login(allowedOrigins: ["https://shop.example"]))
        let state = try await provider.approve(
            await browser.get("/itsme/login?target=https://shop.example/").location)
        var later = Browser(try login())
        later.cookies = browser.cookies
        let reply = await later.get("/itsme/callback?code=a&state=\(state)")
        XCTAssertEqual(reply.location, "/")
    }

    // MARK: Requests that must change nothing

    func testASpeculativeRequestNeitherMakesNorUsesALogin() async throws {
        let login = try login()
        var browser = Browser(login)
        let purposes = [
            ("Sec-Purpose", "prefetch"), ("Sec-Purpose", "prefetch;prerender"),
            ("Sec-Purpose", "prefetch; anonymous-client-ip"), ("Sec-Purpose", "PREFETCH"), ("Purpose", "prefetch"),
            ("X-Purpose", "preview"), ("X-Moz", "prefetch"),
        ]
        for purpose in purposes {
            let reply = await browser.get("/itsme/login", fields: [purpose])
            XCTAssertEqual(reply.response.status, .serviceUnavailable, "\(purpose)")
            XCTAssertEqual(reply["Cache-Control"], "no-store")
            XCTAssertNil(reply["Set-Cookie"])
        }
        let state = try await provider.approve(await browser.get("/itsme/login").location)
        for purpose in purposes {
            let reply = await browser.get("/itsme/callback?code=a&state=\(state)", fields: [purpose])
            XCTAssertEqual(reply.response.status, .serviceUnavailable, "\(purpose)")
        }
        XCTAssertEqual(browser.cookies.count, 1)
        let reply = await browser.get("/itsme/callback?code=a&state=\(state)", fields: [("Sec-Purpose", "navigate")])
        XCTAssertEqual(reply.response.status, .seeOther, "the person's own request still works")
    }

    func testAnswersGetOnlyAndHeadUsesNothingUp() async throws {
        let login = try login()
        var browser = Browser(login)
        let state = try await provider.approve(await browser.get("/itsme/login").location)
        for method in [HTTPRequest.Method.head, .post, .put, .delete, .options] {
            for path in ["/itsme/login", "/itsme/callback?code=a&state=\(state)"] {
                let reply = await browser.get(path, method: method)
                XCTAssertEqual(reply.response.status, .methodNotAllowed)
                XCTAssertEqual(reply["Allow"], "GET")
                XCTAssertNil(reply["Set-Cookie"])
            }
        }
        let reply = await browser.get("/itsme/callback?code=a&state=\(state)")
        XCTAssertEqual(reply.response.status, .seeOther)
    }

    // MARK: Failures

    func testAnErrorOfItsmeUsesTheLoginUpAndShowsOnlyASafeMessage() async throws {
        let login = try login()
        var browser = Browser(login)
        let state = try await provider.approve(await browser.get("/itsme/login?target=/a%26b").location)
        let reply = await browser.get(
            "/itsme/callback?error=access_denied&error_description=%3Cscript%3Esecret&state=\(state)",
            fields: [("Accept-Language", "nl")])
        XCTAssertEqual(reply.response.status, .forbidden)
        assertProtected(reply)
        XCTAssertTrue(reply.text.contains("Het aanmelden is geannuleerd"))
        XCTAssertTrue(reply.text.contains("<html lang=\"nl\">"))
        XCTAssertTrue(reply.text.contains("href=\"/itsme/login?target=%2Fa%26b\""), "the way to start again")
        for word in ["secret", "access_denied", "script", state] { XCTAssertFalse(reply.text.contains(word), word) }
        XCTAssertEqual(browser.cookies.count, 1, "how it ended")
    }

    func testACallbackOfAnotherBrowserIsRefusedAndUsesNothingUp() async throws {
        let login = try login()
        var browser = Browser(login)
        let state = try await provider.approve(await browser.get("/itsme/login").location)
        var victim = Browser(login)
        _ = await victim.get("/itsme/login")
        let refused = await victim.get("/itsme/callback?code=a&state=\(state)")
        XCTAssertEqual(refused.response.status, .badRequest)
        XCTAssertNil(refused["Set-Cookie"])
        XCTAssertEqual(victim.cookies.count, 1)
        let accepted = await browser.get("/itsme/callback?code=a&state=\(state)")
        XCTAssertEqual(accepted.response.status, .seeOther)
    }

    func testSaysWhichRuleACallbackBroke() async throws {
        let code = Mutex<ItsmeError.Code?>(nil)
        let login = try login(onFailure: { failure in
            code.withLock { $0 = failure.error.code }
            XCTAssertEqual(failure.request.path, "/itsme/callback")
            return failure.page
        })
        var browser = Browser(login)
        let state = try await provider.approve(await browser.get("/itsme/login").location)
        for (query, expected) in [
            ("", ItsmeError.Code.stateMissing), ("code=a", .stateMissing), ("code=a&state=", .stateMissing),
            ("code=a&state=b&state=b", .duplicateParameter), ("code=a&state=%", .malformedCallback),
            ("code=a&state=unknown", .transactionMissing),
            ("code=\(String(repeating: "a", count: 20_000))", .malformedCallback),
            ("code=a&code=b&state=\(state)", .duplicateParameter),
        ] {
            let reply = await browser.get("/itsme/callback?" + query)
            XCTAssertEqual(reply.response.status, .badRequest)
            XCTAssertEqual(code.withLock { $0 }, expected, String(query.prefix(40)))
        }
    }

    func testACallbackThatIsWrongBesideItsStateUsesTheLoginUp() async throws {
        for rest in [
            "code=", "?code=a", "code=a&error=b", "code=a&iss=https%3A%2F%2Fother.example", "code=a&code=b", "code=%",
        ] {
            let login = try login()
            var browser = Browser(login)
            let state = try await provider.approve(await browser.get("/itsme/login").location)
            let kept = browser.cookies
            let refused = await browser.get("/itsme/callback?state=\(state)&" + rest)
            XCTAssertEqual(refused.response.status, .badRequest, rest)
            XCTAssertEqual(browser.cookies.count, 1, rest)
            browser.cookies = kept
            let second = await browser.get("/itsme/callback?code=a&state=\(state)")
            XCTAssertEqual(second.response.status, .conflict, rest)
            XCTAssertFalse(provider.paths().contains("/v2/token"), rest)
        }
    }

    func testAPersonWhoDeclinedIsOneHoweverTheTextIsEncoded() async throws {
        let login = try login(onFailure: { failure in
            XCTAssertEqual(failure.error.kind, .declined)
            return failure.page
        })
        var browser = Browser(login)
        let state = try await provider.approve(await browser.get("/itsme/login").location)
        let reply = await browser.get(
            "/itsme/callback?error=access_denied&error_description=Annul%E9&next=100%&state=\(state)")
        XCTAssertEqual(reply.response.status, .forbidden)
    }

    func testAnAlteredOrForeignCookieIsRefusedAndTakenAway() async throws {
        let login = try login()
        var browser = Browser(login)
        let state = try await provider.approve(await browser.get("/itsme/login").location)
        let cookie = try XCTUnwrap(browser.cookies.first)
        for value in ["", "AQAA", String(cookie.value.dropLast()) + "-", cookie.value + "A", "\u{E9}"] {
            browser.cookies = [.init(name: cookie.name, value: value, attributes: [])]
            let reply = await browser.get("/itsme/callback?code=a&state=\(state)")
            XCTAssertEqual(reply.response.status, .badRequest, value)
            XCTAssertTrue(browser.cookies.isEmpty)
        }
        var other = Browser(try self.login(key: 8))
        other.cookies = [cookie]
        let reply = await other.get("/itsme/callback?code=a&state=\(state)")
        XCTAssertEqual(reply.response.status, .badRequest)
        XCTAssertFalse(provider.paths().contains("/v2/token"))
    }

    func testAFailureAfterTheCallbackUsesTheLoginUp() async throws {
        struct Broken: Error { let detail = "seeded-secret" }
        let login = try login(
            onFailure: { failure in
                XCTAssertEqual(failure.error.code, .applicationFailed)
                XCTAssertTrue(failure.underlyingError is Broken)
                var dumped = ""
                dump(failure, to: &dumped)
                XCTAssertFalse(dumped.contains("seeded-secret"))
                return failure.page
            }, onLogin: { _ in throw Broken() })
        var browser = Browser(login)
        let state = try await provider.approve(await browser.get("/itsme/login").location)
        let reply = await browser.get("/itsme/callback?code=a&state=\(state)")
        XCTAssertEqual(reply.response.status, .internalServerError)
        XCTAssertFalse(reply.text.contains("seeded-secret"))
        XCTAssertFalse(reply.text.contains("href=\"/itsme/login"), "starting again does not help")
        XCTAssertEqual(browser.cookies.count, 1, "how it ended")
    }

    func testALoginThatTookTooLongIsRefused() async throws {
        let login = try login()
        var browser = Browser(login)
        let state = try await provider.approve(await browser.get("/itsme/login").location)
        provider.advance(by: 600)
        let reply = await browser.get("/itsme/callback?code=a&state=\(state)")
        XCTAssertEqual(reply.response.status, .forbidden)
        XCTAssertEqual(browser.cookies.count, 1, "how it ended")
    }

    func testItsmeBeingAwayIsUnavailable() async throws {
        provider.answer("/.well-known/openid-configuration") { _, _ in
            throw HTTPTransportError(.connect, reason: "away")
        }
        let login = try login()
        var browser = Browser(login)
        let reply = await browser.get("/itsme/login?target=/a")
        XCTAssertEqual(reply.response.status, .serviceUnavailable)
        XCTAssertTrue(reply.text.contains("href=\"/itsme/login?target=%2Fa\""))
        assertProtected(reply)
    }

    func testTheApplicationCannotWeakenTheAnswer() async throws {
        let login = try login(onLogin: { _ in
            HTTPReply(
                response: HTTPResponse(status: .ok, headerFields: [.cacheControl: "public, max-age=60"]), body: [])
        })
        var browser = Browser(login)
        let state = try await provider.approve(await browser.get("/itsme/login").location)
        assertProtected(await browser.get("/itsme/callback?code=a&state=\(state)"))
    }

    func testARequestOfAnotherClientDoesNotStart() async throws {
        let client = try provider.client()
        let other = try provider.client { $0.clientID = "other" }
        let login = try LoginEndpoints(
            client: client, sealer: Sealer(key: SymmetricKey([UInt8](repeating: 7, count: 32))),
            services: [
                LoginService("login", kind: .login) { _ in
                    try await other.authorizationRequest(for: .login("LOGIN"))
                } onLogin: {
                    $0.redirect()
                }
            ],
            onFailure: { failure in
                XCTAssertEqual(failure.error.code, .invalidConfiguration)
                return failure.page
            })
        var browser = Browser(login)
        let reply = await browser.get("/itsme/login")
        XCTAssertEqual(reply.response.status, .internalServerError)
    }

    // MARK: Configuration

    func testRefusesAStartPathThatIsNone() async throws {
        for path in ["", "login", "//login", "/login?a", "/itsme/callback", "https://rp.example/login"] {
            await assertItsmeError(.invalidConfiguration, field: "services.path", path) {
                try LoginEndpoints(
                    client: provider.client(),
                    sealer: Sealer(key: SymmetricKey([UInt8](repeating: 7, count: 32))),
                    services: [LoginService("login", path: path, .login("LOGIN"))])
            }
        }
    }
}

extension String {
    /// A byte as a percent-escape.
    fileprivate init(format16 byte: UInt8) {
        let digits = Swift.String(byte, radix: 16)
        self = "%" + (digits.count == 1 ? "0" : "") + digits
    }
}
