package import HTTPTypes
import JOSE
import Logging

extension LoginFlow {
    /// A callback, what came of it, and the cookie that belongs to it.
    package struct Callback: Sendable {
        package enum Outcome: Sendable {
            /// Every check passed, and the application answers.
            case completed(CompletedLogin)
            case answered(Answer)
        }

        /// What happens to the cookie of the login.
        fileprivate enum CookieChange {
            case none
            case clear(name: String)
            /// It remembers how the login ended, for as long as a transaction lives.
            case finish(name: String, service: LoginRoute, target: PostLoginTarget)
        }

        package let outcome: Outcome
        private let change: CookieChange
        private let flow: LoginFlow

        fileprivate init(_ outcome: Outcome, _ change: CookieChange = .none, of flow: LoginFlow) {
            self.outcome = outcome
            self.change = change
            self.flow = flow
        }

        /// Completes the header of the answer to the browser.
        ///
        /// - Parameter status: The status of the application's answer to a completed login; nil if there is none. With
        ///   400 or more, the application has refused the login.
        package func finish(_ fields: inout HTTPFields, status: HTTPResponse.Status?) {
            let isCompleted = (status?.code ?? 500) < 400
            fields.protectLoginStep()
            switch change {
            case .none: break
            case .clear(let name): fields.setCookie(flow.cookies.clearing(name))
            case .finish(let name, let service, let target):
                let finished = FinishedLogin(serviceName: service.name, target: target, isCompleted: isCompleted)
                let sealed = try? finished.sealed(by: flow.sealer)
                fields.setCookie(sealed.map { flow.cookies.setting(name, to: $0) } ?? flow.cookies.clearing(name))
                if isCompleted {
                    Telemetry.login(.completed, service: service.kind)
                } else if status != nil {
                    Telemetry.login(
                        .failed(ItsmeError(.applicationFailed, .authorizationResponse)), service: service.kind)
                }
            }
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
        guard request.method == .get else { return answered(.reply(.methodNotAllowed(allowed: "GET"))) }
        guard !request.isSpeculative else { return answered(.reply(.speculationRefused)) }
        var progress = Progress()
        var change = Callback.CookieChange.none
        do {
            let callback = try AuthorizationCallback(query: request.query)
            progress.reference = LoginReference.of(callback.state)
            let name = try cookies.name(forState: callback.state)
            if let finished = cookies.value(of: name, in: request).flatMap({ FinishedLogin($0, openedBy: self) }) {
                return answered(await again(finished, request, isLoggedIn, reference: progress.reference))
            }
            if cookies.contains(name, in: request) { change = .clear(name: name) }
            let transaction = try transaction(inCookie: name, request)
            // Another instance may have the service.
            change = .none
            let (service, target) = (try route(of: transaction), target(of: transaction))
            (progress.route, progress.target) = (service, target)
            change = .finish(name: name, service: service, target: target)
            let response = try await client.authorizationResponse(callback, for: transaction)
            let tokens = try await client.tokens(for: response)
            let login = CompletedLogin(
                tokens: tokens, serviceName: service.name, target: target, request: request.withoutQuery,
                reference: transaction.reference, client: client, sessions: sessions)
            return Callback(.completed(login), change, of: self)
        } catch let error as ItsmeError where error.code == .transactionReplayed {
            // Of two requests at once, the one that came first decides how the login ended. It has logged this browser in
            // if the session is from this login.
            if let target = progress.target, sessions.session(of: request)?.reference == progress.reference {
                return answered(.reply(.seeOther(target.text)))
            }
            return answered(.failed(failure(error, phase: .authorizationResponse, request: request, progress)))
        } catch let error as ItsmeError where error.code == .transactionMissing && options.fallbackPage != nil {
            let page = options.fallbackPage?.page(for: request, restartURL: startURL(of: firstRoute, target: nil))
            return answered(.reply(page ?? .notFound), change)
        } catch {
            // A reload of this page usually completes the login, so the cookie stays.
            if (error as? ItsmeError)?.code == .storeUnavailable { change = .none }
            let failure = failure(error, phase: .authorizationResponse, request: request, progress)
            return answered(.failed(failure), change)
        }
    }

    private func answered(_ answer: Answer, _ change: Callback.CookieChange = .none) -> Callback {
        Callback(.answered(answer), change, of: self)
    }

    /// The pending transaction of this browser in the cookie of the callback's state.
    private func transaction(inCookie name: String, _ request: HTTPRequest) throws(ItsmeError) -> LoginTransaction {
        guard let sealed = cookies.value(of: name, in: request) else {
            throw ItsmeError(.transactionMissing, .authorizationResponse)
        }
        return try sealer.open(sealed)
    }

    /// Where the person goes; the default target if the sealed one is no longer allowed.
    private func target(of transaction: LoginTransaction) -> PostLoginTarget {
        let sealed = transaction.applicationState.flatMap {
            try? PostLoginTarget($0.exposedValue, allowedOrigins: options.allowedTargetOrigins)
        }
        return sealed ?? options.defaultTarget
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
        _ finished: FinishedLogin, _ request: HTTPRequest, _ isLoggedIn: () async -> Bool, reference: String?
    ) async -> Answer {
        if finished.isCompleted, await isLoggedIn() { return .reply(.seeOther(finished.target.text)) }
        let progress = Progress(
            route: finished.serviceName.flatMap { routes[$0] }, target: finished.target, reference: reference)
        return .failed(
            failure(
                ItsmeError(.transactionReplayed, .authorizationResponse), phase: .authorizationResponse,
                request: request, progress))
    }
}

/// How a login ended, in its cookie.
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

    func sealed(by sealer: Sealer) throws(ItsmeError) -> String {
        var json: JSONValue = ["c": .bool(isCompleted), "p": .string(target.text)]
        json["sn"] = serviceName.map { .string($0) }
        return try sealer.seal(
            json, as: .finishedLogin, phase: .authorizationResponse, remedy: "Use a shorter target.")
    }
}
