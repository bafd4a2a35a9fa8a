// Rules of user discovery, backchannel authentication, its polls and its pings.

extension SandboxRule {
    /// Only clients with a key pair can use the backchannel.
    public static let backchannelKeyPair = SandboxRule(
        "backchannel.key_pair", error: "unauthorized_client",
        requirement: "The client has a key pair.",
        explanation: "Only clients with a key pair can use the backchannel.",
        remedy: "Register the client with private_key_jwt.")

    /// The parameter request is missing.
    public static let backchannelRequestMissing = SandboxRule(
        "backchannel.request_missing", error: "invalid_request",
        requirement: "request is there.",
        explanation: "The parameter request is missing.",
        remedy: "Send the authentication request as a signed JWT in request.")

    /// A parameter of the authentication request is outside the signed request.
    public static let backchannelPlainParameter = SandboxRule(
        "backchannel.plain_parameter", error: "invalid_request",
        requirement: "All parameters of the authentication request are inside the signed request.",
        explanation: "A parameter of the authentication request is outside the signed request.",
        remedy: "Put it into the signed request (CIBA section 7.1.1).")

    /// request is not a signed JWT in compact form.
    public static let backchannelRequestMalformed = SandboxRule(
        "backchannel.request_malformed", error: "invalid_request",
        requirement: "request is a signed JWT in compact form.",
        explanation: "request is not a signed JWT in compact form.",
        remedy: "Sign the request with RS256 and do not encrypt it.")

    /// A claim that a signed authentication request must have is missing.
    public static let backchannelClaimMissing = SandboxRule(
        "backchannel.claim_missing", error: "invalid_request",
        requirement: "The signed request has every claim that it must have.",
        explanation: "A claim that a signed authentication request must have is missing.",
        remedy: "Send iss, aud, iat, exp, nbf, jti and scope.")

    /// The signed request is not signed with RS256.
    public static let backchannelSignatureAlgorithm = SandboxRule(
        "backchannel.signature_algorithm", error: "invalid_request",
        requirement: "The request is signed with RS256.",
        explanation: "The signed request is not signed with RS256.",
        remedy: "Sign with RS256.")

    /// The JWS header of the signed request has no kid.
    public static let backchannelKeyIDMissing = SandboxRule(
        "backchannel.kid_missing", error: "invalid_request",
        requirement: "The JWS header of the request has a kid.",
        explanation: "The JWS header of the signed request has no kid.",
        remedy: "Put the kid of your sig key in the JWS header.")

    /// The sandbox's copy of the client's JWK Set has no signature key with this kid.
    public static let backchannelKeyUnknown = SandboxRule(
        "backchannel.kid_unknown", error: "invalid_request",
        requirement: "The client's JWK Set has a signature key with this kid.",
        explanation: "The sandbox's copy of the client's JWK Set has no signature key with this kid.",
        remedy: SandboxRule.assertionKeyUnknown.remedy)

    /// The signature of the request is wrong.
    public static let backchannelSignature = SandboxRule(
        "backchannel.signature", error: "invalid_request",
        requirement: "The signature of the request is right.",
        explanation: "The signature of the request is wrong.",
        remedy: "Sign with the private key that belongs to the published one.")

    /// The payload of the signed request is not a JSON object that can be read.
    public static let backchannelClaims = SandboxRule(
        "backchannel.claims", error: "invalid_request",
        requirement: "The payload of the request is a JSON object.",
        explanation: "The payload of the signed request is not a JSON object that can be read.",
        remedy: "Send a JSON object without repeated members.")

    /// iss of the signed request is not the client id.
    public static let backchannelIssuer = SandboxRule(
        "backchannel.iss", error: "invalid_request",
        requirement: "iss of the request is the client id.",
        explanation: "iss of the signed request is not the client id.",
        remedy: "Set iss to the client id.")

    /// client_id of the signed request is another client.
    public static let backchannelClientID = SandboxRule(
        "backchannel.client_id", error: "invalid_request",
        requirement: "client_id of the request is that of the client.",
        explanation: "client_id of the signed request is another client.",
        remedy: "Set client_id to the client id.")

    /// aud of the signed request does not name this provider.
    public static let backchannelAudience = SandboxRule(
        "backchannel.aud", error: "invalid_request",
        requirement: "aud of the request names this provider.",
        explanation: "aud of the signed request does not name this provider.",
        remedy: "Set aud to the issuer of the provider.")

    /// exp of the signed request is not a time or has passed.
    public static let backchannelExpired = SandboxRule(
        "backchannel.exp", error: "invalid_request",
        requirement: "exp of the request has not passed.",
        explanation: "exp of the signed request is not a time or has passed.",
        remedy: "Check the clock, and make a fresh request each time.")

    /// nbf or iat of the signed request is not a time or lies in the future.
    public static let backchannelNotYetValid = SandboxRule(
        "backchannel.nbf", error: "invalid_request",
        requirement: "nbf and iat of the request are not in the future.",
        explanation: "nbf or iat of the signed request is not a time or lies in the future.",
        remedy: "Check the clock.")

    /// The jti of the request is not a string or was used before.
    public static let backchannelRequestReplayed = SandboxRule(
        "backchannel.jti", error: "invalid_request",
        requirement: "The jti of the request is new.",
        explanation: "The jti of the request is not a string or was used before.",
        remedy: "Make a fresh request with a fresh jti each time.")

    /// requested_expiry is not a positive whole number.
    public static let backchannelExpiry = SandboxRule(
        "backchannel.requested_expiry", error: "invalid_request",
        requirement: "requested_expiry is a positive whole number.",
        explanation: "requested_expiry is not a positive whole number.",
        remedy: "Send a number of seconds, or leave it out.")

