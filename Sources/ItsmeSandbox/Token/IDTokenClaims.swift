import JOSE

/// The claims of an ID token for one grant.
struct IDTokenClaims {
    /// Names that a claims request cannot fill.
    private static let reserved: Set<String> = [
        "iss", "sub", "aud", "exp", "iat", "nbf", "nonce", "acr", "auth_time", "at_hash",
    ]

    let core: SandboxCore
    let grant: AuthorizationGrant
    let accessToken: String

    func json() throws(SandboxRefusal) -> JSONValue {
        do {
            return try claims()
        } catch {
            throw SandboxRefusal(.sandboxFailure, detail: "Digest: \(error.code).")
        }
    }

    private func claims() throws(JOSEError) -> JSONValue {
        let now = core.nowInSeconds
        var claims: JSONValue = [
            "iss": .string(core.endpoints.issuer),
            "sub": .string(try grant.persona.subject(clientID: grant.clientID)),
            "aud": .string(grant.clientID),
            "exp": .integer(now + core.lifetimes.idToken),
            "iat": .integer(now),
            "acr": .string(grant.acr),
            "auth_time": .integer(grant.authenticationTime),
        ]
        if let nonce = grant.nonce { claims["nonce"] = .string(nonce) }
        if core.includesAccessTokenHash {
            let digest = try SHA256.digest(Array(accessToken.utf8))
            claims["at_hash"] = .string(Base64URL.encode(Array(digest.prefix(digest.count / 2))))
        }
        let names = grant.request.idToken.map(\.name).filter { !Self.reserved.contains($0) }
        for member in grant.persona.members(
            named: names, profile: core.profile, pictureURL: core.endpoints.url(.picture), now: core.now)
        {
            claims[member.name] = member.value
        }
        return claims
    }
}
