// Rules of client authentication and of the client's keys.

extension SandboxRule {
    /// The request does not authenticate the client.
    public static let authenticationMissing = SandboxRule(
        "client.authentication_missing", error: "invalid_client",
        requirement: "The request authenticates the client.",
        explanation: "The request does not authenticate the client.",
        remedy: "Send client_assertion and client_assertion_type, or client_id and client_secret, as registered.")

    /// The request authenticates the client in more than one way.
    public static let authenticationSeveral = SandboxRule(
        "client.authentication_several", error: "invalid_request",
        requirement: "The request authenticates the client in one way only.",
        explanation: "The request authenticates the client in more than one way.",
        remedy: "Use only the registered method.")

    /// The client is registered with another authentication method.
    public static let authenticationMethod = SandboxRule(
        "client.authentication_method", error: "invalid_client",
        requirement: "The client authenticates by the method that it is registered with.",
        explanation: "The client is registered with another authentication method.",
        remedy: "Use the method chosen at onboarding.")

    /// The Authorization header does not authenticate a client here.
    public static let authenticationBasic = SandboxRule(
        "client.authentication_basic", error: "invalid_client",
        requirement: "The client does not authenticate in the Authorization header.",
        explanation: "The Authorization header does not authenticate a client here.",
        remedy: "Send the credentials in the form body.")

    /// No client is registered with this client id.
    public static let clientUnknown = SandboxRule(
        "client.unknown", error: "invalid_client",
        requirement: "The client id is that of a registered client.",
        explanation: "No client is registered with this client id.",
        remedy: "Send the registered client id, or register the client with the sandbox.")

    /// The client secret is wrong.
    public static let secretWrong = SandboxRule(
        "client.secret", error: "invalid_client",
        requirement: "The client secret is right.",
        explanation: "The client secret is wrong.",
        remedy: "Send the secret of this client, form-encoded.")

    /// client_assertion_type is missing or not urn:ietf:params:oauth:client-assertion-type:jwt-bearer.
    public static let assertionType = SandboxRule(
        "client_assertion.type", error: "invalid_client",
        requirement: "client_assertion_type is jwt-bearer.",
        explanation: """
            client_assertion_type is missing or not urn:ietf:params:oauth:client-assertion-type:jwt-bearer.
            """,
        remedy: "Send this value.")

    /// The client assertion is not a JWT in compact form.
    public static let assertionMalformed = SandboxRule(
        "client_assertion.malformed", error: "invalid_client",
        requirement: "The client assertion is a JWT in compact form.",
        explanation: "The client assertion is not a JWT in compact form.",
        remedy: "Send a signed JWT. You may also encrypt it to itsme's enc key.")

    /// The client assertion is not encrypted, and this sandbox is configured to require it.
    public static let assertionNotEncrypted = SandboxRule(
        "client_assertion.not_encrypted", error: "invalid_client",
        requirement: "The client assertion is encrypted, as this sandbox requires.",
        explanation: "The client assertion is not encrypted, and this sandbox is configured to require it.",
        remedy: "Sign the assertion, then encrypt it for the provider's enc key with cty JWT, as v1 documents.")

    /// The client assertion is encrypted with an algorithm that itsme does not take.
    public static let assertionEncryption = SandboxRule(
        "client_assertion.encryption_algorithm", error: "invalid_client",
        requirement: "The client assertion is encrypted with algorithms that itsme takes.",
        explanation: "The client assertion is encrypted with an algorithm that itsme does not take.",
        remedy: "Use RSA-OAEP-256 or RSA-OAEP with A128CBC-HS256 or A256GCM, or do not encrypt it.")

    /// The client assertion cannot be decrypted.
    public static let assertionDecryption = SandboxRule(
        "client_assertion.decryption", error: "invalid_client",
        requirement: "The client assertion can be decrypted.",
        explanation: "The client assertion cannot be decrypted.",
        remedy:
            "Encrypt to the current enc key of itsme's JWK Set and name it with kid. If the sandbox was restarted, it has new keys: restart your service too, or start the sandbox with --keys."
    )

    /// The content of the encrypted client assertion is not a signed JWT.
    public static let assertionNotSigned = SandboxRule(
        "client_assertion.not_signed", error: "invalid_client",
        requirement: "Inside the encryption, the client assertion is a signed JWT.",
        explanation: "The content of the encrypted client assertion is not a signed JWT.",
        remedy: "Sign first, then encrypt.")

    /// The client assertion is not signed with RS256.
    public static let assertionSignatureAlgorithm = SandboxRule(
        "client_assertion.signature_algorithm", error: "invalid_client",
        requirement: "The client assertion is signed with RS256, or HS256 with the client secret.",
        explanation: "The client assertion is not signed with RS256.",
        remedy: "Sign with RS256.")

    /// The JWS header of the client assertion has no kid.
    public static let assertionKeyIDMissing = SandboxRule(
        "client_assertion.kid_missing", error: "invalid_client",
        requirement: "The JWS header of the client assertion has a kid.",
        explanation: "The JWS header of the client assertion has no kid.",
        remedy: "Put the kid of your sig key in the JWS header.")

    /// The sandbox's copy of the client's JWK Set has no signature key with this kid.
    public static let assertionKeyUnknown = SandboxRule(
        "client_assertion.kid_unknown", error: "invalid_client",
        requirement: "The client's JWK Set has a signature key with this kid.",
        explanation: "The sandbox's copy of the client's JWK Set has no signature key with this kid.",
        remedy: """
            Publish the key with use sig. Sign with it only when older copies of the set have expired: after its \
            max-age, at least 30 minutes and at most 24 hours.
            """)

