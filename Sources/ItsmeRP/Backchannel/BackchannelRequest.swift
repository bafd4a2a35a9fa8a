#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
import JOSE

/// How the client learns that the person answered (CIBA Core 1.0 §5); agreed with itsme at registration.
public enum BackchannelDelivery: String, Sendable, Hashable {
    /// The client asks from time to time.
    case poll
    /// itsme tells the client's ``BackchannelNotificationEndpoint``, and the client asks then.
    case ping
}

/// A backchannel authentication request that itsme accepted and a person has to answer.
///
/// Keep it on the server until the answer has come. Copies share one pace and one end; a request lives in the process
/// that made it.
public struct BackchannelRequest: Sendable {
    /// A name for the request that gives nothing away: the SHA-256 of ``authReqID`` in Base64url. The key under which
    /// ``BackchannelNotificationEndpoint`` looks for it.
    public let identifier: String

    /// The `auth_req_id`, which with the client's key opens the answer.
    public let authReqID: Secret<String>

    /// When the person has to have answered.
    public let expiresAt: Date

    /// The service code of the request.
    public let serviceCode: String

    /// The authentication level that was asked for, if one was.
    public let requestedLevel: AuthenticationLevel?

    /// How long to wait between two questions, from the last answer on.
    public var interval: Duration { pace.interval }

    /// What itsme has to show when it pings; nil with ``BackchannelDelivery/poll``.
    let notificationToken: Secret<String>?
    /// When the request was sent.
    let requestedAt: Date
    let issuer: String
    let clientID: String
    let expectedSubject: Secret<String>?
    let pace: PollingPace

    static func identifier(of authReqID: String) throws(ItsmeError) -> String {
        do {
            return try SHA256.encodedDigest(authReqID)
        } catch {
            throw ItsmeError(
                .invalidConfiguration, .backchannelAuthentication, "SHA-256 is not available",
                remedy: "Check the installed OpenSSL.", joseCode: error.code)
        }
    }
}

/// What itsme says of a backchannel authentication request.
public enum BackchannelPoll: Sendable {
    /// The person has not answered yet. Asking again before `retryAfter` is over does not reach itsme.
    case pending(retryAfter: Duration)
    /// The person approved, and everything was validated.
    case tokens(TokenResponse)
}

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
        case .jwt: return .string(try await ClientToken.sign(payload, with: signer, phase: .backchannelAuthentication))
        }
    }
}
