// Rules of the token endpoint.

extension SandboxRule {
    /// This endpoint takes POST only.
    public static let tokenMethod = SandboxRule(
        "token.method", error: "invalid_request",
        requirement: "The request is a POST.",
        explanation: "This endpoint takes POST only.",
        remedy: "Send a POST with a form body.")

    /// The body of the request is not application/x-www-form-urlencoded.
    public static let tokenMediaType = SandboxRule(
        "token.media_type", error: "invalid_request",
        requirement: "The body is application/x-www-form-urlencoded.",
        explanation: "The body of the request is not application/x-www-form-urlencoded.",
        remedy: "Send the parameters as a form body.")

    /// The form is not well-formed: a wrong percent-encoding, bytes that are not UTF-8, or too many parameters.
    public static let tokenForm = SandboxRule(
        "token.form", error: "invalid_request",
        requirement: "The form is well-formed.",
        explanation: """
            The form is not well-formed: a wrong percent-encoding, bytes that are not UTF-8, or too many \
            parameters.
            """,
        remedy: "Encode the body as application/x-www-form-urlencoded.")

    /// A parameter occurs more than once.
    public static let tokenParameterRepeated = SandboxRule(
        "token.parameter_repeated", error: "invalid_request",
        requirement: "Each parameter occurs once.",
        explanation: "A parameter occurs more than once.",
        remedy: "Send each parameter once (RFC 6749 section 3.2).")

    /// The parameter grant_type is missing.
    public static let grantTypeMissing = SandboxRule(
        "token.grant_type_missing", error: "invalid_request",
        requirement: "grant_type is there.",
        explanation: "The parameter grant_type is missing.",
        remedy: """
            Send grant_type=authorization_code, or urn:openid:params:grant-type:ciba for a backchannel request.
            """)

    /// The only grant types here are authorization_code and that of CIBA.
    public static let grantTypeUnsupported = SandboxRule(
        "token.grant_type", error: "unsupported_grant_type",
        requirement: "grant_type is one that this endpoint takes.",
        explanation: "The only grant types here are authorization_code and, in v2, that of CIBA.",
        remedy: "Send grant_type=authorization_code, or urn:openid:params:grant-type:ciba for a backchannel request.")

    /// The parameter code is missing.
    public static let codeMissing = SandboxRule(
        "code.missing", error: "invalid_request",
        requirement: "code is there.",
        explanation: "The parameter code is missing.",
        remedy: "Send the code of the authorization response.")

    /// The sandbox did not issue this code, or no longer remembers it.
    public static let codeUnknown = SandboxRule(
        "code.unknown", error: "invalid_grant",
        requirement: "The sandbox issued this code.",
        explanation: "The sandbox did not issue this code, or no longer remembers it.",
        remedy: "Send the code of the authorization response unchanged.")

    /// The code is older than 3 minutes.
    public static let codeExpired = SandboxRule(
        "code.expired", error: "invalid_grant",
        requirement: "The code is recent.",
        explanation: "The code is older than 3 minutes.",
        remedy: "Exchange the code right away.")

    /// The code was used before. Its tokens are now revoked.
    public static let codeReused = SandboxRule(
        "code.reused", error: "invalid_grant",
        requirement: "The code was not used before.",
        explanation: "The code was used before. Its tokens are now revoked.",
        remedy: "Use each code once.")

    /// The code was issued to another client.
    public static let codeOfAnotherClient = SandboxRule(
        "code.client", error: "invalid_grant",
        requirement: "The code was issued to this client.",
        explanation: "The code was issued to another client.",
        remedy: "Exchange the code as the client that asked for it.")

    /// The redirect_uri is missing or differs from the one in the authorization request.
    public static let codeRedirectURI = SandboxRule(
        "code.redirect_uri", error: "invalid_grant",
        requirement: "redirect_uri is that of the authorization request.",
        explanation: "The redirect_uri is missing or differs from the one in the authorization request.",
        remedy: "Repeat the redirect_uri of the authorization request.")

    /// The authorization request had a code_challenge, and code_verifier is missing.
    public static let verifierMissing = SandboxRule(
        "code.verifier_missing", error: "invalid_grant",
        requirement: "code_verifier is there, as the authorization request had a code_challenge.",
        explanation: "The authorization request had a code_challenge, and code_verifier is missing.",
        remedy: "Send the code_verifier.")

    /// code_verifier does not have 43 to 128 unreserved characters.
    public static let verifierMalformed = SandboxRule(
        "code.verifier_malformed", error: "invalid_grant",
        requirement: "code_verifier has 43 to 128 unreserved characters.",
        explanation: "code_verifier does not have 43 to 128 unreserved characters.",
        remedy: "Make the verifier as in RFC 7636 section 4.1.")

