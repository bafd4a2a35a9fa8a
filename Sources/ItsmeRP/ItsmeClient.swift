#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import HTTPTypes
import JOSE
import Logging
import WebFormats

/// The client for itsme: builds authorization requests, reads callbacks, exchanges codes, validates tokens.
///
/// Make one per registration at itsme and share it: any number of tasks may use it, and it caches the provider's
/// metadata and keys. Making it does no I/O, so an application can start while itsme is down.
///
/// ```swift
/// let itsme = try ItsmeClient(configuration)
/// let request = try await itsme.authorizationRequest(for: .login("MY_LOGIN"), claims: .init(userInfo: [.email]))
/// // … redirect to request.url, keep request.transaction, and on the callback:
/// let response = try await itsme.authorizationResponse(query: query, for: transaction)
/// let tokens = try await itsme.tokens(for: response)
/// let person = try await itsme.userInfo(for: tokens)
/// ```
///
/// A login makes two HTTP requests, in `tokens(for:)` and `userInfo(for:)`, and two more if the caches are empty.
public struct ItsmeClient: Sendable {
    /// What all copies of a client share. So a copy costs one reference.
    private final class Parts: Sendable {
        let configuration: ItsmeConfiguration
        let http: HTTPClient
        let provider: Provider
        let ownTransport: CurlTransport?

        init(
            _ configuration: ItsmeConfiguration, _ transport: any HTTPTransport, own ownTransport: CurlTransport?
        ) throws(ItsmeError) {
            try configuration.validate()
            self.configuration = configuration
            self.ownTransport = ownTransport
            http = HTTPClient(transport: transport, clock: ClockWatch(configuration))
            provider = try Provider(configuration, http: http)
        }
    }

    private let parts: Parts
    var configuration: ItsmeConfiguration { parts.configuration }
    var http: HTTPClient { parts.http }
    var provider: Provider { parts.provider }
    /// The transport that this client made for itself; nil if it was given one.
    var ownTransport: CurlTransport? { parts.ownTransport }

    /// Makes a client with a ``CurlTransport`` of its own.
    ///
    /// - Parameters:
    ///   - configuration: The client's registration at itsme.
    ///   - network: A private CA, a proxy, and the limits on connections.
    /// - Throws: ``ItsmeError`` of the phase `configuration`, with the field and the remedy.
    public init(
        _ configuration: ItsmeConfiguration, network: CurlTransport.Configuration = CurlTransport.Configuration()
    ) throws(ItsmeError) {
        let transport: CurlTransport
        do {
            transport = try CurlTransport(network)
        } catch {
            throw ItsmeError(
                .invalidConfiguration, .configuration, "the transport could not be made: \(error.reason)",
                remedy: "Correct the network settings. If they are right, check the installed libcurl: it needs TLS.",
                field: "network", transportCode: error.code)
        }
        parts = try Parts(configuration, transport, own: transport)
    }

    /// Makes a client that uses a given transport.
    ///
    /// - Throws: ``ItsmeError`` of the phase `configuration`, with the field and the remedy.
    public init(_ configuration: ItsmeConfiguration, transport: any HTTPTransport) throws(ItsmeError) {
        parts = try Parts(configuration, transport, own: nil)
    }

    /// The provider's metadata, from the cache if it is fresh.
    ///
    /// - Throws: ``ItsmeError`` of the phase `discovery`, or `CancellationError`.
    public func providerMetadata() async throws -> ProviderMetadata {
        try await provider.metadata()
    }

    /// Fetches the provider's metadata and JWK Set now: after a known change, or to check that they are available. If
    /// this fails, the cached values stay in use. Sends two HTTP requests.
    ///
    /// - Throws: ``ItsmeError`` of the phases `discovery` and `provider-keys`, or `CancellationError`.
    @discardableResult
    public func refreshProvider() async throws -> ProviderMetadata {
        try await provider.refresh()
    }

    // MARK: 1. Authorization request

