import ItsmeRP
import JOSE

/// A person who was logged in: what the demo shows of them.
struct DemoLogin {
    let subject: String
    let authenticationContextClass: String
    /// Names and values of the verified claims about the person.
    let claims: [(name: String, value: String)]

    /// What is about the token and not about the person.
    private static let tokenClaims: Set<String> = ["iss", "sub", "aud", "exp", "iat", "nbf"]

    static let requestedClaims: [RequestedClaim] = [
        .name, .birthdate, .email, .nationalNumber, .address, .citizenship,
    ]

    init(idToken: IDToken, userInfo: UserInfo) {
        subject = idToken.subject
        authenticationContextClass = idToken.authenticationContextClass ?? "none"
        claims = userInfo.claims.names.filter { !Self.tokenClaims.contains($0) }.compactMap { name in
            userInfo.claims.raw(name).map { (name, $0.string ?? $0.text) }
        }
    }

    /// The page that the person sees.
    var page: String {
        let rows = claims.map { "<tr><th>\(Self.escaped($0.name))<td>\(Self.escaped($0.value))" }
        return "<h1>You are logged in</h1><table>\(rows.joined())</table>"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
    }
}
