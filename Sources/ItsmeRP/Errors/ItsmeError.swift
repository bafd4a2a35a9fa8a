public import JOSE

/// Why a login or another operation failed, and what to do about it.
///
/// An error has a ``code`` (one per rule), the ``phase`` in which it arose, a ``reason`` and a ``remedy``. It names
/// claims and fields but never contains values of claims, bodies, tokens or URLs with parameters. Show a browser only
/// ``safeMessage(in:of:)``.
public struct ItsmeError: Error, Sendable {
    /// Who has to act.
    public enum Kind: String, Sendable, Hashable {
        /// The person refused, or itsme refused for the person. Offer to start again.
        case declined
        /// itsme or the network did not answer as usual. Trying again later may help.
        case transient
        /// An answer broke a security rule. The login is refused; do not retry with the same data.
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
        /// Identifying a person by a QR code.
        public static let userDiscovery = Phase("user-discovery")
        /// The store that several instances share.
        public static let store = Phase("store")
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

    /// The claim or configuration field, if the error is about one.
    public let field: String?

    /// The error that itsme sent, if it did.
    public let providerError: ProviderError?

    /// The code of the underlying JOSE error, if any.
    public let joseCode: JOSEError.Code?

    /// The code of the underlying HTTP error, if any.
    public let transportCode: HTTPTransportError.Code?

    /// How long itsme asks to wait before the next try (`Retry-After`, RFC 9110 §10.2.3), for an answer with status
    /// 429, 408 or 5xx. The value is not limited, so set a limit before you wait.
    public let retryAfter: Duration?

    /// Who has to act. It follows from the code, or from the error code that itsme sent. It is
    /// ``Kind-swift.enum/misconfiguration`` if the cause is known to be in the configuration.
    public var kind: Kind {
        providerError?.kind ?? knownKind ?? code.kind
    }

    /// The kind, if it differs from the code's.
    private let knownKind: Kind?

    /// Makes an error; reason and remedy default to those of the code.
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

    /// The error of a random or cryptographic operation whose input is known to be valid: the random source or OpenSSL
    /// has failed, and no key, token or configuration is at fault.
    package static func cryptography(_ error: JOSEError, _ phase: Phase) -> ItsmeError {
        guard error.code != .randomFailed else {
            return ItsmeError(.randomSourceFailed, phase, joseCode: error.code)
        }
        return ItsmeError(
            .invalidConfiguration, phase, "OpenSSL failed: \(error.reason)",
            remedy: "Check that OpenSSL 3 is installed completely, with its default provider.", joseCode: error.code)
    }

    /// Runs an operation of a store, and throws ``storeFailure(_:_:)`` in place of its errors.
    package static func ofStore<Value>(_ phase: Phase, _ operation: () async throws -> Value) async throws -> Value {
        do {
            return try await operation()
        } catch {
            throw storeFailure(error, phase)
        }
    }

    /// The store's own errors as `store_unavailable`, with their type, since their text may hold anything. An ``ItsmeError``
    /// and a cancellation stay as they are.
    package static func storeFailure(_ error: any Error, _ phase: Phase) -> any Error {
        guard !(error is ItsmeError), !(error is CancellationError) else { return error }
        return storeUnavailable("the store failed with \(type(of: error))", phase)
    }

    /// The error of a store that did not answer, with a reason that holds no secret.
    package static func storeUnavailable(_ reason: String, _ phase: Phase) -> ItsmeError {
        ItsmeError(.storeUnavailable, phase, reason)
    }

    /// The error of a parameter that another module of this package refuses.
    package static func invalidConfiguration(_ reason: String, remedy: String, field: String) -> ItsmeError {
        ItsmeError(.invalidConfiguration, .configuration, reason, remedy: remedy, field: field)
    }

    /// Text that names both issuers of a mismatch. An issuer is not secret. A value that is not a URL might be, so it
    /// is not shown.
    static func issuers(found: String, expected: String) -> String {
        let isURL = found.hasPrefix("https://") || found.hasPrefix("http://")
        return "the issuer is \(isURL ? printable(found) : "not a URL"), but \(printable(expected)) is expected"
    }

    /// Makes an untrusted name safe for an error text: at most 128 characters, with `?` for everything but printable
    /// ASCII.
    static func printable(_ name: String) -> String {
        let shown = name.unicodeScalars.prefix(128).map { (0x21...0x7E).contains($0.value) ? Character($0) : "?" }
        return "'" + String(shown) + (name.unicodeScalars.count > 128 ? "…'" : "'")
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
