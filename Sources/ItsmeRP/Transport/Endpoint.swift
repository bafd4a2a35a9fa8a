#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
package import HTTPTypes
import WebFormats

/// A URL for requests: absolute, https (or http on a loopback address if that is allowed), with a host, without user
/// information and fragment.
///
/// A class, so that copying the provider's metadata, which has six of them, is cheap.
package final class Endpoint: Sendable {
    /// The URL as it was given.
    let url: String

    package let scheme: String
    package let authority: String
    package let host: String

    /// The port, if it is written out.
    package let port: Int?

    /// Path and query.
    package let target: String

    let hasQuery: Bool

    /// Why a string is not an acceptable endpoint.
    package enum Refusal: String, Error {
        case notAURL = "it is not an absolute URL of printable ASCII characters with a host"
        case scheme = "it is not https"
        case notLoopback = "http is only allowed for a loopback address"
        case userInformation = "it holds user information"
        case fragment = "it has a fragment"
        case query = "it has a query"
    }

    package init(_ url: String, allowsLoopbackHTTP: Bool) throws(Refusal) {
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C }), url.utf8.count <= 2048,
            let components = URLComponents(string: url), let scheme = components.scheme?.lowercased(),
            let host = components.host, !host.isEmpty
        else { throw .notAURL }
        guard scheme == "https" || scheme == "http" else { throw .scheme }
        guard components.user == nil, components.password == nil else { throw .userInformation }
        guard components.fragment == nil else { throw .fragment }
        if scheme == "http" {
            guard allowsLoopbackHTTP else { throw .scheme }
            guard host.isLoopbackHost else { throw .notLoopback }
        }
        if let port = components.port, !(1...65535).contains(port) { throw .notAURL }
        self.url = url
        self.scheme = scheme
        self.host = host
        port = components.port
        authority = components.port.map { "\(host):\($0)" } ?? host
        let path = components.percentEncodedPath
        let query = components.percentEncodedQuery
        hasQuery = query != nil
        target = (path.isEmpty ? "/" : path) + (query.map { "?" + $0 } ?? "")
    }

    /// An issuer identifier: an endpoint without a query (Discovery 1.0 §3).
    convenience init(issuer: String, allowsLoopbackHTTP: Bool) throws(ItsmeError) {
        do throws(Refusal) {
            try self.init(issuer, allowsLoopbackHTTP: allowsLoopbackHTTP)
            if hasQuery { throw .query }
        } catch {
            throw ItsmeError(
                .insecureURL, .configuration, "the issuer cannot be used: \(error.rawValue)",
                remedy: "Give the https URL of the issuer, without query and fragment.", field: "environment.issuer")
        }
    }

    /// Whether the host may be reached from the internet: a name with a dot that is not reserved for local use (RFC 6761,
    /// RFC 6762, RFC 8375), or an IPv4 address outside the private ranges. IPv6 addresses are never a registered host.
    package var isPublicHost: Bool {
        let name = host.lowercased()
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        let octets = labels.compactMap { UInt8($0) }
        if labels.count == 4, octets.count == 4 {
            switch (octets[0], octets[1]) {
            case (0, _), (10, _), (127, _), (169, 254), (172, 16...31), (192, 168), (100, 64...127), (224..., _):
                return false
            default: return true
            }
        }
        guard labels.count >= 2, !name.contains(":"), labels.allSatisfy({ !$0.isEmpty }), let top = labels.last else {
            return false
        }
        return !["localhost", "local", "test", "invalid", "internal", "onion"].contains(top)
            && !top.allSatisfy(\.isASCIIDigit) && !name.hasSuffix(".home.arpa")
    }

    package func request(_ method: HTTPRequest.Method, headerFields: HTTPFields = [:]) -> HTTPRequest {
        HTTPRequest(method: method, scheme: scheme, authority: authority, path: target, headerFields: headerFields)
    }
}
