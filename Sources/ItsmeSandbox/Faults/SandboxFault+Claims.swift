import JOSE

// Faults of the claims of an ID token.

extension SandboxFault {
    static let claims: [SandboxFault] = [
        invalidIssuer, missingIssuer, invalidAudience, missingAudience, invalidSecondaryAudience, audienceAsArray,
        audienceOfWrongType, invalidAuthorizedParty, missingSubject, nullSubject, missingIssuedAt, issuedAWeekAgo,
        issuedTomorrow, missingExpiry, expired, expiryAsText, expiryWithFraction, hugeExpiry, notYetValid, missingNonce,
        invalidNonce, nonceOfWrongType, invalidAccessTokenHash, missingLevel, unknownLevel, staleAuthentication,
        unknownMembers, duplicateMembers, claimsAsArray, claimsTooDeep, claimsNotUTF8,
    ]

    private static func claim(
        _ name: String, isTolerable: Bool = false, _ explanation: String,
        _ change: @escaping @Sendable (inout JSONValue, Scene) -> Void
    ) -> SandboxFault {
        SandboxFault(name, .token, isTolerable: isTolerable, explanation, .claims(change))
    }

    /// `iss` is another issuer.
    public static let invalidIssuer = claim("invalid-iss", "iss is another issuer.") { claims, _ in
        claims["iss"] = "https://attacker.example/v2"
    }
    /// There is no `iss`.
    public static let missingIssuer = claim("missing-iss", "There is no iss.") { claims, _ in claims.remove("iss") }

    /// `aud` is another client.
    public static let invalidAudience = claim("invalid-aud", "aud is another client.") { claims, _ in
        claims["aud"] = "another-client"
    }
    /// There is no `aud`.
    public static let missingAudience = claim("missing-aud", "There is no aud.") { claims, _ in claims.remove("aud") }
    /// `aud` holds the client and another one.
    public static let invalidSecondaryAudience = claim(
        "invalid-secondary-aud", "aud holds the client and another one."
    ) { claims, _ in
        if let client = claims["aud"] { claims["aud"] = .array([client, "another-client"]) }
    }
    /// `aud` is an array with the client alone, which OpenID Connect allows.
    public static let audienceAsArray = claim(
        "valid-aud-as-array", isTolerable: true, "aud is an array with the client alone."
    ) { claims, _ in
        if let client = claims["aud"] { claims["aud"] = .array([client]) }
    }
    /// `aud` is a number.
    public static let audienceOfWrongType = claim("aud-number", "aud is a number.") { claims, _ in claims["aud"] = 7 }
    /// `azp` is another party.
    public static let invalidAuthorizedParty = claim("invalid-azp", "azp is another party.") { claims, _ in
        claims["azp"] = "another-client"
    }

    /// There is no `sub`.
    public static let missingSubject = claim("missing-sub", "There is no sub.") { claims, _ in claims.remove("sub") }
    /// `sub` is null: a wrong type must not count as absent.
    public static let nullSubject = claim("sub-null", "sub is null.") { claims, _ in claims["sub"] = .null }

    /// There is no `iat`.
    public static let missingIssuedAt = claim("missing-iat", "There is no iat.") { claims, _ in claims.remove("iat") }
    /// `iat` is a week ago.
    public static let issuedAWeekAgo = claim("iat-is-week-in-past", "iat is a week ago.") { claims, scene in
        claims["iat"] = .integer(scene.now - 7 * 86400)
    }
    /// `iat` is tomorrow.
    public static let issuedTomorrow = claim("iat-in-future", "iat is tomorrow.") { claims, scene in
        claims["iat"] = .integer(scene.now + 86400)
    }

