#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import HTTPTypes
import JOSE
import Logging

extension ItsmeClient {
    /// Asks itsme to send a request to a person's phone, without a browser (CIBA Core 1.0 §7). Sends one HTTP request,
    /// signed with the client's key.
    ///
    /// - Parameters:
    ///   - service: Which itsme service, with its code.
    ///   - hint: The person.
    ///   - scopes: Additional scopes, whose claims itsme delivers in UserInfo; `openid` is always included.
    ///   - claims: Single claims: `[.email, .birthdate]` in the ID token; a ``ClaimsRequest`` for UserInfo.
    ///   - level: The required authentication level; an ID token with a lower one is refused.
    ///   - requestedExpiry: How long the person has to answer, in whole seconds up to one day. itsme may allow less.
    ///   - delivery: Whether itsme pings. If so, this makes the bearer token for the pings, with 256 random bits.
    /// - Throws: ``ItsmeError`` of the phases `discovery` and `backchannel-authentication`: `backchannel_not_offered`
    ///   with a client secret, `backchannel_refused` when itsme answers with an error; or `CancellationError`.
    public func backchannelAuthentication(
        for service: ItsmeService,
        hint: LoginHint,
        scopes: [Scope] = [],
        claims: ClaimsRequest = [],
        level: AuthenticationLevel? = nil,
        requestedExpiry: Duration? = nil,
        delivery: BackchannelDelivery = .poll
    ) async throws -> BackchannelRequest {
        try service.validate(phase: .backchannelAuthentication)
        try hint.validate()
        if let requestedExpiry,
            !(.seconds(1) ... .seconds(86_400)).contains(requestedExpiry) || !requestedExpiry.isWholeSeconds
        {
            throw ItsmeError(
                .invalidConfiguration, .backchannelAuthentication,
                "the requested expiry is out of range or not in whole seconds",
                remedy: "Choose whole seconds between 1 second and one day.", field: "requestedExpiry")
        }
        let expectedSubject = hint.expectedSubject ?? service.expectedSubject
        if let asked = service.expectedSubject, let expectedSubject,
            !asked.exposedValue.hasSameBytes(as: expectedSubject.exposedValue)
        {
            throw ItsmeError(
                .invalidConfiguration, .backchannelAuthentication, "the service and the hint name different persons",
                remedy: "Name the same person in both, or only in the hint.", field: "hint")
        }
        let access = try await backchannel(phase: .backchannelAuthentication)
        let metadata = access.metadata
        try metadata.requireValue(delivery.rawValue, in: "backchannel_token_delivery_modes_supported")
        try metadata.requireValue("RS256", in: "backchannel_authentication_request_signing_alg_values_supported")

        let parameters = AuthorizationParameters(
            service: service, scopes: scopes, claims: service.claims.adding(claims), level: level, locale: nil,
            prompt: nil, maximumAuthenticationAge: nil)
        try parameters.requireSupport(by: metadata)
        let requestedAt = configuration.time.now()
        var members = try requestMembers(parameters, issuer: metadata.issuer, now: requestedAt)
        members["login_hint_token"] = try await hint.parameter(signedBy: access.signer)
        if let requestedExpiry { members["requested_expiry"] = .integer(requestedExpiry.components.seconds) }
        let notificationToken =
            delivery == .ping
            ? try randomText(bytes: 32, phase: .backchannelAuthentication) : nil
        if let notificationToken { members["client_notification_token"] = .string(notificationToken) }

        let request = try await Self.sign(members, with: access.signer, phase: .backchannelAuthentication)
        // itsme: the audience of the assertion is the token endpoint here as well.
        let form =
            [("request", request)]
            + (try await authenticationParameters(
                audience: metadata.token.url, phase: .backchannelAuthentication))
        let reply = try await http.send(form: form, to: access.endpoint, phase: .backchannelAuthentication)
        configuration.logger.debug(
            "backchannel authentication requested", metadata: ["itsme.service_kind": "\(service.kind.rawValue)"])
        let answer = try BackchannelAnswer(reply, to: self, phase: .backchannelAuthentication)
        // itsme's documentation uses both names.
        guard let authReqID = try answer.token("auth_req_id") ?? answer.token("auth_request_id") else {
            throw answer.malformed("auth_req_id")
        }
        guard let lifetime = try answer.seconds("expires_in"), lifetime > .zero else {
            throw answer.malformed("expires_in")
        }
        return BackchannelRequest(
            identifier: try BackchannelRequest.identifier(of: authReqID), authReqID: Secret(authReqID),
            expiresAt: configuration.time.now().adding(lifetime),
            serviceCode: service.code, requestedLevel: level, notificationToken: notificationToken.map { Secret($0) },
            requestedAt: requestedAt, issuer: metadata.issuer, clientID: configuration.clientID,
            expectedSubject: expectedSubject,
            pace: PollingPace(
                interval: try answer.seconds("interval") ?? PollingPace.defaultInterval, lifetime: lifetime,
                time: configuration.time))
    }

    /// The claims of a signed authentication request (CIBA Core 1.0 §7.1.1), without those that depend on the person.
    private func requestMembers(
        _ parameters: AuthorizationParameters, issuer: String, now: Date
    ) throws(ItsmeError) -> JSONValue {
        var members = JSONValue.object(
            try registeredClaims(
                audience: issuer, lifetime: Self.requestLifetime, now: now, phase: .backchannelAuthentication))
        members["nbf"] = members["iat"]
        members["client_id"] = .string(configuration.clientID)
        members["scope"] = .string(parameters.scope)
        let profile = configuration.environment.profile
        if let level = parameters.level { members["acr_values"] = .string(level.value(in: profile)) }
        if !parameters.claims.isEmpty { members["claims"] = parameters.claims.jsonValue(profile: profile) }
        return members
    }
}

