#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import HTTPTypes
import WebFormats

/// The cookies in which pending logins wait in the browser: one for each, so that logins in several tabs do not disturb
/// each other.
///
/// A cookie is named after the digest of its login's `state`, so the callback finds its own one without opening the
/// others; it holds the sealed transaction.
///
/// Protection (RFC 6265bis §4.1): `__Host-` binds the cookie to this very host over https, so that no sibling domain
/// can plant one; `HttpOnly` keeps it from scripts; `SameSite=Lax` is the strictest value with which it comes along when
/// itsme sends the person back, a cross-site top-level GET.
///
/// Over http browsers do not agree on `Secure` for loopback addresses (Safari drops such cookies), and without `Secure`
/// there can be no `__Host-`. So when, and only when, the redirect URI is http, the cookies do without both and have
/// another name. A redirect URI that is http exists in the environment `loopbackSandbox` alone, and there only on a
/// loopback address (``ItsmeConfiguration``); nothing else turns this on.
struct LoginCookies: Sendable {
    /// How many logins may be pending in a browser.
    static let maximumPending = 5
    /// How many of our cookies are looked at in one request.
    private static let maximumConsidered = 64
    /// 132 bits of the digest of the state.
    private static let digestLength = 22

    private let prefix: String
    private let attributes: String
    private let lifetime: Int64

    /// A login that waits in a browser.
    struct Pending {
        let name: String
        let value: String
    }

    init(_ configuration: ItsmeConfiguration) throws(ItsmeError) {
        let redirectURI: Endpoint
        do {
            redirectURI = try Endpoint(
                configuration.redirectURI, allowsLoopbackHTTP: configuration.environment.allowsLoopbackHTTP)
        } catch {
            throw ItsmeError(
                .insecureURL, .configuration, "the redirect URI cannot be used: \(error.rawValue)",
                remedy: "Register and configure an https URL without fragment and user information.",
                field: "redirectURI")
        }
        if redirectURI.scheme == "https" {
            prefix = "__Host-itsme-"
            attributes = "; Path=/; Secure; HttpOnly; SameSite=Lax"
        } else {
            prefix = "itsme-loopback-"
            attributes = "; Path=/; HttpOnly; SameSite=Lax"
        }
        lifetime = configuration.transactionLifetime.components.seconds
    }

    func name(forState state: String) throws(ItsmeError) -> String {
        prefix + (try LoginTransaction.identifier(ofState: state)).prefix(Self.digestLength)
    }

    /// The value of `Set-Cookie` for a new pending login.
    func setting(_ name: String, to value: String) -> String {
        "\(name)=\(value)\(attributes); Max-Age=\(lifetime)"
    }

    /// The value of `Set-Cookie` that takes a cookie away.
    func clearing(_ name: String) -> String {
        "\(name)=\(attributes); Max-Age=0"
    }

    /// The cookie of that name; nil also when there are several, because then one of them was planted.
    func value(of name: String, in request: HTTPRequest) -> String? {
        let values = pending(in: request).filter { $0.name == name }
        return values.count == 1 ? values.first?.value : nil
    }

    func contains(_ name: String, in request: HTTPRequest) -> Bool {
        pending(in: request).contains { $0.name == name }
    }

    /// Which cookies a new login pushes out: all that have expired and, to stay within the limit, the oldest ones.
    ///
    /// The age is the time at which the transaction was made, as it is sealed in the cookie; nobody else can change it.
    /// Among logins of the same second, and among cookies that this sealer cannot open (another key, another
    /// application on the same host), which count as oldest, the browser's order decides: it sends older cookies first
    /// (RFC 6265 §5.4).
    func superseded(in request: HTTPRequest, sealer: TransactionSealer, now: Date) -> [String] {
        var superseded: [String] = []
        var remaining: [(name: String, createdAt: Date)] = []
        for cookie in pending(in: request) {
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

    /// Our cookies among those of a request, in the browser's order (RFC 6265 §5.4).
    ///
    /// Only SP and HTAB are trimmed, octet by octet: a server that trims other white space, or reads `$Version`, can be
    /// made to see a `__Host-` cookie where the browser checked none.
    private func pending(in request: HTTPRequest) -> [Pending] {
        var pending: [Pending] = []
        for field in request.headerFields[values: .cookie] {
            for part in field.utf8.split(separator: 0x3B) {
                let pieces = part.split(separator: 0x3D, maxSplits: 1, omittingEmptySubsequences: false)
                guard pieces.count == 2, let first = pieces.first, let last = pieces.last else { continue }
                let name = String(Substring(first).trimmingSpaces())
                guard isOurs(name) else { continue }
                pending.append(Pending(name: name, value: String(Substring(last).trimmingSpaces())))
                if pending.count == Self.maximumConsidered { return pending }
            }
        }
        return pending
    }

    private func isOurs(_ name: String) -> Bool {
        let digest = name.utf8.dropFirst(prefix.utf8.count)
        return name.utf8.starts(with: prefix.utf8) && digest.count == Self.digestLength
            && digest.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
                default: false
                }
            }
    }
}
