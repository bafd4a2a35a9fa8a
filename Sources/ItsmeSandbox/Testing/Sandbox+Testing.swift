import HTTPTypes
public import ItsmeRP
import JOSE

// A sandbox and a client of it in one process, without a server.

extension ItsmeConfiguration {
    /// A configuration for tests, of a client that the sandbox of ``/ItsmeSandbox/Sandbox/init(for:services:transport:)`` knows.
    ///
    /// Keys take a while to make, so all these configurations in a process share theirs.
    ///
    /// - Parameters:
    ///   - redirectURI: The URI to which the sandbox returns the person: https, or http on this machine.
    ///   - clientID: The client id that the sandbox knows.
    ///   - issuer: The issuer of the sandbox. Nobody listens there.
    ///   - clock: Moves for the client and for the sandbox; `nil` for the system's clock.
    /// - Throws: ``ItsmeError`` for a malformed issuer.
    public static func sandbox(
        redirectURI: String, clientID: String = "SANDBOX_CLIENT",
        issuer: String = "https://itsme.sandbox.example/v2", clock: SandboxClock? = nil
    ) throws(ItsmeError) -> ItsmeConfiguration {
        var configuration = ItsmeConfiguration(
            environment: try .loopbackSandbox(issuer: issuer), clientID: clientID,
            authentication: .privateKeyJWT(try TestKeys.client.get()), redirectURI: redirectURI)
        if let clock {
            configuration.time = clock.timeSource
            configuration.replayGuard = InMemoryStateStore(time: clock.timeSource)
        }
        return configuration
    }
}

extension ClientRegistration {
    /// What the client with `configuration` would register at itsme: its client id, redirect URI, keys or secret,
    /// algorithms and request URI.
    ///
    /// - Parameters:
    ///   - configuration: The configuration of the client.
    ///   - services: The kinds of the services by their codes.
    /// - Throws: ``SandboxConfigurationError`` if the configuration does not have the client's public keys.
    public init(
        matching configuration: ItsmeConfiguration, services: [String: ServiceRegistration.Kind]
    ) throws(SandboxConfigurationError) {
        let keys: Keys
        if let set = configuration.authentication.publicJWKSet {
            keys = .inline(set)
        } else if configuration.authentication.exposedSecret != nil {
            keys = .none
        } else {
            throw SandboxConfigurationError(
                "jwks", "The client's keys are held elsewhere, and their public halves were not given.",
                remedy: "Give ClientKeys a publicJWKSet, or make a ClientRegistration with the URL of the set.")
        }
        self.init(
            clientID: configuration.clientID,
            authentication: configuration.authentication.exposedSecret.map { .clientSecretPost(ClientSecret($0)) }
                ?? .privateKeyJWT,
            redirectURIs: [configuration.redirectURI],
            requestURIs: configuration.requestDelivery.requestURI.map { [$0] } ?? [],
            services: services.sorted { $0.key < $1.key }.map { ServiceRegistration(code: $0.key, kind: $0.value) },
            keys: keys,
            idTokenEncryption: TokenEncryption(configuration.idTokenAlgorithms),
            userInfoEncryption: TokenEncryption(configuration.userInfoAlgorithms),
            tokenSignature: configuration.idTokenAlgorithms.signature, requiresPKCE: true)
    }
}

extension TokenEncryption {
    fileprivate init(_ algorithms: TokenAlgorithms) {
        self.init(
            // The key of a secret is used directly; its registration says nothing else.
            keyManagement: algorithms.keyManagement == .direct ? nil : algorithms.keyManagement,
            contentEncryption: algorithms.contentEncryption)
    }
}