    /// Builds the request that sends a person to itsme: a request object, signed with the client's key and encrypted to
    /// itsme's key, with PKCE (S256), a new state and a new nonce.
    ///
    /// - Parameters:
    ///   - service: Which itsme service, with its code.
    ///   - scopes: Additional scopes, whose claims itsme delivers in UserInfo; `openid` is always included.
    ///   - claims: Single claims: `[.email, .birthdate]` in the ID token; a ``ClaimsRequest`` for UserInfo.
    ///   - level: The required authentication level; an ID token with a lower one is refused.
    ///   - locale: The language of itsme's pages.
    ///   - prompt: Whether to authenticate or ask for consent again.
    ///   - maximumAuthenticationAge: How long ago the person may have authenticated, in whole seconds up to one year;
    ///     otherwise the ID token is refused. itsme ignores this value, since every login is an active authentication,
    ///     and may leave out `auth_time`; the ID token is then refused with `claim_missing`.
    ///   - redirectURI: A registered redirect URI to use instead of the configured one.
    /// - Returns: The URL for the browser and the transaction to keep.
    /// - Throws: ``ItsmeError`` of the phases `discovery`, `provider-keys` and `authorization-request`, or
    ///   `CancellationError`.
    public func authorizationRequest(
        for service: ItsmeService,
        scopes: [Scope] = [],
        claims: ClaimsRequest = [],
        level: AuthenticationLevel? = nil,
        locale: InterfaceLocale? = nil,
        prompt: Prompt? = nil,
        maximumAuthenticationAge: Duration? = nil,
        redirectURI: String? = nil
    ) async throws -> AuthorizationRequest {
        try service.validate(phase: .authorizationRequest)
        if let redirectURI { _ = try configuration.redirectEndpoint(redirectURI, phase: .authorizationRequest) }
        let maximumAge = try maximumAuthenticationAge.map { age throws(ItsmeError) in try Self.wholeSeconds(age) }
        let parameters = AuthorizationParameters(
            service: service, scopes: scopes, claims: service.claims.adding(claims), level: level, locale: locale,
            prompt: prompt,
            maximumAuthenticationAge: maximumAge)
        let metadata = try await provider.metadata()
        try parameters.requireSupport(by: metadata)
        let secrets: LoginSecrets
        do {
            secrets = try LoginSecrets(random: configuration.random)
        } catch {
            throw ItsmeError.cryptography(error, .authorizationRequest)
        }
        let transaction = LoginTransaction(
            metadata: metadata, configuration: configuration, parameters: parameters,
            redirectURI: redirectURI ?? configuration.redirectURI, secrets: secrets)
        let members = parameters.members(
            transaction: transaction, challenge: secrets.codeChallenge, profile: configuration.environment.profile)
        let query = FormEncoding.encode(
            try await outerParameters(members, scope: parameters.scope, service: service, metadata: metadata))
        let separator = metadata.authorization.hasQuery ? "&" : "?"
        configuration.logger.debug(
            "authorization request built",
            metadata: ["itsme.service_kind": "\(service.kind.rawValue)", "itsme.reference": "\(transaction.reference)"])
        return AuthorizationRequest(
            url: metadata.authorization.url + separator + query, transaction: transaction)
    }

    /// The parameters of the URL.
    ///
    /// With a request object, the URL still has `client_id` (RFC 9101 §5), `response_type` and `scope` (OpenID Connect
    /// Core 1.0 §6.1), with the same values as in the request object.
    private func outerParameters(
        _ members: [JSONValue.Member], scope: String, service: ItsmeService, metadata: ProviderMetadata
    ) async throws -> [(name: String, value: String)] {
        let outside = [("client_id", configuration.clientID), ("response_type", "code"), ("scope", scope)]
        switch configuration.requestDelivery.method {
        case .unprotectedQuery:
            guard service.kind != .confirm else {
                throw Self.deliveryRefused("itsme accepts Confirm in a request object only")
            }
            return AuthorizationParameters.query(of: members)
        case .byValue:
            guard service.kind != .shareData || configuration.environment.profile == .v2 else {
                throw Self.deliveryRefused("itsme v1 accepts Share data by request URI only")
            }
            let object = try await requestObject(members, metadata: metadata)
            return outside + [("request", object.compact)]
        case .byReference(let base, let store):
            let object = try await requestObject(members, metadata: metadata)
            let id = try RequestObjectID(random: configuration.random)
            try await ItsmeError.ofStore(.authorizationRequest) {
                try await store.store(object.compact, as: id, until: object.expiry)
            }
            return outside + [("request_uri", RequestDelivery.requestURI(base, id))]
        }
    }

    private static func deliveryRefused(_ reason: String) -> ItsmeError {
        ItsmeError(
            .invalidConfiguration, .authorizationRequest, reason,
            remedy: "Configure another requestDelivery.", field: "requestDelivery")
    }

    private static func wholeSeconds(_ age: Duration) throws(ItsmeError) -> Int {
        guard age >= .zero, age <= LoginTransaction.longestAuthenticationAge, age.isWholeSeconds else {
            throw ItsmeError(
                .invalidConfiguration, .authorizationRequest,
                "the maximum authentication age is out of range or not in whole seconds",
                remedy: "Choose whole seconds between 0 and one year.", field: "maximumAuthenticationAge")
        }
        return Int(age.components.seconds)
    }

    // MARK: 2. Callback

