#if Tool
    import Foundation
    import HTTPTypes
    import ItsmeRP
    import ItsmeSandbox
    import JOSE
    import Logging

    /// Explains tokens, URLs, answers and errors. It knows no rule itself: the library has those of what itsme sends, the
    /// sandbox those of what a service sends.
    struct Inspection: Sendable {
        let now: Date
        /// What it is, if the person says so.
        var kind: InspectedKind?
        /// The settings of the service.
        var settings: ItsmeConfiguration?
        var environment: ItsmeEnvironment?
        /// The JWK Set of the provider; nil to fetch it.
        var providerKeys: [UInt8]?
        /// The service's own keys.
        var keys: ClientKeys?
        /// How the service authenticates, if that was given apart from the settings.
        var authentication: ClientAuthentication?
        var clientID: String?
        var registration: ClientRegistration?
        /// What is known of the login.
        var login = LoginFacts()
        var state: Secret<String>?
        /// The ID token of the same login, or the token response with it.
        var idToken: String?
        var transport: any HTTPTransport = InProcessTransport([:])

        init(now: Date) { self.now = now }

        /// How the service authenticates, if that is known.
        var knownAuthentication: ClientAuthentication? { authentication ?? settings?.authentication }

        /// - Throws: ``ToolFailure`` if it is nothing that can be inspected, or `CancellationError`.
        func report(on input: InspectionInput) async throws -> InspectionReport {
            var report = try await report(on: input.text)
            if !input.removed.isEmpty {
                report.findings.insert(
                    .ok("input.form", "Taken away before it was read: \(input.removed.joined(separator: ", "))."), at: 0
                )
            }
            return report
        }

        private func report(on text: String) async throws -> InspectionReport {
            switch kind {
            case .tokenResponse: return try await tokenResponse(Array(text.utf8))
            case .idToken, .userInfo: return try await token(Array(text.utf8), as: kind, login: login)
            case nil: break
            }
            // A log line may be JSON, and may hold an URL.
            if text.contains("itsme.code"), let report = ErrorExplanation(text)?.report { return report }
            if text.hasPrefix("{") || text.hasPrefix("[") { return try await json(text) }
            if InspectionInput.looksLikeToken(text) {
                return try await token(Array(text.utf8), as: nil, login: login)
            }
            if let address = InspectedAddress(text) { return try await report(on: address) }
            if let report = ErrorExplanation(text)?.report { return report }
            throw ToolFailure(unrecognized(text))
        }

        private func unrecognized(_ text: String) -> String {
            if FileManager.default.fileExists(atPath: text) {
                return
                    "This is the name of a file. Inspect its content with: itsme inspect --file \(text.quotedForShell)"
            }
            if let known = ErrorExplanation.suggestion(for: text) {
                return "There is no error code '\(text.printable)'. Did you mean \(known)?"
            }
            return
                "This is no token, URL, JSON or error code. Give one, complete and alone; itsme inspect --help lists what can be inspected."
        }

        /// A client of the library that checks at the given time.
        func client(_ authentication: ClientAuthentication) throws(ItsmeError) -> ItsmeClient {
            let environment = try known()
            var configuration =
                settings
                ?? ItsmeConfiguration(
                    environment: environment, clientID: clientID ?? "unknown", authentication: authentication,
                    redirectURI: "https://service.invalid/callback")
            configuration.environment = environment
            configuration.authentication = authentication
            configuration.logger = Logger(label: "itsme", factory: { _ in SwiftLogNoOpLogHandler() })
            let now = now
            configuration.time = TimeSource(now: { now }, uptime: TimeSource.system.uptime)
            return try ItsmeClient(configuration, transport: providerTransport(environment))
        }

        private func known() throws(ItsmeError) -> ItsmeEnvironment {
            if let environment { return environment }
            return try .custom(issuer: Self.unknownIssuer)
        }

        /// An issuer that nobody has: nothing is fetched from it.
        private static let unknownIssuer = "https://issuer.invalid/v2"

        /// Whether the keys of the provider are not known at all.
        var lacksProvider: Bool { environment == nil && providerKeys == nil }

        private func providerTransport(_ environment: ItsmeEnvironment) -> any HTTPTransport {
            if let providerKeys, let endpoint = try? Endpoint(environment.issuer, allowsLoopbackHTTP: true) {
                return InProcessTransport([
                    "\(endpoint.scheme)://\(endpoint.authority)": GivenProvider(
                        issuer: environment.issuer, keys: providerKeys)
                ])
            }
            return lacksProvider ? InProcessTransport([:]) : transport
        }
    }

    /// A provider of which only the issuer and the keys are known.
    private struct GivenProvider: HTTPHandler {
        let issuer: String
        let keys: [UInt8]

        func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
            let isDiscovery = request.path?.hasSuffix("/openid-configuration") == true
            return HTTPReply(
                response: HTTPResponse(status: .ok, headerFields: [.contentType: "application/json"]),
                body: isDiscovery ? metadata.serialized() : keys)
        }

        private var metadata: JSONValue {
            [
                "issuer": .string(issuer), "authorization_endpoint": .string(issuer.appendingPath("authorization")),
                "token_endpoint": .string(issuer.appendingPath("token")),
                "userinfo_endpoint": .string(issuer.appendingPath("userinfo")),
                "jwks_uri": .string(issuer.appendingPath("jwkSet")),
                "id_token_encryption_alg_values_supported": ["RSA-OAEP", "RSA-OAEP-256"],
                "userinfo_encryption_alg_values_supported": ["RSA-OAEP", "RSA-OAEP-256"],
            ]
        }
    }
#endif
