import HTTPTypes

extension ItsmeClient {
    private static let grantType = "urn:openid:params:grant-type:ciba"

    /// Asks once for the person's answer, and validates the ID token completely. At most one HTTP request: before the
    /// interval is over, or while another task asks, the answer is ``BackchannelPoll/pending(retryAfter:)`` without any.
    ///
    /// `slow_down` makes the interval 5 seconds longer from then on; an answer that does not come doubles it.
    ///
    /// - Throws: ``ItsmeError`` of the phases `token` and `id-token`: `token_request_refused` with the
    ///   ``ItsmeError/providerError``, of the kind `declined` when the person refused or did not answer in time;
    ///   `backchannel_expired` after ``BackchannelRequest/expiresAt``, `backchannel_completed` after the last answer,
    ///   both without a request; or `CancellationError`.
    public func backchannelTokens(for request: BackchannelRequest) async throws -> BackchannelPoll {
        try requireOwn(issuer: request.issuer, clientID: request.clientID, phase: .token)
        switch request.pace.takeTurn() {
        case .granted: break
        case .notYet(let wait): return .pending(retryAfter: wait)
        case .expired: throw Self.backchannelExpired(phase: .token)
        case .completed: throw Self.backchannelCompleted(phase: .token)
        }
        let issuer: String
        let reply: HTTPReply
        do {
            (issuer, reply) = try await requestTokens(request)
        } catch {
            request.pace.settle(error is CancellationError ? .pending : .failed)
            throw error
        }
        guard reply.response.status != .ok else {
            request.pace.settle(.completed)
            return .tokens(
                try await tokenResponse(
                    reply,
                    expecting: IDTokenExpectation(
                        configuration, issuer: issuer,
                        binding: .backchannelRequest(authReqID: request.authReqID, requestedAt: request.requestedAt),
                        subject: request.expectedSubject, requestedLevel: request.requestedLevel,
                        maximumAuthenticationAge: nil)))
        }
        let refusal = self.refusal(.tokenRequestRefused, reply, phase: .token)
        switch (refusal.providerError?.code, refusal.kind) {
        case (.authorizationPending?, _): request.pace.settle(.pending)
        case (.slowDown?, _): request.pace.settle(.tooOften())
        case (_, .declined):
            request.pace.settle(.completed)
            throw refusal
        default:
            request.pace.settle(.failed)
            throw refusal
        }
        return .pending(retryAfter: request.pace.delay)
    }

    /// Waits for the person's answer, asking in the pace of the request; cancel the task to stop.
    ///
    /// - Throws: As ``backchannelTokens(for:)``, but a failure that may pass is waited out until the request expires.
    public func backchannelTokens(waitingFor request: BackchannelRequest) async throws -> TokenResponse {
        while true {
            try await configuration.time.wait(for: request.pace)
            do {
                if case .tokens(let tokens) = try await backchannelTokens(for: request) { return tokens }
            } catch let error as ItsmeError where error.kind == .transient && !request.pace.isCompleted {
                continue
            }
        }
    }

    private func requestTokens(_ request: BackchannelRequest) async throws -> (issuer: String, reply: HTTPReply) {
        let access = try await backchannel(phase: .token)
        let endpoint = access.metadata.token
        var form: [(name: String, value: String)] = [
            ("grant_type", Self.grantType),
            ("auth_req_id", request.authReqID.exposedValue),
            ("client_id", configuration.clientID),
        ]
        form += try await assertions.parameters(audience: endpoint.url, provider: provider, phase: .token)
        return (access.metadata.issuer, try await http.send(form: form, to: endpoint, phase: .token))
    }
}