    /// The request does not say whose phone it is for.
    public static let loginHintMissing = SandboxRule(
        "login_hint.missing", error: "invalid_request",
        requirement: "The request says whose phone it is for.",
        explanation: "The request does not say whose phone it is for.",
        remedy: "Send login_hint_token.")

    /// The signature of the login hint is wrong, or its key is not in the client's JWK Set.
    public static let loginHintSignature = SandboxRule(
        "login_hint.signature", error: "invalid_request",
        requirement: "The signature of the login hint is right.",
        explanation: "The signature of the login hint is wrong, or its key is not in the client's JWK Set.",
        remedy: "Sign the hint with RS256 and your sig key, or send it as an object in the signed request.")

    /// The login hint is neither a JWT nor an object, or it has no known type or no value.
    public static let loginHintMalformed = SandboxRule(
        "login_hint.malformed", error: "invalid_request",
        requirement: "The login hint has a known form, a type and a value.",
        explanation: "The login hint is neither a JWT nor an object, or it has no known type or no value.",
        remedy: "Send a type, user_identifier_token or subject_code, and a value.")

    /// The user identifier token is too old.
    public static let loginHintExpired = SandboxRule(
        "login_hint.expired", error: "expired_login_hint_token",
        requirement: "The user identifier token is recent.",
        explanation: "The user identifier token is too old.",
        remedy: "Use it within minutes after the discovery.")

    /// The login hint is unknown, belongs to another client, or was used before.
    public static let loginHintUnknown = SandboxRule(
        "login_hint.unknown", error: "unknown_user_id",
        requirement: "The login hint names a person that this client may ask.",
        explanation: "The login hint is unknown, belongs to another client, or was used before.",
        remedy: "Use each user identifier token only once, or send a sub that this client received.")

    /// The client is registered for pings, but the request has no client_notification_token.
    public static let notificationTokenMissing = SandboxRule(
        "notification_token.missing", error: "invalid_request",
        requirement: "client_notification_token is there, as this client gets pings.",
        explanation: "The client is registered for pings, but the request has no client_notification_token.",
        remedy: "Send a fresh token that cannot be guessed.")

    /// The request has a client_notification_token, but the client is not registered for pings.
    public static let notificationTokenUnexpected = SandboxRule(
        "notification_token.unexpected", error: "invalid_request",
        requirement: "client_notification_token is there only because the client is registered for pings.",
        explanation: "The request has a client_notification_token, but the client is not registered for pings.",
        remedy: "Register a notification endpoint, or leave the token out.")

    /// client_notification_token is not a string of 1 to 1024 visible characters.
    public static let notificationTokenTooLong = SandboxRule(
        "notification_token.form", error: "invalid_request",
        requirement: "client_notification_token has 1 to 1024 visible characters.",
        explanation: "client_notification_token is not a string of 1 to 1024 visible characters.",
        remedy: "Send 256 random bits in base64url.")

    /// The notification endpoint did not accept a ping.
    public static let notificationUndelivered = SandboxRule(
        "notification.undelivered", error: "server_error",
        requirement: "The notification endpoint accepted the ping.",
        explanation: "The notification endpoint did not accept a ping.",
        remedy: "Answer pings with 204, at the registered URL.")

    /// The parameter auth_req_id is missing.
    public static let authReqIDMissing = SandboxRule(
        "auth_req_id.missing", error: "invalid_request",
        requirement: "auth_req_id is there.",
        explanation: "The parameter auth_req_id is missing.",
        remedy: "Send the auth_req_id of the backchannel authentication answer.")

    /// The auth_req_id is unknown, belongs to another client, or has had its final answer.
    public static let authReqIDUnknown = SandboxRule(
        "auth_req_id.unknown", error: "invalid_grant",
        requirement: "auth_req_id is that of a request of this client that goes on.",
        explanation: "The auth_req_id is unknown, belongs to another client, or has had its final answer.",
        remedy: "Send the auth_req_id unchanged, and stop after the final answer.")

    /// The poll came before the interval was over. The interval is now 5 seconds longer.
    public static let polledTooOften = SandboxRule(
        "auth_req_id.too_often", error: "slow_down",
        requirement: "The poll came after the interval.",
        explanation: "The poll came before the interval was over. The interval is now 5 seconds longer.",
        remedy: "Wait for the interval between two polls. The first poll may come at once.")

    /// The user discovery session is unknown, belongs to another client, or is over.
    public static let userDiscoveryUnknown = SandboxRule(
        "user_discovery.unknown", error: "invalid_request",
        requirement: "The user discovery session is one of this client and goes on.",
        explanation: "The user discovery session is unknown, belongs to another client, or is over.",
        remedy: "Poll for at most 10 minutes, and stop when the answer names a person.")

    /// The poll came before the interval was over.
    public static let userDiscoveryTooOften = SandboxRule(
        "user_discovery.too_often", error: "invalid_request",
        requirement: "The poll came after the interval.",
        explanation: "The poll came before the interval was over.",
        remedy: """
            Wait for the interval before the first poll and between polls. It is 5 seconds unless the answer names \
            one.
            """)

    /// The phone page takes GET, and POST for its forms.
    public static let phoneMethod = SandboxRule(
        "phone.method", error: "invalid_request",
        requirement: "The phone page was asked by GET or POST.",
        explanation: "The phone page takes GET, and POST for its forms.",
        remedy: "Use the buttons of the page.")
}
