import HTTPTypes
public import ItsmeRP
import Synchronization
import WebFormats

/// A cookie of a ``TestBrowser``.
public struct BrowserCookie: Sendable {
    /// When another site's link or redirect may send the cookie.
    public enum SameSite: String, Sendable, Hashable {
        /// Never.
        case strict
        /// When the person goes to the page, with GET or HEAD. So are cookies without the attribute.
        case lax
        /// Always; the cookie must be `Secure`.
        case none
    }

    /// The name.
    public let name: String
    /// The value, as the application set it.
    public let value: String
    /// The host, or the domain of the attribute `Domain`.
    public let domain: String
    /// The path at and below which the cookie is sent.
    public let path: String
    /// When it expires, in seconds since 1970; `nil` at the end of the session.
    public let expiry: Double?
    /// Whether it is sent over https only.
    public let isSecure: Bool
    /// Whether scripts cannot read it. The browser has no scripts, so this changes nothing here.
    public let isHTTPOnly: Bool
    /// When it is sent from other sites.
    public let sameSite: SameSite

    /// Whether subdomains get it too.
    let includesSubdomains: Bool
}

extension BrowserCookie: Redacted {
    /// The name.
    public var description: String { "BrowserCookie(\(name))" }
}

/// A `Set-Cookie` that the browser did not take.
public struct RefusedCookie: Sendable, Hashable, CustomStringConvertible {
    /// The name of the cookie.
    public let name: String
    /// Why browsers ignore it.
    public let reason: String

    /// Name and reason.
    public var description: String { "\(name): \(reason)" }
}

/// The cookies of a browser, by the rules of RFC 6265bis. All tabs share them.
final class CookieJar: Sendable {
    private struct State {
        var cookies: [BrowserCookie] = []
        var refused: [RefusedCookie] = []
    }

    private let state = Mutex(State())

    var refused: [RefusedCookie] { state.withLock { $0.refused } }

    /// The cookies that have not expired, oldest first.
    func cookies(now: Double) -> [BrowserCookie] {
        state.withLock { $0.cookies.filter { ($0.expiry ?? .infinity) > now } }
    }

    func remove(where isGone: (BrowserCookie) -> Bool) { state.withLock { $0.cookies.removeAll(where: isGone) } }

    /// Takes the values of `Set-Cookie` from an answer of `address`.
    func store(_ lines: [String], from address: WebAddress, now: Double) {
        for line in lines {
            do throws(Refusal) {
                let cookie = try Self.cookie(line, from: address, now: now)
                state.withLock { state in
                    let index = state.cookies.firstIndex {
                        $0.name == cookie.name && $0.domain == cookie.domain && $0.path == cookie.path
                    }
                    // A new value keeps the place of the old one (section 5.7).
                    if let index { state.cookies[index] = cookie } else { state.cookies.append(cookie) }
                    state.cookies.removeAll { ($0.expiry ?? .infinity) <= now }
                }
            } catch {
                let name = line.prefix { $0 != "=" && $0 != ";" }
                state.withLock { $0.refused.append(RefusedCookie(name: String(name), reason: error.reason)) }
            }
        }
    }

    /// The field `Cookie` for a request, longer paths first, then older cookies; `nil` without cookies.
    ///
    /// - Parameter isCrossSite: Whether a page of another site caused the request.
    func field(for address: WebAddress, method: HTTPRequest.Method, isCrossSite: Bool, now: Double) -> String? {
        let path = address.path.isEmpty ? "/" : address.path
        let isSafe = method == .get || method == .head
        let sent = cookies(now: now).filter { cookie in
            let isOfHost =
                address.host == cookie.domain
                || cookie.includesSubdomains && address.host.hasSuffix("." + cookie.domain)
            let isAllowed =
                switch cookie.sameSite {
                case .strict: !isCrossSite
                case .lax: !isCrossSite || isSafe
                case .none: true
                }
            return isOfHost && isAllowed && Self.path(path, isBelow: cookie.path)
                && (!cookie.isSecure || address.scheme == "https")
        }
        guard !sent.isEmpty else { return nil }
        // The sort is stable, so older ones stay first.
        return sent.sorted { $0.path.utf8.count > $1.path.utf8.count }.map { "\($0.name)=\($0.value)" }
            .joined(separator: "; ")
    }

    private struct Refusal: Error {
        let reason: String
    }

