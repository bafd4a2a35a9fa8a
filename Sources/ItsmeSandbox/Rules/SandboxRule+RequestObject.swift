// Rules of request objects, by value or by reference.

extension SandboxRule {
    /// Both request and request_uri are present.
    public static let requestAndRequestURI = SandboxRule(
        "request_object.request_and_request_uri", error: "invalid_request",
        requirement: "Only one of request and request_uri is there.",
        explanation: "Both request and request_uri are present.",
        remedy: "Send one of the two.")

    /// The request_uri is not one of the registered ones.
    public static let requestURIUnregistered = SandboxRule(
        "request_uri.unregistered", error: "invalid_request_uri",
        requirement: "request_uri is registered.",
        explanation: "The request_uri is not one of the registered ones.",
        remedy: "Register the request URI at onboarding and send it exactly as registered.")

    /// The request_uri did not answer with status 200.
    public static let requestURIUnreachable = SandboxRule(
        "request_uri.unreachable", error: "invalid_request_uri",
        requirement: "request_uri answered with status 200.",
        explanation: "The request_uri did not answer with status 200.",
        remedy: "Serve the request object publicly, without redirect, and quickly.")

    /// The request_uri answered with a media type that is not that of a request object.
    public static let requestURIMediaType = SandboxRule(
        "request_uri.media_type", error: "invalid_request_uri",
        requirement: "request_uri answered with the media type of a request object.",
        explanation: "The request_uri answered with a media type that is not that of a request object.",
        remedy: "Serve the request object as application/oauth-authz-req+jwt (v1: application/jwt).")

    /// The request object is signed but not encrypted.
    public static let requestObjectNotEncrypted = SandboxRule(
        "request_object.not_encrypted", error: "invalid_request_object",
        requirement: "The request object is encrypted.",
        explanation: "The request object is signed but not encrypted.",
        remedy: "Encrypt the signed request object to the enc key of itsme's JWK Set.")

    /// The request object is not a JWT in compact form.
    public static let requestObjectMalformed = SandboxRule(
        "request_object.malformed", error: "invalid_request_object",
        requirement: "The request object is a JWT in compact form.",
        explanation: "The request object is not a JWT in compact form.",
        remedy: "Send a nested JWT: signed, then encrypted.")

    /// The request object is encrypted with an algorithm that itsme does not take.
    public static let requestObjectEncryption = SandboxRule(
        "request_object.encryption_algorithm", error: "invalid_request_object",
        requirement: "The request object is encrypted with algorithms that itsme takes.",
        explanation: "The request object is encrypted with an algorithm that itsme does not take.",
        remedy: "Use RSA-OAEP-256 or RSA-OAEP with A128CBC-HS256 or A256GCM.")

    /// The request object cannot be decrypted.
    public static let requestObjectDecryption = SandboxRule(
        "request_object.decryption", error: "invalid_request_object",
        requirement: "The request object can be decrypted.",
        explanation: "The request object cannot be decrypted.",
        remedy:
            "Encrypt to the current enc key of itsme's JWK Set and name it with kid. If the sandbox was restarted, it has new keys: restart your service too, or start the sandbox with --keys."
    )

    /// The content of the encrypted request object is not a signed JWT.
    public static let requestObjectNotSigned = SandboxRule(
        "request_object.not_signed", error: "invalid_request_object",
        requirement: "Inside the encryption, the request object is a signed JWT.",
        explanation: "The content of the encrypted request object is not a signed JWT.",
        remedy: "Sign first, then encrypt.")

    /// The request object is not signed with the registered algorithm.
    public static let requestObjectSignatureAlgorithm = SandboxRule(
        "request_object.signature_algorithm", error: "invalid_request_object",
        requirement: "The request object is signed with the registered algorithm.",
        explanation: "The request object is not signed with the registered algorithm.",
        remedy: "Sign with RS256, or with HS256 and the client secret if the client has one.")

    /// The JWS header of the request object has no kid.
    public static let requestObjectKeyIDMissing = SandboxRule(
        "request_object.kid_missing", error: "invalid_request_object",
        requirement: "The JWS header of the request object has a kid.",
        explanation: "The JWS header of the request object has no kid.",
        remedy: "Put the kid of your sig key in the JWS header.")

