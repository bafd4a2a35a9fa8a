#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import HTTPTypes
import WebFormats

/// How the library's cookies are protected (RFC 6265bis §4.1): `__Host-` binds the cookie to this host over https, so that
/// no sibling domain can set one; `HttpOnly` hides it from scripts; `SameSite=Lax` is the strictest value with which
/// browsers still send it on the callback, a cross-site top-level GET.
///
/// Over http, browsers treat `Secure` on loopback addresses differently (Safari drops such cookies), and `__Host-`
/// requires `Secure`. So if, and only if, the redirect URI is http, the cookies have neither and use another name. Only
/// the environment `loopbackSandbox` allows an http redirect URI, and only on a loopback address
/// (``ItsmeConfiguration``).
struct CookieProtection: Sendable {
    /// The most cookies of this kind that are read from one request.
    private static let maximumConsidered = 64

    let prefix: String
    private let attributes: String

    /// A cookie of a browser.
    struct Pair {
        let name: String
        let value: String
    }

    init(_ configuration: ItsmeConfiguration) throws(ItsmeError) {
        let redirectURI = try configuration.redirectEndpoint(configuration.redirectURI, phase: .configuration)
        if redirectURI.scheme == "https" {
            prefix = "__Host-itsme-"
            attributes = "; Path=/; Secure; HttpOnly; SameSite=Lax"
        } else {
            prefix = "itsme-loopback-"
            attributes = "; Path=/; HttpOnly; SameSite=Lax"
        }
    }

    /// The value of `Set-Cookie` for a cookie that lives for some seconds.
    func setting(_ name: String, to value: String, lifetime: Int64) -> String {
        "\(name)=\(value)\(attributes); Max-Age=\(lifetime)"
    }

    /// The value of `Set-Cookie` that removes a cookie.
    func clearing(_ name: String) -> String {
        "\(name)=\(attributes); Max-Age=0"
    }

    /// The cookies of a request whose names are ours, in the browser's order (RFC 6265 §5.4).
    ///
    /// Only the bytes SP and HTAB are trimmed. A server that trims other white space, or reads `$Version`, can be
    /// tricked into seeing a `__Host-` cookie that the browser did not check.
    static func pairs(in request: HTTPRequest, where isOurs: (String) -> Bool) -> [Pair] {
        var pairs: [Pair] = []
        for field in request.headerFields[values: .cookie] {
            for part in field.utf8.split(separator: 0x3B) {
                let pieces = part.split(separator: 0x3D, maxSplits: 1, omittingEmptySubsequences: false)
                guard pieces.count == 2, let first = pieces.first, let last = pieces.last else { continue }
                let name = String(Substring(first).trimmingSpaces())
                guard isOurs(name) else { continue }
                pairs.append(Pair(name: name, value: String(Substring(last).trimmingSpaces())))
                if pairs.count == maximumConsidered { return pairs }
            }
        }
        return pairs
    }
}

/// A cookie of which a browser has one: that of a session, or of the application.
struct SessionCookie: Sendable {
    private let name: String
    private let protection: CookieProtection

    init(_ configuration: ItsmeConfiguration, name: String = "session") throws(ItsmeError) {
        protection = try CookieProtection(configuration)
        self.name = protection.prefix + name
    }

    /// The value. Nil if there are several, since then another site may have set one of them.
    func value(in request: HTTPRequest) -> String? {
        let pairs = CookieProtection.pairs(in: request) { $0.utf8.elementsEqual(name.utf8) }
        return pairs.count == 1 ? pairs.first?.value : nil
    }

    func setting(to value: String, lifetime: Int64) -> String {
        protection.setting(name, to: value, lifetime: lifetime)
    }

    var clearing: String { protection.clearing(name) }
}

/// The cookies of logins in the browser: one for each login, so that logins in several tabs do not interfere.
///
/// A cookie is named after the digest of its login's `state`, so the callback finds it without opening the others. It
/// holds the sealed transaction of the pending login. When the login has been used, it holds how that ended, so that the
/// same callback can be answered again (back button, reload).
struct LoginCookies: Sendable {
    /// The most logins that a browser remembers.
    static let maximumPending = 5
    /// 132 bits of the digest of the state.
    private static let digestLength = 22

    private let protection: CookieProtection
    private let lifetime: Int64

    init(_ configuration: ItsmeConfiguration) throws(ItsmeError) {
        protection = try CookieProtection(configuration)
        lifetime = configuration.transactionLifetime.components.seconds
    }

    func name(forState state: String) throws(ItsmeError) -> String {
        protection.prefix + (try LoginTransaction.identifier(ofState: state)).prefix(Self.digestLength)
    }

    /// The value of `Set-Cookie` for a login.
    func setting(_ name: String, to value: String) -> String {
        protection.setting(name, to: value, lifetime: lifetime)
    }

    /// The value of `Set-Cookie` that removes a cookie.
    func clearing(_ name: String) -> String { protection.clearing(name) }

    /// The cookie with that name. Nil if there are several, since then another site may have set one of them.
    func value(of name: String, in request: HTTPRequest) -> String? {
        let values = logins(in: request).filter { $0.name == name }
        return values.count == 1 ? values.first?.value : nil
    }

    func contains(_ name: String, in request: HTTPRequest) -> Bool {
        logins(in: request).contains { $0.name == name }
    }

    /// The cookies that a new login replaces: all expired ones and, to stay within the limit, the oldest ones.
    ///
    /// The age comes from the sealed transaction, so it cannot be forged. Finished logins, and cookies that this sealer
    /// cannot open (another key, another application on the same host), count as the oldest. For equal ages the browser's
    /// order decides: it sends older cookies first (RFC 6265 §5.4).
    func superseded(in request: HTTPRequest, sealer: Sealer, now: Date) -> [String] {
        var superseded: [String] = []
        var remaining: [(name: String, createdAt: Date)] = []
        for cookie in logins(in: request) {
            guard let transaction = try? sealer.open(cookie.value) else {
                remaining.append((cookie.name, .distantPast))
                continue
            }
            if transaction.expiresAt <= now {
                superseded.append(cookie.name)
            } else {
                remaining.append((cookie.name, transaction.createdAt))
            }
        }
        let surplus = max(remaining.count - (Self.maximumPending - 1), 0)
        let byAge = remaining.enumerated().sorted {
            ($0.element.createdAt, $0.offset) < ($1.element.createdAt, $1.offset)
        }
        return superseded + byAge.prefix(surplus).map(\.element.name)
    }

    private func logins(in request: HTTPRequest) -> [CookieProtection.Pair] {
        CookieProtection.pairs(in: request, where: isOurs)
    }

    private func isOurs(_ name: String) -> Bool {
        let digest = name.utf8.dropFirst(protection.prefix.utf8.count)
        return name.utf8.starts(with: protection.prefix.utf8) && digest.count == Self.digestLength
            && digest.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
                default: false
                }
            }
    }
}
