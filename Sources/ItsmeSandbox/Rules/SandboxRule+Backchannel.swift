// Rules of user discovery, backchannel authentication, its polls and its pings.

extension SandboxRule {
    /// The backchannel is for clients with a key pair.
    public static let backchannelKeyPair = SandboxRule(
        "backchannel.key_pair", error: "unauthorized_client",
        explanation: "The backchannel is for clients with a key pair.",
        remedy: "Register the client with private_key_jwt.")

    /// The parameter request is missing.
    public static let backchannelRequestMissing = SandboxRule(
        "backchannel.request_missing", error: "invalid_request",
        explanation: "The parameter request is missing.",
        remedy: "Send the authentication request as a signed JWT in request.")

    /// A parameter of the authentication request stands outside of the signed request.
    public static let backchannelPlainParameter = SandboxRule(
        "backchannel.plain_parameter", error: "invalid_request",
        explanation: "A parameter of the authentication request stands outside of the signed request.",
        remedy: "Put it into the signed request (CIBA section 7.1.1).")

    /// request is not a signed JWT in compact form.
    public static let backchannelRequestMalformed = SandboxRule(
        "backchannel.request_malformed", error: "invalid_request",
        explanation: "request is not a signed JWT in compact form.",
        remedy: "Sign the request with RS256 and do not encrypt it.")

    /// A claim that a signed authentication request must have is missing.
    public static let backchannelClaimMissing = SandboxRule(
        "backchannel.claim_missing", error: "invalid_request",
        explanation: "A claim that a signed authentication request must have is missing.",
        remedy: "Send iss, aud, iat, exp, nbf, jti and scope.")

    /// The signed request is not signed with RS256.
    public static let backchannelSignatureAlgorithm = SandboxRule(
        "backchannel.signature_algorithm", error: "invalid_request",
        explanation: "The signed request is not signed with RS256.",
        remedy: "Sign with RS256.")

    /// The signature of the request names no key.
    public static let backchannelKeyIDMissing = SandboxRule(
        "backchannel.kid_missing", error: "invalid_request",
        explanation: "The signature of the request names no key.",
        remedy: "Put the kid of your sig key in the JWS header.")

    /// No signature key with this kid is in the client's JWK Set as the sandbox last fetched it.
    public static let backchannelKeyUnknown = SandboxRule(
        "backchannel.kid_unknown", error: "invalid_request",
        explanation: "No signature key with this kid is in the client's JWK Set as the sandbox last fetched it.",
        remedy: SandboxRule.assertionKeyUnknown.remedy)

    /// The signature of the request is wrong.
    public static let backchannelSignature = SandboxRule(
        "backchannel.signature", error: "invalid_request",
        explanation: "The signature of the request is wrong.",
        remedy: "Sign with the private key that belongs to the published one.")

    /// The payload of the signed request is not a JSON object that can be read.
    public static let backchannelClaims = SandboxRule(
        "backchannel.claims", error: "invalid_request",
        explanation: "The payload of the signed request is not a JSON object that can be read.",
        remedy: "Send a JSON object without repeated members.")

    /// iss of the signed request is not the client id.
    public static let backchannelIssuer = SandboxRule(
        "backchannel.iss", error: "invalid_request",
        explanation: "iss of the signed request is not the client id.",
        remedy: "Set iss to the client id.")

    /// client_id of the signed request is another client.
    public static let backchannelClientID = SandboxRule(
        "backchannel.client_id", error: "invalid_request",
        explanation: "client_id of the signed request is another client.",
        remedy: "Set client_id to the client id.")

    /// aud of the signed request does not name this provider.
    public static let backchannelAudience = SandboxRule(
        "backchannel.aud", error: "invalid_request",
        explanation: "aud of the signed request does not name this provider.",
        remedy: "Set aud to the issuer of the provider.")

    /// exp of the signed request is not a time or has passed.
    public static let backchannelExpired = SandboxRule(
        "backchannel.exp", error: "invalid_request",
        explanation: "exp of the signed request is not a time or has passed.",
        remedy: "Check the clock, and make a fresh request each time.")

    /// nbf or iat of the signed request is not a time or lies in the future.
    public static let backchannelNotYetValid = SandboxRule(
        "backchannel.nbf", error: "invalid_request",
        explanation: "nbf or iat of the signed request is not a time or lies in the future.",
        remedy: "Check the clock.")

    /// The jti of the request is not a text or was used before.
    public static let backchannelRequestReplayed = SandboxRule(
        "backchannel.jti", error: "invalid_request",
        explanation: "The jti of the request is not a text or was used before.",
        remedy: "Make a fresh request with a fresh jti each time.")

