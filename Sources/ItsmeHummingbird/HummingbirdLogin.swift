#if Hummingbird
    import HTTPTypes
    public import Hummingbird
    public import ItsmeRP

    /// Logins with itsme in a Hummingbird application.
    ///
    /// ```swift
    /// let login = try HummingbirdLogin<AppContext>(client: itsme, sealer: sealer, services: [
    ///     .init("login", .login("MY_LOGIN"), claims: [.email])
    /// ], published: ["/.well-known/jwks.json": JWKSetEndpoint(keys)])
    ///
    /// let router = Router(context: AppContext.self)
    /// router.mount(login)
    /// router.group("account").add(middleware: RequireLogin(login)).get { _, context in
    ///     "Hello \(context.person?.subject ?? "")"
    /// }
    /// ```
    ///
    /// It does for Hummingbird what `LoginEndpoints` does for any server. Closures get the request context, and errors
    /// that they throw are logged and then go to Hummingbird's error handling. The log has them as errors, except for an
    /// `HTTPError` with a status below 500, which is an answer.
    ///
    /// Behind a reverse proxy nothing changes: the public address of the application comes from the client's redirect URI,
    /// never from a header of a request.
    public struct HummingbirdLogin<Context: RequestContext>: Sendable {
        /// A service of the application, as `LoginService`.
        public struct Service: Sendable {
            /// Makes the authorization request.
            public typealias Authorize = @Sendable (LoginStart, Context) async throws -> AuthorizationRequest
            /// Answers a browser after a login. An error, or an answer with a status of 400 or more, refuses the login.
            public typealias OnLogin = @Sendable (CompletedLogin, Context) async throws -> any ResponseGenerator

            let route: LoginRoute
            let authorize: Authorize
            let onLogin: OnLogin

            /// Makes a service that asks everyone for the same. The parameters are those of `LoginService`.
            public init(
                _ name: String, path: String? = nil, after login: String? = nil, _ service: ItsmeService,
                scopes: [Scope] = [],
                claims: ClaimsRequest = ClaimsRequest(), level: AuthenticationLevel? = nil, texts: PageTexts? = nil,
                onLogin: OnLogin? = nil
            ) {
                self.init(name, path: path, after: login, kind: service.kind, texts: texts) { start, _ in
                    try await start.authorizationRequest(for: service, scopes: scopes, claims: claims, level: level)
                } onLogin: { login, context in
                    if let onLogin { return try await onLogin(login, context) }
                    return try login.standardAnswer(of: service.kind)
                }
            }

            /// Makes a service whose request depends on the person or the moment. The parameters are those of
            /// `LoginService`.
            public init(
                _ name: String, path: String? = nil, after login: String? = nil, kind: ItsmeService.Kind,
                texts: PageTexts? = nil,
                authorize: @escaping Authorize, onLogin: @escaping OnLogin
            ) {
                route = LoginRoute(name: name, path: path, login: login, kind: kind, texts: texts)
                self.authorize = authorize
                self.onLogin = onLogin
            }
        }

        /// Answers a browser after a failed login.
        public typealias OnFailure = @Sendable (LoginFailure, Context) async throws -> any ResponseGenerator

        let flow: LoginFlow
        let services: [Service]
        let published: [String: any HTTPHandler]
        private let isLoggedIn: (@Sendable (Request, Context) async -> Bool)?
        private let onFailure: OnFailure

        /// Makes the logins of a client.
        ///
        /// - Parameters:
        ///   - client: The client; its redirect URI is the URL of the callback.
        ///   - sealer: Seals logins and sessions into cookies. All instances need the same key.
        ///   - services: At least one, each with its own name and path.
        ///   - options: Targets, languages, pages, sessions.
        ///   - published: What itsme, phones and browsers call besides the logins, by path: `JWKSetEndpoint`,
        ///     `RequestObjectEndpoint` (path `…/*`), `AppleAppSiteAssociationEndpoint`, `AssetLinksEndpoint`,
        ///     `BackchannelNotificationEndpoint`.
        ///   - isLoggedIn: Whether the person has a session of the application, for applications with their own sessions.
        ///     By default whether the request has a session of the library.
        ///   - onFailure: Answers a browser after a failed login. By default `LoginFailure.page`. Hummingbird gets
        ///     the errors of your own code instead.
        /// - Throws: `ItsmeError` `invalid_configuration`; the field names the parameter.
        public init(
            client: ItsmeClient, sealer: Sealer, services: [Service], options: LoginOptions = LoginOptions(),
            published: [String: any HTTPHandler] = [:],
            isLoggedIn: (@Sendable (Request, Context) async -> Bool)? = nil,
            onFailure: @escaping OnFailure = { failure, _ in failure.page }
        ) throws {
            flow = try LoginFlow(
                client: client, sealer: sealer, routes: services.map(\.route), options: options
            ) { thrown in
                (thrown as? any HTTPResponseError).map { $0.status.code < 500 } ?? false
            }
            self.services = services
            self.published = published
            self.isLoggedIn = isLoggedIn
            self.onFailure = onFailure
        }

        /// The sessions that `CompletedLogin.signIn(values:)` starts.
        public var sessions: LoginSessions { flow.sessions }

        /// The person who is logged in with a session of the library; nil if there is none.
        public func person(of request: Request) -> LoginSession? { sessions.session(of: request.head) }

        /// The link that starts a service.
        ///
        /// - Throws: `ItsmeError` `invalid_configuration` if there is no service with that name.
        public func startURL(
            of service: String, target: PostLoginTarget? = nil, locale: InterfaceLocale? = nil
        ) throws -> String {
            try flow.startURL(of: service, target: target, locale: locale)
        }

        /// Asks the application if it has its own sessions; otherwise `person` is who is logged in.
        func isLoggedIn(
            _ request: Request, _ context: Context, person: @autoclosure () -> LoginSession?
        ) async -> Bool {
            if let isLoggedIn { return await isLoggedIn(request, context) }
            return person() != nil
        }

        func start(_ service: Service, _ request: Request, _ context: Context) async throws -> Response {
            let answer = await flow.start(service.route, request.head) {
                await isLoggedIn(request, context, person: person(of: request))
            } authorize: {
                try await service.authorize($0, context)
            }
            var response = try await response(answer, request, context)
            response.headers.protectLoginStep()
            return response
        }

        func callback(_ request: Request, _ context: Context) async throws -> Response {
            let callback = await flow.callback(request.head) {
                await isLoggedIn(request, context, person: person(of: request))
            }
            var response: Response
            var status: HTTPResponse.Status?
            switch callback.outcome {
            case .answered(let answer):
                response = try await self.response(answer, request, context)
            case .completed(let login):
                do {
                    guard let service = services.first(where: { $0.route.name == login.serviceName }) else {
                        return Response(status: .notFound)
                    }
                    response = try await service.onLogin(login, context).response(from: request, context: context)
                    status = response.status
                } catch {
                    response = try await self.response(.failed(flow.failure(error, of: login)), request, context)
                }
            }
            callback.finish(&response.headers, status: status)
            return response
        }

        /// What the application threw goes to Hummingbird.
        private func response(
            _ answer: LoginFlow.Answer, _ request: Request, _ context: Context
        ) async throws -> Response {
            switch answer {
            case .reply(let reply):
                return reply.response(from: request, context: context)
            case .failed(let failure):
                if let thrown = failure.underlyingError { throw thrown }
                return try await onFailure(failure, context).response(from: request, context: context)
            }
        }
    }

    extension RouterMethods {
        /// Adds the routes of logins: the start of each service, the callback, the logout, and what is published.
        ///
        /// The routes have the paths of the login's options and services, so add them to the application's router and not
        /// to a group with a path.
        @discardableResult
        public func mount(_ login: HummingbirdLogin<Context>, limits: ServerLimits = ServerLimits()) -> Self {
            for service in login.services {
                get(RouterPath(service.route.path)) { try await login.start(service, $0, $1) }
            }
            get(RouterPath(login.flow.callbackPath)) { try await login.callback($0, $1) }
            mount(login.flow.logout, at: RouterPath(login.flow.options.logoutPath), methods: [.post], limits: limits)
            for (path, handler) in login.published { mount(handler, at: RouterPath(path), limits: limits) }
            return self
        }
    }

    /// A request context that carries the person who is logged in.
    public protocol ItsmeRequestContext: RequestContext {
        /// The person, set by ``RequireLogin``.
        var person: LoginSession? { get set }
    }

    /// A request context for applications that need no other.
    public struct BasicItsmeRequestContext: ItsmeRequestContext {
        /// What Hummingbird keeps of a request.
        public var coreContext: CoreRequestContextStorage
        /// The person, set by ``RequireLogin``.
        public var person: LoginSession?

        /// Makes a context without a person.
        public init(source: Source) {
            coreContext = .init(source: source)
        }
    }

    /// Lets only people pass who are logged in.
    ///
    /// A browser that opens a page is sent to the start of a login, and comes back to that page. Everything else (scripts,
    /// forms, clients of an API) gets 401 by Hummingbird's error handling.
    ///
    /// Add it to the groups that need it, and not to the whole router: the login itself must stay open to everyone.
    ///
    /// With the library's sessions, the person is then in ``ItsmeRequestContext/person``. With the application's own
    /// sessions it asks the closure `isLoggedIn` of ``HummingbirdLogin``.
    public struct RequireLogin<Context: ItsmeRequestContext>: RouterMiddleware {
        private let login: HummingbirdLogin<Context>
        private let service: String

        /// Requires a login.
        ///
        /// - Parameters:
        ///   - login: The logins of the application.
        ///   - service: The name of the service to log in with; by default the first one.
        /// - Throws: `ItsmeError` `invalid_configuration` if there is no service with that name.
        public init(_ login: HummingbirdLogin<Context>, service: String? = nil) throws {
            self.login = login
            self.service = service ?? login.services.first?.route.name ?? ""
            _ = try login.startURL(of: self.service)
        }

        /// Passes the request on, or answers it.
        public func handle(
            _ request: Request, context: Context, next: (Request, Context) async throws -> Response
        ) async throws -> Response {
            var context = context
            let person = login.person(of: request)
            context.person = person
            guard await !login.isLoggedIn(request, context, person: person) else {
                return try await next(request, context)
            }
            guard Self.isNavigation(request) else { throw HTTPError(.unauthorized) }
            // A path that is no target, such as one with `//`, gives way to the default target.
            let target = request.head.path.flatMap { try? PostLoginTarget($0) }
            return Response(
                status: .seeOther,
                headers: [.location: try login.startURL(of: service, target: target), .cacheControl: "no-store"])
        }

        /// Whether a person is opening a page (Fetch Metadata, `Sec-Fetch-Mode`; without it by `Accept`).
        private static func isNavigation(_ request: Request) -> Bool {
            guard request.method == .get else { return false }
            if let mode = HTTPField.Name("Sec-Fetch-Mode").flatMap({ request.headers[$0] }) {
                return mode == "navigate"
            }
            return request.headers[.accept]?.lowercased().contains("text/html") == true
        }
    }

    extension HTTPReply: ResponseGenerator {
        /// The answer for Hummingbird, without a body if the request was a `HEAD`.
        public func response(from request: Request, context: some RequestContext) -> Response {
            Response(self, to: request.method)
        }
    }

    extension Response {
        init(_ reply: HTTPReply, to method: HTTPRequest.Method) {
            let status = reply.response.status
            var headers = reply.response.headerFields
            // The server frames the message, so these fields of the handler do not count.
            headers[.transferEncoding] = nil
            headers[.connection] = nil
            headers[.contentLength] = String(reply.body.count)
            let hasNoBody = status.code < 200 || status == .noContent || status == .notModified
            guard !hasNoBody, method != .head else {
                self.init(status: status, headers: headers)
                if hasNoBody { self.headers[.contentLength] = nil }
                return
            }
            self.init(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: reply.body)))
        }
    }
#endif