extension ItsmeClient {
    private static let grantType = "urn:openid:params:grant-type:ciba"

    /// Polls once for the person's answer, and validates the ID token. Sends at most one HTTP request. Before the
    /// interval has passed, or while another task polls, this returns ``BackchannelPoll/pending(retryAfter:)`` without
    /// a request.
    ///
    /// `slow_down` adds 5 seconds to the interval from then on. A missing answer doubles it.
    ///
    /// - Throws: ``ItsmeError`` of the phases `token` and `id-token`: `token_request_refused` with the
    ///   ``ItsmeError/providerError``, with the kind `declined` if the person refused or did not answer in time;
    ///   `backchannel_expired` after ``BackchannelRequest/expiresAt``, `backchannel_completed` after the final answer,
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
                        maximumAuthenticationAge: nil),
                    reference: request.reference))
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

    /// Polls at the request's interval until the person answers. Cancel the task to stop.
    ///
    /// - Throws: As ``backchannelTokens(for:)``, but this tries again after a transient error until the request
    ///   expires.
    public func backchannelTokens(waitingFor request: BackchannelRequest) async throws -> TokenResponse {
        while true {
            try await configuration.time.wait(for: request.pace)
            // In a task of its own, because a task keeps the memory of its deepest call until it ends, and this one may
            // wait for minutes. `async let` would take that memory from this task.
            let poll = try await withThrowingTaskGroup(of: BackchannelPoll?.self) { group in
                group.addTask { try await pollOnce(request) }
                return try await group.next() ?? nil
            }
            if case .tokens(let tokens)? = poll { return tokens }
        }
    }

    /// Nil after a transient error that leaves the request open.
    private func pollOnce(_ request: BackchannelRequest) async throws -> BackchannelPoll? {
        do {
            return try await backchannelTokens(for: request)
        } catch let error as ItsmeError where error.kind == .transient && !request.pace.isCompleted {
            return nil
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
        form += try await authenticationParameters(audience: endpoint.url, phase: .token)
        return (access.metadata.issuer, try await http.send(form: form, to: endpoint, phase: .token))
    }
}

/// What a client needs for the backchannel. Only a client with a key pair has it.
struct BackchannelAccess {
    let metadata: ProviderMetadata

    /// The backchannel authentication endpoint.
    let endpoint: Endpoint

    /// Signs requests and hints.
    let signer: any KeySigner
}

extension ItsmeClient {
    func backchannel(phase: ItsmeError.Phase) async throws -> BackchannelAccess {
        guard case .privateKeyJWT(let source, _) = configuration.authentication.method else {
            throw ItsmeError(
                .backchannelNotOffered, phase, "itsme offers the backchannel only to clients with a key pair",
                field: "authentication")
        }
        let metadata = try await provider.metadata()
        guard let endpoint = metadata.backchannelAuthentication else {
            throw ItsmeError(
                .backchannelNotOffered, phase, "the discovery document names no backchannel authentication endpoint",
                remedy: "Use an environment of the current generation.", field: "backchannel_authentication_endpoint")
        }
        return BackchannelAccess(metadata: metadata, endpoint: endpoint, signer: source.clientKeys.signer)
    }

    static func backchannelExpired(phase: ItsmeError.Phase) -> ItsmeError {
        ItsmeError(.backchannelExpired, phase)
    }

    static func backchannelCompleted(phase: ItsmeError.Phase) -> ItsmeError {
        ItsmeError(.backchannelCompleted, phase)
    }
}

/// A successful answer of user discovery or of the backchannel authentication endpoint.
struct BackchannelAnswer {
    let json: JSON
    private let phase: ItsmeError.Phase

    /// - Throws: ``ItsmeError`` `backchannel_refused` for an error of itsme, `backchannel_response_malformed` for
    ///   anything but a JSON object.
    init(_ reply: HTTPReply, to client: ItsmeClient, phase: ItsmeError.Phase) throws(ItsmeError) {
        guard reply.response.status == .ok else {
            throw client.refusal(.backchannelRefused, reply, phase: phase)
        }
        try HTTPClient.checkMediaType(of: reply, in: ["application/json"], phase: phase)
        self.phase = phase
        guard let json = try? JSON(parsing: reply.body), json.kind == .object else {
            throw Self.malformed(nil, phase: phase)
        }
        self.json = json
    }

    /// A text of visible ASCII characters; nil if the member is absent.
    func token(_ member: String) throws(ItsmeError) -> String? {
        guard let value = json.nonNull(member) else { return nil }
        guard let text = value.string, (1...8192).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw malformed(member) }
        return text
    }

    func requiredToken(_ member: String) throws(ItsmeError) -> String {
        guard let token = try token(member) else { throw malformed(member) }
        return token
    }

    /// A number of seconds; nil if the member is absent.
    func seconds(_ member: String) throws(ItsmeError) -> Duration? {
        guard let value = json.nonNull(member) else { return nil }
        guard let seconds = value.seconds else { throw malformed(member) }
        return seconds
    }

    func malformed(_ member: String) -> ItsmeError { Self.malformed(member, phase: phase) }

    private static func malformed(_ member: String?, phase: ItsmeError.Phase) -> ItsmeError {
        ItsmeError(.backchannelResponseMalformed, phase, field: member)
    }
}
