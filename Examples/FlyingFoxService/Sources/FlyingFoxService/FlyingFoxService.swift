import FlyingFox
import FlyingSocks
import Foundation
import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE

/// A service on FlyingFox with one login, and a local itsme to log in at.
///
/// ```
/// swift run --package-path Examples/FlyingFoxService
/// ```
///
/// Then open http://127.0.0.1:8082 in a browser.
@main
struct FlyingFoxService {
    /// The local itsme.
    let sandbox: Sandbox

    /// Answers browsers.
    let handler: HTTPRouter

    /// Makes the service at `origin`, with a local itsme at `issuer`.
    init(origin: String, issuer: String) throws {
        // A real service has its own client id, keys and environment.
        let configuration = try ItsmeConfiguration.sandbox(
            redirectURI: origin + "/itsme/callback", issuer: issuer)
        sandbox = try Sandbox(for: configuration, services: ["SHOP_LOGIN": .login])
        let itsme = try ItsmeClient(configuration, transport: sandbox.transport)
        var options = LoginOptions()
        options.defaultTarget = try PostLoginTarget("/welcome")
        let login = try LoginEndpoints(
            client: itsme, sealer: Sealer(key: SymmetricKey(RandomSource.system.bytes(32))),
            services: [LoginService("login", path: "/login", .login("SHOP_LOGIN"))], options: options)
        var routes = login.routes
        routes["/"] = Page { _ in (.ok, #"<a href="/login">Log in with itsme</a>"#) }
        routes["/welcome"] = Page { request in
            login.sessions.session(of: request) != nil
                ? (.ok, "You are logged in.") : (.unauthorized, #"<a href="/login">Log in first</a>"#)
        }
        handler = HTTPRouter(routes)
    }

    static func main() async throws {
        let service = try FlyingFoxService(origin: "http://127.0.0.1:8082", issuer: "http://127.0.0.1:8080/v2")
        let application = FlyingFoxAdapter(handler: service.handler, scheme: "http")
        let itsme = FlyingFoxAdapter(handler: service.sandbox, scheme: "http")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (port, adapter) in [(UInt16(8082), application), (8080, itsme)] {
                let address = try sockaddr_in.inet(ip4: "127.0.0.1", port: port)
                group.addTask {
                    try await HTTPServer(config: FlyingFoxAdapter.configuration(for: address), handler: adapter).run()
                }
            }
            print("Open http://127.0.0.1:8082")
            try await group.waitForAll()
        }
    }
}

/// A small HTML page.
private struct Page: ItsmeRP.HTTPHandler {
    let content: @Sendable (HTTPTypes.HTTPRequest) -> (HTTPTypes.HTTPResponse.Status, String)

    func respond(to request: HTTPTypes.HTTPRequest, body: [UInt8]) async -> HTTPReply {
        let (status, text) = content(request)
        let fields: HTTPFields = [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"]
        return HTTPReply(
            response: HTTPTypes.HTTPResponse(status: status, headerFields: fields),
            body: Array("<!DOCTYPE html><title>Login</title><p>\(text)</p>\n".utf8))
    }
}
