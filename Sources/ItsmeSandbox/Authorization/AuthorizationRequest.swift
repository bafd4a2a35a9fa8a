import JOSE
import WebFormats

/// An authorization request that follows every rule.
struct AuthorizationRequest: Sendable {
    let client: ClientRegistration
    let service: ServiceRegistration
    let returnAddress: ReturnAddress
    let nonce: String?
    let codeChallenge: String?
    /// The language of the page.
    let language: PageLanguage
    /// Whether `acr_advanced` was asked for.
    let wantsAdvanced: Bool
    let data: DataRequest
    /// What is to be confirmed, for a Confirmation.
    let template: ConfirmTemplate?
    /// The user that the relying party names, for a Confirmation by a known user.
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
            try require(data.asksForUserData(profile), .shareDataWithoutClaim)
        case .confirm:
            try require(parameters.hasRequestObject, .confirmWithoutRequestObject)
            template = try require(
                try ConfirmTemplate(claims, prefix: profile.templatePrefix), .confirmWithoutTemplate)
            knownUser = KnownUser(claims, profile: profile)
        }
    }

    static func checkResponse(_ parameters: RequestParameters) throws(SandboxRefusal) {
        let responseType = try require(parameters["response_type"], .responseTypeMissing)
        try require(responseType == "code", .responseTypeUnsupported)
    }

    private static func checkInteraction(_ parameters: RequestParameters) throws(SandboxRefusal) {
        try require([nil, "page"].contains(parameters["display"]), .displayUnsupported)
        let prompt = parameters.words("prompt")
        try require(prompt != ["none"], .promptNone)
        try require(prompt.allSatisfy { $0 == "login" || $0 == "consent" }, .promptUnsupported)
    }

    private static func challenge(
        _ parameters: RequestParameters, client: ClientRegistration
    ) throws(SandboxRefusal) -> String? {
        guard let challenge = parameters["code_challenge"] else {
            if client.requiresPKCE { throw SandboxRefusal(.challengeMissing) }
            return nil
        }
        if client.requiresPKCE { Recording.pass(.challengeMissing) }
        try require(parameters["code_challenge_method"] == "S256", .challengeMethod)
        try require((try? Base64URL.decode(challenge))?.count == 32, .challengeMalformed)
        return challenge
    }

    static func service(
        _ scopes: [String], client: ClientRegistration
    ) throws(SandboxRefusal) -> ServiceRegistration {
        try require(scopes.contains("openid"), .scopeMissingOpenID)
        let codes = scopes.filter { $0.hasPrefix("service:") }.map { String($0.dropFirst("service:".count)) }
        let code = try require(codes.first, .serviceMissing)
        try require(codes.count == 1, .serviceRepeated)
        Recording.current?.change { $0.service = code }
        return try require(client.services.first { $0.code.hasSameBytes(as: code) }, .serviceUnknown)
    }
}

extension DataRequest {
    /// Whether at least one claim about the person is requested.
    func asksForUserData(_ profile: ProfileNames) -> Bool {
        !scopeClaims.isEmpty || (idToken + userInfo).contains { profile.isUserClaim($0.name) }
    }
}

/// The redirect URI and the state of a request.
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
        let query = FormEncoding.encode(parameters)
        guard let mark = redirectURI.lastIndex(of: "?") else { return "\(redirectURI)?\(query)" }
        let needsSeparator = redirectURI.index(after: mark) < redirectURI.endIndex && !redirectURI.hasSuffix("&")
        return redirectURI + (needsSeparator ? "&" : "") + query
    }

    /// The location for an error. Characters that `error_description` must not have (RFC 6749 section 4.1.2.1) become
    /// `'`.
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

/// The user that the relying party names in a Confirmation.
struct KnownUser: Sendable {
    /// The user's `sub` at this client.
    var subject: String?
    /// The user's phone number, in the first generation.
    var phoneNumber: String?

    /// Reads the values of `sub` and, in the first generation, `phone_number`. `nil` when there is neither.
    ///
    /// Only the member `userinfo` counts, not `id_token`.
    init?(_ claims: ClaimsParameter, profile: ProfileNames) {
        func value(_ name: String) -> String? { claims.userInfo.first { $0.name == name }?.values.first }
        subject = value("sub")
        phoneNumber = profile.knowsUsersByPhoneNumber ? value("phone_number") : nil
        if subject == nil, phoneNumber == nil { return nil }
    }

    /// Whether `persona` is that user at this client.
    func isMet(by persona: Persona, clientID: String) -> Bool {
        if let subject {
            guard let own = try? persona.subject(clientID: clientID), own.hasSameBytes(as: subject) else {
                return false
            }
        }
        if let phoneNumber {
            guard let own = persona.phoneNumber, Persona.digits(own) == Persona.digits(phoneNumber) else {
                return false
            }
        }
        return true
    }
}

/// The `claims` parameter (OpenID Connect Core section 5.5).
struct ClaimsParameter: Sendable {
    var idToken: [RequestedClaim] = []
    var userInfo: [RequestedClaim] = []

