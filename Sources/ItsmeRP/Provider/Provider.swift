#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import HTTPTypes
import JOSE
import Logging
import Synchronization
import WebFormats

/// The provider's metadata and keys, each fetched and cached.
///
/// Keys are cached per issuer and URI. A client has one provider. If a new discovery document names another `jwks_uri`,
/// the keys of the old one are no longer used.
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
            do throws(ItsmeError) {
                let reply = try await http.get(
                    discovery, accept: "application/json", mediaTypes: ["application/json"],
                    maximumBodySize: 256 << 10, phase: .discovery)
                let metadata = try ProviderMetadata(parsing: reply.body, for: environment)
                try check(metadata)
                logger.debug("discovery document read")
                Telemetry.refresh(.metadata, error: nil)
                return (metadata, CacheControl(reply.response.headerFields).lifetime)
            } catch {
                Telemetry.refresh(.metadata, error: error)
                logger.log(
                    level: Self.level(of: error), "itsme's discovery document could not be fetched",
                    metadata: error.metadata)
                throw error
            }
        }
        keySets = KeySetDirectory { jwks in
            CachedResource(uptime: time.uptime) { () async throws(ItsmeError) in
                do throws(ItsmeError) {
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
                    Telemetry.refresh(.keys, error: nil)
                    return (set, CacheControl(reply.response.headerFields).lifetime)
                } catch {
                    Telemetry.refresh(.keys, error: error)
                    logger.log(
                        level: Self.level(of: error), "itsme's JWK Set could not be fetched", metadata: error.metadata)
                    throw error
                }
            }
        }
    }

    /// The level for a failed fetch. It is logged in any case, since a refresh in the background has no caller to receive
    /// the error. A shutdown is no failure.
    private static func level(of error: ItsmeError) -> Logger.Level {
        error.transportCode == .shutDown ? .debug : error.logLevel
    }

    /// The metadata, from the cache if it is fresh.
    func metadata() async throws -> ProviderMetadata {
        try await metadataResource.value().value
    }

    /// Fetches the metadata and the JWK Set now.
    func refresh() async throws -> ProviderMetadata {
        let metadata = try await metadataResource.fetched().value
        _ = try await keySets.resource(for: metadata.jwks).fetched()
        return metadata
    }

    /// Fetches the metadata and the JWK Set if they are missing, or if it is time for a refresh.
    ///
    /// - Returns: How long until it is time again.
    func refreshIfDue() async throws -> Duration {
        let wait: Duration
        do {
            wait = try await metadataResource.refreshIfDue()
        } catch let error as ItsmeError {
            // The old metadata still say where the keys are.
            if let jwks = metadataResource.cached?.jwks { _ = try? await keySets.resource(for: jwks).refreshIfDue() }
            throw error
        }
        return min(wait, try await keySetResource().refreshIfDue())
    }

    /// What is in the caches.
    func health() -> (metadata: ItsmeHealth.Resource, keys: ItsmeHealth.Resource) {
        let keySet = metadataResource.cached.flatMap { keySets.existing(for: $0.jwks) }
        let keys = keySet?.health(.keys) ?? ItsmeHealth.Resource(state: .missing, age: nil, lastFailure: nil)
        return (metadataResource.health(.metadata), keys)
    }

    /// The cache of the JWK Set that the metadata names.
    private func keySetResource() async throws -> CachedResource<JWKSet> {
        keySets.resource(for: try await metadataResource.value().value.jwks)
    }

    /// The key to encrypt a request object or an assertion to. If the set has none, it is fetched again, as for an
    /// unknown `kid`.
    func encryptionKey(algorithm: KeyManagementAlgorithm, phase: ItsmeError.Phase) async throws -> JWK {
        let resource = try await keySetResource()
        let snapshot = try await resource.value()
        if case .key(let key) = snapshot.value.encryptionKey(algorithm: algorithm) { return key }
        if let newer = try await resource.refreshed(since: snapshot.generation),
            case .key(let key) = newer.value.encryptionKey(algorithm: algorithm)
        {
            return key
        }
        throw ItsmeError(
            .providerKeyUnsuitable, phase, "itsme publishes no key to encrypt to with \(algorithm.name)",
            remedy:
                "Compare requestObjectAlgorithms, which client assertions use too, with the alg of the encryption keys in itsme's JWK Set.",
            field: "requestObjectAlgorithms", kind: .misconfiguration)
    }

    /// Verifies the signature of a token and returns the payload. Uses the key with the `kid` of the header. If the
    /// header has none, exactly one key must fit.
    ///
    /// An unknown `kid` or an invalid signature (the key may have been replaced under the same `kid`) causes one
    /// refetch per cool-down, but never the use of another key.
    ///
    /// - Throws: ``ItsmeError`` when there is no key, `JOSEError` `signatureInvalid`, or `CancellationError`.
    func payload(of jws: JWS, algorithm: SignatureAlgorithm, phase: ItsmeError.Phase) async throws -> [UInt8] {
        let resource = try await keySetResource()
        var snapshot = try await resource.value()
        // The first refetch may already have been in progress, and may have started before the key was published. The
        // cool-down limits the second.
        for _ in 0..<2 {
            do {
                return try Self.payload(of: jws, verifiedWith: snapshot.value, algorithm: algorithm, phase: phase)
            } catch {
                guard error.mayComeFromAnOldKeySet else { throw error }
                logger.debug("no key of the JWK Set verifies a token, asking for the set again")
                guard let newer = try await resource.refreshed(since: snapshot.generation) else { throw error }
                snapshot = newer
            }
        }
        return try Self.payload(of: jws, verifiedWith: snapshot.value, algorithm: algorithm, phase: phase)
    }

    private static func payload(
        of jws: JWS, verifiedWith set: JWKSet, algorithm: SignatureAlgorithm, phase: ItsmeError.Phase
    ) throws -> [UInt8] {
        let selection = set.verificationKey(keyID: jws.header.keyID, algorithm: algorithm)
        guard case .key(let key) = selection else { throw keyError(selection, phase: phase) }
        return try jws.payload(verifiedWith: key, algorithm: algorithm)
    }

    private static func keySet(_ bytes: [UInt8]) throws(ItsmeError) -> JWKSet {
        let set: JWKSet
        do {
            set = try JWKSet(parsingRemote: bytes)
        } catch {
            throw ItsmeError(.jwkSetMalformed, .providerKeys, "the JWK Set cannot be read", joseCode: error.code)
        }
        guard !set.keys.isEmpty else {
            throw ItsmeError(.jwkSetMalformed, .providerKeys, "the JWK Set holds no usable key")
        }
        return set
    }

    private static func keyError(_ selection: JWKSet.Selection, phase: ItsmeError.Phase) -> ItsmeError {
        switch selection {
        case .unknownKeyID: ItsmeError(.providerKeyNotFound, phase)
        case .ambiguous: ItsmeError(.providerKeyAmbiguous, phase)
        case .noKeyFits, .key: ItsmeError(.providerKeyUnsuitable, phase)
        }
    }
}

extension Error {
    fileprivate var mayComeFromAnOldKeySet: Bool {
        (self as? ItsmeError)?.code == .providerKeyNotFound || (self as? JOSEError)?.code == .signatureInvalid
    }
}

/// The cache of the JWK Set. It belongs to one `jwks_uri`; another URI gets a new cache.
final class KeySetDirectory: Sendable {
    /// The URL identifies the endpoint.
    private let current = Mutex<(url: String, resource: CachedResource<JWKSet>)?>(nil)
    private let make: @Sendable (Endpoint) -> CachedResource<JWKSet>

    init(_ make: @escaping @Sendable (Endpoint) -> CachedResource<JWKSet>) {
        self.make = make
    }

    /// The cache for `endpoint`, if there is one.
    func existing(for endpoint: Endpoint) -> CachedResource<JWKSet>? {
        current.withLock { $0?.url == endpoint.url ? $0?.resource : nil }
    }

    func resource(for endpoint: Endpoint) -> CachedResource<JWKSet> {
        current.withLock { current in
            if let current, current.url == endpoint.url { return current.resource }
            let resource = make(endpoint)
            current = (endpoint.url, resource)
            return resource
        }
    }
}