    /// code_verifier does not match the code_challenge.
    public static let verifierWrong = SandboxRule(
        "code.verifier", error: "invalid_grant",
        requirement: "code_verifier matches the code_challenge.",
        explanation: "code_verifier does not match the code_challenge.",
        remedy: "Send the verifier from which the challenge was made.")

    /// The token request has a code_verifier, but the authorization request had no code_challenge.
    public static let verifierUnexpected = SandboxRule(
        "code.verifier_unexpected", error: "invalid_grant",
        requirement: "There is no code_verifier without a code_challenge.",
        explanation: "The token request has a code_verifier, but the authorization request had no code_challenge.",
        remedy: "Send the code_challenge with the authorization request (RFC 9700 section 2.1.1).")

    /// Only clients with a client secret can revoke tokens.
    public static let revocationNotOffered = SandboxRule(
        "revocation.authentication", error: "unauthorized_client",
        requirement: "The client has a client secret.",
        explanation: "Only clients with a client secret can revoke tokens.",
        remedy: "Let the access token expire.")

    /// The parameter token is missing.
    public static let revocationTokenMissing = SandboxRule(
        "revocation.token_missing", error: "invalid_request",
        requirement: "token is there.",
        explanation: "The parameter token is missing.",
        remedy: "Send the access token to revoke.")
}

// Rules of the UserInfo endpoint, and of the sandbox as a whole.

extension SandboxRule {
    /// The UserInfo endpoint takes GET only.
    public static let userInfoMethod = SandboxRule(
        "userinfo.method", error: "invalid_request",
        requirement: "The request is a GET.",
        explanation: "The UserInfo endpoint takes GET only.",
        remedy: "Send a GET request.")

    /// The request carries no bearer token.
    public static let bearerMissing = SandboxRule(
        "userinfo.token_missing", error: "invalid_request",
        requirement: "The request carries a bearer token.",
        explanation: "The request carries no bearer token.",
        remedy: "Send Authorization: Bearer with the access token.")

    /// The access token is in the query, where logs keep it.
    public static let bearerInQuery = SandboxRule(
        "userinfo.token_in_query", error: "invalid_request",
        requirement: "The access token is not in the query.",
        explanation: "The access token is in the query, where logs keep it.",
        remedy: "Send the access token in the Authorization header.")

    /// The sandbox did not issue this access token, or no longer remembers it.
    public static let bearerUnknown = SandboxRule(
        "userinfo.token_unknown", error: "invalid_token",
        requirement: "The sandbox issued this access token.",
        explanation: "The sandbox did not issue this access token, or no longer remembers it.",
        remedy: "Send the access token of the token response unchanged.")

    /// The access token has expired.
    public static let bearerExpired = SandboxRule(
        "userinfo.token_expired", error: "invalid_token",
        requirement: "The access token has not expired.",
        explanation: "The access token has expired.",
        remedy: "Read UserInfo right after the login.")

    /// The access token was revoked, because its code was used again or the client asked for it.
    public static let bearerRevoked = SandboxRule(
        "userinfo.token_revoked", error: "invalid_token",
        requirement: "The access token was not revoked.",
        explanation: "The access token was revoked, because its code was used again or the client asked for it.",
        remedy: "Use each code once.")

    /// This person has no picture, or the picture was not requested.
    public static let pictureAbsent = SandboxRule(
        "userinfo.picture_absent", error: "invalid_request",
        requirement: "The person has a picture, and it was requested.",
        explanation: "This person has no picture, or the picture was not requested.",
        remedy: "Request the picture claim or the scope profile.")

    /// There is nothing at this path.
    public static let unknownPath = SandboxRule(
        "sandbox.path", error: "invalid_request",
        requirement: "There is something at this path.",
        explanation: "There is nothing at this path.",
        remedy: "Take the endpoints from the discovery document.")

    /// The discovery document and the JWK Set take GET only.
    public static let documentMethod = SandboxRule(
        "sandbox.method", error: "invalid_request",
        requirement: "The request is a GET or HEAD.",
        explanation: "The discovery document and the JWK Set take GET only.",
        remedy: "Send a GET request.")

    /// The sandbox could not make its answer, because of a fault of its own or of the registered keys.
    public static let sandboxFailure = SandboxRule(
        "sandbox.failure", error: "server_error",
        requirement: "The sandbox could make its answer.",
        explanation: "The sandbox could not make its answer, because of a fault of its own or of the registered keys.",
        remedy: "Check the client's encryption key. If it is right, report the fault.")
}
