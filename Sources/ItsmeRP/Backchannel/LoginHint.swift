import JOSE

/// Whose phone a backchannel authentication request goes to (`login_hint_token`, CIBA Core 1.0 §7.1).
public struct LoginHint: Sendable {
    /// How the hint is written. itsme documents the first and exemplifies the others; ask which your client is to use.
    public enum Form: Sendable, Hashable {
        /// A JWT signed with the client's key, as itsme's table of parameters has it.
        case jwt
        /// A JSON object, as itsme's example has it.
        case object
        /// A JWT without a signature of its own (`alg: none`), as another example of itsme has it. The request around it
        /// is signed in each form.
        case unsignedJWT
    }

    let type: String
    let value: Secret<String>
    let form: Form

    /// The `sub` that the ID token must have.
    let expectedSubject: Secret<String>?

    /// The person whom user discovery found. Use each token once.
    public static func userIdentifierToken(_ token: UserIdentifierToken, form: Form = .jwt) -> LoginHint {
        LoginHint(type: "user_identifier_token", value: token.value, form: form, expectedSubject: nil)
    }

    /// A known person, by the `sub` of an earlier ID token; an ID token about another one is refused.
    public static func subject(_ subject: String, form: Form = .jwt) -> LoginHint {
        LoginHint(type: "subject_code", value: Secret(subject), form: form, expectedSubject: Secret(subject))
    }

    /// Refuses what cannot lead to anybody.
    func validate() throws(ItsmeError) {
        let maximum = expectedSubject == nil ? 8192 : 255
        guard (1...maximum).contains(value.exposedValue.utf8.count) else {
            throw ItsmeError(
                .invalidConfiguration, .backchannelAuthentication, "the login hint is empty or too long",
                remedy: "Give the sub of an earlier ID token, or the token of user discovery.", field: "hint")
        }
    }

    /// The value of the parameter.
    func parameter(signedBy signer: any KeySigner) async throws -> JSONValue {
        let payload: JSONValue = ["type": .string(type), "value": .string(value.exposedValue)]
        switch form {
        case .object: return payload
        case .unsignedJWT:
            let header: JSONValue = ["alg": "none"]
            return .string(
                Base64URL.encode(header.serialized()) + "." + Base64URL.encode(payload.serialized()) + ".")
        case .jwt: return .string(try await OwnToken.sign(payload, with: signer, phase: .backchannelAuthentication))
        }
    }
}
