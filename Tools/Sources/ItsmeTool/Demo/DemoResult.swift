import ItsmeRP
import JOSE

/// What a verified answer of itsme said: what the demo shows of it.
struct DemoResult: Sendable {
    /// A claim about the person or the approval, as it came.
    struct Claim: Sendable {
        let name: String
        let value: JSON

        /// The value in one line.
        var text: String { value.string ?? value.text }
    }

    let subject: String
    let authenticationContextClass: String
    /// The verified claims about the person.
    let claims: [Claim]

    /// What is about the token and not about the person.
    private static let tokenClaims: Set<String> = [
        "iss", "sub", "aud", "exp", "iat", "nbf", "nonce", "acr", "auth_time", "at_hash",
    ]

    /// - Throws: ``ItsmeError`` when the two are about different people.
    init(idToken: IDToken, userInfo: UserInfo?) throws {
        subject = idToken.subject
        authenticationContextClass = idToken.authenticationContextClass ?? "none"
        let all = try userInfo?.claims(mergedInto: idToken) ?? idToken.claims
        claims = all.names.filter { !Self.tokenClaims.contains($0) }.compactMap { name in
            all.raw(name).map { Claim(name: name, value: $0) }
        }
    }

    /// A name without itsme's namespace.
    static func label(_ name: String) -> String {
        name.split(separator: "/").last.map(String.init) ?? name
    }
}