    /// The signature of the client assertion is wrong.
    public static let assertionSignature = SandboxRule(
        "client_assertion.signature", error: "invalid_client",
        requirement: "The signature of the client assertion is right.",
        explanation: "The signature of the client assertion is wrong.",
        remedy: "Sign with the private key that belongs to the published one.")

    /// The payload of the client assertion is not a JSON object that can be read.
    public static let assertionClaims = SandboxRule(
        "client_assertion.claims", error: "invalid_client",
        requirement: "The payload of the client assertion is a JSON object.",
        explanation: "The payload of the client assertion is not a JSON object that can be read.",
        remedy: "Send a JSON object without repeated members.")

    /// iss of the client assertion is missing or not the client id.
    public static let assertionIssuer = SandboxRule(
        "client_assertion.iss", error: "invalid_client",
        requirement: "iss of the client assertion is the client id.",
        explanation: "iss of the client assertion is missing or not the client id.",
        remedy: "Set iss to the client id.")

    /// sub of the client assertion is missing or not the client id.
    public static let assertionSubject = SandboxRule(
        "client_assertion.sub", error: "invalid_client",
        requirement: "sub of the client assertion is the client id.",
        explanation: "sub of the client assertion is missing or not the client id.",
        remedy: "Set sub to the client id.")

    /// aud of the client assertion is not the URL of the endpoint that it has to name.
    public static let assertionAudience = SandboxRule(
        "client_assertion.aud", error: "invalid_client",
        requirement: "aud of the client assertion is the URL of the right endpoint.",
        explanation: "aud of the client assertion is wrong.",
        remedy: """
            Set aud to a full URL: for tokens and backchannel authentication that of the token endpoint, for user \
            discovery that of the backchannel authentication endpoint.
            """)

    /// exp of the client assertion is missing or not a time.
    public static let assertionExpiryMissing = SandboxRule(
        "client_assertion.exp_missing", error: "invalid_client",
        requirement: "The client assertion has an exp.",
        explanation: "exp of the client assertion is missing or not a time.",
        remedy: "Set exp to a time a few minutes ahead.")

    /// The client assertion has expired.
    public static let assertionExpired = SandboxRule(
        "client_assertion.exp", error: "invalid_client",
        requirement: "The client assertion has not expired.",
        explanation: "The client assertion has expired.",
        remedy: "Make a fresh assertion for each request and check the clock.")

    /// The client assertion expires more than a day ahead.
    public static let assertionTooLong = SandboxRule(
        "client_assertion.exp_far", error: "invalid_client",
        requirement: "The client assertion expires within a day.",
        explanation: "The client assertion expires more than a day ahead.",
        remedy: "Set exp to a time a few minutes ahead.")

    /// nbf or iat of the client assertion is not a time or lies in the future.
    public static let assertionNotYetValid = SandboxRule(
        "client_assertion.nbf", error: "invalid_client",
        requirement: "nbf and iat of the client assertion are not in the future.",
        explanation: "nbf or iat of the client assertion is not a time or lies in the future.",
        remedy: "Check the clock.")

    /// jti of the client assertion is missing, empty or longer than 255 characters.
    public static let assertionIdentifier = SandboxRule(
        "client_assertion.jti", error: "invalid_client",
        requirement: "jti of the client assertion has 1 to 255 characters.",
        explanation: "jti of the client assertion is missing, empty or longer than 255 characters.",
        remedy: "Set a fresh random jti.")

    /// The jti of the client assertion was used before.
    public static let assertionReplayed = SandboxRule(
        "client_assertion.jti_reused", error: "invalid_client",
        requirement: "The jti of the client assertion is new.",
        explanation: "The jti of the client assertion was used before.",
        remedy: "Make a fresh assertion with a fresh jti for each request.")

    /// client_id in the form is not the client of the assertion.
    public static let clientIDDiffers = SandboxRule(
        "client_assertion.client_id", error: "invalid_client",
        requirement: "client_id in the form is the client of the assertion.",
        explanation: "client_id in the form is not the client of the assertion.",
        remedy: "Send the same client id, or leave client_id out.")

    /// The client is registered without keys.
    public static let clientKeysMissing = SandboxRule(
        "client_keys.missing", error: "invalid_client",
        requirement: "The client is registered with keys.",
        explanation: "The client is registered without keys.",
        remedy: "Register a jwks_uri or inline jwks.")

    /// The client's JWK Set could not be fetched with status 200.
    public static let clientKeysUnreachable = SandboxRule(
        "client_keys.unreachable", error: "invalid_client",
        requirement: "The client's JWK Set was fetched with status 200.",
        explanation: "The client's JWK Set could not be fetched with status 200.",
        remedy: "Serve the JWK Set publicly, without login or redirect, in under a second.")

    /// The document at the client's jwks_uri is not a JWK Set.
    public static let clientKeysMalformed = SandboxRule(
        "client_keys.malformed", error: "invalid_client",
        requirement: "The document at the client's jwks_uri is a JWK Set.",
        explanation: "The document at the client's jwks_uri is not a JWK Set.",
        remedy: "Serve an object with a member keys, as in RFC 7517.")

    /// The client's JWK Set does not have a usable RSA key with kid for each use, sig and enc.
    public static let clientKeysIncomplete = SandboxRule(
        "client_keys.incomplete", error: "invalid_client",
        requirement: "The client's JWK Set has the RSA keys that are needed, with use and kid.",
        explanation: "The client's JWK Set does not have a usable RSA key with kid for each use, sig and enc.",
        remedy: """
            Publish at least one RSA key of 2048 bits with use sig and one with use enc, each with a kid and \
            public members only.
            """)
}
