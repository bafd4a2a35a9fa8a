import HTTPTypes
import ItsmeRP
import JOSE

/// The backchannel authentication endpoint (CIBA Core 1.0 section 7): takes a signed request for a person's phone.
struct BackchannelAuthenticationEndpoint {
    /// The parameters that must be inside the signed request.
    private static let innerParameters = [
        "scope", "login_hint_token", "login_hint", "id_token_hint", "acr_values", "claims", "requested_expiry",
        "client_notification_token", "binding_message", "user_code",
    ]
    private static let longestExpiry: Int64 = 600

    let core: SandboxCore

    func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
        do throws(SandboxRefusal) {
            let form = try TokenEndpoint.form(
                request, body, reading: ClientAuthenticator.parameters + ["request"] + Self.innerParameters)
            let client = try await ClientAuthenticator(core: core).keyPairClient(of: form, fields: request.headerFields)
            do throws(SandboxRefusal) {
                return try await answer(form, client)
            } catch {
                throw error.naming(client)
            }
        } catch {
            return TokenEndpoint.refuse(error, core: core, request, body)
        }
    }

    private func answer(
        _ form: FormParameters, _ client: ClientRegistration
    ) async throws(SandboxRefusal) -> HTTPReply {
        let claims = try await claims(form, client)
        let request = try await BackchannelAuthenticationRequest(claims, client: client, profile: core.profile) {
            hint throws(SandboxRefusal) in try await person(hint, client)
        }
        let now = core.now
        let lifetime = min(request.requestedExpiry ?? core.lifetimes.backchannelRequest, Self.longestExpiry)
        let pending = PendingBackchannelRequest(
            id: try core.freshIdentifier(), handle: try core.freshIdentifier(), request: request, startedAt: now,
            expires: now + Double(lifetime), interval: Double(BackchannelState.interval))
        core.backchannel.insert(pending, now: now)
        let fault = core.faults.take(.backchannelAuthentication)
        var response: JSONValue = [
            "auth_req_id": .string(pending.id), "expires_in": .integer(lifetime),
            "interval": .integer(BackchannelState.interval),
        ]
        if case .response(let change) = fault?.effect { change(&response, core.scene) }
        var reply = HTTPReply.json(response)
        await fault?.alter(&reply)
        return reply
    }

    /// Verifies the signed request and checks its JWT claims (CIBA Core 1.0 section 7.1.1).
    private func claims(_ form: FormParameters, _ client: ClientRegistration) async throws(SandboxRefusal) -> JSON {
        for name in Self.innerParameters where form[name] != nil {
            throw SandboxRefusal(.backchannelPlainParameter, detail: "Parameter: \(name).")
        }
        Recording.pass(.backchannelPlainParameter)
        let request = try require(form["request"], .backchannelRequestMissing)
        let claims = try await signed(request, client, .backchannelRequest)
        for name in ["iss", "aud", "iat", "exp", "nbf", "jti", "scope"] where claims[name] == nil {
            throw SandboxRefusal(.backchannelClaimMissing, detail: "Claim: \(name).")
        }
        Recording.pass(.backchannelClaimMissing)
        let issuer = claims["iss"]?.string
        try require(
            issuer?.hasSameBytes(as: client.clientID) == true, .backchannelIssuer, sent: [.init("iss", issuer ?? "")],
            expected: [.init("iss", client.clientID)])
        if let other = claims["client_id"] {
            try require(
                other.string?.hasSameBytes(as: client.clientID) == true, .backchannelClientID,
                sent: [.init("client_id", other.string ?? "")], expected: [.init("client_id", client.clientID)])
        }
        try require(
            claims["aud"]?.audiences?.containsExactly(core.endpoints.issuer) == true, .backchannelAudience,
            sent: [.init("aud", claims["aud"]?.audiences ?? [])], expected: [.init("aud", core.endpoints.issuer)])
        let clock = core.clockDifference
        let expiry = claims["exp"]?.numericDate ?? -.infinity
        try require(
            expiry + core.clockSkew > core.now, .backchannelExpired,
            detail: clock.expired("exp", claims["exp"]?.numericDate, issued: claims["iat"]?.numericDate))
        for name in ["nbf", "iat"] {
            let time = claims[name]?.numericDate
            try require(
                time.map { $0 <= core.now + core.clockSkew } == true, .backchannelNotYetValid,
                detail: clock.ahead(name, time))
        }
        // Kept with the identifiers of assertions. The prefix keeps the two apart.
        let identifier = claims["jti"]?.string ?? ""
        try require(
            !identifier.isEmpty
                && core.state.useAssertion(
                    "request \(identifier)", clientID: client.clientID, until: expiry + core.clockSkew + 1,
                    now: core.now),
            .backchannelRequestReplayed)
        return claims
    }

    /// The claims of a JWT that the client signed and did not encrypt.
    private func signed(
        _ token: String, _ client: ClientRegistration, _ rules: ReceivedToken.Rules
    ) async throws(SandboxRefusal) -> JSON {
        let received = ReceivedToken(core: core, rules: rules)
        return try await received.claims(of: try received.plainSignedToken(token), from: client)
    }

    /// The claims of a hint that is an unsigned JWT, as in one of itsme's examples. The request around it is signed.
    private static func unsigned(_ token: String) -> JSON? {
        let segments = token.split(separator: ".", omittingEmptySubsequences: false)
        guard segments.count == 3, segments[2].isEmpty,
            let header = try? JSON(parsing: Base64URL.decode(String(segments[0]))), header["alg"]?.string == "none"
        else { return nil }
        return try? JSON(parsing: Base64URL.decode(String(segments[1])))
    }

    /// The person that a login hint names. The hint is an object or a JWT, with a type and a value.
    private func person(_ hint: JSON, _ client: ClientRegistration) async throws(SandboxRefusal) -> Persona {
        var hint = hint
        if let token = hint.string {
            if let claims = Self.unsigned(token) {
                hint = claims
            } else {
                hint = try await signed(token, client, .loginHint)
            }
        }
        let (type, text) = (hint["type"]?.string, hint["value"]?.string)
        let isKnownType = type == "user_identifier_token" || type == "subject_code"
        let value = try require(isKnownType ? text : nil, .loginHintMalformed)
        guard type == "subject_code" else {
            return try core.backchannel.person(for: value, clientID: client.clientID, now: core.now)
        }
        // A person may have logged in with a new account.
        let people = core.personas + core.personas.map { $0.behaving(.newAccount) }
        return try require(
            people.first { person in
                (try? person.subject(clientID: client.clientID))?.hasSameBytes(as: value) == true
            }, .loginHintUnknown)
    }
}

