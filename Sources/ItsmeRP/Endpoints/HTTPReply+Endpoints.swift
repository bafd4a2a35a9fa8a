package import HTTPTypes

/// The answers that the endpoints have in common.
extension HTTPReply {
    /// An answer with a body that no browser guesses the type of.
    package init(
        _ status: HTTPResponse.Status, _ body: [UInt8], contentType: String, cacheControl: String = "no-store"
    ) {
        self.init(
            response: HTTPResponse(
                status: status,
                headerFields: [
                    .contentType: contentType, .cacheControl: cacheControl, .xContentTypeOptions: "nosniff",
                ]),
            body: body)
    }

    /// A short text in English, for callers that are no browsers.
    static func plain(_ status: HTTPResponse.Status, _ text: String) -> HTTPReply {
        HTTPReply(status, Array((text + "\n").utf8), contentType: "text/plain; charset=utf-8")
    }

    /// RFC 9110 §15.5.6: 405 names the methods that there are.
    static func methodNotAllowed(allowed: String) -> HTTPReply {
        var reply = plain(.methodNotAllowed, "Method not allowed")
        reply.response.headerFields[.allow] = allowed
        return reply
    }

    static let notFound = plain(.notFound, "Not found")

    /// What a speculative request gets: a status that is no success makes a browser drop the speculation and send the
    /// request again when the person really goes there (Nav Speculation, "prefetch algorithms"; 204 would not: the
    /// browser could take it for the answer and stay where it is).
    static let speculationRefused = plain(.serviceUnavailable, "Not answered before it is asked for")

    /// A redirect that the browser follows with GET (RFC 9110 §15.4.4).
    static func seeOther(_ location: String) -> HTTPReply {
        HTTPReply(response: HTTPResponse(status: .seeOther, headerFields: [.location: location]))
    }

    /// Keeps the answer of a step of the login out of caches, its URL out of `Referer` (RFC 9700 §4.2.4: the URL of
    /// the callback holds code and state), and its type from being guessed.
    mutating func protectLoginStep() {
        response.headerFields[.cacheControl] = "no-store"
        response.headerFields[.xContentTypeOptions] = "nosniff"
        response.headerFields.set("Referrer-Policy", "no-referrer")
    }

    /// Adds a cookie, beside those that the answer already sets.
    mutating func setCookie(_ line: String) {
        response.headerFields.append(HTTPField(name: .setCookie, value: line))
    }
}

extension HTTPFields {
    /// Sets a field that has no name of its own in HTTPTypes.
    mutating func set(_ name: String, _ value: String) {
        guard let name = HTTPField.Name(name) else { return }
        self[name] = value
    }
}

/// A document that anybody may read and that is the same for everybody: GET and HEAD, no redirect, no cookie.
struct PublishedDocument: Sendable {
    let body: [UInt8]
    let contentType: String
    let cacheControl: String

    /// Answers with the document. To HEAD it gives the same answer: the server leaves the body out (RFC 9110 §9.3.2).
    func respond(to request: HTTPRequest) -> HTTPReply {
        Self.refusal(of: request) ?? HTTPReply(.ok, body, contentType: contentType, cacheControl: cacheControl)
    }

    /// The answer to a request that does not read.
    static func refusal(of request: HTTPRequest) -> HTTPReply? {
        request.method == .get || request.method == .head ? nil : .methodNotAllowed(allowed: "GET, HEAD")
    }
}
