/// What a person approved for a client: the ground on which tokens are given.
struct AuthorizationGrant: Sendable {
    /// The client it was given to.
    let clientID: String
    /// The redirect URI of the authorization request; none of a backchannel request.
    let redirectURI: String?
    /// The person who approved.
    let persona: Persona
    /// What was asked for.
    let request: DataRequest
    /// The nonce to repeat in the ID token.
    let nonce: String?
    /// The S256 challenge of PKCE.
    let codeChallenge: String?
    /// The acr that was reached, by its full name.
    let acr: String
    /// When the person approved, in seconds since 1970.
    let authenticationTime: Int64
}

/// Which data of the person an authorization request asks for.
struct DataRequest: Sendable {
    /// The claims that the scope values stand for.
    var scopeClaims: [String] = []
    /// Claims for the ID token.
    var idToken: [RequestedClaim] = []
    /// Claims for the UserInfo answer.
    var userInfo: [RequestedClaim] = []

    /// The names that the UserInfo answer is made of: those of the scopes, then those of the claims request.
    var userInfoNames: [String] {
        var seen: Set<String> = []
        return (scopeClaims + userInfo.map(\.name)).filter { seen.insert($0).inserted }
    }
}

/// One claim of the `claims` parameter.
struct RequestedClaim: Sendable {
    /// The name of the claim.
    let name: String
    /// Whether it was marked essential.
    let isEssential: Bool
    /// The strings of `value` and `values`.
    let values: [String]
}
