import HTTPTypes
import ItsmeRP
import XCTest

extension HTTPHandler {
    /// Sends a request as a browser or itsme would.
    func send(
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
    var text: String { String(decoding: body, as: UTF8.self) }

    var location: String? { response.headerFields[.location] }

    subscript(_ field: String) -> String? {
        HTTPField.Name(field).flatMap { response.headerFields[$0] }
    }
}

/// Asserts that a handler answers only GET and HEAD, and names them.
func assertOnlyReads(_ handler: some HTTPHandler, _ path: String, line: UInt = #line) async {
    for method in [HTTPRequest.Method.post, .put, .delete, .options, .patch] {
        let reply = await handler.send(path, method: method)
        XCTAssertEqual(reply.response.status, .methodNotAllowed, line: line)
        XCTAssertEqual(reply["Allow"], "GET, HEAD", line: line)
    }
    let get = await handler.send(path)
    let head = await handler.send(path, method: .head)
    XCTAssertEqual(head.response, get.response, line: line)
}
