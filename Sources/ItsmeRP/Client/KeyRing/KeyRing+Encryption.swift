#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
public import JOSE

extension KeyRing {
    /// Step 1: makes `key` known as the next encryption key. It decrypts from now on and is not published.
    ///
    /// May be done while older keys retire.
    ///
    /// - Parameters:
    ///   - key: A new RSA private key, or the public half of one that is held elsewhere. Without `kid` it gets its
    ///     RFC 7638 thumbprint as one.
    ///   - now: The date.
    /// - Throws: ``ItsmeError`` `rotation_out_of_order` while there is a next key, or `unsuitable_key`.
    public mutating func beginEncryptionRotation(with key: JWK, at now: Date) throws(ItsmeError) {
        guard entries(.encryption, .next).isEmpty else {
            throw Self.outOfOrder(
                "a rotation of the encryption key is under way", remedy: "Publish the next key, or cancel, first.")
        }
        try replaceEntries { entries throws(ItsmeError) in
            entries.append(try Entry(key, use: .encryption, role: .next, since: now))
        }
    }

    /// Step 2: publishes the next key in place of the current one, which retires: it goes on decrypting.
    ///
    /// - Throws: ``ItsmeError`` `rotation_out_of_order` without a next key; `rotation_too_early` while an instance may
    ///   not have it.
    public mutating func publishNextEncryptionKey(at now: Date) throws(ItsmeError) {
        guard let next = entries(.encryption, .next).first else {
            throw Self.outOfOrder("there is no next encryption key", remedy: "Begin the rotation with a new key.")
        }
        try Self.require(
            start(of: next), by: now,
            because: "an instance may not have the next encryption key yet, and could not decrypt with it")
        let current = try current(.encryption)
        try replaceEntries { entries in
            entries.removeAll { $0.keyID == next.keyID || $0.keyID == current.keyID }
            entries += [next.becoming(.current, at: now), current.becoming(.retiring, at: now)]
        }
    }

    /// Step 3: drops the retiring keys that no cached set has any more.
    ///
    /// - Throws: ``ItsmeError`` `rotation_out_of_order` without a retiring key; `rotation_too_early` while itsme may
    ///   still encrypt to each of them.
    public mutating func finishEncryptionRotation(at now: Date) throws(ItsmeError) {
        guard let first = entries(.encryption, .retiring).map(finish(of:)).min() else {
            throw Self.outOfOrder(
                "no encryption key is retiring", remedy: "Nothing is to be finished; look at the ring's next step.")
        }
        try Self.require(
            first, by: now, because: "itsme may still encrypt to the retiring key, from a cached JWK Set")
        let dropped = entries(.encryption, .retiring).filter { finish(of: $0) <= now }.map(\.keyID)
        try replaceEntries { entries in
            entries.removeAll { dropped.contains($0.keyID) }
        }
    }

    /// Instead of step 2: removes the next key, to which nothing was encrypted yet.
    ///
    /// - Throws: ``ItsmeError`` `rotation_out_of_order` without a next key.
    public mutating func cancelEncryptionRotation() throws(ItsmeError) {
        try cancel(.encryption)
    }
}
