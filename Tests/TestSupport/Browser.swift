package import HTTPTypes
package import ItsmeRP
import JOSE
import XCTest

/// A browser with a cookie jar after RFC 6265bis: it refuses `__Host-` cookies that break a rule of the prefix, sends
/// older cookies first, and drops cookies at `Max-Age=0`.
package struct Browser {
    package struct Cookie {
        package let name: String
        package let value: String
        package let attributes: [String]

        package init(name: String, value: String, attributes: [String]) {
            self.name = name
            self.value = value
            self.attributes = attributes
        }
    }

    package let handler: any HTTPHandler
    package var scheme = "https"
    package var authority = "rp.example"
    package var cookies: [Cookie] = []

    package init(_ handler: any HTTPHandler) {
        self.handler = handler
    }

    package init(_ login: LoginEndpoints) {
        self.init(HTTPRouter(login.routes))
    }

    package var cookieHeader: String {
        cookies.map { "\($0.name)=\($0.value)" }.joined(separator: "; ")
    }

    package mutating func get(
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
    package func approve(_ authorizationURL: String?, as subject: String = TestProvider.subject) async throws -> String
    {
        let object = try await Self.requestObject(in: XCTUnwrap(authorizationURL))
        let nonce = object["nonce"]?.string ?? ""
        answer("/token") { [self] _, _ in
            var claims = idTokenClaims(nonce: nonce)
            claims["sub"] = .string(subject)
            return Self.tokenResponse(idToken: try await Self.nestedToken(claims))
        }
        return try XCTUnwrap(object["state"]?.string)
    }
}

extension HTTPHandler {
    /// Sends a request as a browser or itsme would.
    package func send(
        _ path: String, method: HTTPRequest.Method = .get, scheme: String = "https", authority: String = "rp.example",
        fields: [(name: String, value: String)] = []
    ) async -> HTTPReply {
        var request = HTTPRequest(method: method, scheme: scheme, authority: authority, path: path)
        for field in fields {
            guard let name = HTTPField.Name(field.name) else { continue }
            request.headerFields.append(HTTPField(name: name, value: field.value))
        }
        return await respond(to: request, body: [])
    }
}

extension HTTPReply {
    package var text: String { String(decoding: body, as: UTF8.self) }

    package var location: String? { response.headerFields[.location] }

    package subscript(_ field: String) -> String? {
        HTTPField.Name(field).flatMap { response.headerFields[$0] }
    }
}

/// Asserts that a handler answers only GET and HEAD, and names them.
package func assertOnlyReads(
    _ handler: some HTTPHandler, _ path: String, file: StaticString = #filePath, line: UInt = #line
) async {
    for method in [HTTPRequest.Method.post, .put, .delete, .options, .patch] {
        let reply = await handler.send(path, method: method)
        XCTAssertEqual(reply.response.status, .methodNotAllowed, file: file, line: line)
        XCTAssertEqual(reply["Allow"], "GET, HEAD", file: file, line: line)
    }
    let get = await handler.send(path)
    let head = await handler.send(path, method: .head)
    XCTAssertEqual(head.response, get.response, file: file, line: line)
}
