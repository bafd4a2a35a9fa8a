import HTTPTypes
import ItsmeRP
import JOSE
import TestSupport
import XCTest

/// A browser with a cookie jar after RFC 6265bis: it refuses `__Host-` cookies that break a rule of the prefix, sends
/// older cookies first, and drops cookies at `Max-Age=0`.
struct Browser {
    struct Cookie {
        let name: String
        let value: String
        let attributes: [String]
    }

    let handler: any HTTPHandler
    var scheme = "https"
    var authority = "rp.example"
    var cookies: [Cookie] = []

    init(_ login: LoginEndpoints) {
        handler = HTTPRouter(login.routes)
    }

    var cookieHeader: String {
        cookies.map { "\($0.name)=\($0.value)" }.joined(separator: "; ")
    }

    mutating func get(
        _ path: String, method: HTTPRequest.Method = .get, fields: [(name: String, value: String)] = [],
        line: UInt = #line
    ) async -> HTTPReply {
        var fields = fields
        if !cookies.isEmpty { fields.append(("Cookie", cookieHeader)) }
        let reply = await handler.send(path, method: method, scheme: scheme, authority: authority, fields: fields)
        for field in reply.response.headerFields[fields: .setCookie] { keep(field.value, line: line) }
        return reply
    }

    private mutating func keep(_ line: String, line number: UInt) {
        let parts = line.split(separator: ";").map { $0.trimmingCharacters(of: " ") }
        let pair = (parts.first ?? "").split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let attributes = Array(parts.dropFirst())
        guard pair.count == 2 else { return XCTFail("no cookie: \(line)", line: number) }
        let name = String(pair[0])
        if name.hasPrefix("__Host-") {
            XCTAssertTrue(attributes.contains("Secure") && scheme == "https", line, line: number)
            XCTAssertTrue(attributes.contains("Path=/"), line, line: number)
            XCTAssertFalse(attributes.contains { $0.hasPrefix("Domain") }, line, line: number)
        }
        if attributes.contains("Max-Age=0") {
            cookies.removeAll { $0.name == name }
        } else if let index = cookies.firstIndex(where: { $0.name == name }) {
            cookies[index] = Cookie(name: name, value: String(pair[1]), attributes: attributes)
        } else {
            cookies.append(Cookie(name: name, value: String(pair[1]), attributes: attributes))
        }
    }
}

extension Substring {
    fileprivate func trimmingCharacters(of character: Character) -> String {
        String(drop { $0 == character })
    }
}

extension TestProvider {
    /// What itsme does with an authorization URL: the state of the request, and tokens for its nonce from now on.
    func approve(_ authorizationURL: String?) async throws -> String {
        let object = try await Self.requestObject(in: XCTUnwrap(authorizationURL))
        let nonce = object["nonce"]?.string ?? ""
        answer("/token") { [self] _, _ in
            Self.tokenResponse(idToken: try await Self.nestedToken(idTokenClaims(nonce: nonce)))
        }
        return try XCTUnwrap(object["state"]?.string)
    }
}
