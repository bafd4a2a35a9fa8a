#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
import JOSE

/// What several instances of a service share: used transactions, request objects, backchannel requests, the key ring.
///
/// Logins that have not finished are in the browser's cookie and need no store. One process needs none either:
/// ``InMemoryStateStore`` is the default. For several machines, use `RedisStore`, `PostgreSQLStore` or `PersistStore`, or
/// implement these three operations; `StateStoreSuite` of `ItsmeSandbox` checks an implementation.
///
/// **Keys** are 1 to 200 characters of `A-Z a-z 0-9 _ - . / :`. **Values** are visible ASCII, at most 1 MiB: they are encrypted,
/// or hold no secret.
///
/// **Fail closed**: if the store cannot answer, throw. A login then fails with `store_unavailable`, and the person can try
/// again. Never guess that a key is free.
///
/// **Repeating is safe**: if an answer was lost, the same call with the same value returns `true` again. So an
/// implementation may repeat a call on a new connection.
public protocol StateStore: ReplayGuard, RequestObjectStore {
    /// Stores a value unless the key has one. This is one atomic step, also between machines.
    ///
    /// - Parameters:
    ///   - value: The value. Callers never store the same value twice for one key, except to repeat a call.
    ///   - key: The key.
    ///   - expiry: When the value is forgotten, and the key free again; nil for never.
    /// - Returns: Whether the key has this value now, at version 1.
    func insert(_ value: String, for key: String, until expiry: Date?) async throws -> Bool

    /// The value of a key; nil if there is none or if it has expired.
    func value(for key: String) async throws -> StateValue?

    /// Replaces a value if its version is still `version`, and keeps its expiry. This is one atomic step.
    ///
    /// - Returns: Whether the key has this value now, at `version + 1`; `false` if it has another version, or none.
    func replace(_ value: String, for key: String, version: Int) async throws -> Bool
}

/// A value in a store.
public struct StateValue: Sendable, Hashable {
    /// The value.
    public let text: String

    /// 1 when it is inserted, one more each time it is replaced.
    public let version: Int

    /// Makes a value, as an implementation of ``StateStore`` returns it.
    public init(_ text: String, version: Int) {
        self.text = text
        self.version = version
    }
}

extension StateStore {
    /// Marks a transaction as used; `true` the first time.
    public func consume(_ identifier: String, until expiry: Date) async throws -> Bool {
        // Unique, so that a repeated call is told from a second use.
        let claim = Base64URL.encode(try RandomSource.system.bytes(16))
        // Longer, since the store's clock may be ahead of the clock by which the transaction is still valid.
        return try await insert(claim, for: "used/" + identifier, until: expiry.addingTimeInterval(300))
    }

    /// Stores a request object under a new name.
    ///
    /// - Throws: ``ItsmeError`` `invalid_configuration` if the name is in use; what the store throws.
    public func store(_ requestObject: String, as id: RequestObjectID, until expiry: Date) async throws {
        guard try await insert(requestObject, for: "request/" + id.text, until: expiry) else {
            throw ItsmeError(
                .invalidConfiguration, .authorizationRequest, "a request object with that name is already stored",
                remedy: "Make a new name for each request object.", field: "requestObjectID")
        }
    }

    /// The request object with that name, until it expires.
    public func requestObject(for id: RequestObjectID) async throws -> String? {
        try await value(for: "request/" + id.text)?.text
    }
}

/// Remembers which transactions were used, so that none is used twice.
///
/// Several instances of a service need one that they share: any ``StateStore``.
public protocol ReplayGuard: Sendable {
    /// Marks a transaction as used.
    ///
    /// - Parameters:
    ///   - identifier: 43 Base64url characters, a digest; not a secret.
    ///   - expiry: When the identifier may be forgotten.
    /// - Returns: `true` the first time, `false` afterwards. The operation must be atomic.
    func consume(_ identifier: String, until expiry: Date) async throws -> Bool
}

/// Keeps request objects from the authorization request until itsme fetches them by their request URI.
///
/// Several instances of a service need one that they share, any ``StateStore``, since itsme may reach another instance
/// than the one that made the object.
public protocol RequestObjectStore: Sendable {
    /// Stores an object under a new name.
    ///
    /// - Parameters:
    ///   - requestObject: A nested JWT, signed, and encrypted to itsme.
    ///   - id: Its name.
    ///   - expiry: When it expires. After that it must not be returned and may be deleted.
    func store(_ requestObject: String, as id: RequestObjectID, until expiry: Date) async throws

    /// Returns the object with that name; nil if there is none or it has expired. Do not delete it: itsme may fetch it
    /// again.
    func requestObject(for id: RequestObjectID) async throws -> String?
}