    /// There is no `exp`.
    public static let missingExpiry = claim("invalid-missing-exp", "There is no exp.") { claims, _ in
        claims.remove("exp")
    }
    /// `exp` was five minutes ago.
    public static let expired = claim("invalid-expired-exp", "exp was five minutes ago.") { claims, scene in
        claims["exp"] = .integer(scene.now - 300)
    }
    /// `exp` is a number in a string.
    public static let expiryAsText = claim("exp-string", "exp is a number in a string.") { claims, scene in
        claims["exp"] = .string(String(scene.now + 300))
    }
    /// `exp` has a fraction.
    public static let expiryWithFraction = claim("exp-fraction", isTolerable: true, "exp has a fraction.") {
        claims, scene in
        claims["exp"] = .number("\(scene.now + 300).5")
    }
    /// `exp` is 1e400, which no machine type holds.
    public static let hugeExpiry = claim("exp-huge", "exp is 1e400, which no machine type holds.") { claims, _ in
        claims["exp"] = .number("1e400")
    }
    /// `nbf` is tomorrow.
    public static let notYetValid = claim("nbf-in-future", "nbf is tomorrow.") { claims, scene in
        claims["nbf"] = .integer(scene.now + 86400)
    }

    /// There is no `nonce`.
    public static let missingNonce = claim("invalid-missing-nonce", "There is no nonce.") { claims, _ in
        claims.remove("nonce")
    }
    /// `nonce` is that of another request.
    public static let invalidNonce = claim("nonce-invalid", "nonce is that of another request.") { claims, _ in
        claims["nonce"] = "the-nonce-of-another-request"
    }
    /// `nonce` is a number.
    public static let nonceOfWrongType = claim("nonce-number", "nonce is a number.") { claims, _ in
        claims["nonce"] = 7
    }

    /// `at_hash` is that of another access token.
    public static let invalidAccessTokenHash = claim(
        "invalid-athash", "at_hash is that of another access token."
    ) { claims, _ in
        claims["at_hash"] = "77QmUPtjPfzWtF2AnpK9RQ"
    }
    /// There is no `acr`; matters only when one was requested.
    public static let missingLevel = claim("missing-acr", "There is no acr.") { claims, _ in claims.remove("acr") }
    /// `acr` has an unknown value; matters only when one was requested.
    public static let unknownLevel = claim("acr-unknown", "acr has an unknown value.") { claims, _ in
        claims["acr"] = "urn:example:acr:none"
    }
    /// `auth_time` is a day ago; matters only when `max_age` was sent.
    public static let staleAuthentication = claim("auth-time-stale", "auth_time is a day ago.") { claims, scene in
        claims["auth_time"] = .integer(scene.now - 86400)
    }
    /// There are unknown members.
    public static let unknownMembers = claim(
        "unknown-members", isTolerable: true, "There are unknown members."
    ) { claims, _ in
        claims["https://itsme.example/claim/new"] = ["a": [1, .null, "b"]]
    }

    // MARK: The text of the claims

    private static func payload(
        _ name: String, _ explanation: String, _ change: @escaping @Sendable ([UInt8]) -> [UInt8]
    ) -> SandboxFault {
        SandboxFault(name, .token, explanation, .payload(change))
    }

    /// `sub` occurs twice with different values.
    public static let duplicateMembers = payload("duplicate-members", "sub occurs twice with different values.") {
        Array(#"{"sub":"somebody-else","#.utf8) + $0.dropFirst()
    }
    /// The claims are an array.
    public static let claimsAsArray = payload("claims-array", "The claims are an array.") {
        Array("[".utf8) + $0 + Array("]".utf8)
    }
    /// The claims hold 10,000 nested arrays.
    public static let claimsTooDeep = payload("claims-deep", "The claims hold 10,000 nested arrays.") {
        Array(#"{"deep":"#.utf8) + [UInt8](repeating: UInt8(ascii: "["), count: 10_000)
            + [UInt8](repeating: UInt8(ascii: "]"), count: 10_000) + Array(",".utf8) + $0.dropFirst()
    }
    /// The claims hold a byte that is not UTF-8.
    public static let claimsNotUTF8 = payload("claims-not-utf8", "The claims hold a byte that is not UTF-8.") {
        Array(#"{"x":""#.utf8) + [0xFF] + Array(#"","#.utf8) + $0.dropFirst()
    }
}
