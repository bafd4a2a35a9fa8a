import Foundation
import HTTPTypes
import ItsmeRP

/// The person's browser, as far as a login needs one: it opens addresses and brings cookies back to where they came
/// from.
struct DemoBrowser {
    private let transport: any HTTPTransport
    /// By authority, then by name.
    private var cookies: [String: [String: String]] = [:]

    init(transport: any HTTPTransport) { self.transport = transport }

    /// Opens `url`, and returns where the answer redirects to.
    ///
    /// - Throws: ``ToolFailure`` when the answer is a page: in the middle of a login that is a refusal.
    mutating func redirect(from url: String) async throws -> String {
        let reply = try await open(url)
        guard let location = reply.response.headerFields[.location] else {
            throw ToolFailure("a page with status \(reply.response.status.code) came instead of a redirect")
        }
        guard location.hasPrefix("/") else { return location }
        return try Self.origin(of: url) + location
    }

    /// Opens `url`.
    @discardableResult
    mutating func open(_ url: String) async throws -> HTTPReply {
        let parts = try Self.parts(of: url)
        let path = parts.rest.percentEncodedPath + (parts.rest.percentEncodedQuery.map { "?\($0)" } ?? "")
        var request = HTTPRequest(method: .get, scheme: parts.scheme, authority: parts.authority, path: path)
        if let kept = cookies[parts.authority], !kept.isEmpty {
            request.headerFields[.cookie] = kept.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: "; ")
        }
        let reply = try await transport.send(request, body: [], limits: HTTPLimits())
        for field in reply.response.headerFields[values: .setCookie] { keep(field, from: parts.authority) }
        return reply
    }

    private mutating func keep(_ field: String, from authority: String) {
        let attributes = field.split(separator: ";").map { $0.drop { $0 == " " } }
        guard let pair = attributes.first?.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false),
            pair.count == 2
        else { return }
        let isTakenAway = attributes.contains("Max-Age=0")
        cookies[authority, default: [:]][String(pair[0])] = isTakenAway ? nil : String(pair[1])
    }

    private static func parts(of url: String) throws -> (scheme: String, authority: String, rest: URLComponents) {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme, let host = parts.host else {
            throw ToolFailure("the redirect does not lead to a URL")
        }
        return (scheme, parts.port.map { "\(host):\($0)" } ?? host, parts)
    }

    private static func origin(of url: String) throws -> String {
        let parts = try parts(of: url)
        return "\(parts.scheme)://\(parts.authority)"
    }
}
