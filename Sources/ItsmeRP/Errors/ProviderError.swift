import HTTPTypes
import JOSE
import WebFormats

/// An error that itsme sent: in the callback, or in the answer of an endpoint.
///
/// The texts are untrusted: show them to developers, not in browsers.
public struct ProviderError: Sendable, Hashable {
    /// An error code of itsme. Undocumented codes are kept as received.
    public struct Code: RawRepresentable, Sendable, Hashable {
        /// The code on the wire.
        public let rawValue: String

        /// Any code.
        public init(rawValue: String) { self.rawValue = rawValue }

        init(_ name: String) { rawValue = name }
    }

    /// The value of `error`.
    public let code: Code

    /// The value of `error_description`.
    public let errorDescription: String?

    /// The value of `detail`, which itsme's token endpoint uses instead of `error_description`.
    public let detail: String?

    /// The value of `uid`, by which itsme's support can find the request.
    public let uid: String?

    /// The value of `error_uri`.
    public let errorURI: String?

    /// The HTTP status, if the error came in the body of an answer.
    public let status: Int?

    init(
        code: Code, errorDescription: String? = nil, detail: String? = nil, uid: String? = nil, errorURI: String? = nil,
        status: Int? = nil
    ) {
        self.code = code
        self.errorDescription = errorDescription
        self.detail = detail
        self.uid = uid
        self.errorURI = errorURI
        self.status = status
    }

    /// Reads the body of an error answer; nil when it is not a JSON object with a string `error`.
    package init?(body: [UInt8], status: Int? = nil) {
        guard let json = try? JSON(parsing: body), let code = json["error"]?.string else { return nil }
        self.init(
            code: Code(rawValue: code),
            errorDescription: json["error_description"]?.string,
            detail: json["detail"]?.string,
            uid: json["uid"]?.string,
            errorURI: json["error_uri"]?.string,
            status: status)
    }

    /// Reads the challenge of an answer without such a body (RFC 6750 §3): `WWW-Authenticate: Bearer error="invalid_token"`.
    ///
    /// - Parameter token: Whether the request carried an access token. If it did, status 401 without an error code
    ///   means that the token is invalid.
    package init?(challengeOf reply: HTTPReply, token: Bool = false) {
        let status = reply.response.status.code
        guard let challenge = AuthenticationChallenge.all(of: reply).first(where: { $0.scheme.isToken("bearer") })
        else { return nil }
        let code = challenge.parameters["error"].map(Code.init(rawValue:))
        guard let code = code ?? (token && status == 401 ? .invalidToken : nil) else { return nil }
        self.init(code: code, errorDescription: challenge.parameters["error_description"], status: status)
    }

    /// The code for a log line: only the characters of RFC 6749 §5.2, at most 64.
    var loggableCode: String { Self.loggable(code.rawValue) }

    /// The ``uid`` for a log line, limited in the same way.
    var loggableUID: String? { uid.map(Self.loggable) }

    private static func loggable(_ text: String) -> String {
        let allowed = text.utf8.prefix(64).filter { byte in
            (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte)
                || byte == 0x5F || byte == 0x2D
        }
        return String(decoding: allowed, as: UTF8.self)
    }
}

extension ProviderError: Redacted {
    /// The code; the texts are untrusted and not printed.
    public var description: String { "ProviderError(\(loggableCode))" }
}

extension ProviderError.Code {
    // Authorization endpoint

    /// The person cancelled, or itsme refused on the person's behalf.
    public static let accessDenied = Self("access_denied")
    /// A parameter is missing, wrong or repeated.
    public static let invalidRequest = Self("invalid_request")
    /// `prompt=none` was sent, but the person has to log in.
    public static let loginRequired = Self("login_required")
    /// `prompt=none` was sent, but the person has to act.
    public static let interactionRequired = Self("interaction_required")
    /// The kind of request is not supported.
    public static let unsupportedRequest = Self("unsupported_request")
    /// The client id is not known.
    public static let invalidClientID = Self("invalid_client_id")
    /// The redirect URI is not a registered one.
    public static let invalidRedirectURI = Self("invalid_redirect_uri")
    /// The scope is not allowed, or the service code is unknown.
    public static let invalidScope = Self("invalid_scope")
    /// The value of `display` is not supported.
    public static let unsupportedDisplay = Self("unsupported_display")
    /// The client may not do this; at the token endpoint also a bad client assertion.
    public static let unauthorizedClient = Self("unauthorized_client")
    /// The response type is not supported.
    public static let unsupportedResponseType = Self("unsupported_response_type")
    /// The request object cannot be decrypted, verified or accepted.
    public static let invalidRequestObject = Self("invalid_request_object")
    /// The request URI is not registered or cannot be read.
    public static let invalidRequestURI = Self("invalid_request_uri")
    /// itsme is not available for the moment, as itsme spells it.
    public static let temporaryUnavailable = Self("temporary_unavailable")
    /// itsme is not available for the moment, as RFC 6749 spells it.
    public static let temporarilyUnavailable = Self("temporarily_unavailable")
    /// itsme had an internal error (RFC 6749 §4.1.2.1).
    public static let serverError = Self("server_error")
    /// The `registration` parameter is not supported.
    public static let registrationNotSupported = Self("registration_not_supported")