/// A backchannel authentication request that follows every rule.
struct BackchannelAuthenticationRequest: Sendable {
    let client: ClientRegistration
    let service: ServiceRegistration
    /// The person who is asked.
    let person: Persona
    let data: DataRequest
    /// What is to be confirmed, for a Confirmation.
    let template: ConfirmTemplate?
    /// Whether `acr_advanced` was asked for.
    let wantsAdvanced: Bool
    /// The `binding_message`, by which the person recognises the request.
    let bindingMessage: String?
    /// The `requested_expiry`, in seconds.
    let requestedExpiry: Int64?
    /// The bearer token of the ping, for a client that is registered for pings.
    let notificationToken: String?

    /// Checks the claims of a verified request. The hint comes last, so that a refused request does not use it up.
    init(
        _ claims: JSON, client: ClientRegistration, profile: ProfileNames,
        person: (JSON) async throws(SandboxRefusal) -> Persona
    ) async throws(SandboxRefusal) {
        self.client = client
        func words(_ name: String) -> [String] {
            (claims[name]?.string ?? "").split(separator: " ").map(String.init)
        }
        let scopes = words("scope")
        service = try AuthorizationRequest.service(scopes, client: client)
        let requested = try ClaimsParameter(try Self.object(claims["claims"]))
        data = DataRequest(
            scopeClaims: scopes.flatMap(profile.claims(ofScope:)), idToken: requested.idToken,
            userInfo: requested.userInfo)
        wantsAdvanced = words("acr_values").contains(profile.advancedACR)
        bindingMessage = claims["binding_message"]?.string
        switch service.kind {
        case .login: template = nil
        case .shareData:
            template = nil
            try require(data.asksForUserData(profile), .shareDataWithoutClaim)
        case .confirm:
            template = try require(
                try ConfirmTemplate(requested, prefix: profile.templatePrefix), .confirmWithoutTemplate)
        }
        requestedExpiry = try Self.expiry(claims["requested_expiry"])
        notificationToken = try Self.notificationToken(claims["client_notification_token"], client: client)
        let hint = try require(claims["login_hint_token"], .loginHintMissing)
        self.person = try await person(hint)
        if let known = KnownUser(requested, profile: profile) {
            try require(known.isMet(by: self.person, clientID: client.clientID), .userUnknown)
        }
    }

    /// In itsme's examples, `claims` is a string that holds JSON. Both forms are accepted.
    private static func object(_ json: JSON?) throws(SandboxRefusal) -> JSON? {
        guard let text = json?.string else { return json }
        return try require(try? JSON(parsing: text), .claimsMalformed)
    }

    /// A positive number of seconds. In itsme's examples, it is a string.
    private static func expiry(_ json: JSON?) throws(SandboxRefusal) -> Int64? {
        guard let json else { return nil }
        let seconds = json.integer ?? json.string.flatMap { Int64($0) } ?? 0
        try require(seconds > 0, .backchannelExpiry)
        return seconds
    }

    private static func notificationToken(
        _ json: JSON?, client: ClientRegistration
    ) throws(SandboxRefusal) -> String? {
        guard let json else {
            guard client.notificationEndpoint == nil else { throw SandboxRefusal(.notificationTokenMissing) }
            return nil
        }
        try require(client.notificationEndpoint != nil, .notificationTokenUnexpected)
        Recording.pass(.notificationTokenMissing)
        let token = json.string ?? ""
        try require(
            (1...1024).contains(token.utf8.count) && token.utf8.allSatisfy { (0x21...0x7E).contains($0) },
            .notificationTokenTooLong)
        return token
    }
}
