#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import HTTPTypes
public import ItsmeRP

/// The page on which a ``TestBrowser`` ended, and how it came there.
public struct TestPage: Sendable {
    /// An answer that sent the browser on.
    public struct Redirect: Sendable {
        /// The URL that answered.
        public let url: String
        /// The status of the answer, such as 302.
        public let status: Int
    }

    /// The URL of the page.
    public let url: String
    /// The answer.
    public let reply: HTTPReply
    /// The redirects on the way, the first one first. The callback of a login is among them.
    public let trail: [Redirect]

    /// The status of the answer, such as 200.
    public var status: Int { reply.response.status.code }

    /// The body, as text.
    public var text: String { String(decoding: reply.body, as: UTF8.self) }

    /// Path and query of the URL.
    public var path: String {
        guard let address = WebAddress(url, maximumLength: .max) else { return "" }
        return (address.path.isEmpty ? "/" : address.path) + (address.query.map { "?\($0)" } ?? "")
    }

    /// Where a redirect leads that the browser did not follow, because it leaves application and sandbox; `nil` for any
    /// other page.
    public var location: String? {
        guard reply.response.status.kind == .redirection else { return nil }
        return reply.response.headerFields[.location].flatMap { Self.resolve($0, from: url) }
    }

    /// The URLs of the links (`<a href="…">`), in the order of the page.
    public var links: [String] {
        text.matches(of: /<a\s[^>]*?href\s*=\s*["']([^"']*)["']/.ignoresCase()).compactMap {
            Self.resolve($0.output.1.replacing("&amp;", with: "&"), from: url)
        }
    }

    /// Resolves a reference in the page at `base` (RFC 3986 section 5), without the fragment.
    static func resolve(_ reference: some StringProtocol, from base: String) -> String? {
        let reference = String(reference.prefix { $0 != "#" })
        guard !reference.isEmpty else { return base }
        return URL(string: base).flatMap { URL(string: reference, relativeTo: $0)?.absoluteString }
    }
}

extension TestPage.Redirect: Redacted {
    /// Status and URL, without the query, which may have codes.
    public var description: String { "\(status) \(url.prefix { $0 != "?" })" }
}

extension TestPage: Redacted {
    /// Status and URL, without the query, which may have codes.
    public var description: String { "TestPage(\(status), \(url.prefix { $0 != "?" }))" }
}