    /// Reads the callback and marks its transaction as used.
    ///
    /// Once the state matches, the transaction is marked as used, even if itsme reports an error or the rest of the
    /// callback is wrong. Unknown parameters are ignored. Do not call this for a request with `Sec-Purpose: prefetch`.
    ///
    /// - Parameters:
    ///   - query: The query of the callback URL as received, with or without the question mark.
    ///   - transaction: The transaction that this browser sent back.
    /// - Returns: Proof that the callback is valid; exchange it with ``tokens(for:)``.
    /// - Throws: ``ItsmeError`` of the phase `authorization-response`; `authorization_refused` with the
    ///   ``ItsmeError/providerError`` if itsme reports one; `store_unavailable` if the replay guard throws, in which
    ///   case the same callback may be tried again.
    public func authorizationResponse(
        query: String, for transaction: LoginTransaction
    ) async throws -> AuthorizationResponse {
        try await authorizationResponse(
            AuthorizationCallback(query: query.hasPrefix("?") ? String(query.dropFirst()) : query), for: transaction)
    }

    func authorizationResponse(
        _ callback: AuthorizationCallback, for transaction: LoginTransaction
    ) async throws -> AuthorizationResponse {
        try requireOwn(transaction, phase: .authorizationResponse)
        try callback.requireState(of: transaction, now: configuration.time.now())
        // Used from here on, whatever else the callback contains: someone who knows the state gets only one try.
        let isFirstUse = try await ItsmeError.ofStore(.authorizationResponse) {
            try await configuration.replayGuard.consume(transaction.identifier, until: transaction.expiresAt)
        }
        guard isFirstUse else { throw ItsmeError(.transactionReplayed, .authorizationResponse) }
        switch try callback.outcome(from: transaction.issuer, requiresIssuer: transaction.requiresResponseIssuer) {
        case .code(let code):
            return AuthorizationResponse(transaction: transaction, code: code)
        case .error(let error):
            throw ItsmeError(
                .authorizationRefused, .authorizationResponse,
                remedy: error.advice(for: configuration.authentication), providerError: error)
        }
    }

    private func requireOwn(_ transaction: LoginTransaction, phase: ItsmeError.Phase) throws(ItsmeError) {
        try requireOwn(issuer: transaction.issuer, clientID: transaction.clientID, phase: phase)
    }

    /// A client only continues what it began at its own issuer.
    func requireOwn(issuer: String, clientID: String, phase: ItsmeError.Phase) throws(ItsmeError) {
        guard issuer.hasSameBytes(as: configuration.environment.issuer),
            clientID.hasSameBytes(as: configuration.clientID)
        else {
            throw ItsmeError(.transactionForeign, phase)
        }
    }

    /// An access token may only go to the issuer that issued it. An application may have clients of several issuers.
    func requireOwn(_ tokens: TokenResponse, phase: ItsmeError.Phase) throws(ItsmeError) {
        guard tokens.idToken.issuer.hasSameBytes(as: configuration.environment.issuer) else {
            throw ItsmeError(
                .transactionForeign, phase, "the tokens come from another issuer",
                remedy: "Pass the tokens to the client that received them.")
        }
    }

    // MARK: 3. Tokens

    /// Exchanges the code and validates the ID token. Sends one HTTP request and never repeats it.
    ///
    /// - Throws: ``ItsmeError`` of the phases `token` and `id-token`, or `CancellationError`.
    public func tokens(for response: AuthorizationResponse) async throws -> TokenResponse {
        // A code and its verifier only go to the issuer to which the person was sent (RFC 9700 §4.4).
        try requireOwn(response.transaction, phase: .token)
        let metadata = try await provider.metadata()
        var form: [(name: String, value: String)] = [
            ("grant_type", "authorization_code"),
            ("code", response.code.exposedValue),
            ("redirect_uri", response.transaction.redirectURI),
            ("client_id", configuration.clientID),
            ("code_verifier", response.transaction.codeVerifier.exposedValue),
        ]
        form += try await authenticationParameters(audience: metadata.token.url, phase: .token)
        let reply = try await http.send(form: form, to: metadata.token, phase: .token)
        guard reply.response.status == .ok else {
            throw refusal(.tokenRequestRefused, reply, phase: .token)
        }
        return try await tokenResponse(
            reply,
            expecting: IDTokenExpectation(
                configuration, issuer: metadata.issuer, binding: .nonce(response.transaction.nonce),
                subject: response.transaction.expectedSubject, requestedLevel: response.transaction.requestedLevel,
                maximumAuthenticationAge: response.transaction.maximumAuthenticationAge),
            reference: response.transaction.reference)
    }

