import HTTPTypes
import ItsmeRP
import JOSE
import WebFormats

/// The token endpoint: exchanges a code or an approved backchannel request for an ID token and an access token.
struct TokenEndpoint {
    static let backchannelGrantType = "urn:openid:params:grant-type:ciba"

    let core: SandboxCore

    func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
        do throws(SandboxRefusal) {
            let form = try Self.form(
                request, body,
                reading: ClientAuthenticator.parameters + [
                    "grant_type", "code", "redirect_uri", "code_verifier", "auth_req_id",
                ])
            let grantType = try require(form["grant_type"], .grantTypeMissing)
            let client = try await ClientAuthenticator(core: core).client(of: form, fields: request.headerFields)
            do throws(SandboxRefusal) {
                let isBackchannel = grantType == Self.backchannelGrantType && core.profile.profile == .v2
                try require(isBackchannel || grantType == "authorization_code", .grantTypeUnsupported)
                guard isBackchannel else { return try await tokens(for: form, client: client) }
                return try await BackchannelGrant(core: core, client: client).answer(form)
            } catch {
                throw error.naming(client)
            }
        } catch {
            return Self.refuse(error, core: core, request, body)
        }
    }

    /// The parameters `names` of a POST with a form body.
    static func form(
        _ request: HTTPRequest, _ body: [UInt8], reading names: [String]
    ) throws(SandboxRefusal) -> FormParameters {
        try require(request.method == .post, .tokenMethod)
        try require(request.headerFields.mediaType == "application/x-www-form-urlencoded", .tokenMediaType)
        let form = try require(try? FormParameters(body, reading: names), .tokenForm)
        try require(form.firstRepeated == nil, .tokenParameterRepeated)
        return form
    }

    /// An error in itsme's form: `error`, and `detail` instead of `error_description`.
    static func refuse(
        _ refusal: SandboxRefusal, core: SandboxCore, _ request: HTTPRequest, _ body: [UInt8]
    ) -> HTTPReply {
        var refusal = refusal
        refusal.add(request, body, core: core)
        let status: HTTPResponse.Status
        var fields: [HTTPField] = []
        switch (refusal.rule, refusal.rule.error) {
        case (.tokenMethod, _):
            status = .methodNotAllowed
            fields = [HTTPField(name: .allow, value: "POST")]
        case (.userDiscoveryTooOften, _): status = .tooManyRequests
        case (_, "invalid_client"): status = .unauthorized
        case (_, "access_denied"): status = .forbidden
        case (_, "server_error"): status = .internalServerError
        default: status = .badRequest
        }
        core.note(&refusal, status)
        return .json(
            ["error": .string(refusal.rule.error), "detail": .string(refusal.message)], status: status, fields: fields)
    }

    private func tokens(
        for form: FormParameters, client: ClientRegistration
    ) async throws(SandboxRefusal) -> HTTPReply {
        let code = try require(form["code"], .codeMissing)
        // Finds out before the code is used up whether the answer can be encrypted.
        let writer = try await TokenWriter(core: core, client: client, encryption: client.idTokenEncryption)
        let accessToken = try core.freshIdentifier()
        let now = core.now
        let grant = try core.state.redeem(
            code, clientID: client.clientID, accessToken: accessToken,
            tokenExpires: now + Double(core.lifetimes.accessToken), now: now)
        do throws(SandboxRefusal) {
            try Self.check(form, grant: grant)
            return try await response(grant, accessToken: accessToken, writer: writer, client: client)
        } catch {
            core.state.revoke(accessToken, clientID: client.clientID)
            throw error
        }
    }

    /// The token response for a grant, with `fault` or the next fault of the token response.
    func response(
        _ grant: AuthorizationGrant, accessToken: String, writer: TokenWriter, client: ClientRegistration,
        fault: SandboxFault? = nil
    ) async throws(SandboxRefusal) -> HTTPReply {
        let claims = try IDTokenClaims(core: core, grant: grant, accessToken: accessToken).json()
        let fault = fault ?? core.takeFault(.token, for: client)
        var response: JSONValue = [
            "access_token": .string(accessToken),
            "token_type": "Bearer",
            "expires_in": .integer(core.lifetimes.accessToken),
            "id_token": .string(try await writer.token(.idToken, claims, fault: fault)),
        ]
        if case .response(let change) = fault?.effect { change(&response, core.scene) }
        var reply = HTTPReply.json(response)
        await fault?.alter(&reply)
        return reply
    }

    private static func check(_ form: FormParameters, grant: AuthorizationGrant) throws(SandboxRefusal) {
        let (sent, granted) = (form["redirect_uri"] ?? "none", grant.redirectURI ?? "none")
        try require(
            form["redirect_uri"] != nil && grant.redirectURI != nil && sent.hasSameBytes(as: granted), .codeRedirectURI,
            sent: [.init("redirect_uri", sent)], expected: [.init("redirect_uri", granted)])
        guard let challenge = grant.codeChallenge else {
            if form["code_verifier"] != nil { throw SandboxRefusal(.verifierUnexpected) }
            return
        }
        let verifier = try require(form["code_verifier"], .verifierMissing)
        try require(isVerifier(verifier), .verifierMalformed)
        let digest = (try? SHA256.digest(Array(verifier.utf8))).map { Array(Base64URL.encode($0).utf8) }
        try require(digest.map { ConstantTime.equal($0, Array(challenge.utf8)) } == true, .verifierWrong)
    }

    /// 43 to 128 unreserved characters (RFC 7636 section 4.1).
    private static func isVerifier(_ text: String) -> Bool {
        (43...128).contains(text.utf8.count) && text.utf8.allSatisfy(\.isUnreserved)
    }
}

