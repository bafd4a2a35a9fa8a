#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import JOSE
import Logging

extension ItsmeClient {
    /// How long itsme may take to read a request, in seconds.
    private static let requestLifetime: Int64 = 300

    /// Asks itsme to put a request to a person's phone, without a browser (CIBA Core 1.0 §7). One HTTP request, signed
    /// with the client's key.
    ///
    /// - Parameters:
    ///   - service: Which itsme service, with its code.
    ///   - hint: Whose phone.
    ///   - scopes: Scopes besides `openid`.
    ///   - claims: Single claims, in the ID token or in UserInfo.
    ///   - level: The authentication level to require; the ID token is refused when it is lower.
    ///   - requestedExpiry: How long the person is to have, in whole seconds up to one day; itsme may give less.
    ///   - delivery: Whether itsme is to ping. The token that it has to show then is made here, 256 random bits.
    /// - Throws: ``ItsmeError`` of the phases `discovery` and `backchannel-authentication`: `backchannel_not_offered`
    ///   with a client secret, `backchannel_refused` when itsme answers with an error; or `CancellationError`.
    public func backchannelAuthentication(
        for service: ItsmeService,
        hint: LoginHint,
        scopes: [Scope] = [],
        claims: ClaimsRequest = ClaimsRequest(),
        level: AuthenticationLevel? = nil,
        requestedExpiry: Duration? = nil,
        delivery: BackchannelDelivery = .poll
    ) async throws -> BackchannelRequest {
        try service.validate()
        try hint.validate()
        if let requestedExpiry,
            !(.seconds(1) ... .seconds(86_400)).contains(requestedExpiry) || !requestedExpiry.isWholeSeconds
        {
            throw ItsmeError(
                .invalidConfiguration, .backchannelAuthentication,
                "the requested expiry is out of bounds or holds a fraction of a second",
                remedy: "Choose whole seconds between 1 second and one day.", field: "requestedExpiry")
        }
        let expectedSubject = hint.expectedSubject ?? service.expectedSubject
        if let asked = service.expectedSubject, let expectedSubject,
            !asked.exposedValue.hasSameOctets(as: expectedSubject.exposedValue)
        {
            throw ItsmeError(
                .invalidConfiguration, .backchannelAuthentication, "the service and the hint name two persons",
                remedy: "Name the same person in both, or in the hint alone.", field: "hint")
        }
        let access = try await backchannel(phase: .backchannelAuthentication)
        let metadata = access.metadata
        try metadata.requireValue(delivery.rawValue, in: "backchannel_token_delivery_modes_supported")
        try metadata.requireValue("RS256", in: "backchannel_authentication_request_signing_alg_values_supported")

        let parameters = AuthorizationParameters(
            service: service, scopes: scopes,
            claims: ClaimsRequest(userInfo: service.claims).adding(userInfo: claims.userInfo, idToken: claims.idToken),
            level: level, locale: nil, prompt: nil, maximumAuthenticationAge: nil)
        try parameters.requireSupport(by: metadata)
        let requestedAt = configuration.time.now()
        var members = try requestMembers(parameters, issuer: metadata.issuer, now: requestedAt)
        members["login_hint_token"] = try await hint.parameter(signedBy: access.signer)
        if let requestedExpiry { members["requested_expiry"] = .integer(requestedExpiry.components.seconds) }
        let notificationToken = delivery == .ping ? try freshText(bytes: 32) : nil
        if let notificationToken { members["client_notification_token"] = .string(notificationToken) }

        let request = try await OwnToken.sign(members, with: access.signer, phase: .backchannelAuthentication)
        // itsme: the assertion is for the token endpoint here, too.
        let form =
            [("request", request)]
            + (try await assertions.parameters(
                audience: metadata.token.url, provider: provider, phase: .backchannelAuthentication))
        let reply = try await http.send(form: form, to: access.endpoint, phase: .backchannelAuthentication)
        configuration.logger.debug(
            "backchannel authentication requested", metadata: ["itsme.service": "\(service.kind.rawValue)"])
        let answer = try BackchannelAnswer(reply, to: self, phase: .backchannelAuthentication)
        // itsme's documentation spells it in two ways.
        guard let authReqID = try answer.token("auth_req_id") ?? answer.token("auth_request_id") else {
            throw answer.malformed("auth_req_id")
        }
        guard let lifetime = try answer.seconds("expires_in"), lifetime > .zero else {
            throw answer.malformed("expires_in")
        }
        return BackchannelRequest(
            identifier: try BackchannelRequest.identifier(of: authReqID), authReqID: Secret(authReqID),
            expiresAt: configuration.time.now().addingTimeInterval(Double(lifetime.components.seconds)),
            serviceCode: service.code, requestedLevel: level, notificationToken: notificationToken.map { Secret($0) },
            requestedAt: requestedAt, issuer: metadata.issuer, clientID: configuration.clientID,
            expectedSubject: expectedSubject,
            pace: PollingPace(
                interval: try answer.seconds("interval") ?? PollingPace.defaultInterval, lifetime: lifetime,
                uptime: configuration.time.uptime))
    }

    /// The claims of a signed authentication request (CIBA Core 1.0 §7.1.1) that do not depend on the person.
    private func requestMembers(
        _ parameters: AuthorizationParameters, issuer: String, now: Date
    ) throws(ItsmeError) -> JSONValue {
        let issuedAt = OwnToken.issuedAt(now)
        var members: JSONValue = [
            "iss": .string(configuration.clientID),
            "aud": .string(issuer),
            "client_id": .string(configuration.clientID),
            "iat": .integer(issuedAt),
            "nbf": .integer(issuedAt),
            "exp": .integer(Int64(now.timeIntervalSince1970) + Self.requestLifetime),
            "jti": .string(try freshText(bytes: 16)),
            "scope": .string(parameters.scope),
        ]
        let profile = configuration.environment.profile
        if let level = parameters.level { members["acr_values"] = .string(level.value(in: profile)) }
        if !parameters.claims.isEmpty { members["claims"] = parameters.claims.jsonValue(profile: profile) }
        return members
    }

    private func freshText(bytes count: Int) throws(ItsmeError) -> String {
        do {
            return Base64URL.encode(try configuration.random.bytes(count))
        } catch {
            throw ItsmeError(.randomSourceFailed, .backchannelAuthentication, joseCode: error.code)
        }
    }
}
