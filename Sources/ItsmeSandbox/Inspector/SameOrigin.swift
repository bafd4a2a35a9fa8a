import HTTPTypes
import ItsmeRP

/// Finds out whether a page of another site made a browser send a request. Such a page may do nothing here: the sandbox
/// has no accounts, so everything that a browser sends counts.
struct SameOrigin {
    private let issuer: WebAddress?

    init(_ endpoints: SandboxEndpoints) { issuer = WebAddress(endpoints.issuer) }

    /// Whether the request was sent to the issuer's host or to this machine. Another name leads here only if somebody makes
    /// their own name do so, to read what is here (DNS rebinding).
    func isForOwnHost(_ request: HTTPRequest) -> Bool {
        guard let authority = request.authority, !authority.isEmpty else { return true }
        guard let address = WebAddress("http://\(authority)") else { return false }
        return address.isLoopback || address.host == issuer?.host
    }

    /// Whether no page of another origin made a browser send the request. A program sends neither of the fields.
    func isFromOwnPage(_ request: HTTPRequest) -> Bool {
        let site = HTTPField.Name("Sec-Fetch-Site").flatMap { request.headerFields[$0] }
        if let site, site != "same-origin", site != "none" { return false }
        // A page that sends no referrer has the origin null, and then only the other field tells.
        guard let origin = request.headerFields[.origin], !(origin == "null" && site != nil) else { return true }
        return isOwn(origin)
    }

    private func isOwn(_ origin: String) -> Bool {
        guard let issuer, let address = WebAddress(origin) else { return false }
        // 127.0.0.1 and localhost are the same server if the port is.
        let isSameMachine = address.isLoopback && issuer.isLoopback
        return address.origin == issuer.origin
            || (isSameMachine && address.scheme == issuer.scheme && address.port == issuer.port)
    }
}
