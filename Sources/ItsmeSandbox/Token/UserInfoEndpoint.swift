import HTTPTypes
import ItsmeRP
import JOSE

/// The UserInfo endpoint and the picture, both read with the access token.
struct UserInfoEndpoint {
    let core: SandboxCore

    func respond(to request: HTTPRequest, query: [UInt8]) async -> HTTPReply {
        do throws(SandboxRefusal) {
            let grant = try grant(request, query)
            // The registration may be gone meanwhile.
            let client = try require(core.client(grant.clientID), .bearerUnknown)
            do throws(SandboxRefusal) {
                let writer = try await TokenWriter(core: core, client: client, encryption: client.userInfoEncryption)
                let claims = try claims(for: grant)
                let fault = core.takeFault(.userInfo, for: client)
                let token = try await writer.token(.userInfo, claims, fault: fault)
                // Like itsme, although the body is a JWT.
                var reply = HTTPReply.bytes(
                    Array(token.utf8), type: "application/json")
                await fault?.alter(&reply)
                return reply
            } catch {
                throw error.naming(client)
            }
        } catch {
            return refuse(error, request)
        }
    }

    /// The picture of the document, for a grant that asked for the claim `picture`.
    func picture(_ request: HTTPRequest, query: [UInt8]) -> HTTPReply {
        do throws(SandboxRefusal) {
            let grant = try grant(request, query)
            let names = grant.request.userInfoNames + grant.request.idToken.map(\.name)
            guard names.contains("picture"), let picture = grant.persona.picture else {
                throw SandboxRefusal(.pictureAbsent, clientID: grant.clientID)
            }
            Recording.pass(.pictureAbsent)
            return .bytes(
                picture, type: "image/jpeg")
        } catch {
            return refuse(error, request)
        }
    }

    private func grant(_ request: HTTPRequest, _ query: [UInt8]) throws(SandboxRefusal) -> AuthorizationGrant {
        try require(request.method == .get, .userInfoMethod)
        try require(!Self.hasToken(query), .bearerInQuery)
        let token = try require(request.headerFields[.authorization].flatMap(Self.bearer), .bearerMissing)
        return try core.state.grant(for: token, now: core.now)
    }

    /// The token of a field `Authorization: Bearer`.
    private static func bearer(_ header: String) -> String? {
        let parts = header.split(separator: " ", omittingEmptySubsequences: true)
        return parts.count == 2 && parts[0].lowercased() == "bearer" ? String(parts[1]) : nil
    }

    /// Whether an access token is in the query, readable or not.
    private static func hasToken(_ query: [UInt8]) -> Bool {
        do {
            return try FormParameters(query, reading: ["access_token"])["access_token"] != nil
        } catch {
            return error == .encoding
        }
    }

    private func claims(for grant: AuthorizationGrant) throws(SandboxRefusal) -> JSONValue {
        let subject: String
        do {
            subject = try grant.persona.subject(clientID: grant.clientID)
        } catch {
            throw SandboxRefusal(.sandboxFailure, detail: "Digest: \(error.code).")
        }
        var claims: JSONValue = ["sub": .string(subject)]
        for member in grant.persona.members(
            named: grant.request.userInfoNames, profile: core.profile, pictureURL: core.endpoints.url(.picture),
            now: core.now)
        {
            claims[member.name] = member.value
        }
        if core.userInfoHasTokenClaims {
            let now = core.nowInSeconds
            claims["iss"] = .string(core.endpoints.issuer)
            claims["aud"] = .string(grant.clientID)
            claims["nbf"] = .integer(now)
            claims["iat"] = .integer(now)
            claims["exp"] = .integer(now + core.lifetimes.idToken)
        }
        return claims
    }

    /// An error in itsme's form, with the header of RFC 6750 section 3.
    private func refuse(_ refusal: SandboxRefusal, _ request: HTTPRequest) -> HTTPReply {
        var refusal = refusal
        refusal.add(request, core: core)
        let error = refusal.rule.error
        let status: HTTPResponse.Status
        var fields: [HTTPField] = []
        switch refusal.rule {
        case .userInfoMethod:
            status = .methodNotAllowed
            fields = [HTTPField(name: .allow, value: "GET")]
        case .bearerMissing:
            // RFC 6750: a request without a token gets no error code.
            status = .unauthorized
            fields = [HTTPField(name: .wwwAuthenticate, value: "Bearer realm=\"itsme\"")]
        case .pictureAbsent: status = .notFound
        case .sandboxFailure: status = .internalServerError
        default:
            status = error == "invalid_token" ? .unauthorized : .badRequest
            fields = [HTTPField(name: .wwwAuthenticate, value: "Bearer realm=\"itsme\", error=\"\(error)\"")]
        }
        core.note(&refusal, status)
        return .json(
            ["error": .string(error), "detail": .string(refusal.message)], status: status, fields: fields)
    }
}
