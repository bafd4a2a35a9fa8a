import HTTPTypes

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
