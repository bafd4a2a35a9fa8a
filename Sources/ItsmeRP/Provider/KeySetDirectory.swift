import JOSE
import Synchronization

/// The JWK Set cache in force. It belongs to one `jwks_uri`; another URI gets a cache of its own.
final class KeySetDirectory: Sendable {
    /// The URL of the endpoint tells all of it.
    private let current = Mutex<(url: String, resource: CachedResource<JWKSet>)?>(nil)
    private let make: @Sendable (Endpoint) -> CachedResource<JWKSet>

    init(_ make: @escaping @Sendable (Endpoint) -> CachedResource<JWKSet>) {
        self.make = make
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