    /// Reads a value of `Set-Cookie` (section 5.6), and refuses what browsers refuse (section 5.7).
    private static func cookie(
        _ line: String, from address: WebAddress, now: Double
    ) throws(Refusal) -> BrowserCookie {
        let parts = line.split(separator: ";", omittingEmptySubsequences: false)
        guard let (name, value) = parts.first.flatMap(pair), !name.isEmpty else {
            throw Refusal(reason: "It is not a name and a value.")
        }
        guard name.utf8.count + value.utf8.count <= 4096 else {
            throw Refusal(reason: "Name and value are longer than 4096 bytes.")
        }
        var attributes: [String: String] = [:]
        for part in parts.dropFirst() {
            // Of repeated ones the last counts.
            let (name, value) = pair(part) ?? (trimmed(part), "")
            attributes[name.lowercased()] = value
        }
        let isSecure = attributes["secure"] != nil
        let sameSite = attributes["samesite"].flatMap { BrowserCookie.SameSite(rawValue: $0.lowercased()) } ?? .lax
        let isHTTPS = address.scheme == "https"
        guard !isSecure || isHTTPS else { throw Refusal(reason: "It is Secure, and the page is not https.") }
        guard sameSite != .none || isSecure else { throw Refusal(reason: "It is SameSite=None without Secure.") }

        var domain = attributes["domain"].map { $0.lowercased() } ?? ""
        if domain.hasPrefix(".") { domain.removeFirst() }
        guard domain.isEmpty || address.host == domain || address.host.hasSuffix("." + domain) else {
            throw Refusal(reason: "Its Domain is not that of the page.")
        }
        guard domain.isEmpty || address.host == domain || domain.contains(".") else {
            throw Refusal(reason: "Its Domain is a top-level domain.")
        }
        let prefix = name.lowercased()
        guard !prefix.hasPrefix("__secure-") || isSecure else {
            throw Refusal(reason: "The prefix __Secure- requires Secure.")
        }
        guard !prefix.hasPrefix("__host-") || isSecure && attributes["path"] == "/" && attributes["domain"] == nil
        else {
            throw Refusal(reason: "The prefix __Host- requires Secure and Path=/, and allows no Domain.")
        }
        let path = attributes["path"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? defaultPath(address)
        return BrowserCookie(
            name: name, value: value, domain: domain.isEmpty ? address.host : domain, path: path,
            expiry: expiry(attributes, now: now), isSecure: isSecure, isHTTPOnly: attributes["httponly"] != nil,
            sameSite: sameSite, includesSubdomains: !domain.isEmpty)
    }

    private static func pair(_ text: Substring) -> (name: String, value: String)? {
        guard let middle = text.firstIndex(of: "=") else { return nil }
        return (trimmed(text[..<middle]), trimmed(text[text.index(after: middle)...]))
    }

    private static func trimmed(_ text: Substring) -> String {
        let isSpace = { (character: Character) in character == " " || character == "\t" }
        guard let first = text.firstIndex(where: { !isSpace($0) }), let last = text.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(text[first...last])
    }

    /// The path of the page up to its last slash (section 5.1.4).
    private static func defaultPath(_ address: WebAddress) -> String {
        let folder = address.path.lastIndex(of: "/").map { address.path[..<$0] } ?? ""
        return folder.isEmpty ? "/" : String(folder)
    }

    private static func path(_ path: String, isBelow cookie: String) -> Bool {
        path == cookie || path.hasPrefix(cookie.hasSuffix("/") ? cookie : cookie + "/")
    }

    /// `Max-Age` before `Expires`; `nil` without both. What cannot be read is ignored.
    private static func expiry(_ attributes: [String: String], now: Double) -> Double? {
        if let text = attributes["max-age"], let age = Double(text), age.isFinite,
            text.utf8.drop(while: { $0 == 0x2D }).allSatisfy({ (0x30...0x39).contains($0) })
        {
            return age > 0 ? now + age : 0
        }
        return attributes["expires"].flatMap(time)
    }

    /// A date such as `Thu, 01 Jan 1970 00:00:00 GMT` (RFC 9110 section 5.6.7).
    private static func time(_ text: String) -> Double? {
        let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        let words = text.lowercased().split { $0 == " " || $0 == "-" || $0 == "," }
        guard words.count == 6, let day = Int(words[1]), let month = months.firstIndex(of: String(words[2])),
            let year = Int(words[3]), let date = GregorianDay(year: year, month: month + 1, day: day)
        else { return nil }
        let clock = words[4].split(separator: ":").compactMap { Int($0) }
        guard clock.count == 3, (0..<24).contains(clock[0]), (0..<60).contains(clock[1]), (0...60).contains(clock[2])
        else { return nil }
        return Double(date.daysSinceEpoch * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2])
    }
}
