import HTTPTypes

/// Handles the callback from itsme: validates it against the pending login of this browser, exchanges the code,
/// validates the ID token, and lets the application answer.
///
/// ``LoginEndpoints`` makes it. The first callback with the state of a pending login uses up that login, even if itsme
/// reports an error or a later step fails: its cookie is removed and its transaction cannot be used again. A callback
/// whose state matches no cookie of this browser changes nothing.
struct CallbackEndpoint: HTTPHandler {
    let login: LoginEndpoints

    /// Answers GET with the application's answer to the login or to its error.
    func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
        guard request.method == .get else { return .methodNotAllowed(allowed: "GET") }
        guard !request.isSpeculative else { return .speculationRefused }
        var steps = Steps(login: login, request: request)
        var reply: HTTPReply
        do {
            reply = try await steps.run()
        } catch let error as ItsmeError where error.code == .transactionMissing && login.fallbackPage != nil {
            reply =
                login.fallbackPage?.page(for: request, restartURL: login.startURL())
                ?? HTTPReply.notFound
        } catch {
            reply = await login.failure(
                error, phase: .authorizationResponse, request: request, target: steps.target)
        }
        reply.protectLoginStep()
        if let cookie = steps.usedCookie { reply.setCookie(login.cookies.clearing(cookie)) }
        return reply
    }

    /// One callback, and how far it came.
    private struct Steps {
        let login: LoginEndpoints
        let request: HTTPRequest
        private(set) var usedCookie: String?
        private(set) var target: PostLoginTarget?

        init(login: LoginEndpoints, request: HTTPRequest) {
            self.login = login
            self.request = request
        }

        mutating func run() async throws -> HTTPReply {
            let callback = try AuthorizationCallback(query: request.query)
            let transaction = try transaction(of: callback)
            let response = try await login.client.authorizationResponse(callback, for: transaction)
            let tokens = try await login.client.tokens(for: response)
            return try await login.onLogin(
                CompletedLogin(
                    tokens: tokens, serviceCode: transaction.serviceCode, target: target ?? login.defaultTarget,
                    request: request.withoutQuery,
                    client: login.client))
        }

        /// The pending transaction of this browser with the callback's state.
        private mutating func transaction(of callback: AuthorizationCallback) throws(ItsmeError) -> LoginTransaction {
            let name = try login.cookies.name(forState: callback.state)
            if login.cookies.contains(name, in: request) { usedCookie = name }
            guard let sealed = login.cookies.value(of: name, in: request) else {
                throw ItsmeError(.transactionMissing, .authorizationResponse)
            }
            let transaction = try login.sealer.open(sealed)
            target = transaction.applicationState.flatMap {
                try? PostLoginTarget($0.exposedValue, allowedOrigins: login.allowedOrigins)
            }
            return transaction
        }
    }
}
