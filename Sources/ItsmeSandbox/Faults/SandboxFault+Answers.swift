import HTTPTypes
import ItsmeRP
import JOSE

// Faults of the answers that hold tokens, and of the documents.

extension SandboxFault {
    private static func response(
        _ name: String, _ place: Place, isTolerable: Bool = false, _ explanation: String,
        _ change: @escaping @Sendable (inout JSONValue, Scene) -> Void
    ) -> SandboxFault {
        SandboxFault(name, place, isTolerable: isTolerable, explanation, .response(change))
    }

    private static func body(
        _ name: String, _ place: Place, _ explanation: String, _ change: @escaping @Sendable ([UInt8]) -> [UInt8]
    ) -> SandboxFault {
        SandboxFault(
            name, place, explanation,
            .reply { reply in
                reply.body = change(reply.body)
                reply.response.headerFields[.contentLength] = String(reply.body.count)
            })
    }

    // MARK: Discovery document

    static let discovery: [SandboxFault] = [
        issuerMismatch, insecureEndpoint, missingEndpoint, responseIssuerAnnounced, discoveryNotJSON,
    ]

    /// The document names another issuer.
    public static let issuerMismatch = response(
        "discovery-issuer-mismatch", .discovery, "The document names another issuer."
    ) { document, _ in document["issuer"] = "https://attacker.example/v2" }
    /// The token endpoint is http on another machine.
    public static let insecureEndpoint = response(
        "discovery-insecure-endpoint", .discovery, "The token endpoint is http on another machine."
    ) { document, _ in document["token_endpoint"] = "http://attacker.example/token" }
    /// There is no token endpoint.
    public static let missingEndpoint = response(
        "discovery-missing-endpoint", .discovery, "There is no token endpoint."
    ) { document, _ in document.remove("token_endpoint") }
    /// The document announces `iss` in callbacks (RFC 9207), but callbacks have none.
    public static let responseIssuerAnnounced = response(
        "remove-authorization-response-iss", .discovery,
        "The document announces iss in callbacks (RFC 9207), but callbacks have none."
    ) { document, _ in document["authorization_response_iss_parameter_supported"] = true }
    /// The document is an HTML page.
    public static let discoveryNotJSON = body("discovery-not-json", .discovery, "The document is an HTML page.") { _ in
        Array("<!doctype html><title>itsme</title>".utf8)
    }

    // MARK: JWK Set

    static let jwkSet: [SandboxFault] = [foreignKeysInSet, privateKeyInSet, emptySet, setNotJSON]

