import JOSE
import WebFormats

/// The answer of the token endpoint, with a validated ID token.
public struct TokenResponse: Sendable {
    /// The validated ID token.
    public let idToken: IDToken

    /// The access token: only for UserInfo and the picture.
    public let accessToken: Secret<String>

    /// The lifetime of the access token, if itsme states it.
    public let expiresIn: Duration?

    /// The name of the login in log lines.
    public let reference: String
}

/// The body of a successful answer of the token endpoint (OpenID Connect Core 1.0 §3.1.3.3), of which only the form is
/// checked.
package struct TokenResponseBody {
    package let accessToken: Secret<String>
    /// The compact serialization in ASCII.
    package let idToken: [UInt8]
    let expiresIn: Duration?

    package init(parsing body: [UInt8]) throws(ItsmeError) {
        ValidationTrace.rule(.token, "json", "The token response is a strict JSON object.")
        let json: JSON
        do {
            json = try JSON(parsing: body)
        } catch {
            throw ItsmeError(
                .tokenResponseMalformed, .token, "the token response is not strict JSON",
                joseCode: error.code)
        }
        guard json.kind == .object else { throw Self.malformed(nil) }
        ValidationTrace.rule(.token, "access_token", "There is an access token.")
        guard let accessToken = json["access_token"]?.string, !accessToken.isEmpty,
            // RFC 6750 §2.1: the characters of a Bearer token.
            accessToken.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw Self.malformed("access_token") }
        ValidationTrace.rule(.token, "token_type", "The token type is Bearer.")
        guard let type = json.nonNull("token_type")?.string else { throw Self.malformed("token_type") }
        guard type.isToken("bearer") else {
            throw ItsmeError(.tokenTypeUnsupported, .token, field: "token_type")
        }
        ValidationTrace.rule(.token, "id_token", "There is an ID token.")
        guard let idToken = json.nonNull("id_token") else {
            throw ItsmeError(.idTokenMissing, .token, field: "id_token")
        }
        guard let compact = idToken.stringBytes else { throw Self.malformed("id_token") }
        // Nothing depends on it, so a malformed value is ignored.
        expiresIn = json["expires_in"]?.seconds
        self.accessToken = Secret(accessToken)
        self.idToken = compact
    }

    private static func malformed(_ member: String?) -> ItsmeError {
        ItsmeError(.tokenResponseMalformed, .token, field: member)
    }
}
