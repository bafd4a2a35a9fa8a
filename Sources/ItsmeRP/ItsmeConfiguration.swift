public import JOSE
public import Logging

/// The configuration of a client: the itsme environment, the client's identity and keys, and its limits.
///
/// ``ItsmeClient`` checks it. The timeouts of requests to itsme are fixed: 5 seconds to connect, 10 seconds for the
/// whole answer (``HTTPLimits``).
public struct ItsmeConfiguration: Sendable {
    /// The itsme environment to use.
    public var environment: ItsmeEnvironment

    /// The client id that itsme gave.
    public var clientID: String

    /// How the client authenticates itself.
    public var authentication: ClientAuthentication

    /// The URI to which itsme returns the person: https, exactly as registered, without a fragment.
    public var redirectURI: String

    /// The algorithms of ID tokens.
    ///
    /// Default with a key pair: RSA-OAEP-256 (legacy environments: RSA-OAEP) and A128CBC-HS256 around RS256. Default
    /// with a client secret: `dir` and A256GCM around RS256; HS256 if that was registered.
    public var idTokenAlgorithms: TokenAlgorithms

    /// The algorithms of UserInfo. Default as for ID tokens.
    public var userInfoAlgorithms: TokenAlgorithms

    /// The algorithms of request objects and of encrypted client assertions.
    ///
    /// Default: RSA-OAEP-256 (legacy environments: RSA-OAEP) and A128CBC-HS256 around RS256, around HS256 with a client
    /// secret.
    public var requestObjectAlgorithms: TokenAlgorithms

    /// How requests are sent to itsme. Default ``RequestDelivery/byValue``.
    public var requestDelivery: RequestDelivery = .byValue

    /// How much the clocks of itsme and this machine may differ. Default 60 seconds, at most 5 minutes, whole seconds.
    public var clockSkew: Duration = .seconds(60) {
        didSet { clockSkewSeconds = Self.wholeSeconds(clockSkew) }
    }

    /// The maximum age of an ID token on arrival, measured by its `iat`. Default 10 minutes, at most one hour, whole
    /// seconds.
    public var maximumTokenAge: Duration = .seconds(600) {
        didSet { maximumTokenAgeSeconds = Self.wholeSeconds(maximumTokenAge) }
    }

    /// How long a login may take from the authorization request to the callback. Default and maximum 10 minutes, whole
    /// seconds.
    public var transactionLifetime: Duration = .seconds(600) {
        didSet { transactionLifetimeSeconds = Self.wholeSeconds(transactionLifetime) }
    }

    /// Ensures that each transaction is used once. The default, an ``InMemoryStateStore``, works within one process and
    /// logs to ``logger``. If the callback may reach another instance, set a ``StateStore`` that the instances share.
    public var replayGuard: any ReplayGuard {
        get { givenReplayGuard ?? defaultReplayGuard }
        set { givenReplayGuard = newValue }
    }
    private var givenReplayGuard: (any ReplayGuard)?
    private var defaultReplayGuard = InMemoryStateStore()

    /// Receives the log lines of the client and the login endpoints; <doc:Operations> lists them. By default
    /// `Logger(label: "itsme")`, which goes where the application's `LoggingSystem` sends it. A login that succeeds logs
    /// nothing at level info or above.
    public var logger = Logger(label: "itsme") {
        didSet { defaultReplayGuard = InMemoryStateStore(sharing: defaultReplayGuard, logger: logger) }
    }

    /// The clock.
    public var time: TimeSource = .system

    /// The source of state, nonce, verifier, keys and initialization vectors.
    public var random: RandomSource = .system

    // Computed once, not for each token: arithmetic on durations uses 128 bits.
    private(set) var clockSkewSeconds: Int64 = 60
    private(set) var maximumTokenAgeSeconds: Int64 = 600
    private(set) var transactionLifetimeSeconds: Int64 = 600

    /// Limited, since `Duration` has a larger range than `Int64` seconds. Validation refuses values out of range later.
    private static func wholeSeconds(_ duration: Duration) -> Int64 {
        min(max(duration, .zero), .seconds(86_400)).components.seconds
    }

    /// Makes a configuration; the other properties have defaults.
    public init(
        environment: ItsmeEnvironment, clientID: String, authentication: ClientAuthentication, redirectURI: String
    ) {
        self.environment = environment
        self.clientID = clientID
        self.authentication = authentication
        self.redirectURI = redirectURI
        idTokenAlgorithms = authentication.tokenAlgorithms(in: environment.profile)
        userInfoAlgorithms = authentication.tokenAlgorithms(in: environment.profile)
        requestObjectAlgorithms = authentication.requestObjectAlgorithms(in: environment.profile)
    }

    /// Refuses values that cannot work, and names the field and the remedy.
    func validate() throws(ItsmeError) {
        if let first = faults().first { throw first }
    }

