package import HTTPTypes
import JOSE
import Logging

extension LoginFlow {
    /// A callback, how far it came, and the cookie that belongs to it.
    package struct Callback: Sendable {
        package let step: Step
        /// Sets or clears the cookie of the login; nil if it stays as it is.
        private let cookie: (@Sendable (_ isCompleted: Bool) -> String)?
        private let service: ItsmeService.Kind?

        fileprivate init(
            _ step: Step, service: ItsmeService.Kind? = nil,
            cookie: (@Sendable (_ isCompleted: Bool) -> String)? = nil
        ) {
            self.step = step
            self.service = service
            self.cookie = cookie
        }

        /// Completes the header of the answer to the browser.
        ///
        /// - Parameter isCompleted: Whether the application has accepted the login.
        package func finish(_ fields: inout HTTPFields, isCompleted: Bool) {
            fields.protectLoginStep()
            if let cookie { fields.setCookie(cookie(isCompleted)) }
            if isCompleted { Telemetry.login(.completed, service: service) }
        }
    }

    /// Handles the callback from itsme: validates it against the pending login of this browser, exchanges the code, and
    /// validates the ID token. Answers GET only.
    ///
    /// The first callback with the state of a pending login uses up that login, even if itsme reports an error or a later
    /// step fails. A callback whose state matches no cookie of this browser changes nothing.
    ///
    /// - Parameter isLoggedIn: Whether the person has a session of the application.
    package func callback(_ request: HTTPRequest, isLoggedIn: () async -> Bool) async -> Callback {
        guard request.method == .get else { return Callback(.answer(.methodNotAllowed(allowed: "GET"))) }
        guard !request.isSpeculative else { return Callback(.answer(.speculationRefused)) }
        var situation = Situation()
        var name: String?
        var isOpened = false
        let step: Step
        do {
            let callback = try AuthorizationCallback(query: request.query)
            situation.reference = LoginReference.of(callback.state)
            let cookie = try cookies.name(forState: callback.state)
            if let finished = cookies.value(of: cookie, in: request).flatMap({ FinishedLogin($0, openedBy: self) }) {
                return Callback(await again(finished, request, &situation, isLoggedIn))
            }
            if cookies.contains(cookie, in: request) { name = cookie }
            let transaction = try transaction(inCookie: cookie, request)
            isOpened = true
            situation.target = target(of: transaction)
            let route = try route(of: transaction)
            situation.route = route
            step = try await complete(callback, transaction, route, request, &situation)
        } catch let error as ItsmeError where error.code == .transactionMissing && options.fallbackPage != nil {
            step = .answer(
                options.fallbackPage?.page(for: request, restartURL: startURL(of: firstRoute, target: nil))
                    ?? .notFound)
        } catch {
            step = .failed(failure(error, phase: .authorizationResponse, request: request, situation))
        }
        // The request that came first decides how the login ended.
        guard let name, !situation.cameAgain else { return Callback(step) }
        guard isOpened else { return Callback(step) { [cookies] _ in cookies.clearing(name) } }
        let target = situation.target ?? options.defaultTarget
        let service = situation.route
        return Callback(step, service: service?.kind) { [cookies, sealer] isCompleted in
            let finished = FinishedLogin(serviceName: service?.name, target: target, isCompleted: isCompleted)
            return (try? finished.sealed(by: sealer)).map { cookies.setting(name, to: $0) } ?? cookies.clearing(name)
        }
    }

    private func complete(
        _ callback: AuthorizationCallback, _ transaction: LoginTransaction, _ route: LoginRoute,
        _ request: HTTPRequest, _ situation: inout Situation
    ) async throws -> Step {
        do {
            let response = try await client.authorizationResponse(callback, for: transaction)
            let tokens = try await client.tokens(for: response)
            return .completed(
                CompletedLogin(
                    tokens: tokens, serviceName: route.name,
                    target: situation.target ?? options.defaultTarget, request: request.withoutQuery,
                    reference: transaction.reference, client: client, sessions: sessions))
        } catch let error as ItsmeError where error.code == .transactionReplayed {
            situation.cameAgain = true
            // Two requests at once: the other one has logged this browser in if the session is from this login.
            guard sessions.session(of: request)?.reference == transaction.reference else { throw error }
            return .answer(.seeOther((situation.target ?? options.defaultTarget).text))
        }
    }

    /// The pending transaction of this browser in the cookie of the callback's state.
    private func transaction(inCookie name: String, _ request: HTTPRequest) throws(ItsmeError) -> LoginTransaction {
        guard let sealed = cookies.value(of: name, in: request) else {
            throw ItsmeError(.transactionMissing, .authorizationResponse)
        }
        return try sealer.open(sealed)
    }

    private func target(of transaction: LoginTransaction) -> PostLoginTarget? {
        transaction.applicationState.flatMap {
            try? PostLoginTarget($0.exposedValue, allowedOrigins: options.allowedTargetOrigins)
        }
    }

    /// The service of a login, from its sealed transaction and never from the URL.
    private func route(of transaction: LoginTransaction) throws(ItsmeError) -> LoginRoute {
        guard let route = transaction.serviceName.flatMap({ routes[$0] }) else {
            throw ItsmeError(
                .transactionForeign, .authorizationResponse, "the login was started for a service that is not here",
                remedy: "Give all instances the same services.", field: "services")
        }
        return route
    }

    /// Answers a callback that came before: the back button, a reload, a second tab.
    private func again(
        _ finished: FinishedLogin, _ request: HTTPRequest, _ situation: inout Situation, _ isLoggedIn: () async -> Bool
    ) async -> Step {
        situation.route = finished.serviceName.flatMap { routes[$0] }
        situation.target = finished.target
        situation.cameAgain = true
        if finished.isCompleted, await isLoggedIn() { return .answer(.seeOther(finished.target.text)) }
        return .failed(
            failure(
                ItsmeError(.transactionReplayed, .authorizationResponse), phase: .authorizationResponse,
                request: request, situation))
    }
}

/// How a login ended, in its cookie, until the transaction would have expired.
private struct FinishedLogin {
    let serviceName: String?
    let target: PostLoginTarget
    let isCompleted: Bool

    init(serviceName: String?, target: PostLoginTarget, isCompleted: Bool) {
        self.serviceName = serviceName
        self.target = target
        self.isCompleted = isCompleted
    }

    /// Nil if the text is something else.
    init?(_ text: String, openedBy flow: LoginFlow) {
        guard let json = flow.sealer.open(text, as: .finishedLogin), let isCompleted = json["c"]?.bool else {
            return nil
        }
        self.isCompleted = isCompleted
        serviceName = json["sn"]?.string
        target =
            json["p"]?.string.flatMap {
                try? PostLoginTarget($0, allowedOrigins: flow.options.allowedTargetOrigins)
            } ?? flow.options.defaultTarget
    }

    func sealed(by sealer: CookieSealer) throws(ItsmeError) -> String {
        var json: JSONValue = ["c": .bool(isCompleted), "p": .string(target.text)]
        json["sn"] = serviceName.map { .string($0) }
        return try sealer.seal(
            json, as: .finishedLogin, phase: .authorizationResponse, remedy: "Use a shorter target.")
    }
}