    // Token and UserInfo endpoints

    /// The client could not be authenticated.
    public static let invalidClient = Self("invalid_client")
    /// The code or the `auth_req_id` is unknown, used, expired, or was issued to another client or redirect URI.
    public static let invalidGrant = Self("invalid_grant")
    /// The grant type is not supported.
    public static let unsupportedGrantType = Self("unsupported_grant_type")
    /// The access token is unknown or has expired.
    public static let invalidToken = Self("invalid_token")

    // Backchannel (CIBA Core 1.0 §11 and §13)

    /// The person has not answered yet.
    public static let authorizationPending = Self("authorization_pending")
    /// The person has not answered yet, and the client polls too often.
    public static let slowDown = Self("slow_down")
    /// The person did not answer in time.
    public static let expiredToken = Self("expired_token")
    /// The login hint is too old.
    public static let expiredLoginHintToken = Self("expired_login_hint_token")
    /// The login hint does not identify a person.
    public static let unknownUserID = Self("unknown_user_id")
}

extension ProviderError.Code {
    /// Every code that has a name here, for the list of errors in the documentation.
    package static let named: [ProviderError.Code] = [
        .accessDenied, .invalidRequest, .loginRequired, .interactionRequired, .unsupportedRequest, .invalidClientID,
        .invalidRedirectURI, .invalidScope, .unsupportedDisplay, .unauthorizedClient, .unsupportedResponseType,
        .invalidRequestObject, .invalidRequestURI, .temporaryUnavailable, .temporarilyUnavailable, .serverError,
        .registrationNotSupported, .invalidClient, .invalidGrant, .unsupportedGrantType, .invalidToken,
        .authorizationPending, .slowDown, .expiredToken, .expiredLoginHintToken, .unknownUserID,
    ]
}

extension ProviderError {
    /// An error with this code and nothing else, for the list of errors in the documentation.
    package init(_ code: Code) { self.init(code: code) }

    /// Who has to act; nil for an undocumented code.
    package var kind: ItsmeError.Kind? {
        switch code {
        case .accessDenied, .loginRequired, .interactionRequired, .invalidGrant, .invalidToken, .expiredToken,
            .expiredLoginHintToken, .unknownUserID:
            .declined
        case .temporaryUnavailable, .temporarilyUnavailable, .serverError, .authorizationPending, .slowDown: .transient
        case .invalidRequest, .unsupportedRequest, .invalidClientID, .invalidRedirectURI, .invalidScope,
            .unsupportedDisplay, .unauthorizedClient, .unsupportedResponseType, .invalidRequestObject,
            .invalidRequestURI, .registrationNotSupported, .invalidClient, .unsupportedGrantType:
            .misconfiguration
        default: nil
        }
    }

    /// What to do about it, for a client with this authentication.
    func advice(for authentication: ClientAuthentication) -> String {
        switch code {
        case .unauthorizedClient where authentication.hasSecret, .invalidClient where authentication.hasSecret:
            "itsme could not authenticate the client: compare the client id and the client secret with those that itsme gave you for this environment."
        case .invalidRequestObject where authentication.hasSecret:
            "itsme could not use the request object: compare the client secret, which signs it, and requestObjectAlgorithms with what was registered at itsme, and check the clock."
        default: advice
        }
    }

    /// What to do about it.
    public var advice: String {
        switch code {
        case .accessDenied: "The person cancelled or refused in the app. Offer to start again."
        case .loginRequired, .interactionRequired:
            "The person has to act in the app. Start again without prompt=none."
        case .invalidGrant:
            "The code or auth_req_id was used, has expired or belongs to another client or redirect URI. Start again."
        case .invalidToken: "The access token has expired. Start again."
        case .expiredToken: "The person did not answer in time. Offer to start again."
        case .expiredLoginHintToken: "The hint has expired. Identify the person again with user discovery."
        case .unknownUserID: "itsme does not know the person of this hint. Identify the person with user discovery."
        case .authorizationPending, .slowDown: "Ask again when the interval is over."
        case .temporaryUnavailable, .temporarilyUnavailable, .serverError: "Try again in a few minutes."
        case .invalidRequest, .unsupportedRequest, .unsupportedDisplay, .unsupportedResponseType,
            .registrationNotSupported, .unsupportedGrantType:
            "The request was not accepted: compare its parameters with the registration at itsme."
        case .invalidClientID: "The client id is not known in this environment: compare it with the registration."
        case .invalidRedirectURI: "Register the redirect URI at itsme exactly as it is configured here."
        case .invalidScope: "Compare the service code and the scopes with the registration at itsme."
        case .unauthorizedClient, .invalidClient:
            "itsme could not authenticate the client. With a key pair: check that the public JWK Set is reachable and holds the signing key in use, and that the clock is right. With a client secret: compare it with the one that itsme gave you."
        case .invalidRequestObject:
            "itsme could not use the request object. With a key pair: check that the public JWK Set is reachable and holds the signing key in use, and that the clock is right. With a client secret: compare it with the one that itsme gave you."
        case .invalidRequestURI: "Register the request URI at itsme; it must be https with port 443 and reachable."
        default: "The code is not documented by itsme. Read the texts that came with it."
        }
    }
}
