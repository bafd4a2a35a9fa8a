#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Keeps request objects from the authorization request until itsme fetches them by their request URI.
///
/// With several instances of a service, implement it on a store that they share (for example `SET key value EX` in
/// Redis), since itsme may reach another instance than the one that made the object.
public protocol RequestObjectStore: Sendable {
    /// Keeps an object under a name that was never used before.
    ///
    /// - Parameters:
    ///   - requestObject: A nested JWT; signed, and encrypted to itsme.
    ///   - id: Its name.
    ///   - expiry: When it may be forgotten, and must not be given out any more.
    func store(_ requestObject: String, as id: RequestObjectID, until expiry: Date) async throws

    /// The object of that name; nil when there is none or it has expired. It stays: itsme may ask again.
    func requestObject(for id: RequestObjectID) async throws -> String?
}
