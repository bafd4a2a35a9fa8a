import Foundation
import HTTPTypes
import ItsmeRP

/// The person's browser, as far as a login needs one: it opens addresses and brings cookies back to where they came
/// from.
struct DemoBrowser {
    private let transport: any HTTPTransport
    private var cookies: [String: [String]] = [:]

    init(transport: any HTTPTransport) { self.transport = transport }

    /// Opens `url`, and returns where the answer redirects to.
    ///
    /// - Throws: ``ToolFailure`` when the answer is a page: in the middle of a login that is a refusal.
    mutating func redirect(from url: String) async throws -> String {
        let reply = try await open(url)
        guard let location = reply.response.headerFields[.location] else {
            throw ToolFailure("a page with status \(reply.response.status.code) came instead of a redirect")
        }
        return location
    }

    /// Opens `url`.
    @discardableResult
    mutating func open(_ url: String) async throws -> HTTPReply {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme, let host = parts.host else {
            throw ToolFailure("the redirect does not lead to a URL")
        }
        let authority = parts.port.map { "\(host):\($0)" } ?? host
        let path = parts.percentEncodedPath + (parts.percentEncodedQuery.map { "?\($0)" } ?? "")
        var request = HTTPRequest(method: .get, scheme: scheme, authority: authority, path: path)
        if let kept = cookies[authority] { request.headerFields[.cookie] = kept.joined(separator: "; ") }
        let reply = try await transport.send(request, body: [], limits: HTTPLimits())
        for field in reply.response.headerFields[values: .setCookie] {
            cookies[authority, default: []].append(String(field.prefix { $0 != ";" }))
        }
        return reply
    }
}
