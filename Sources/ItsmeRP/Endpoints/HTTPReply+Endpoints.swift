package import HTTPTypes

/// Answers that several endpoints use.
extension HTTPReply {
    /// An answer with a body. `nosniff` prevents browsers from guessing its type.
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

    /// A short text in English, for callers other than browsers.
    static func plain(_ status: HTTPResponse.Status, _ text: String) -> HTTPReply {
        HTTPReply(status, Array((text + "\n").utf8), contentType: "text/plain; charset=utf-8")
    }

    /// RFC 9110 §15.5.6: a 405 answer lists the allowed methods.
    static func methodNotAllowed(allowed: String) -> HTTPReply {
        var reply = plain(.methodNotAllowed, "Method not allowed")
        reply.response.headerFields[.allow] = allowed
        return reply
    }

    static let notFound = plain(.notFound, "Not found")

    /// The answer to a speculative request. After an error status, a browser discards the prefetch and sends the
    /// request again when the person really navigates (Nav Speculation, "prefetch algorithms"). With 204, the browser
    /// could use it as the answer and stay on the page.
    static let speculationRefused = plain(.serviceUnavailable, "Prefetch refused")

    /// A redirect that the browser follows with GET (RFC 9110 §15.4.4).
    static func seeOther(_ location: String) -> HTTPReply {
        HTTPReply(response: HTTPResponse(status: .seeOther, headerFields: [.location: location]))
    }
}

extension HTTPFields {
    /// Keeps the answer of a login step out of caches and its URL out of `Referer` (RFC 9700 §4.2.4: the URL of the
    /// callback has the code and the state), and prevents type guessing.
    package mutating func protectLoginStep() {
        self[.cacheControl] = "no-store"
        self[.xContentTypeOptions] = "nosniff"
        set("Referrer-Policy", "no-referrer")
    }

    /// Adds a cookie to those that the answer already sets.
    package mutating func setCookie(_ line: String) {
        append(HTTPField(name: .setCookie, value: line))
    }

    /// Sets a field that has no constant in HTTPTypes.
    mutating func set(_ name: String, _ value: String) {
        guard let name = HTTPField.Name(name) else { return }
        self[name] = value
    }
}

/// A public document that is the same for everyone: GET and HEAD, no redirect, no cookie.
struct PublishedDocument: Sendable {
    let body: [UInt8]
    let contentType: String
    let cacheControl: String

    /// Answers with the document, also for HEAD: the server leaves out the body (RFC 9110 §9.3.2).
    func respond(to request: HTTPRequest) -> HTTPReply {
        Self.refusal(of: request) ?? HTTPReply(.ok, body, contentType: contentType, cacheControl: cacheControl)
    }

    /// The answer to a request with a method other than GET and HEAD.
    static func refusal(of request: HTTPRequest) -> HTTPReply? {
        request.method == .get || request.method == .head ? nil : .methodNotAllowed(allowed: "GET, HEAD")
    }
}
