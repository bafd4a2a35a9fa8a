#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import HTTPTypes
import JOSE
import Logging

/// The provider as the client knows it: its metadata and its keys, each fetched once and kept.
///
/// The keys are kept per issuer and URI: a client has one provider, and when a new discovery document names another
/// `jwks_uri`, the keys of the old one are not used any more.
final class Provider: Sendable {
    let environment: ItsmeEnvironment
    private let http: HTTPClient
    private let time: TimeSource
    private let logger: Logger
    private let metadataResource: CachedResource<ProviderMetadata>
    private let keySets: KeySetDirectory

    init(
        environment: ItsmeEnvironment, http: HTTPClient, time: TimeSource, logger: Logger,
        checking check: @escaping @Sendable (ProviderMetadata) throws(ItsmeError) -> Void
    ) throws(ItsmeError) {
        self.environment = environment
        self.http = http
        self.time = time
        self.logger = logger
        let discovery: Endpoint
        do {
            discovery = try Endpoint(
                environment.discoveryURL, allowsLoopbackHTTP: environment.allowsLoopbackHTTP)
        } catch {
            throw ItsmeError(
                .insecureURL, .configuration, "the issuer cannot be used: \(error.rawValue)",
                remedy: "Give the https URL of the issuer.", field: "environment.issuer")
        }
        metadataResource = CachedResource(
            policy: .init(defaultLifetime: .seconds(24 * 3600)), uptime: time.uptime
        ) { () async throws(ItsmeError) in
            let reply = try await http.get(
                discovery, accept: "application/json", mediaTypes: ["application/json"],
                maximumBodySize: 256 << 10, phase: .discovery)
            let metadata = try ProviderMetadata(parsing: reply.body, for: environment)
            try check(metadata)
            logger.debug("discovery document read")
            return (metadata, CacheControl.lifetime(of: reply))
        }
        keySets = KeySetDirectory { jwks in
            CachedResource(uptime: time.uptime) { () async throws(ItsmeError) in
                let reply = try await http.get(
                    jwks, accept: "application/jwk-set+json, application/json",
                    mediaTypes: ["application/json", "application/jwk-set+json"],
                    maximumBodySize: 64 << 10, phase: .providerKeys)
                let set = try Provider.keySet(reply.body)
                logger.debug(
                    "JWK Set read",
                    metadata: [
                        "itsme.jwks.keys": "\(set.keys.count)", "itsme.jwks.skipped": "\(set.skipped.count)",
                    ])
                return (set, CacheControl.lifetime(of: reply))
            }
        }
    }

    /// The metadata, from the cache when it is fresh.
    func metadata() async throws -> ProviderMetadata {
        try await metadataResource.value().value
    }

    /// The cache of the JWK Set that the metadata names.
    private func keySetResource() async throws -> CachedResource<JWKSet> {
        keySets.resource(for: try await metadataResource.value().value.jwks)
    }

    /// The key to encrypt a request object or an assertion to. A set without one causes a refetch as an unknown `kid`
    /// does.
    func encryptionKey(algorithm: KeyManagementAlgorithm) async throws -> JWK {
        let resource = try await keySetResource()
        let snapshot = try await resource.value()
        if case .key(let key) = snapshot.value.encryptionKey(algorithm: algorithm) { return key }
        if let newer = try await resource.refreshed(since: snapshot.generation),
            case .key(let key) = newer.value.encryptionKey(algorithm: algorithm)
        {
            return key
        }
        throw ItsmeError(
            .providerKeyUnsuitable, .authorizationRequest,
            "itsme publishes no key to encrypt to with \(algorithm.name)",
            remedy: "Compare requestObjectAlgorithms with the alg of the enc keys in itsme's JWK Set.",
            field: "requestObjectAlgorithms")
    }

    /// The key that verifies a signature: the one whose `kid` the header names, or the sole fitting one when the
    /// header names none. An unknown `kid` causes one refetch per cool-down, and never the use of another key.
    func verificationKey(
        keyID: String?, algorithm: SignatureAlgorithm, phase: ItsmeError.Phase
    ) async throws -> JWK {
        let resource = try await keySetResource()
        let snapshot = try await resource.value()
        var selection = snapshot.value.verificationKey(keyID: keyID, algorithm: algorithm)
        if case .unknownKeyID = selection {
            logger.debug("unknown key ID in a token, asking for the JWK Set again")
            var generation = snapshot.generation
            // The first fetch may be one that was under way, and older than the key; the cool-down bounds the second.
            for _ in 0..<2 {
                guard case .unknownKeyID = selection, let newer = try await resource.refreshed(since: generation)
                else { break }
                generation = newer.generation
                selection = newer.value.verificationKey(keyID: keyID, algorithm: algorithm)
            }
        }
        guard case .key(let key) = selection else { throw Provider.keyError(selection, phase: phase) }
        return key
    }

    private static func keySet(_ bytes: [UInt8]) throws(ItsmeError) -> JWKSet {
        let remedy = "Nothing to do here; the last good set stays in use. If it lasts, report it to itsme."
        let set: JWKSet
        do {
            set = try JWKSet(parsingRemote: bytes)
        } catch {
            throw ItsmeError(
                .jwkSetMalformed, .providerKeys, "the JWK Set cannot be read", remedy: remedy, joseCode: error.code)
        }
        guard !set.keys.isEmpty else {
            throw ItsmeError(.jwkSetMalformed, .providerKeys, "the JWK Set holds no usable key", remedy: remedy)
        }
        return set
    }

    private static func keyError(_ selection: JWKSet.Selection, phase: ItsmeError.Phase) -> ItsmeError {
        switch selection {
        case .unknownKeyID:
            ItsmeError(
                .providerKeyNotFound, phase, "no key of itsme has the key ID that the token names",
                remedy: "Refuse the login. If every login fails, check that the JWK Set of itsme can be read.")
        case .ambiguous:
            ItsmeError(
                .providerKeyAmbiguous, phase, "more than one key of itsme fits and the token does not say which",
                remedy: "Refuse the login and report it to itsme.")
        case .noKeyFits, .key:
            ItsmeError(
                .providerKeyUnsuitable, phase, "no key of itsme allows this purpose",
                remedy: "Refuse the login and report it to itsme.")
        }
    }
}