    init(_ json: JSON?) throws(SandboxRefusal) {
        guard let json else { return }
        try require(json.kind == .object, .claimsMalformed)
        idToken = try Self.requested(json["id_token"], member: "id_token")
        userInfo = try Self.requested(json["userinfo"], member: "userinfo")
    }

    /// The claim `name` in `userinfo`, where itsme's examples have it, or else in `id_token`.
    func claim(_ name: String) -> RequestedClaim? {
        userInfo.first { $0.name == name } ?? idToken.first { $0.name == name }
    }

    private static func requested(_ json: JSON?, member: String) throws(SandboxRefusal) -> [RequestedClaim] {
        guard let json, !json.isNull else { return [] }
        guard let members = json.members else {
            throw SandboxRefusal(.claimsMalformed, detail: "Member: \(member).")
        }
        var claims: [RequestedClaim] = []
        for (index, (name, value)) in members.enumerated() {
            guard let claim = claim(name, value) else {
                throw SandboxRefusal(.claimsMalformed, detail: "Member \(index + 1) of \(member).")
            }
            claims.append(claim)
        }
        return claims
    }

    private static func claim(_ name: String, _ json: JSON) -> RequestedClaim? {
        if json.isNull { return RequestedClaim(name: name, isEssential: false, values: []) }
        guard json.kind == .object else { return nil }
        var isEssential = false
        if let essential = json["essential"] {
            guard let bool = essential.bool else { return nil }
            isEssential = bool
        }
        var values: [String] = []
        if let value = json["value"]?.string { values.append(value) }
        if let several = json["values"] {
            guard let elements = several.elements else { return nil }
            values += elements.compactMap(\.string)
        }
        return RequestedClaim(name: name, isEssential: isEssential, values: values)
    }
}

/// The parameters of an authorization request. Those of a request object replace those of the query.
struct RequestParameters: Sendable {
    /// The parameters that are read. OAuth requires that others are ignored. itsme also ignores `response_mode` and
    /// `max_age`: every answer is in the query, and the person authenticates each time.
    private static let textNames = [
        "response_type", "client_id", "scope", "redirect_uri", "state", "nonce", "display", "prompt",
        "ui_locales", "acr_values", "code_challenge", "code_challenge_method",
    ]

    /// The parameters that are read from a query.
    static let queryNames = textNames + ["claims", "request", "request_uri"]

    private var texts: [String: String] = [:]
    /// The `claims` parameter.
    private(set) var claims: JSON?
    /// Whether the parameters came in a request object.
    let hasRequestObject: Bool

    /// The parameters of a plain query.
    init(query: FormParameters) throws(SandboxRefusal) {
        self.init(query: query, hasRequestObject: false)
        if let text = query["claims"] { claims = try Self.parsedClaims(text) }
    }

    /// The parameters of a query and of a verified request object.
    ///
    /// `response_type`, `client_id` and `scope` must be in the query too, and be the same (OpenID Connect Core section
    /// 6.1); only the scope of the query may be `openid` alone. For all other parameters the request object counts.
    init(query: FormParameters, requestObject: JSON) throws(SandboxRefusal) {
        self.init(query: query, hasRequestObject: true)
        try require(
            query["response_type"] != nil && Self.words(query["scope"]).contains("openid"), .outerParameterMissing)
        for name in Self.textNames {
            guard let member = requestObject[name] else { continue }
            let inner = try require(member.string, .requestObjectMember, detail: "Member: \(name).")
            try Self.compare(name, outer: texts[name], inner: inner)
            texts[name] = inner.isEmpty ? nil : inner
        }
        if let member = requestObject["claims"] {
            try require(member.kind == .object, .requestObjectMember, detail: "Member: claims.")
            claims = member
        } else if let text = query["claims"] {
            claims = try Self.parsedClaims(text)
        }
    }

    private init(query: FormParameters, hasRequestObject: Bool) {
        self.hasRequestObject = hasRequestObject
        for name in Self.textNames { texts[name] = query[name] }
    }

    /// The parameter `name`, or `nil` when it is absent or empty.
    subscript(name: String) -> String? { texts[name] }

    /// The space-separated words of the parameter `name`.
    func words(_ name: String) -> [String] { Self.words(texts[name]) }

    private static func words(_ text: String?) -> [String] {
        (text ?? "").split(separator: " ").map(String.init)
    }

    private static func compare(_ name: String, outer: String?, inner: String) throws(SandboxRefusal) {
        let isSame: Bool
        switch name {
        case "response_type", "client_id": isSame = outer == inner
        case "scope": isSame = words(outer) == ["openid"] || Set(words(outer)) == Set(words(inner))
        default: return
        }
        try require(isSame, .outerParameterDiffers, detail: "Parameter: \(name).")
    }

    private static func parsedClaims(_ text: String) throws(SandboxRefusal) -> JSON {
        try require(try? JSON(parsing: text), .claimsMalformed)
    }
}
