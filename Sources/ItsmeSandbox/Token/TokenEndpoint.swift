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
            guard let grantType = form["grant_type"] else { throw SandboxRefusal(.grantTypeMissing) }
            let client = try await ClientAuthenticator(core: core).client(of: form, fields: request.headerFields)
            do throws(SandboxRefusal) {
                switch grantType {
                case "authorization_code":
                    return try await tokens(for: form, client: client)
                case Self.backchannelGrantType where core.profile.profile == .v2:
                    return try await BackchannelGrant(core: core, client: client).answer(form)
                default:
                    throw SandboxRefusal(.grantTypeUnsupported)
                }
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
        guard request.method == .post else { throw SandboxRefusal(.tokenMethod) }
        guard request.headerFields.mediaType == "application/x-www-form-urlencoded" else {
            throw SandboxRefusal(.tokenMediaType)
        }
        let form: FormParameters
        do {
            form = try FormParameters(body, reading: names)
        } catch {
            throw SandboxRefusal(.tokenForm)
        }
        guard form.firstRepeated == nil else { throw SandboxRefusal(.tokenParameterRepeated) }
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
        guard let code = form["code"] else { throw SandboxRefusal(.codeMissing) }
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
            "id_token": .string(try await writer.token(claims, fault: fault)),
        ]
        if case .response(let change) = fault?.effect { change(&response, core.scene) }
        var reply = HTTPReply.json(response)
        await fault?.alter(&reply)
        return reply
    }

    private static func check(_ form: FormParameters, grant: AuthorizationGrant) throws(SandboxRefusal) {
        guard let redirectURI = form["redirect_uri"], let granted = grant.redirectURI,
            redirectURI.hasSameBytes(as: granted)
        else {
            throw SandboxRefusal(
                .codeRedirectURI, sent: [.init("redirect_uri", form["redirect_uri"] ?? "none")],
                expected: [.init("redirect_uri", grant.redirectURI ?? "none")])
        }
        switch (grant.codeChallenge, form["code_verifier"]) {
        case (nil, nil):
            return
        case (nil, _?):
            throw SandboxRefusal(.verifierUnexpected)
        case (_?, nil):
            throw SandboxRefusal(.verifierMissing)
        case (let challenge?, let verifier?):
            guard isVerifier(verifier) else { throw SandboxRefusal(.verifierMalformed) }
            guard let digest = try? SHA256.digest(Array(verifier.utf8)),
                ConstantTime.equal(Array(Base64URL.encode(digest).utf8), Array(challenge.utf8))
            else { throw SandboxRefusal(.verifierWrong) }
        }
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
            guard let token = form["token"] else {
                throw SandboxRefusal(.revocationTokenMissing, clientID: client.clientID)
            }
            core.state.revoke(token, clientID: client.clientID)
            return .bytes([], type: "application/json")
        } catch {
            var reply = TokenEndpoint.refuse(error, core: core, request, body)
            if reply.response.status == .unauthorized { reply.response.headerFields[.wwwAuthenticate] = "Basic" }
            return reply
        }
    }

    private func client(_ fields: HTTPFields) throws(SandboxRefusal) -> ClientRegistration {
        guard let header = fields[.authorization], header.lowercased().hasPrefix("basic "),
            let bytes = Self.base64Decoded(header.dropFirst("basic ".count)),
            let credentials = String(validating: bytes, as: UTF8.self)
        else { throw SandboxRefusal(.authenticationMissing) }
        let parts = credentials.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let clientID = Self.formDecoded(parts[0]), let given = Self.formDecoded(parts[1]),
            let client = core.client(clientID)
        else { throw SandboxRefusal(.clientUnknown) }
        guard let secret = client.secret else { throw SandboxRefusal(.revocationNotOffered, clientID: clientID) }
        guard secret.matches(given) else { throw SandboxRefusal(.secretWrong, clientID: clientID) }
        return client
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
