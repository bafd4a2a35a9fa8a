#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
import JOSE

/// How the client learns that the person answered (CIBA Core 1.0 §5), as registered at itsme.
public enum BackchannelDelivery: String, Sendable, Hashable {
    /// The client polls itsme.
    case poll
    /// itsme notifies the client's ``BackchannelNotificationEndpoint``, then the client polls. Keep the request in
    /// ``BackchannelRequests``, where the endpoint finds it.
    case ping
}

/// A backchannel authentication request that itsme has accepted and the person must answer.
///
/// Keep it on the server until the answer arrives. Copies share the polling interval and the result. Another process
/// opens it with ``Sealer/openBackchannelRequest(_:of:)``, or several share it in ``BackchannelRequests``.
public struct BackchannelRequest: Sendable {
    /// The name of the request, which is not secret: the SHA-256 of ``authReqID`` in Base64url.
    /// ``BackchannelRequests`` finds the request by it.
    public let identifier: String

    /// The `auth_req_id`. With it and the client's key, the answer can be fetched.
    public let authReqID: Secret<String>

    /// When the request expires.
    public let expiresAt: Date

    /// The service code of the request.
    public let serviceCode: String

    /// The requested authentication level, if any.
    public let requestedLevel: AuthenticationLevel?

    /// The time to wait after an answer before you poll again.
    public var interval: Duration { pace.interval }

    /// The bearer token that itsme must send with a ping; nil with ``BackchannelDelivery/poll``.
    let notificationToken: Secret<String>?
    /// When the request was sent.
    let requestedAt: Date
    let issuer: String
    let clientID: String
    let expectedSubject: Secret<String>?
    var pace: PollingPace

    /// A short name for this login in logs, such as `7KQF2M9A`. It tells nothing about the secrets.
    public var reference: String { LoginReference.of(authReqID.exposedValue) }
}

/// The state of a backchannel authentication request.
public enum BackchannelPoll: Sendable {
    /// The person has not answered yet. A poll before `retryAfter` has passed is not sent to itsme.
    case pending(retryAfter: Duration)
    /// The person approved, and the tokens were validated.
    indirect case tokens(TokenResponse)  // Indirect, so that a task that waits for it takes less memory.
}

/// The person to whom a backchannel authentication request is sent (`login_hint_token`, CIBA Core 1.0 §7.1).
public struct LoginHint: Sendable {
    /// The format of the hint. itsme documents the first and shows the others in examples. Ask itsme which one your
    /// client must use.
    public enum Form: Sendable, Hashable {
        /// A JWT signed with the client's key, as in itsme's table of parameters.
        case jwt
        /// A JSON object, as in itsme's example.
        case object
        /// A JWT without its own signature (`alg: none`), as in another example of itsme. The enclosing request is
        /// always signed.
        case unsignedJWT
    }

    let type: String
    let value: Secret<String>
    let form: Form

    /// The `sub` that the ID token must have.
    let expectedSubject: Secret<String>?

    /// The person found by user discovery. Use each token once.
    public static func userIdentifierToken(_ token: UserIdentifierToken, form: Form = .jwt) -> LoginHint {
        LoginHint(type: "user_identifier_token", value: token.value, form: form, expectedSubject: nil)
    }

    /// A known person, by the `sub` of an earlier ID token. An ID token about another person is refused.
    public static func subject(_ subject: String, form: Form = .jwt) -> LoginHint {
        LoginHint(type: "subject_code", value: Secret(subject), form: form, expectedSubject: Secret(subject))
    }

    /// Refuses a hint that is empty or too long.
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
        case .jwt: return .string(try await ItsmeClient.sign(payload, with: signer, phase: .backchannelAuthentication))
        }
    }
}
