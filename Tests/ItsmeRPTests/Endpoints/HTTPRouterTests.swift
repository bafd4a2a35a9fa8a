import HTTPTypes
import ItsmeRP
import TestSupport
import XCTest

/// Choosing a handler by path.
final class HTTPRouterTests: XCTestCase {
    private struct Named: HTTPHandler {
        let name: String

        func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
            HTTPReply(response: HTTPResponse(status: .ok), body: Array(name.utf8) + body)
        }
    }

    private let router = HTTPRouter([
        "/login": Named(name: "login"), "/caf\u{E9}": Named(name: "café"), "/request/*": Named(name: "family"),
        "/request/known": Named(name: "known"),
    ])

    func testChoosesByExactPathWhateverTheQuery() async {
        for (path, name) in [
            ("/login", "login"), ("/login?a=/request/x", "login"), ("/login?", "login"), ("/caf\u{E9}", "café"),
            ("/request/x", "family"), ("/request/known", "known"), ("/request/*", "family"), ("/request/x?y", "family"),
        ] {
            let reply = await router.send(path)
            XCTAssertEqual(reply.text, name, path)
        }
    }

    func testAnswersNotFoundToEveryOtherSpelling() async {
        for path in [
            "", "/", "/login/", "/Login", "//login", "/./login", "/%6cogin", "login", "/login#", "/login%3F",
            "/cafe\u{301}", "/request", "/request/", "/request/x/y", "/request//", "*", "/*", "?/login",
        ] {
            let reply = await router.send(path)
            XCTAssertEqual(reply.response.status, .notFound, path)
        }
    }

    func testPassesMethodAndBodyOn() async {
        let request = HTTPRequest(method: .post, scheme: "https", authority: "rp.example", path: "/login")
        let reply = await router.respond(to: request, body: Array("!".utf8))
        XCTAssertEqual(reply.text, "login!")
    }

    func testARequestWithoutPathIsNotFound() async {
        let request = HTTPRequest(method: .get, scheme: "https", authority: "rp.example", path: nil)
        let reply = await router.respond(to: request, body: [])
        XCTAssertEqual(reply.response.status, .notFound)
    }
}
