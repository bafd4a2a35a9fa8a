import JOSE
import WebFormats

// Faults of user discovery and backchannel authentication.

extension SandboxFault {
    private static func response(
        _ name: String, _ place: Place, isTolerable: Bool = false, _ explanation: String,
        _ change: @escaping @Sendable (inout JSONValue) -> Void
    ) -> SandboxFault {
        SandboxFault(name, place, isTolerable: isTolerable, explanation, .response { response, _ in change(&response) })
    }

    // MARK: User discovery

    static let userDiscovery: [SandboxFault] = [
        discoveryAtTopLevel, discoveryWithoutInterval, discoveryWithoutSession, discoveryCodeNotImage,
        discoveryStatusUnknown,
    ]

    /// `qr_code` and `expires_at` stand at the top level, as in one of itsme's examples.
    public static let discoveryAtTopLevel = response(
        "user-discovery-top-level", .userDiscovery, isTolerable: true, "qr_code and expires_at stand at the top level."
    ) { response in
        guard case .object(let members)? = response["user_discovery_token"] else { return }
        response.remove("user_discovery_token")
        for member in members { response[member.name] = member.value }
    }
    /// There is no `interval`.
    public static let discoveryWithoutInterval = response(
        "user-discovery-without-interval", .userDiscovery, isTolerable: true, "There is no interval."
    ) { $0.remove("interval") }
    /// The identifier of the session is two dots.
    public static let discoveryWithoutSession = response(
        "user-discovery-session-dots", .userDiscovery, "The identifier of the session is two dots."
    ) { $0["user_discovery_session_id"] = ".." }
    /// The QR code is an HTML page.
    public static let discoveryCodeNotImage = response(
        "user-discovery-not-image", .userDiscovery, "The QR code is an HTML page."
    ) { $0["user_discovery_token"] = ["qr_code": .string(StandardBase64.encode(Array("<!doctype html>".utf8)))] }
    /// The status is undocumented.
    public static let discoveryStatusUnknown = response(
        "user-discovery-status-unknown", .userDiscovery, "The status is undocumented."
    ) { $0["status"] = "STATUS_OF_NEXT_YEAR" }

    // MARK: Backchannel authentication

    static let backchannelAuthentication: [SandboxFault] = [
        missingAuthReqID, authReqIDSpelling, emptyAuthReqID, backchannelWithoutInterval, backchannelWithoutLifetime,
    ]

    /// There is no `auth_req_id`.
    public static let missingAuthReqID = response(
        "ciba-invalid-missing-authreqid", .backchannelAuthentication, "There is no auth_req_id."
    ) { $0.remove("auth_req_id") }
    /// `auth_req_id` is spelled `auth_request_id`, as in one place of itsme's documentation.
    public static let authReqIDSpelling = response(
        "ciba-auth_request_id", .backchannelAuthentication, isTolerable: true,
        "auth_req_id is spelled auth_request_id."
    ) { response in
        response["auth_request_id"] = response["auth_req_id"]
        response.remove("auth_req_id")
    }
    /// `auth_req_id` is empty.
    public static let emptyAuthReqID = response(
        "ciba-authreqid-empty", .backchannelAuthentication, "auth_req_id is empty."
    ) { $0["auth_req_id"] = "" }
    /// There is no `interval`; the default is 5 seconds.
    public static let backchannelWithoutInterval = response(
        "ciba-without-interval", .backchannelAuthentication, isTolerable: true,
        "There is no interval; the default is 5 seconds."
    ) { $0.remove("interval") }
    /// There is no `expires_in`.
    public static let backchannelWithoutLifetime = response(
        "ciba-missing-expires_in", .backchannelAuthentication, "There is no expires_in."
    ) { $0.remove("expires_in") }

    // MARK: Polls

    static let polls: [SandboxFault] = [
        slowDown, stillPending, unavailable, expiredRequest, deniedRequest, otherAuthReqID, nonceInBackchannel,
        otherSubject,
    ]

    private static func poll(
        _ name: String, isTolerable: Bool = false, _ explanation: String, _ refusal: BackchannelGrant.Refusal
    ) -> SandboxFault {
        SandboxFault(name, .poll, isTolerable: isTolerable, explanation, .poll(refusal))
    }

    private static func claim(
        _ name: String, isTolerable: Bool = false, _ explanation: String,
        _ change: @escaping @Sendable (inout JSONValue) -> Void
    ) -> SandboxFault {
        SandboxFault(name, .poll, isTolerable: isTolerable, explanation, .claims { claims, _ in change(&claims) })
    }

    /// The answer to the poll is `slow_down`. The interval then stays 5 seconds longer.
    public static let slowDown = poll(
        "ciba-slow-down", isTolerable: true, "The answer to the poll is slow_down.", .slowDown)
    /// The poll says that the person has not answered yet, even if they did. Inject it several times to
    /// wait longer.
    public static let stillPending = poll(
        "ciba-pending", isTolerable: true, "The poll says that the person has not answered yet, even if they did.",
        .pending)
    /// The answer to the poll is a 503. The request stays open.
    public static let unavailable = poll(
        "ciba-poll-http-503", isTolerable: true, "The answer to the poll is a 503.", .unavailable)
    /// The request has expired.
    public static let expiredRequest = poll("ciba-expired", "The request has expired.", .expired)
    /// The person refused.
    public static let deniedRequest = poll("ciba-denied", "The person refused.", .denied)
    /// The ID token names another `auth_req_id`.
    public static let otherAuthReqID = claim("ciba-authreqid-claim", "The ID token names another auth_req_id.") {
        $0["urn:openid:params:jwt:claim:auth_req_id"] = "the-id-of-another-request"
    }
    /// The ID token has a nonce, though none was sent.
    public static let nonceInBackchannel = claim(
        "ciba-nonce", isTolerable: true, "The ID token has a nonce, though none was sent."
    ) { $0["nonce"] = "a-nonce" }
    /// The ID token is about another person; matters only when a known person was asked.
    public static let otherSubject = claim(
        "ciba-invalid-sub", "The ID token is about another person; matters only when a known person was asked."
    ) { $0["sub"] = "00000000-0000-8000-8000-000000000000" }

    // MARK: Pings

    static let notifications: [SandboxFault] = [pingWithOtherBearer, pingForUnknownRequest]

    /// The ping has another bearer token.
    public static let pingWithOtherBearer = SandboxFault(
        "ciba-ping-with-invalid-bearer-token", .notification, "The ping has another bearer token.",
        .ping { bearer, _ in bearer = "the-token-of-another-request" })
    /// The ping is for a request that the relying party did not make.
    public static let pingForUnknownRequest = SandboxFault(
        "ciba-ping-for-unknown-request", .notification,
        "The ping is for a request that the relying party did not make.",
        .ping { _, authReqID in authReqID = "the-id-of-another-request" })
}
