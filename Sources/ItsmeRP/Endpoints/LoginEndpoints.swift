public import HTTPTypes

/// The endpoints of logins in the browser: each service has a path that sends the person to itsme, and one callback, the
/// redirect URI, serves all of them.
///
/// ```swift
/// let login = try LoginEndpoints(client: itsme, sealer: sealer, services: [
///     LoginService("login", .login("MY_LOGIN"), claims: [.email]),
///     LoginService("data", .shareData("MY_DATA", .nationalNumber)) { login in
///         try await accounts.store(login.idToken[.nationalNumber], of: login.idToken.subject)
///         return try login.signIn()
///     },
/// ])
/// let router = HTTPRouter(login.routes)   // /itsme/login, /itsme/data, the callback, /itsme/logout
/// ```
///
/// Between start and callback, a sealed cookie in the browser holds the pending login (RFC 6749 §10.12, RFC 9700 §4.7).
/// Each login has its own cookie, at most five in a browser. The name starts with `__Host-`, so all endpoints must be on
/// the host of the redirect URI, with https. Which service a callback belongs to is in the cookie; no parameter of a URL
/// decides it.
///
/// A callback that comes again (back button, reload, double click) goes on to the target if the login succeeded and the
/// person has a session. Otherwise a page offers a new start.
///
/// The endpoints answer GET only, the logout POST only. A prefetch or prerender gets 503 and changes nothing. Answers are
/// not cached, and their URLs are not sent in `Referer`. Failures are logged with a remedy and with the
/// ``LoginFailure/reference`` that the page shows.
public struct LoginEndpoints: Sendable {
    /// Answers a browser after a failed login.
    public typealias OnFailure = @Sendable (LoginFailure) async -> HTTPReply

    private let flow: LoginFlow
    private let services: [String: LoginService]
    private let isLoggedIn: @Sendable (HTTPRequest) async -> Bool
    private let onFailure: OnFailure

    /// Makes the endpoints of a client.
    ///
    /// - Parameters:
    ///   - client: The client; its redirect URI is the URL of the callback.
    ///   - sealer: Seals logins and sessions into cookies. All instances of a service need the same key.
    ///   - services: At least one, each with its own name and path.
    ///   - options: Targets, languages, pages, sessions.
    ///   - isLoggedIn: Whether the browser that sent a request has a session of the application. By default whether it
    ///     has one of ``sessions``.
    ///   - onFailure: Answers a browser after a failed login. By default ``LoginFailure/page``.
    /// - Throws: ``ItsmeError`` `invalid_configuration`; the field names the parameter.
    public init(
        client: ItsmeClient, sealer: Sealer, services: [LoginService], options: LoginOptions = LoginOptions(),
        isLoggedIn: (@Sendable (HTTPRequest) async -> Bool)? = nil, onFailure: @escaping OnFailure = { $0.page }
    ) throws(ItsmeError) {
        let flow = try LoginFlow(client: client, sealer: sealer, routes: services.map(\.route), options: options)
        self.flow = flow
        self.services = Dictionary(uniqueKeysWithValues: services.map { ($0.route.name, $0) })
        self.isLoggedIn = isLoggedIn ?? { flow.sessions.session(of: $0) != nil }
        self.onFailure = onFailure
    }

    /// The sessions that ``CompletedLogin/signIn(values:)`` starts.
    public var sessions: LoginSessions { flow.sessions }

    /// All endpoints by their paths, for an ``HTTPRouter``.
    public var routes: [String: any HTTPHandler] {
        var routes: [String: any HTTPHandler] = [
            flow.callbackPath: CallbackEndpoint(login: self), flow.options.logoutPath: flow.logout,
        ]
        for service in services.values { routes[service.route.path] = StartEndpoint(login: self, service: service) }
        return routes
    }

    /// The link that starts a service, for an ``ItsmeButton`` or a redirect.
    ///
    /// - Parameters:
    ///   - service: The name of the service.
    ///   - target: Where to go after the login.
    ///   - locale: The language of itsme's pages; by default the one that the browser prefers.
    /// - Throws: ``ItsmeError`` `invalid_configuration` if there is no service with that name.
    public func startURL(
        of service: String, target: PostLoginTarget? = nil, locale: InterfaceLocale? = nil
    ) throws(ItsmeError) -> String {
        try flow.startURL(of: service, target: target, locale: locale)
    }

    private func reply(_ answer: LoginFlow.Answer) async -> HTTPReply {
        switch answer {
        case .reply(let reply): reply
        case .failed(let failure): await onFailure(failure)
        }
    }

    private struct StartEndpoint: HTTPHandler {
        let login: LoginEndpoints
        let service: LoginService

        func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
            var reply = await login.reply(
                login.flow.start(
                    service.route, request, isLoggedIn: { await login.isLoggedIn(request) },
                    authorize: service.authorize))
            reply.response.headerFields.protectLoginStep()
            return reply
        }
    }

    private struct CallbackEndpoint: HTTPHandler {
        let login: LoginEndpoints

        func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
            let callback = await login.flow.callback(request) { await login.isLoggedIn(request) }
            var reply: HTTPReply
            var status: HTTPResponse.Status?
            switch callback.outcome {
            case .answered(let answer): reply = await login.reply(answer)
            case .completed(let completed):
                do {
                    guard let service = login.services[completed.serviceName] else { return .notFound }
                    reply = try await service.onLogin(completed)
                    status = reply.response.status
                } catch {
                    reply = await login.reply(.failed(login.flow.failure(error, of: completed)))
                }
            }
            callback.finish(&reply.response.headerFields, status: status)
            return reply
        }
    }
}

/// What endpoints of logins need besides their services.
public struct LoginOptions: Sendable {
    /// Where to go after a login without a target. Default `/`.
    public var defaultTarget: PostLoginTarget = .root

    /// Other origins that targets may have, such as `https://shop.example`.
    public var allowedTargetOrigins: Set<String> = []

    /// The language for browsers that prefer none of itsme's languages.
    public var defaultLocale: InterfaceLocale = .english

    /// The colours and the words of the pages, and the way home.
    public var theme = PageTheme.standard

    /// The callback shows it, instead of an error, to a browser without the pending login, because an app started the
    /// login. nil if there is no app.
    public var fallbackPage: FallbackPage?

    /// How long a session of the library lasts (``LoginSessions``): one minute to 30 days. Default one hour.
    public var sessionLifetime: Duration = .seconds(3600)

    /// The path that ends a session of the library, by POST. Default `/itsme/logout`.
    public var logoutPath: String = "/itsme/logout"

    /// The default options.
    public init() {}
}
