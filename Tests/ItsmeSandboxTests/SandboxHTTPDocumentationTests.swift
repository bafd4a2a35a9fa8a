import Foundation
import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE
import XCTest

/// SandboxHTTP.md of ItsmeRP.docc says what the HTTP interface does.
final class SandboxHTTPDocumentationTests: XCTestCase {
    private func page() throws -> String {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let page = try String(
            contentsOf: folder.appending(path: "Sources/ItsmeRP/ItsmeRP.docc/SandboxHTTP.md"), encoding: .utf8)
        return page.replacing("http://127.0.0.1:8080/v2", with: ReferenceRelyingParty.issuer)
    }

    func testThePageListsEveryOperationInOrder() async throws {
        let party = try ReferenceRelyingParty()
        let state = try await party.apiJSON(.get, "/")
        let documented = try page().matches(of: /(?m)^\| `((?:GET|POST|PUT|DELETE) [^`]+)` \|/).map {
            String($0.output.1)
        }
        XCTAssertEqual(documented, state["operations"]?.elements?.compactMap(\.string))
    }

    func testThePageNamesTheMembersOfSessionsAndRequests() async throws {
        let party = try ReferenceRelyingParty()
        let object = try await party.requestObject(party.requestObjectClaims(party.loginParameters()))
        let reply = await party.authorize(party.outer(party.loginParameters(), request: object))
        _ = try await party.tokens(code: try XCTUnwrap(reply.locationParameters["code"]))
        _ = await party.requestTokens(
            try await party.tokenParameters(code: try XCTUnwrap(reply.locationParameters["code"])))
        let session = try await party.apiJSON(.get, "/sessions/1")
        let text = try page()
        func documented(_ heading: String) throws -> Set<String> {
            let table = try XCTUnwrap(
                text.components(separatedBy: "| \(heading) |").last?.components(separatedBy: "\n\n").first)
            let names = table.matches(of: /(?m)^\| ([^|]+) \|/).flatMap { row in
                row.output.1.matches(of: /`([a-z_]+)`/).map { String($0.output.1) }
            }
            return Set(names)
        }
        XCTAssertEqual(
            try documented("Member of a session"), Set(try XCTUnwrap(session.members).map(\.name)))
        let requests = try XCTUnwrap(session["requests"]?.elements)
        for request in requests {
            XCTAssertEqual(try documented("Member of a request"), Set(try XCTUnwrap(request.members).map(\.name)))
        }
        let nested = requests.flatMap { request in
            ["request", "request_object", "answer", "client_assertion", "person"].compactMap { request[$0] }
                + ["checks", "tokens"].flatMap { request[$0]?.elements ?? [] }
        }
        for name in Set(nested.flatMap { $0.members ?? [] }.map(\.name)) {
            XCTAssertTrue(text.contains("`\(name)`"), name)
        }
        for endpoint in RecordedRequest.Endpoint.allCases {
            XCTAssertTrue(text.contains("`\(endpoint.rawValue)`"), endpoint.rawValue)
        }
    }

    /// Each example is sent in order. The answer has the members of the JSON that follows it in the page.
    func testTheExamplesOfThePageWork() async throws {
        let party = try ReferenceRelyingParty()
        var count = 0
        for match in try page().matches(of: /(?s)```sh\n(curl .*?)```\n(?:\n```json\n(.*?)```)?/) {
            let (method, path, body) = try Self.command(String(match.output.1))
            let reply = await party.api(method, path, body)
            count += 1
            guard let example = match.output.2 else {
                XCTAssertTrue([200, 201].contains(reply.response.status.code), "\(method) \(path): \(reply.text)")
                continue
            }
            let expected = try JSON(parsing: String(example))
            let answer = try JSON(parsing: reply.body)
            if expected["error"] != nil {
                XCTAssertEqual(answer.value, expected.value, path)
                continue
            }
            XCTAssertEqual(answer.members?.map(\.name), expected.members?.map(\.name), path)
            for (name, value) in expected.members ?? [] where value.kind == .string && name != "date" {
                XCTAssertEqual(answer[name]?.string, value.string, "\(path) \(name)")
            }
        }
        XCTAssertGreaterThanOrEqual(count, 7)
    }

    /// The parts of a curl command: `-X METHOD`, `$API/path`, `-d 'body'`.
    private static func command(_ text: String) throws -> (HTTPRequest.Method, path: String, body: String?) {
        let path = try XCTUnwrap(text.firstMatch(of: /\$API(\S*)/)?.output.1)
        let body = text.firstMatch(of: /(?s)-d '([^']*)'/).map { String($0.output.1) }
        let method = text.firstMatch(of: /-X (\S+)/).map { String($0.output.1) } ?? "GET"
        if body != nil { XCTAssertTrue(text.contains("-H 'Content-Type: application/json'"), text) }
        return (try XCTUnwrap(HTTPRequest.Method(method)), String(path), body)
    }
}
