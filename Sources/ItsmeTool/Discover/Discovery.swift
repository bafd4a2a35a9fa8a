#if Tool
    import Foundation
    import HTTPTypes
    import ItsmeRP
    import JOSE

    /// What an environment publishes about itself, as it was fetched.
    struct Discovery: Sendable {
        let environment: ItsmeEnvironment
        let metadata: ProviderMetadata
        let reply: HTTPReply

        /// Why something cannot be fetched or used.
        struct Fault: Error {
            let reason: String
            let remedy: String
        }

        /// A JWK Set with its bytes.
        struct Keys: Sendable {
            let set: JWKSet
            let reply: HTTPReply
        }

        init(_ environment: ItsmeEnvironment, transport: any HTTPTransport) async throws(Fault) {
            self.environment = environment
            reply = try await Self.fetch(environment.discoveryURL, of: environment, transport)
            do {
                metadata = try ProviderMetadata(parsing: reply.body, for: environment)
            } catch {
                throw Fault(reason: error.reason, remedy: error.remedy)
            }
        }

        /// Fetches the provider's keys.
        func keys(transport: any HTTPTransport) async throws(Fault) -> Keys {
            let reply = try await Self.fetch(metadata.jwksURI, of: environment, transport)
            do {
                return Keys(set: try JWKSet(parsingRemote: reply.body), reply: reply)
            } catch {
                throw Fault(
                    reason: "the provider's JWK Set cannot be used: \(error.reason)",
                    remedy: "Check that no proxy answers in place of itsme, then try again later.")
            }
        }

        private static func fetch(
            _ url: String, of environment: ItsmeEnvironment, _ transport: any HTTPTransport
        ) async throws(Fault) -> HTTPReply {
            let endpoint: Endpoint
            do {
                endpoint = try Endpoint(url, allowsLoopbackHTTP: environment.allowsLoopbackHTTP)
            } catch {
                throw Fault(reason: "the URL \(url) cannot be used: \(error.rawValue)", remedy: "Check the issuer.")
            }
            let reply: HTTPReply
            do {
                reply = try await transport.send(
                    endpoint.request(.get, headerFields: [.accept: "application/json"]), body: [],
                    limits: HTTPLimits())
            } catch {
                let reason = (error as? HTTPTransportError)?.reason ?? "the request failed"
                throw Fault(
                    reason: "the host \(endpoint.host) gave no answer: \(reason)",
                    remedy: environment.allowsLoopbackHTTP
                        ? "Start the sandbox (itsme sandbox), or correct the issuer."
                        : "Allow outgoing https to this host in the firewall, or configure the proxy (ITSME_PROXY).")
            }
            guard reply.response.status == .ok else {
                throw Fault(
                    reason: "the URL \(url) answers with status \(reply.response.status.code)",
                    remedy: "Check the issuer. If it is right, try again later.")
            }
            return reply
        }

        // MARK: Expectations

        /// The endpoints below the issuer, by the members of the document, as itsme documents them for the generation.
        private var expectedPaths: [(member: String, path: String)] {
            switch environment {
            case .legacyE2E, .legacyProduction: return []
            case .clientSecretE2E, .clientSecretProduction:
                return [
                    ("authorization_endpoint", "/connect/authorize"), ("token_endpoint", "/connect/token"),
                    ("userinfo_endpoint", "/connect/userinfo"), ("revocation_endpoint", "/connect/revoke"),
                ]
            default:
                guard environment.profile == .v2 else { return [] }
                return [
                    ("authorization_endpoint", "/authorization"), ("token_endpoint", "/token"),
                    ("userinfo_endpoint", "/userinfo"), ("jwks_uri", "/jwkSet"),
                    ("backchannel_authentication_endpoint", "/backchannel/authentication"),
                ]
            }
        }

        /// What the library uses if nothing else is configured, by the lists that should have it.
        private var expectedValues: [(member: String, value: String)] {
            guard environment.profile == .v2 else { return [] }
            let usesSecret = [.clientSecretE2E, .clientSecretProduction].contains(environment)
            return [
                ("response_types_supported", "code"), ("code_challenge_methods_supported", "S256"),
                ("id_token_signing_alg_values_supported", "RS256"),
            ]
                + (usesSecret
                    ? []
                    : [
                        ("id_token_encryption_alg_values_supported", "RSA-OAEP-256"),
                        ("id_token_encryption_enc_values_supported", "A128CBC-HS256"),
                        ("userinfo_encryption_alg_values_supported", "RSA-OAEP-256"),
                        ("userinfo_encryption_enc_values_supported", "A128CBC-HS256"),
                        ("request_object_encryption_alg_values_supported", "RSA-OAEP-256"),
                        ("token_endpoint_auth_methods_supported", "private_key_jwt"),
                    ])
        }

        /// How the document differs from what the library expects.
        var differences: [String] {
            var differences: [String] = []
            for (member, path) in expectedPaths {
                let expected = environment.issuer + path
                let found = metadata.document[member]?.string
                if found != expected { differences.append("\(member) is \(found ?? "missing"), not \(expected)") }
            }
            for (member, value) in expectedValues {
                guard let list = metadata.document[member]?.elements else { continue }
                if !list.contains(where: { $0.string == value }) { differences.append("\(member) lacks \(value)") }
            }
            return differences
        }
    }
#endif
