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
