import Hummingbird
import ItsmeHummingbird
import ItsmeRP

/// A terminal where people log in with their phone: they scan a QR code with the itsme app, and approve there.
///
/// Any instance can answer each step: how far the person is lies in the store, and its name sealed in a cookie.
struct Kiosk: Sendable {
    let itsme: ItsmeClient
    let service: ItsmeService
    let requests: BackchannelRequests
    let sessions: LoginSessions
    let cookie: SealedCookie

    /// The browser loads this page again and again; each time it goes on from what the cookie says.
    func page(_ request: Request, _ context: some RequestContext) async throws -> any ResponseGenerator {
        let step = cookie.text(of: request.head)?.split(separator: " ").map(String.init) ?? []
        do {
            switch (step.first, step.last) {
            case ("scan", let identifier?): return try await scan(identifier)
            case ("approve", let identifier?): return try await approve(identifier)
            default: return try await start()
            }
        } catch let error as ItsmeError {
            context.logger.notice("the kiosk goes on or ends", metadata: error.metadata)
            if error.kind == .transient { return Page("<p>One moment, please.</p>", refreshes: true) }
            return Page(
                "<p>You are not logged in.</p><p><a href=\"/kiosk\">Start again</a></p>", cookies: [cookie.clearing])
        }
    }

    private func start() async throws -> Page {
        let session = try await itsme.startUserDiscovery()
        try await requests.keep(session)
        return try code(session)
    }

    private func scan(_ identifier: String) async throws -> Page {
        switch try await requests.pollUserDiscovery(identifier) {
        case .pending(let session): return try code(session)
        case .discovered(let person):
            let request = try await itsme.backchannelAuthentication(
                for: service, hint: .userIdentifierToken(person), claims: [.givenName], delivery: .ping)
            try await requests.keep(request)
            return try phone(request.identifier)
        }
    }

    private func approve(_ identifier: String) async throws -> any ResponseGenerator {
        guard case .tokens(let tokens) = try await requests.tokens(for: identifier) else {
            return try phone(identifier)
        }
        let session = try sessions.starting(
            for: tokens, service: "login", values: ["name": tokens.idToken[.givenName]?.value ?? ""])
        var response = Response.redirect(to: "/")
        response.headers[values: .setCookie] = [session, cookie.clearing]
        return response
    }

    private func code(_ session: UserDiscoverySession) throws -> Page {
        Page(
            "<p>Scan this with the itsme app:</p><img src=\"\(session.qrCode.dataURL)\" alt=\"QR code\">",
            refreshes: true, cookies: [try cookie.setting(to: "scan \(session.identifier)")])
    }

    private func phone(_ identifier: String) throws -> Page {
        Page(
            "<p>Approve the login to Service on your phone.</p>", refreshes: true,
            cookies: [try cookie.setting(to: "approve \(identifier)")])
    }
}
