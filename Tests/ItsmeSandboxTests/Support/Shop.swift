import HTTPTypes
import ItsmeRP
import JOSE
import Synchronization

/// An application as its team would test it: a login, and a page for those who are logged in.
struct Shop: HTTPHandler {
    static let origin = "https://shop.example.be"
    static let redirectURI = "https://shop.example.be/itsme/callback"

    private let router: HTTPRouter

    init(itsme: ItsmeClient) throws {
        let sessions = Sessions()
        let service = LoginService(
            "login", path: "/login", .login("SHOP_LOGIN"), claims: [.email]
        ) { login in
            let email = login.idToken[.email]?.value.text ?? "no e-mail address"
            let session = sessions.add(email)
            return login.redirect(settingCookies: [
                "__Host-session=\(session); Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=3600"
            ])
        }
        var options = LoginOptions()
        options.defaultTarget = try PostLoginTarget("/account")
        let login = try LoginEndpoints(
            client: itsme, sealer: Sealer(key: SymmetricKey(RandomSource.system.bytes(32))), services: [service],
            options: options, isLoggedIn: { sessions.email(in: $0.headerFields[.cookie] ?? "") != nil })
        var routes = login.routes
        routes["/account"] = AccountPage(sessions: sessions)
        router = HTTPRouter(routes)
    }

    func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
        await router.respond(to: request, body: body)
    }
}

private final class Sessions: Sendable {
    private let people = Mutex<[String]>([])

    func add(_ email: String) -> Int {
        people.withLock { people in
            people.append(email)
            return people.count
        }
    }

    func email(in cookies: String) -> String? {
        people.withLock { people in
            people.indices.first { cookies.contains("__Host-session=\($0 + 1)") }.map { people[$0] }
        }
    }
}

private struct AccountPage: HTTPHandler {
    let sessions: Sessions

    func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
        let email = sessions.email(in: request.headerFields[.cookie] ?? "")
        return HTTPReply(
            response: HTTPResponse(status: email == nil ? .unauthorized : .ok),
            body: Array((email.map { "Hello, \($0)" } ?? #"<a href="/login">Log in</a>"#).utf8))
    }
}
