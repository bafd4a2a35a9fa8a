import JOSE

/// A backchannel authentication request that satisfies every rule, ready to be put to a person's phone.
struct BackchannelAuthenticationRequest: Sendable {
    let client: ClientRegistration
    let service: ServiceRegistration
    /// Whose phone it goes to.
    let person: Persona
    let data: DataRequest
    /// What is to be confirmed, for a Confirmation.
    let template: ConfirmTemplate?
    /// Whether `acr_advanced` was asked for.
    let wantsAdvanced: Bool
    /// How long the relying party wants the person to have, in seconds.
    let requestedExpiry: Int64?
    /// What a ping has to show, for a client that is pinged.
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
        switch service.kind {
        case .login: template = nil
        case .shareData:
            template = nil
            guard data.asksForUserData(profile) else { throw SandboxRefusal(.shareDataWithoutClaim) }
        case .confirm:
            guard let template = try ConfirmTemplate(requested, prefix: profile.templatePrefix) else {
                throw SandboxRefusal(.confirmWithoutTemplate)
            }
            self.template = template
        }
        requestedExpiry = try Self.expiry(claims["requested_expiry"])
        notificationToken = try Self.notificationToken(claims["client_notification_token"], client: client)
        guard let hint = claims["login_hint_token"] else { throw SandboxRefusal(.loginHintMissing) }
        self.person = try await person(hint)
        if let known = KnownUser(requested, profile: profile), !known.isMet(by: self.person, clientID: client.clientID)
        {
            throw SandboxRefusal(.userUnknown)
        }
    }

    /// itsme's examples have `claims` as a string that holds JSON; both forms are taken.
    private static func object(_ json: JSON?) throws(SandboxRefusal) -> JSON? {
        guard let text = json?.string else { return json }
        guard let parsed = try? JSON(parsing: text) else { throw SandboxRefusal(.claimsMalformed) }
        return parsed
    }

    /// A positive number of seconds; itsme's examples have it as a string.
    private static func expiry(_ json: JSON?) throws(SandboxRefusal) -> Int64? {
        guard let json else { return nil }
        guard let seconds = json.integer ?? json.string.flatMap({ Int64($0) }), seconds > 0 else {
            throw SandboxRefusal(.backchannelExpiry)
        }
        return seconds
    }

    private static func notificationToken(
        _ json: JSON?, client: ClientRegistration
    ) throws(SandboxRefusal) -> String? {
        guard let json else {
            guard client.notificationEndpoint == nil else { throw SandboxRefusal(.notificationTokenMissing) }
            return nil
        }
        guard client.notificationEndpoint != nil else { throw SandboxRefusal(.notificationTokenUnexpected) }
        guard let token = json.string, (1...1024).contains(token.utf8.count),
            token.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw SandboxRefusal(.notificationTokenTooLong) }
        return token
    }
}