    /// Reads a successful answer of the token endpoint and validates the ID token.
    func tokenResponse(
        _ reply: HTTPReply, expecting expectation: IDTokenExpectation, reference: String
    ) async throws -> TokenResponse {
        try HTTPClient.checkMediaType(of: reply, in: ["application/json"], phase: .token)
        let body = try TokenResponseBody(parsing: reply.body)
        let idToken = try await Telemetry.validation(.idToken) {
            try IDToken(
                await verifier(configuration.idTokenAlgorithms, .idToken).claims(of: body.idToken),
                expecting: expectation, accessToken: body.accessToken, now: configuration.time.now())
        }
        configuration.logger.debug("ID token validated", metadata: ["itsme.reference": "\(reference)"])
        return TokenResponse(
            idToken: idToken, accessToken: body.accessToken, expiresIn: body.expiresIn, reference: reference)
    }

    // MARK: 4. UserInfo

    /// Reads and validates UserInfo. Sends one HTTP request.
    ///
    /// Needed only for claims that were requested in UserInfo, as scopes do. For the claims of both in one set, call
    /// ``UserInfo/claims(mergedInto:)``.
    ///
    /// - Throws: ``ItsmeError`` of the phase `userinfo`; `subject_mismatch` when it is about another person than the
    ///   ID token; or `CancellationError`.
    public func userInfo(for tokens: TokenResponse) async throws -> UserInfo {
        try requireOwn(tokens, phase: .userInfo)
        let metadata = try await provider.metadata()
        let reply = try await resource(metadata.userInfo, accept: "application/jwt, application/json", for: tokens)
        // itsme labels the JWT as application/json, so the form of the body decides.
        try HTTPClient.checkMediaType(of: reply, in: ["application/jwt", "application/json"], phase: .userInfo)
        let userInfo = try await Telemetry.validation(.userInfo) {
            // White space around the token, such as a final line break, is ignored.
            try UserInfo(
                await verifier(configuration.userInfoAlgorithms, .userInfo)
                    .claims(of: reply.body.trimmingWhitespace()),
                of: tokens.idToken, clientID: configuration.clientID, clockSkew: configuration.clockSkewSeconds,
                now: configuration.time.now())
        }
        configuration.logger.debug("UserInfo validated", metadata: ["itsme.reference": "\(tokens.reference)"])
        return userInfo
    }

    /// Reads a resource of the person with the access token.
    func resource(_ endpoint: Endpoint, accept: String, for tokens: TokenResponse) async throws -> HTTPReply {
        let reply = try await http.send(
            endpoint.request(
                .get,
                headerFields: [.accept: accept, .authorization: "Bearer " + tokens.accessToken.exposedValue]),
            body: [], phase: .userInfo)
        guard reply.response.status == .ok else {
            throw refusal(.userInfoRefused, reply, phase: .userInfo)
        }
        return reply
    }

    func verifier(_ algorithms: TokenAlgorithms, _ phase: ItsmeError.Phase) -> TokenVerifier {
        TokenVerifier(
            authentication: configuration.authentication.method, provider: provider, algorithms: algorithms,
            phase: phase)
    }

    func refusal(
        _ code: ItsmeError.Code, _ reply: HTTPReply, phase: ItsmeError.Phase
    ) -> ItsmeError {
        let status = reply.response.status.code
        guard [400, 401, 403, 405].contains(status),
            let error = ProviderError(body: reply.body, status: status)
                ?? ProviderError(challengeOf: reply, token: code == .userInfoRefused)
        else {
            return HTTPClient.statusError(reply, phase: phase)
        }
        return ItsmeError(
            code, phase, "itsme answered with an error and status \(status)",
            remedy: error.advice(for: configuration.authentication), providerError: error)
    }
}

extension Provider {
    /// The provider of a client, which must offer what the client uses.
    fileprivate convenience init(_ configuration: ItsmeConfiguration, http: HTTPClient) throws(ItsmeError) {
        try self.init(
            environment: configuration.environment, http: http, time: configuration.time, logger: configuration.logger
        ) { metadata throws(ItsmeError) in
            try metadata.requireAlgorithms(configuration.idTokenAlgorithms, prefix: "id_token")
            try metadata.requireAlgorithms(configuration.userInfoAlgorithms, prefix: "userinfo")
            try metadata.requireAlgorithms(configuration.requestObjectAlgorithms, prefix: "request_object")
            try configuration.requestDelivery.requireSupport(by: metadata)
            // Methods that use a client secret are agreed at registration and need not be listed.
            if let method = configuration.authentication.listedMethod {
                try metadata.requireValue(method, in: "token_endpoint_auth_methods_supported")
                try metadata.requireValue("RS256", in: "token_endpoint_auth_signing_alg_values_supported")
                try metadata.requireEncryption(in: configuration.environment)
            }
        }
    }
}