    /// Every value that cannot work.
    package func faults() -> [ItsmeError] {
        var faults: [ItsmeError] = []
        func check(_ rule: () throws(ItsmeError) -> Void) {
            do throws(ItsmeError) { try rule() } catch { faults.append(error) }
        }
        check { () throws(ItsmeError) in
            _ = try Endpoint(issuer: environment.issuer, allowsLoopbackHTTP: environment.allowsLoopbackHTTP)
        }
        check(checkClientID)
        check { () throws(ItsmeError) in _ = try redirectEndpoint(redirectURI, phase: .configuration) }
        check { () throws(ItsmeError) in try Self.check(clockSkew, in: .zero ... .seconds(300), "clockSkew") }
        check { () throws(ItsmeError) in
            try Self.check(maximumTokenAge, in: .seconds(30) ... .seconds(3600), "maximumTokenAge")
        }
        check { () throws(ItsmeError) in
            try Self.check(transactionLifetime, in: .seconds(30) ... .seconds(600), "transactionLifetime")
        }
        check { () throws(ItsmeError) in try requestDelivery.validate(in: environment) }
        check { () throws(ItsmeError) in _ = try authentication.requestObjectSigner() }
        check { () throws(ItsmeError) in try checkTokenAlgorithms(idTokenAlgorithms, "idTokenAlgorithms") }
        check { () throws(ItsmeError) in try checkTokenAlgorithms(userInfoAlgorithms, "userInfoAlgorithms") }
        check(checkRequestObjectAlgorithms)
        return faults
    }

    private func checkClientID() throws(ItsmeError) {
        guard !clientID.isEmpty, clientID.utf8.count <= 255, clientID.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw Self.invalid(
                "the client id is empty, longer than 255 characters, or holds a space or non-ASCII character",
                "Give the client id exactly as you received it from itsme.", "clientID")
        }
    }

    private static let rsaAlgorithms: [KeyManagementAlgorithm] = [.rsaOAEP, .rsaOAEP256]

    /// Refuses algorithms that itsme does not use with this kind of client.
    private func checkTokenAlgorithms(_ algorithms: TokenAlgorithms, _ field: String) throws(ItsmeError) {
        let hasSecret = authentication.hasSecret
        let isAllowed =
            hasSecret
            ? [.rs256, .hs256].contains(algorithms.signature) && algorithms.keyManagement == .direct
                && algorithms.contentEncryption.keySize <= 32
            : algorithms.signature == .rs256 && Self.rsaAlgorithms.contains(algorithms.keyManagement)
        guard isAllowed else {
            throw Self.invalid(
                hasSecret
                    ? "with a client secret, itsme signs with RS256 or HS256 and encrypts with dir and a key of 256 bits"
                    : "with a key pair, itsme signs with RS256 and encrypts with RSA-OAEP or RSA-OAEP-256",
                "Use the algorithms that were registered at itsme.", field)
        }
    }

    /// Refuses algorithms that itsme does not accept from this kind of client.
    private func checkRequestObjectAlgorithms() throws(ItsmeError) {
        let hasSecret = authentication.hasSecret
        guard Self.rsaAlgorithms.contains(requestObjectAlgorithms.keyManagement),
            requestObjectAlgorithms.signature == (hasSecret ? .hs256 : .rs256)
        else {
            throw Self.invalid(
                "request objects are signed with \(hasSecret ? "HS256" : "RS256") and encrypted with RSA-OAEP or RSA-OAEP-256",
                "Use the algorithms that were registered at itsme.", "requestObjectAlgorithms")
        }
    }

    /// A redirect URI; refuses one that itsme would refuse.
    func redirectEndpoint(_ uri: String, phase: ItsmeError.Phase) throws(ItsmeError) -> Endpoint {
        do {
            return try Endpoint(uri, allowsLoopbackHTTP: environment.allowsLoopbackHTTP)
        } catch {
            throw ItsmeError(
                .insecureURL, phase, "the redirect URI cannot be used: \(error.rawValue)",
                remedy: "Register and configure an https URL without fragment and user information.",
                field: "redirectURI")
        }
    }

    private static func check(
        _ value: Duration, in range: ClosedRange<Duration>, _ field: String
    ) throws(ItsmeError) {
        guard range.contains(value), value.isWholeSeconds else {
            throw invalid(
                "the duration is out of range or not in whole seconds",
                "Choose whole seconds between \(range.lowerBound.components.seconds) and \(range.upperBound.components.seconds).",
                field)
        }
    }

    private static func invalid(_ reason: String, _ remedy: String, _ field: String) -> ItsmeError {
        ItsmeError(.invalidConfiguration, .configuration, reason, remedy: remedy, field: field)
    }
}

extension Duration {
    /// Whether the duration has no fraction of a second. The protocol uses whole seconds.
    var isWholeSeconds: Bool { components.attoseconds == 0 }
}
