// The errors of user discovery and backchannel authentication.
extension ItsmeError.Code {
    /// This client cannot use the backchannel: it has a client secret, or the provider does not offer it.
    public static let backchannelNotOffered = Self(
        "backchannel_not_offered", .misconfiguration, "this client cannot use the backchannel",
        remedy: "Register a key pair at itsme and configure .privateKeyJWT.")
    /// itsme answered a request for user discovery or backchannel authentication with an error; see
    /// ``ItsmeError/providerError``.
    public static let backchannelRefused = Self(
        "backchannel_refused", .misconfiguration, "itsme answered the backchannel request with an error",
        remedy: "See the error of itsme.")
    /// In an answer of user discovery or backchannel authentication, a member is missing or has the wrong form.
    public static let backchannelResponseMalformed = Self(
        "backchannel_response_malformed", .untrustedResponse,
        "a member of the answer is missing or has the wrong form",
        remedy: "Start again. If this persists, report it to itsme.")
    /// The person did not answer during the lifetime of the session or request.
    public static let backchannelExpired = Self(
        "backchannel_expired", .declined, "the person did not answer in time", remedy: "Offer to start again.")
    /// The session or request has already had its final answer.
    public static let backchannelCompleted = Self(
        "backchannel_completed", .misconfiguration, "the final answer was already received",
        remedy: "Keep the answer, or start again.")
    /// The sealed session or request is malformed, altered, or sealed with another key.
    public static let backchannelUnreadable = Self(
        "backchannel_unreadable", .untrustedResponse,
        "the sealed session or request is malformed, altered, or sealed with another key",
        remedy: "Offer to start again. If it happens to everybody, give all instances the same sealing key.")
    /// The ID token belongs to another backchannel authentication request.
    public static let authReqIDMismatch = Self(
        "auth_req_id_mismatch", .untrustedResponse, "the token belongs to another request",
        remedy: Remedy.refuseLogin)
}
