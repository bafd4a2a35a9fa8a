public import JOSE

/// What went wrong on the way to a verified person, and what to do about it.
///
/// An error has one ``code`` per rule, the ``phase`` in which it arose, a ``reason`` and a ``remedy`` in words.
/// It never carries values of claims, bodies, tokens or URLs with parameters; it names claims and fields.
/// Show ``safeMessage`` to a browser and nothing else.
public struct ItsmeError: Error, Sendable {
    /// Whose turn it is.
    public enum Kind: String, Sendable, Hashable {
        /// The person, or itsme on the person's behalf, said no. Offer to start again.
        case declined
        /// itsme or the network did not answer as usual. Trying again later may help.
        case transient
        /// What came back broke a rule of security. The login is refused; do not retry with the same data.
        case untrustedResponse
        /// The configuration, the registration at itsme, or the calling code has to change.
        case misconfiguration
    }

    /// The part of the flow in which the error arose.
    public struct Phase: Sendable, Hashable, CustomStringConvertible {
        /// The stable name.
        public let description: String

        init(_ name: String) { description = name }

        /// Making a client or its parts.
        public static let configuration = Phase("configuration")
        /// Reading the discovery document.
        public static let discovery = Phase("discovery")
        /// Reading the JWK Set of itsme.
        public static let providerKeys = Phase("provider-keys")
        /// Building the authorization request.
        public static let authorizationRequest = Phase("authorization-request")
        /// Opening the transaction and reading the callback.
        public static let authorizationResponse = Phase("authorization-response")
        /// The token request and its answer.
        public static let token = Phase("token")
        /// Decryption, verification and validation of the ID token.
        public static let idToken = Phase("id-token")
        /// The UserInfo request, its answer and its validation.
        public static let userInfo = Phase("userinfo")
        /// The revocation request and its answer.
        public static let revocation = Phase("revocation")
        /// Finding out who is there by a QR code.
        public static let userDiscovery = Phase("user-discovery")
        /// The backchannel authentication request and its answer.
        public static let backchannelAuthentication = Phase("backchannel-authentication")
    }

    /// The rule that was broken.
    public let code: Code

    /// The part of the flow.
    public let phase: Phase

    /// What is wrong, in words without values.
    public let reason: String

    /// What to do about it.
    public let remedy: String

    /// The claim or the configuration field concerned, if one is.
    public let field: String?

    /// What itsme itself said, if it answered with an error.
    public let providerError: ProviderError?

    /// The code of the JOSE failure underneath, if one is.
    public let joseCode: JOSEError.Code?

    /// The code of the HTTP failure underneath, if one is.
    public let transportCode: HTTPTransportError.Code?

    /// How long itsme asks to wait before the next try (`Retry-After`, RFC 9110 §10.2.3), for an answer of status 429,
    /// 408 or 5xx that says so. Not limited: bound it before you wait for it.
    public let retryAfter: Duration?

    /// Whose turn it is; follows from the code, and for an answer of itsme from its error code. A cause that is known
    /// to lie in the configuration makes it ``Kind-swift.enum/misconfiguration``.
    public var kind: Kind {
        providerError?.kind ?? knownKind ?? code.kind
    }

    /// The kind, where more is known than the code says.
    private let knownKind: Kind?

    /// Makes an error; reason and remedy are the code's unless there is something special to say.
    init(
        _ code: Code,
        _ phase: Phase,
        _ reason: String? = nil,
        remedy: String? = nil,
        field: String? = nil,
        kind: Kind? = nil,
        providerError: ProviderError? = nil,
        joseCode: JOSEError.Code? = nil,
        transportCode: HTTPTransportError.Code? = nil,
        retryAfter: Duration? = nil
    ) {
        self.code = code
        self.phase = phase
        self.reason = reason ?? code.reason
        self.remedy = remedy ?? code.remedy
        self.field = field
        knownKind = kind
        self.providerError = providerError
        self.joseCode = joseCode
        self.transportCode = transportCode
        self.retryAfter = retryAfter
    }

    /// The two issuers of a mismatch, in words. Issuers are no secrets; what is no URL may be one, and is not shown.
    static func issuers(found: String, expected: String) -> String {
        let isURL = found.hasPrefix("https://") || found.hasPrefix("http://")
        return "the issuer is \(isURL ? printable(found) : "no URL"), expected is \(printable(expected))"
    }

    /// A name from outside for the text of an error: at most 128 characters, what is not printable ASCII replaced.
    static func printable(_ name: String) -> String {
        let shown = name.unicodeScalars.prefix(128).map { (0x21...0x7E).contains($0.value) ? Character($0) : "?" }
        return "'" + String(shown) + (name.unicodeScalars.count > 128 ? "…'" : "'")
    }

    /// A sentence that a browser may see: no rule, no field, nothing of the answer.
    public var safeMessage: String {
        switch kind {
        case .declined: "The login was not completed. You can try again."
        case .transient: "itsme cannot be reached at the moment. Please try again in a few minutes."
        case .untrustedResponse: "The login could not be verified and was stopped. Please start again."
        case .misconfiguration: "The login is not available at the moment."
        }
    }
}

extension ItsmeError: CustomStringConvertible, CustomDebugStringConvertible {
    /// Phase, code, reason and remedy on one line; safe to log.
    public var description: String {
        var text = "\(phase): \(code): \(reason)"
        if let field { text += " [\(field)]" }
        if let providerError { text += " (itsme: \(providerError.loggableCode))" }
        if let joseCode { text += " (jose: \(joseCode))" }
        if let transportCode { text += " (http: \(transportCode))" }
        return text + " — " + remedy
    }

    /// The same as ``description``.
    public var debugDescription: String { description }
}
