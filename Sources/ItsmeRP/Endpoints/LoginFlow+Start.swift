package import HTTPTypes
import Logging
import WebFormats

extension LoginFlow {
    /// Starts a login: makes the authorization request, stores its transaction in a cookie, and redirects to itsme with
    /// GET. Answers GET only.
    ///
    /// - Parameter isLoggedIn: Whether the person has a session of the application.
    package func start(
        _ route: LoginRoute, _ request: HTTPRequest, isLoggedIn: () async -> Bool,
        authorize: (LoginStart) async throws -> AuthorizationRequest
    ) async -> Answer {
        guard request.method == .get else { return .reply(.methodNotAllowed(allowed: "GET")) }
        guard !request.isSpeculative else { return .reply(.speculationRefused) }
        var progress = Progress(route: route)
        do {
            let parameters = try StartParameters(request, allowedOrigins: options.allowedTargetOrigins)
            progress.target = parameters.target
            // Read once, and before the check, so that a session that expires now cannot pass as nobody's.
            let session = sessions.session(of: request)
            if let login = route.login.flatMap({ routes[$0] }), await !isLoggedIn() {
                let here = try? PostLoginTarget(request.path ?? "")
                return .reply(.seeOther(startURL(of: login, target: here, locale: parameters.locale)))
            }
            let target = parameters.target ?? options.defaultTarget
            let authorization = try await authorize(
                LoginStart(
                    request: request, target: target, locale: parameters.locale ?? locale(for: request),
                    session: session, client: client))
            progress.reference = authorization.transaction.reference
            return .reply(try redirect(request, to: authorization, target: target, route, session))
        } catch {
            return .failed(failure(error, phase: .authorizationRequest, request: request, progress))
        }
    }

    private func redirect(
        _ request: HTTPRequest, to authorization: AuthorizationRequest, target: PostLoginTarget, _ route: LoginRoute,
        _ session: LoginSession?
    ) throws -> HTTPReply {
        var transaction = try authorization.transaction.carrying(applicationState: target.text)
        transaction.serviceName = route.name
        if route.login != nil, transaction.expectedSubject == nil, let session {
            transaction.expectedSubject = Secret(session.subject)
        }
        let configuration = client.configuration
        // Found here, because otherwise the callback would refuse every login, minutes later.
        guard transaction.issuer == configuration.environment.issuer,
            transaction.clientID == configuration.clientID, transaction.redirectURI == configuration.redirectURI
        else {
            throw ItsmeError(
                .invalidConfiguration, .authorizationRequest,
                "the authorization request was made by another client or for another redirect URI",
                remedy: "Use the client and the redirect URI of the login endpoints.",
                field: "authorize")
        }
        let name = try cookies.name(forState: transaction.state.exposedValue)
        let sealed = try sealer.seal(transaction)
        var reply = HTTPReply.seeOther(authorization.url)
        for superseded in cookies.superseded(in: request, sealer: sealer, now: configuration.time.now()) {
            reply.response.headerFields.setCookie(cookies.clearing(superseded))
        }
        reply.response.headerFields.setCookie(cookies.setting(name, to: sealed))
        Telemetry.login(.started, service: route.kind)
        configuration.logger.debug(
            "login started",
            metadata: ["itsme.service": "\(route.name)", "itsme.reference": "\(transaction.reference)"])
        return reply
    }
}

/// The query of a start URL.
private struct StartParameters {
    let target: PostLoginTarget?
    let locale: InterfaceLocale?

    init(_ request: HTTPRequest, allowedOrigins: Set<String>) throws(ItsmeError) {
        guard let parameters = QueryParameters(request.query) else {
            throw Self.refused("the query is too long", field: nil)
        }
        let target = try Self.value("target", parameters)
        self.target =
            if let target { try PostLoginTarget(target, allowedOrigins: allowedOrigins) } else { nil }
        // An unknown language is ignored.
        locale = try Self.value("locale", parameters).flatMap { InterfaceLocale(rawValue: $0) }
    }

    private static func value(_ name: String, _ parameters: QueryParameters) throws(ItsmeError) -> String? {
        do throws(QueryParameters.Refusal) {
            return try parameters.value(of: name)
        } catch {
            switch error {
            case .duplicate: throw refused("a parameter occurs twice", field: name)
            case .unreadable: throw refused("a parameter cannot be read", field: name)
            }
        }
    }

    private static func refused(_ reason: String, field: String?) -> ItsmeError {
        ItsmeError(.targetRefused, .authorizationRequest, reason, field: field)
    }
}