extension Sandbox {
    /// Makes the sandbox at the issuer of `configuration`, with the client of `configuration`.
    ///
    /// ```swift
    /// let configuration = try ItsmeConfiguration.sandbox(redirectURI: "https://shop.example.be/itsme/callback")
    /// let sandbox = try Sandbox(for: configuration, services: ["SHOP_LOGIN": .login])
    /// let itsme = try ItsmeClient(configuration, transport: sandbox.transport)
    /// ```
    ///
    /// It has the client's clock. All sandboxes that are made in this way share their keys.
    ///
    /// - Parameters:
    ///   - configuration: The configuration of the client; its environment is a sandbox on this machine.
    ///   - services: The kinds of the client's services by their codes.
    ///   - transport: Fetches what the sandbox needs from the application: request objects by reference. By default
    ///     nothing can be reached.
    /// - Throws: ``SandboxConfigurationError``, also if the configuration does not have the client's public keys.
    public convenience init(
        for configuration: ItsmeConfiguration, services: [String: ServiceRegistration.Kind],
        transport: any HTTPTransport = InProcessTransport([:])
    ) throws(SandboxConfigurationError) {
        try self.init(
            SandboxConfiguration(
                issuer: configuration.environment.issuer,
                clients: [try ClientRegistration(matching: configuration, services: services)],
                keys: try TestKeys.sandbox.get(), profile: configuration.environment.profile,
                now: configuration.time.now),
            transport: transport)
    }

    /// Calls this sandbox directly, and nothing else: for an `ItsmeClient` in the same process.
    public var transport: InProcessTransport { InProcessTransport([origin: self]) }

    /// The origin of the issuer.
    var origin: String { WebAddress(issuer)?.origin ?? "" }

    /// Answers an authorization request as `persona`, who need not be one of ``personas``.
    ///
    /// ```swift
    /// let callback = try await sandbox.approve(request.url)
    /// ```
    ///
    /// - Parameters:
    ///   - url: The URL to which the application sent the browser.
    ///   - persona: Who answers.
    /// - Returns: The URL to which itsme sends the browser: the redirect URI with a code. It has an error instead if the
    ///   persona does not approve, or if the request broke a rule of which itsme tells the application.
    /// - Throws: ``SandboxRefusal`` if itsme would show an error on its own page, for instance about the redirect URI.
    public func approve(_ url: String, as persona: Persona = .belgianEID) async throws(SandboxRefusal) -> String {
        guard let address = WebAddress(url, maximumLength: FormParameters.maximumSize), let query = address.query,
            address.origin == origin, core.endpoints.endpoint(at: address.path[...]) == .authorization
        else {
            throw SandboxRefusal(.unknownPath, detail: "The URL is not one of the authorization endpoint.")
        }
        let request = HTTPRequest(method: .get, url: address)
        let reply = try await core.recorder.recording(request, to: .authorization, body: []) {
            () throws(SandboxRefusal) in
            try await AuthorizationEndpoint(core: core).redirect(query: Array(query.utf8), as: persona)
        }
        guard let callback = reply.response.headerFields[.location] else {
            throw SandboxRefusal(.sandboxFailure, detail: "The answer is not a redirect.")
        }
        return callback
    }

    /// Answers an authorization request as a person who cancels.
    ///
    /// - Returns: The redirect URI with the error `access_denied`.
    /// - Throws: As ``approve(_:as:)``.
    public func cancel(_ url: String) async throws(SandboxRefusal) -> String {
        try await approve(url, as: .cancels)
    }

    /// Answers an authorization request as a person who does not answer in time.
    ///
    /// - Returns: The redirect URI with the error `access_denied`. itsme does not document its error.
    /// - Throws: As ``approve(_:as:)``.
    public func timeOut(_ url: String) async throws(SandboxRefusal) -> String {
        try await approve(url, as: .timesOut)
    }
}

/// The keys of tests, made once in a process.
private enum TestKeys {
    static let client = Result { () throws(ItsmeError) -> ClientKeys in
        let keys = try ClientKeys.generatePrivateKeys()
        return try ClientKeys([keys.signing, keys.encryption])
    }

    static let sandbox = Result { () throws(SandboxConfigurationError) -> SandboxKeys in try SandboxCore.freshKeys() }
}
