package import HTTPTypes
package import ItsmeRP
package import ItsmeSandbox
import JOSE
package import Logging
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A sandbox, a client of it, and a browser between the two. The scenarios do not know whether the sandbox is called in
/// process or over sockets.
package struct SandboxWorld: Sendable {
    package static let clientID = "SCENARIO_CLIENT"
    package static let redirectURI = "http://127.0.0.1:9/callback"
    package static let secret = "scenario-secret-of-more-than-32-bytes"

    package let sandbox: Sandbox
    package let clock: SandboxClock

    /// What the relying party sends; it counts.
    package let transport: CountingTransport

    /// RSA keys take a while, so all sandboxes of a test run share theirs.
    private static let keys = SandboxKeys(
        signing: [TestProvider.keys.providerSigning], encryption: [TestProvider.keys.providerEncryption])

    /// Makes the sandbox of a world before its address is known; `transport` is what it fetches request objects with.
    package static func sandbox(
        issuer: String, clock: SandboxClock, transport: any HTTPTransport = InProcessTransport([:]),
        logger: Logger = .silent,
        change: (inout ClientRegistration) -> Void = { _ in }
    ) throws -> Sandbox {
        let clientKeys = TestProvider.keys
        var registration = ClientRegistration(
            clientID: clientID, redirectURIs: [redirectURI],
            services: [
                ServiceRegistration(code: "LOGIN", kind: .login), ServiceRegistration(code: "SHARE", kind: .shareData),
                ServiceRegistration(code: "CONFIRM", kind: .confirm),
            ],
            keys: .inline(
                try JWKSet([clientKeys.clientSigning.publicJWK(), clientKeys.clientEncryption.publicJWK()])),
            requiresPKCE: true)
        change(&registration)
        return try Sandbox(
            SandboxConfiguration(
                issuer: issuer, clients: [registration], keys: Self.keys, now: { clock.now }, logger: logger),
            transport: transport)
    }

    package init(sandbox: Sandbox, clock: SandboxClock, transport: any HTTPTransport) {
        self.sandbox = sandbox
        self.clock = clock
        self.transport = CountingTransport(transport)
    }

    /// A client with cold caches; it sends through `transport` if there is one.
    package func client(
        over transport: (any HTTPTransport)? = nil, _ change: (inout ItsmeConfiguration) throws -> Void = { _ in }
    ) throws -> ItsmeClient {
        let keys = try ClientKeys([TestProvider.keys.clientSigning, TestProvider.keys.clientEncryption])
        var configuration = ItsmeConfiguration(
            environment: try .loopbackSandbox(issuer: sandbox.issuer), clientID: Self.clientID,
            authentication: .privateKeyJWT(keys), redirectURI: Self.redirectURI)
        configuration.time = clock.timeSource
        configuration.logger = .silent
        configuration.replayGuard = InMemoryStateStore(time: configuration.time)
        try change(&configuration)
        return try ItsmeClient(configuration, transport: transport ?? self.transport)
    }

    /// Opens the authorization URL as a browser does, the person being `persona`, perhaps with `&behaviour=…`, and returns the query of the callback.
    package func browse(_ url: String, as persona: String) async throws -> String {
        guard let components = URLComponents(string: url), let host = components.host else {
            throw UnexpectedAnswer("not a URL")
        }
        let authority = components.port.map { "\(host):\($0)" } ?? host
        let reply = try await transport.wrapped.send(
            HTTPRequest(
                method: .get, scheme: components.scheme, authority: authority,
                path: components.percentEncodedPath + "?" + (components.percentEncodedQuery ?? "")
                    + "&approve=" + persona),
            body: [], limits: HTTPLimits(connectTimeout: .seconds(20), totalTimeout: .seconds(40)))
        guard reply.response.status == .found, let location = reply.response.headerFields[.location],
            location.hasPrefix(Self.redirectURI + "?")
        else {
            throw UnexpectedAnswer("status \(reply.response.status.code): \(sandbox.refusals)")
        }
        return String(location.dropFirst(Self.redirectURI.count + 1))
    }

    /// A whole login without a browser up to UserInfo: `persona` scans the QR code and approves.
    package func backchannelLogin(
        _ client: ItsmeClient, service: ItsmeService = .login("LOGIN"), as persona: String = "belgian-eid",
        scopes: [Scope] = [], level: AuthenticationLevel? = nil
    ) async throws -> (tokens: TokenResponse, userInfo: UserInfo) {
        let found = try await client.discoverUser { _ in sandbox.scanQRCode(as: persona) }
        let request = try await client.backchannelAuthentication(
            for: service, hint: .userIdentifierToken(found), scopes: scopes, level: level)
        await sandbox.answerBackchannelRequest()
        let tokens = try await client.backchannelTokens(waitingFor: request)
        return (tokens, try await client.userInfo(for: tokens))
    }

    /// A whole login up to UserInfo.
    package func login(
        _ client: ItsmeClient, service: ItsmeService = .login("LOGIN"), as persona: String = "belgian-eid",
        scopes: [Scope] = [], claims: ClaimsRequest = ClaimsRequest(), level: AuthenticationLevel? = nil
    ) async throws -> (tokens: TokenResponse, userInfo: UserInfo) {
        let request = try await client.authorizationRequest(
            for: service, scopes: scopes, claims: claims, level: level)
        let response = try await client.authorizationResponse(
            query: try await browse(request.url, as: persona), for: request.transaction)
        let tokens = try await client.tokens(for: response)
        return (tokens, try await client.userInfo(for: tokens))
    }
}

package struct UnexpectedAnswer: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// Counts and names what is sent through another transport. Whoever dumps a client sees nothing of the provider behind.
package final class CountingTransport: HTTPTransport, CustomReflectable {
    package let wrapped: any HTTPTransport
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }

    private let log = Mutex<[String]>([])

    package init(_ wrapped: any HTTPTransport) { self.wrapped = wrapped }

    /// The last path components of the requests so far; empties the log.
    package func takeLog() -> [String] {
        log.withLock { log in
            defer { log = [] }
            return log
        }
    }

    package func send(_ request: HTTPRequest, body: [UInt8], limits: HTTPLimits) async throws -> HTTPReply {
        let path = (request.path ?? "").prefix { $0 != "?" }
        log.withLock { $0.append(path.split(separator: "/").last.map(String.init) ?? "") }
        return try await wrapped.send(request, body: body, limits: limits)
    }
}

extension Logger {
    /// For tests that are not about log lines.
    package static let silent = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
}
