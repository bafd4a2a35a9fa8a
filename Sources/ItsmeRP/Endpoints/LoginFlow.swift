import HTTPTypes
import Logging
import WebFormats

/// The steps of a login in the browser, without the application's code: ``LoginEndpoints`` and the kit for Hummingbird
/// put their closures between them.
package struct LoginFlow: Sendable {
    package let client: ItsmeClient
    package let options: LoginOptions
    package let sessions: LoginSessions
    package let callbackPath: String
    /// The services by name.
    package let routes: [String: LoginRoute]
    /// The service that is offered to a browser whose login is not known.
    let firstRoute: LoginRoute
    /// The scheme and the host of the redirect URI, as in the header field `Origin`.
    let origin: String
    let sealer: Sealer
    let cookies: LoginCookies

    /// Whether the application answers with an error that it throws, such as status 401, instead of failing.
    private let isAnswer: @Sendable (any Error) -> Bool

    package init(
        client: ItsmeClient, sealer: Sealer, routes: [LoginRoute], options: LoginOptions,
        isAnswer: @escaping @Sendable (any Error) -> Bool = { _ in false }
    ) throws(ItsmeError) {
        try PostLoginTarget.check(options.allowedTargetOrigins)
        let redirectURI = try client.configuration.redirectEndpoint(
            client.configuration.redirectURI, phase: .configuration)
        callbackPath =
            HTTPRequest(method: .get, scheme: nil, authority: nil, path: redirectURI.target).pathWithoutQuery
        // Browsers write the host in lower case and leave out the usual port.
        let usualPort = redirectURI.scheme == "https" ? 443 : 80
        let port = redirectURI.port.flatMap { $0 == usualPort ? nil : ":\($0)" } ?? ""
        origin = "\(redirectURI.scheme)://\(redirectURI.host.lowercased())\(port)"
        guard !PostLoginTarget.isPattern(callbackPath) else {
            throw ItsmeError(
                .invalidConfiguration, .configuration, "the path of the redirect URI can be read as a pattern",
                remedy: "Use a redirect URI without '*' and '/:'.", field: "redirectURI")
        }
        guard let first = routes.first else {
            throw ItsmeError(
                .invalidConfiguration, .configuration, "there is no service", remedy: "Give at least one service.",
                field: "services")
        }
        guard let logout = try? PostLoginTarget(options.logoutPath), logout.isRoute else {
            throw ItsmeError(
                .invalidConfiguration, .configuration, "the path of the logout is not a valid path",
                remedy: PostLoginTarget.routeRemedy, field: "logoutPath")
        }
        var byName: [String: LoginRoute] = [:]
        // Some routers ignore a final slash.
        func key(_ path: String) -> Substring { path.hasSuffix("/") ? path.dropLast() : path[...] }
        var paths = [key(callbackPath)] as Set
        for route in routes {
            try route.validate()
            guard byName.updateValue(route, forKey: route.name) == nil else {
                throw ItsmeError(
                    .invalidConfiguration, .configuration, "two services have the name '\(route.name)'",
                    remedy: "Give each service its own name.", field: "services.name")
            }
            guard paths.insert(key(route.path)).inserted else {
                throw ItsmeError(
                    .invalidConfiguration, .configuration,
                    "the path of the service '\(route.name)' is also the path of another service or of the redirect URI",
                    remedy: "Give each service its own path.", field: "services.path")
            }
        }
        for route in routes {
            guard let login = route.login else { continue }
            guard login != route.name, let first = byName[login], first.login == nil else {
                throw ItsmeError(
                    .invalidConfiguration, .configuration,
                    "the service '\(route.name)' starts after \(ItsmeError.printable(login)), which cannot be used to log in",
                    remedy: "Name another service that starts without a login.", field: "services.after")
            }
        }
        guard paths.insert(key(options.logoutPath)).inserted else {
            throw ItsmeError(
                .invalidConfiguration, .configuration, "the path of the logout is also that of another endpoint",
                remedy: "Choose another path.", field: "logoutPath")
        }
        self.client = client
        self.options = options
        self.routes = byName
        firstRoute = first
        self.sealer = sealer
        self.isAnswer = isAnswer
        cookies = try LoginCookies(client.configuration)
        sessions = try LoginSessions(client: client, sealer: sealer, lifetime: options.sessionLifetime)
    }

    /// Ends the session of a browser.
    package var logout: any HTTPHandler { LogoutEndpoint(flow: self) }

    /// The library's answer to a request.
    package enum Answer: Sendable {
        case reply(HTTPReply)
        /// Something failed; it was logged. The application may choose the page.
        case failed(LoginFailure)
    }

    /// The link that starts a service.
    package func startURL(
        of name: String, target: PostLoginTarget?, locale: InterfaceLocale?
    ) throws(ItsmeError) -> String {
        guard let route = routes[name] else {
            throw ItsmeError(
                .invalidConfiguration, .configuration, "there is no service \(ItsmeError.printable(name))",
                remedy: "Use one of \(routes.keys.sorted().joined(separator: ", ")).", field: "service")
        }
        return startURL(of: route, target: target, locale: locale)
    }

    func startURL(of route: LoginRoute, target: PostLoginTarget?, locale: InterfaceLocale? = nil) -> String {
        var pairs: [(name: String, value: String)] = []
        if let target { pairs.append(("target", target.text)) }
        if let locale { pairs.append(("locale", locale.rawValue)) }
        return pairs.isEmpty ? route.path : route.path + "?" + FormEncoding.encode(pairs)
    }

    func locale(for request: HTTPRequest) -> InterfaceLocale {
        InterfaceLocale.preferred(by: request) ?? options.defaultLocale
    }

    // MARK: Failures

    /// What is known about a login when it fails.
    struct Progress {
        /// Nil if the login of a callback is not known.
        var route: LoginRoute?
        var target: PostLoginTarget?
        var reference: String?
    }

    /// Logs an error. `thrown` may come from the application.
    func failure(
        _ thrown: any Error, phase: ItsmeError.Phase, request: HTTPRequest, _ progress: Progress
    ) -> LoginFailure {
        let known = thrown as? ItsmeError ?? Self.cancelled(thrown, phase)
        let error = known ?? ItsmeError(.applicationFailed, phase)
        let reference = progress.reference ?? LoginReference.new(random: client.configuration.random)
        var metadata = error.metadata
        metadata["itsme.service"] = progress.route.map { "\($0.name)" }
        metadata["itsme.reference"] = "\(reference)"
        if known == nil {
            metadata["itsme.application_error.type"] = "\(type(of: thrown))"
            metadata["itsme.application_error"] = "\(ItsmeError.oneLine("\(thrown)"))"
        }
        let level: Logger.Level =
            thrown is CancellationError ? .debug : isAnswer(thrown) ? .info : error.logLevel
        client.configuration.logger.log(level: level, "login failed", metadata: metadata)
        Telemetry.login(.failed(thrown), service: progress.route?.kind)
        return LoginFailure(
            error: error, underlyingError: thrown is ItsmeError ? nil : thrown, serviceName: progress.route?.name,
            target: progress.target, request: request.withoutQuery, locale: locale(for: request),
            retryURL: startURL(of: progress.route ?? firstRoute, target: progress.target), reference: reference,
            route: progress.route, theme: options.theme)
    }

    /// Logs what the application threw after a completed login.
    package func failure(_ thrown: any Error, of login: CompletedLogin) -> LoginFailure {
        failure(
            thrown, phase: .authorizationResponse, request: login.request,
            Progress(
                route: routes[login.serviceName], target: login.target, reference: login.reference))
    }

    /// A browser that disconnects, or a server that stops, is not an error of the application.
    private static func cancelled(_ thrown: any Error, _ phase: ItsmeError.Phase) -> ItsmeError? {
        guard thrown is CancellationError else { return nil }
        return ItsmeError(
            .unreachable, phase, "the request was cancelled before it was answered", remedy: "Offer a new login.")
    }
}