    /// requested_expiry is not a positive whole number.
    public static let backchannelExpiry = SandboxRule(
        "backchannel.requested_expiry", error: "invalid_request",
        explanation: "requested_expiry is not a positive whole number.",
        remedy: "Send a number of seconds, or leave it out.")

    /// The request does not say whose phone it is for.
    public static let loginHintMissing = SandboxRule(
        "login_hint.missing", error: "invalid_request",
        explanation: "The request does not say whose phone it is for.",
        remedy: "Send login_hint_token.")

    /// The signature of the login hint is wrong, or its key is not in the client's JWK Set.
    public static let loginHintSignature = SandboxRule(
        "login_hint.signature", error: "invalid_request",
        explanation: "The signature of the login hint is wrong, or its key is not in the client's JWK Set.",
        remedy: "Sign the hint with RS256 and your sig key, or send it as an object in the signed request.")

    /// The login hint is neither a JWT nor an object, or lacks a known type and a value.
    public static let loginHintMalformed = SandboxRule(
        "login_hint.malformed", error: "invalid_request",
        explanation: """
            The login hint is neither a JWT nor an object, or lacks a known type and a value.
            """,
        remedy: "Send type user_identifier_token or subject_code, and value.")

    /// The user identifier token is too old.
    public static let loginHintExpired = SandboxRule(
        "login_hint.expired", error: "expired_login_hint_token",
        explanation: "The user identifier token is too old.",
        remedy: "Use it within minutes of the discovery.")

    /// The login hint leads to nobody: it is unknown, another client's, or was used before.
    public static let loginHintUnknown = SandboxRule(
        "login_hint.unknown", error: "unknown_user_id",
        explanation: "The login hint leads to nobody: it is unknown, another client's, or was used before.",
        remedy: "Use each user identifier token once, and a sub that this client received.")

    /// The client is registered for pings, and the request has no client_notification_token.
    public static let notificationTokenMissing = SandboxRule(
        "notification_token.missing", error: "invalid_request",
        explanation: "The client is registered for pings, and the request has no client_notification_token.",
        remedy: "Send one that is fresh and cannot be guessed.")

    /// There is a client_notification_token, and the client is not registered for pings.
    public static let notificationTokenUnexpected = SandboxRule(
        "notification_token.unexpected", error: "invalid_request",
        explanation: "There is a client_notification_token, and the client is not registered for pings.",
        remedy: "Register a notification endpoint, or leave the token out.")

    /// client_notification_token is not a text of 1 to 1024 visible characters.
    public static let notificationTokenTooLong = SandboxRule(
        "notification_token.form", error: "invalid_request",
        explanation: "client_notification_token is not a text of 1 to 1024 visible characters.",
        remedy: "Send 256 random bits in base64url.")

    /// The notification endpoint did not accept a ping.
    public static let notificationUndelivered = SandboxRule(
        "notification.undelivered", error: "server_error",
        explanation: "The notification endpoint did not accept a ping.",
        remedy: "Answer pings with 204, at the registered URL.")

    /// The parameter auth_req_id is missing.
    public static let authReqIDMissing = SandboxRule(
        "auth_req_id.missing", error: "invalid_request",
        explanation: "The parameter auth_req_id is missing.",
        remedy: "Send the auth_req_id of the backchannel authentication answer.")

    /// The auth_req_id is unknown, another client's, or its last answer was given.
    public static let authReqIDUnknown = SandboxRule(
        "auth_req_id.unknown", error: "invalid_grant",
        explanation: "The auth_req_id is unknown, another client's, or its last answer was given.",
        remedy: "Send the auth_req_id unchanged, and stop after the last answer.")

    /// The poll came before the interval was over.
    public static let polledTooOften = SandboxRule(
        "auth_req_id.too_often", error: "slow_down",
        explanation: "The poll came before the interval was over, which is now 5 seconds longer.",
        remedy: "Wait for the interval between two polls; the first one may come at once.")

    /// The user discovery session is unknown, another client's, or over.
    public static let userDiscoveryUnknown = SandboxRule(
        "user_discovery.unknown", error: "invalid_request",
        explanation: "The user discovery session is unknown, another client's, or over.",
        remedy: "Ask for 10 minutes at most, and stop once somebody was discovered.")

    /// The question came before the interval was over.
    public static let userDiscoveryTooOften = SandboxRule(
        "user_discovery.too_often", error: "invalid_request",
        explanation: "The question came before the interval was over.",
        remedy: "Wait for the interval, 5 seconds where none is named, between two questions and before the first one.")

    /// The page of the phones takes GET and its forms POST.
    public static let phoneMethod = SandboxRule(
        "phone.method", error: "invalid_request",
        explanation: "The page of the phones takes GET and its forms POST.",
        remedy: "Use the buttons of the page.")
}
