// Rules of the UserInfo endpoint, and of the sandbox as a whole.

extension SandboxRule {
    /// The UserInfo endpoint takes GET only.
    public static let userInfoMethod = SandboxRule(
        "userinfo.method", error: "invalid_request",
        explanation: "The UserInfo endpoint takes GET only.",
        remedy: "Send a GET request.")

    /// The request carries no bearer token.
    public static let bearerMissing = SandboxRule(
        "userinfo.token_missing", error: "invalid_request",
        explanation: "The request carries no bearer token.",
        remedy: "Send Authorization: Bearer with the access token.")

    /// The access token stands in the query, where logs keep it.
    public static let bearerInQuery = SandboxRule(
        "userinfo.token_in_query", error: "invalid_request",
        explanation: "The access token stands in the query, where logs keep it.",
        remedy: "Send the access token in the Authorization header.")

    /// The access token is not one that this sandbox gave, or it is too old to be remembered.
    public static let bearerUnknown = SandboxRule(
        "userinfo.token_unknown", error: "invalid_token",
        explanation: "The access token is not one that this sandbox gave, or it is too old to be remembered.",
        remedy: "Send the access token of the token response unchanged.")

    /// The access token has expired.
    public static let bearerExpired = SandboxRule(
        "userinfo.token_expired", error: "invalid_token",
        explanation: "The access token has expired.",
        remedy: "Read UserInfo at once after the login.")

    /// The access token was revoked, because its code was used again or the client asked for it.
    public static let bearerRevoked = SandboxRule(
        "userinfo.token_revoked", error: "invalid_token",
        explanation: "The access token was revoked, because its code was used again or the client asked for it.",
        remedy: "Exchange each code once.")

    /// This person has no picture, or the picture was not requested.
    public static let pictureAbsent = SandboxRule(
        "userinfo.picture_absent", error: "invalid_request",
        explanation: "This person has no picture, or the picture was not requested.",
        remedy: "Request the picture claim or the scope profile.")

    /// There is nothing at this path.
    public static let unknownPath = SandboxRule(
        "sandbox.path", error: "invalid_request",
        explanation: "There is nothing at this path.",
        remedy: "Take the endpoints from the discovery document.")

    /// The discovery document and the JWK Set take GET only.
    public static let documentMethod = SandboxRule(
        "sandbox.method", error: "invalid_request",
        explanation: "The discovery document and the JWK Set take GET only.",
        remedy: "Send a GET request.")

    /// The sandbox could not make its answer; the fault is its own or that of the registered keys.
    public static let sandboxFailure = SandboxRule(
        "sandbox.failure", error: "server_error",
        explanation: "The sandbox could not make its answer; the fault is its own or that of the registered keys.",
        remedy: "Check the client's encryption key and report the fault.")
}
