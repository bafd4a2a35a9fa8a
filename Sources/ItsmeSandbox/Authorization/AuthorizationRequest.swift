import JOSE

/// An authorization request that satisfies every rule, ready to be put to a person.
struct AuthorizationRequest: Sendable {
    let client: ClientRegistration
    let service: ServiceRegistration
    let returnAddress: ReturnAddress
    let nonce: String?
    let codeChallenge: String?
    /// What the page is to be in.
    let language: PageLanguage
    /// Whether `acr_advanced` was asked for.
    let wantsAdvanced: Bool
    let data: DataRequest
    /// What is to be confirmed, for a Confirmation.
    let template: ConfirmTemplate?
    /// Who the relying party says is there, for a Confirmation by a known user.
    let knownUser: KnownUser?

    /// Checks `parameters` rule by rule.
    init(
        _ parameters: RequestParameters, client: ClientRegistration, returnAddress: ReturnAddress,
        profile: ProfileNames
    ) throws(SandboxRefusal) {
        self.client = client
        self.returnAddress = returnAddress
        nonce = parameters["nonce"]
        language = PageLanguage(locales: parameters.words("ui_locales"))
        try Self.checkResponse(parameters)
        try Self.checkInteraction(parameters)
        codeChallenge = try Self.challenge(parameters, client: client)

        let scopes = parameters.words("scope")
        service = try Self.service(scopes, client: client)
        let claims = try ClaimsParameter(parameters.claims)
        wantsAdvanced =
            parameters.words("acr_values").contains(profile.advancedACR)
            || claims.idToken.contains { $0.name == "acr" && $0.values.contains(profile.advancedACR) }
        data = DataRequest(
            scopeClaims: scopes.flatMap(profile.claims(ofScope:)), idToken: claims.idToken, userInfo: claims.userInfo)

        switch service.kind {
        case .login:
            (template, knownUser) = (nil, nil)
        case .shareData:
            (template, knownUser) = (nil, nil)
            guard data.asksForUserData(profile) else { throw SandboxRefusal(.shareDataWithoutClaim) }
        case .confirm:
            guard parameters.hasRequestObject else { throw SandboxRefusal(.confirmWithoutRequestObject) }
            guard let template = try ConfirmTemplate(claims, prefix: profile.templatePrefix) else {
                throw SandboxRefusal(.confirmWithoutTemplate)
            }
            self.template = template
            knownUser = KnownUser(claims, profile: profile)
        }
    }

    private static func checkResponse(_ parameters: RequestParameters) throws(SandboxRefusal) {
        guard let responseType = parameters["response_type"] else { throw SandboxRefusal(.responseTypeMissing) }
        guard responseType == "code" else { throw SandboxRefusal(.responseTypeUnsupported) }
    }

    private static func checkInteraction(_ parameters: RequestParameters) throws(SandboxRefusal) {
        guard [nil, "page"].contains(parameters["display"]) else { throw SandboxRefusal(.displayUnsupported) }
        let prompt = parameters.words("prompt")
        guard prompt != ["none"] else { throw SandboxRefusal(.promptNone) }
        guard prompt.allSatisfy({ $0 == "login" || $0 == "consent" }) else { throw SandboxRefusal(.promptUnsupported) }
    }

    private static func challenge(
        _ parameters: RequestParameters, client: ClientRegistration
    ) throws(SandboxRefusal) -> String? {
        guard let challenge = parameters["code_challenge"] else {
            if client.requiresPKCE { throw SandboxRefusal(.challengeMissing) }
            return nil
        }
        guard parameters["code_challenge_method"] == "S256" else { throw SandboxRefusal(.challengeMethod) }
        guard let digest = try? Base64URL.decode(challenge), digest.count == 32 else {
            throw SandboxRefusal(.challengeMalformed)
        }
        return challenge
    }

    static func service(
        _ scopes: [String], client: ClientRegistration
    ) throws(SandboxRefusal) -> ServiceRegistration {
        guard scopes.contains("openid") else { throw SandboxRefusal(.scopeMissingOpenID) }
        let codes = scopes.filter { $0.hasPrefix("service:") }.map { $0.dropFirst("service:".count) }
        guard let code = codes.first else { throw SandboxRefusal(.serviceMissing) }
        guard codes.count == 1 else { throw SandboxRefusal(.serviceRepeated) }
        guard let service = client.services.first(where: { $0.code.isExactly(String(code)) }) else {
            throw SandboxRefusal(.serviceUnknown)
        }
        return service
    }
}

extension DataRequest {
    /// Whether at least one claim about the person is asked for.
    func asksForUserData(_ profile: ProfileNames) -> Bool {
        !scopeClaims.isEmpty || (idToken + userInfo).contains { profile.isUserClaim($0.name) }
    }
}

/// Where the browser goes back to, with what the relying party wants to see again.
struct ReturnAddress: Sendable {
    let redirectURI: String
    let state: String?

    /// `parameters` and the state.
    func parameters(_ parameters: [(name: String, value: String)]) -> [(name: String, value: String)] {
        guard let state else { return parameters }
        return parameters + [("state", state)]
    }

    /// The redirect URI with `parameters` added to its query.
    func location(_ parameters: [(name: String, value: String)]) -> String {
        let query = parameters.map { "\($0.name)=\(FormParameters.encoded($0.value))" }.joined(separator: "&")
        guard let mark = redirectURI.lastIndex(of: "?") else { return "\(redirectURI)?\(query)" }
        let needsSeparator = redirectURI.index(after: mark) < redirectURI.endIndex && !redirectURI.hasSuffix("&")
        return redirectURI + (needsSeparator ? "&" : "") + query
    }

    /// The location for an error; what `error_description` cannot hold (RFC 6749 section 4.1.2.1) is replaced.
    func location(error: String, description: String) -> String {
        let allowed = description.unicodeScalars.map { scalar -> Character in
            switch scalar.value {
            case 0x20, 0x21, 0x23...0x5B, 0x5D...0x7E: Character(scalar)
            default: "'"
            }
        }
        return location(parameters([("error", error), ("error_description", String(allowed))]))
    }
}