    /// The set also holds keys of other types and malformed ones.
    public static let foreignKeysInSet = response(
        "jwks-mixed", .jwkSet, isTolerable: true, "The set also holds keys of other types and malformed ones."
    ) { set, _ in
        guard case .array(let keys) = set["keys"] else { return }
        let others: [JSONValue] = [
            ["kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "kid": "okp"],
            [
                "kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0", "kid": "ec",
            ],
            ["kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "tiny"], ["kty": "unheard-of"], "no object",
        ]
        set["keys"] = .array(others + keys)
    }
    /// The keys of the set have a private member.
    public static let privateKeyInSet = response(
        "jwks-private-key", .jwkSet, "The keys of the set have a private member."
    ) { set, _ in
        guard case .array(let keys) = set["keys"] else { return }
        set["keys"] = .array(
            keys.map { key in
                var key = key
                key["d"] = "AQAB"
                return key
            })
    }
    /// The set is empty.
    public static let emptySet = response("jwks-empty", .jwkSet, "The set is empty.") { set, _ in set["keys"] = [] }
    /// The set is an HTML page.
    public static let setNotJSON = body("jwks-not-json", .jwkSet, "The set is an HTML page.") { _ in
        Array("<!doctype html><title>itsme</title>".utf8)
    }

    // MARK: Callback

    static let callback: [SandboxFault] = [
        missingState, invalidState, repeatedState, repeatedCode, otherIssuer, codeAndError, noCode, unknownError,
        brokenEscape,
    ]

    private static func query(
        _ name: String, _ explanation: String,
        _ change: @escaping @Sendable (inout [(name: String, value: String)]) -> Void
    ) -> SandboxFault {
        SandboxFault(name, .callback, explanation, .query(change))
    }

    /// There is no `state`.
    public static let missingState = query("invalid-missing-state-fails", "There is no state.") {
        $0.removeAll { $0.name == "state" }
    }
    /// `state` is that of another login.
    public static let invalidState = query("with-invalid-state-fails", "state is that of another login.") {
        $0.removeAll { $0.name == "state" }
        $0.append(("state", "the-state-of-another-login"))
    }
    /// `state` occurs twice.
    public static let repeatedState = query("callback-duplicate-state", "state occurs twice.") {
        $0.append(("state", "the-state-of-another-login"))
    }
    /// `code` occurs twice.
    public static let repeatedCode = query("callback-duplicate-code", "code occurs twice.") {
        $0.append(("code", "the-code-of-another-login"))
    }
    /// `iss` is another issuer.
    public static let otherIssuer = query("invalid-authorization-response-iss", "iss is another issuer.") {
        $0.append(("iss", "https://attacker.example/v2"))
    }
    /// There is both a code and an error.
    public static let codeAndError = query("callback-code-and-error", "There is both a code and an error.") {
        $0.append(("error", "access_denied"))
    }
    /// There is neither a code nor an error.
    public static let noCode = query("callback-without-code", "There is neither a code nor an error.") {
        $0.removeAll { $0.name == "code" }
    }
    /// There is an undocumented error instead of a code.
    public static let unknownError = query(
        "callback-unknown-error", "There is an undocumented error instead of a code."
    ) {
        $0.removeAll { $0.name == "code" }
        $0.append(("error", "error_of_next_year"))
    }
    /// The query has an unknown parameter with a percent sign that no digits follow.
    public static let brokenEscape = SandboxFault(
        "callback-broken-escape", .callback, isTolerable: true,
        "The query has an unknown parameter with a percent sign that no digits follow.",
        .reply { reply in
            if let location = reply.response.headerFields[.location] {
                reply.response.headerFields[.location] = location + "&x=%zz"
            }
        })

    // MARK: Token response

    static let tokenResponse: [SandboxFault] = [
        lowerCaseTokenType, missingLifetime, otherTokenType, missingTokenType, missingIDToken, missingAccessToken,
        idTokenOfWrongType, repeatedAccessToken, responseNotJSON, responseTooDeep,
    ]

    /// `token_type` is `bearer`.
    public static let lowerCaseTokenType = response(
        "token-type-case-insensitivity", .token, isTolerable: true, "token_type is bearer."
    ) { response, _ in response["token_type"] = "bearer" }
    /// There is no `expires_in`.
    public static let missingLifetime = response(
        "token-endpoint-response-without-expires_in", .token, isTolerable: true, "There is no expires_in."
    ) { response, _ in response.remove("expires_in") }
    /// `token_type` is `mac`.
    public static let otherTokenType = response("token-type-other", .token, "token_type is mac.") { response, _ in
        response["token_type"] = "mac"
    }
    /// There is no `token_type`.
    public static let missingTokenType = response("token-type-missing", .token, "There is no token_type.") {
        response, _ in response.remove("token_type")
    }
    /// There is no `id_token`.
    public static let missingIDToken = response("id-token-missing", .token, "There is no id_token.") { response, _ in
        response.remove("id_token")
    }
    /// There is no `access_token`.
    public static let missingAccessToken = response("access-token-missing", .token, "There is no access_token.") {
        response, _ in response.remove("access_token")
    }
    /// `id_token` is an object.
    public static let idTokenOfWrongType = response("id-token-object", .token, "id_token is an object.") {
        response, _ in response["id_token"] = [:]
    }
    /// `access_token` occurs twice.
    public static let repeatedAccessToken = body(
        "token-response-duplicate-member", .token, "access_token occurs twice."
    ) { Array(#"{"access_token":"another","#.utf8) + $0.dropFirst() }
    /// The token response is an HTML page.
    public static let responseNotJSON = body("token-response-not-json", .token, "The token response is an HTML page.") {
        _ in
        Array("<!doctype html><title>itsme</title>".utf8)
    }
    /// The token response is 100,000 opening brackets (CVE-2025-53864).
    public static let responseTooDeep = body(
        "token-response-deep", .token, "The token response is 100,000 opening brackets."
    ) { _ in [UInt8](repeating: UInt8(ascii: "["), count: 100_000) }

    // MARK: UserInfo

    static let userInfoClaims: [SandboxFault] = [otherPerson, idTokenAsUserInfo]

    /// UserInfo is about another person.
    public static let otherPerson = SandboxFault(
        "userinfo-invalid-sub", .userInfo, "UserInfo is about another person.",
        .claims { claims, _ in claims["sub"] = "00000000-0000-8000-8000-000000000000" })
    /// UserInfo is an ID token: it has a nonce.
    public static let idTokenAsUserInfo = SandboxFault(
        "userinfo-is-id-token", .userInfo, "UserInfo is an ID token: it has a nonce.",
        .claims { claims, _ in claims["nonce"] = "a-nonce" })

    // MARK: HTTP

    /// The faults of HTTP that an answer can have.
    static func http(at place: Place) -> [SandboxFault] {
        switch place {
        // Polls use the faults of the token response and have some of their own.
        case .callback, .poll, .notification: []
        default:
            [
                serverError(at: place), tooManyRequests(at: place), redirect(at: place), tooLarge(at: place),
                stall(at: place),
            ]
        }
    }

    private static func prefix(_ place: Place) -> String {
        switch place {
        case .discovery: "discovery"
        case .jwkSet: "jwks"
        case .callback: "callback"
        case .token: "token"
        case .userInfo: "userinfo"
        case .userDiscovery: "user-discovery"
        case .backchannelAuthentication: "ciba"
        case .poll: "ciba-poll"
        case .notification: "ciba-ping"
        }
    }

    private static func status(_ status: HTTPResponse.Status, _ reply: inout HTTPReply) {
        reply = .bytes(
            [], type: "text/plain", status: status)
    }

    /// The answer is a 500 without content. The request still takes effect.
    public static func serverError(at place: Place) -> SandboxFault {
        SandboxFault(
            prefix(place) + "-http-500", place, "The answer is a 500 without content.",
            .reply { status(.internalServerError, &$0) })
    }

    /// The answer is a 429 without content. The request still takes effect.
    public static func tooManyRequests(at place: Place) -> SandboxFault {
        SandboxFault(
            prefix(place) + "-http-429", place, "The answer is a 429 without content.",
            .reply { status(.tooManyRequests, &$0) })
    }

    /// The answer is a redirect to another host.
    public static func redirect(at place: Place) -> SandboxFault {
        SandboxFault(
            prefix(place) + "-http-302", place, "The answer is a redirect to another host.",
            .reply { $0 = .redirect(to: "https://attacker.example/") })
    }

    /// Two mebibytes of white space follow the answer.
    public static func tooLarge(at place: Place) -> SandboxFault {
        body(prefix(place) + "-too-large", place, "Two mebibytes of white space follow the answer.") {
            $0 + [UInt8](repeating: UInt8(ascii: " "), count: 2 << 20)
        }
    }

    /// The answer takes 30 seconds of real time, whatever the sandbox's clock shows.
    public static func stall(at place: Place) -> SandboxFault {
        SandboxFault(prefix(place) + "-stall", place, "The answer takes 30 seconds.", .stall(.seconds(30)))
    }
}