    /// The sandbox's copy of the client's JWK Set has no signature key with this kid.
    public static let requestObjectKeyUnknown = SandboxRule(
        "request_object.kid_unknown", error: "invalid_request_object",
        requirement: "The client's JWK Set has a signature key with this kid.",
        explanation: "The sandbox's copy of the client's JWK Set has no signature key with this kid.",
        remedy: """
            Publish the key with use sig. Sign with it only when older copies of the set have expired: after its \
            max-age, at least 30 minutes and at most 24 hours.
            """)

    /// The signature of the request object is wrong.
    public static let requestObjectSignature = SandboxRule(
        "request_object.signature", error: "invalid_request_object",
        requirement: "The signature of the request object is right.",
        explanation: "The signature of the request object is wrong.",
        remedy: "Sign with the private key that belongs to the published one.")

    /// The payload of the request object is not a JSON object that can be read.
    public static let requestObjectClaims = SandboxRule(
        "request_object.claims", error: "invalid_request_object",
        requirement: "The payload of the request object is a JSON object.",
        explanation: "The payload of the request object is not a JSON object that can be read.",
        remedy: "Send a JSON object without repeated members.")

    /// The request object has no iss, or it is not the client id.
    public static let requestObjectIssuer = SandboxRule(
        "request_object.iss", error: "invalid_request_object",
        requirement: "iss of the request object is the client id.",
        explanation: "The request object has no iss, or it is not the client id.",
        remedy: "Set iss to the client id.")

    /// The request object has no aud, or it does not name this provider.
    public static let requestObjectAudience = SandboxRule(
        "request_object.aud", error: "invalid_request_object",
        requirement: "aud of the request object names this provider.",
        explanation: "The request object has no aud, or it does not name this provider.",
        remedy: "Set aud to the issuer of the provider, in the first generation (v1) to its authorization endpoint.")

    /// The exp of the request object is not a time or has passed.
    public static let requestObjectExpired = SandboxRule(
        "request_object.exp", error: "invalid_request_object",
        requirement: "exp of the request object has not passed.",
        explanation: "The exp of the request object is not a time or has passed.",
        remedy: "Check the clock. Make a fresh request object for each request; exp may be left out.")

    /// The nbf of the request object is not a time or lies in the future.
    public static let requestObjectNotYetValid = SandboxRule(
        "request_object.nbf", error: "invalid_request_object",
        requirement: "nbf of the request object is not in the future.",
        explanation: "The nbf of the request object is not a time or lies in the future.",
        remedy: "Check the clock; nbf may be left out.")

    /// The request object contains request or request_uri.
    public static let requestObjectNested = SandboxRule(
        "request_object.nested", error: "invalid_request_object",
        requirement: "The request object contains neither request nor request_uri.",
        explanation: "The request object contains request or request_uri.",
        remedy: "Leave both out of the request object.")

    /// The request object has the client id as sub, which makes it a client assertion.
    public static let requestObjectSubject = SandboxRule(
        "request_object.sub", error: "invalid_request_object",
        requirement: "The request object does not have the client id as sub.",
        explanation: "The request object has the client id as sub, which makes it a client assertion.",
        remedy: "Leave sub out of the request object.")

    /// A member of the request object has the wrong JSON type.
    public static let requestObjectMember = SandboxRule(
        "request_object.member_type", error: "invalid_request_object",
        requirement: "Each member of the request object has the right JSON type.",
        explanation: "A member of the request object has the wrong JSON type.",
        remedy: "Send parameters as strings and claims as an object.")

    /// response_type, client_id and a scope with openid must also be outside the request object.
    public static let outerParameterMissing = SandboxRule(
        "request_object.outer_missing", error: "invalid_request",
        requirement: "response_type, client_id and a scope with openid are outside the request object too.",
        explanation: "response_type, client_id and a scope with openid must also be outside the request object.",
        remedy: "Repeat the three parameters in the query.")

    /// response_type, client_id or scope differ inside and outside the request object. Outside, the scope may be openid
    /// alone.
    public static let outerParameterDiffers = SandboxRule(
        "request_object.outer_differs", error: "invalid_request",
        requirement: "response_type, client_id and scope are the same inside and outside the request object.",
        explanation: "response_type, client_id or scope differ inside and outside the request object.",
        remedy: "Send the same values inside and outside; the scope outside may be openid alone.")
}