/// The revocation endpoint (RFC 7009), for clients with a secret: Basic authentication, and 200 even for unknown
/// tokens.
struct RevocationEndpoint {
    let core: SandboxCore

    func respond(to request: HTTPRequest, body: [UInt8]) -> HTTPReply {
        do throws(SandboxRefusal) {
            let form = try TokenEndpoint.form(request, body, reading: ["token"])
            let client = try client(request.headerFields)
            do throws(SandboxRefusal) {
                core.state.revoke(try require(form["token"], .revocationTokenMissing), clientID: client.clientID)
                return .bytes([], type: "application/json")
            } catch {
                throw error.naming(client)
            }
        } catch {
            var reply = TokenEndpoint.refuse(error, core: core, request, body)
            if reply.response.status == .unauthorized { reply.response.headerFields[.wwwAuthenticate] = "Basic" }
            return reply
        }
    }

    private func client(_ fields: HTTPFields) throws(SandboxRefusal) -> ClientRegistration {
        let credentials = try require(fields[.authorization].flatMap(Self.credentials), .authenticationMissing)
        let parts = credentials.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let decoded = parts.compactMap(Self.formDecoded)
        let client = try require(decoded.count == 2 ? core.client(decoded[0]) : nil, .clientUnknown)
        do throws(SandboxRefusal) {
            let secret = try require(client.secret, .revocationNotOffered)
            try require(secret.matches(decoded[1]), .secretWrong)
            return client
        } catch {
            throw error.naming(client)
        }
    }

    /// The text that Basic authentication sends.
    private static func credentials(_ header: String) -> String? {
        guard header.lowercased().hasPrefix("basic "), let bytes = base64Decoded(header.dropFirst("basic ".count))
        else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// Base64 with the alphabet of RFC 4648 section 4, padding optional.
    private static func base64Decoded(_ text: Substring) -> [UInt8]? {
        let digits = text.prefix { $0 != "=" }
        guard text.dropFirst(digits.count).count <= 2, !digits.contains("-"), !digits.contains("_") else { return nil }
        return try? Base64URL.decode(String(digits.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 }))
    }

    /// Client id and secret are form-encoded before they are put together (RFC 6749 section 2.3.1).
    private static func formDecoded(_ text: Substring) -> String? {
        guard !text.contains("&"), !text.contains("=") else { return String(text) }
        return FormEncoding.decodeComponent(Array(text.utf8)[...])
    }
}
