#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
public import JOSE

extension KeyRing {
    /// Step 1: publishes `key` as the next signing key.
    ///
    /// - Parameters:
    ///   - key: A new RSA private key, or the public half of one that is held elsewhere. Without `kid` it gets its
    ///     RFC 7638 thumbprint as one.
    ///   - now: The date.
    /// - Throws: ``ItsmeError`` `rotation_out_of_order` while another rotation of the signing key is under way, or
    ///   `unsuitable_key`.
    public mutating func beginSigningRotation(with key: JWK, at now: Date) throws(ItsmeError) {
        guard entries(.signature, .next).isEmpty, entries(.signature, .retiring).isEmpty else {
            throw Self.outOfOrder(
                "a rotation of the signing key is under way", remedy: "Finish, revert or cancel it first.")
        }
        try replaceEntries { entries throws(ItsmeError) in
            entries.append(try Entry(key, use: .signature, role: .next, since: now))
        }
    }

    /// Step 2: signs with the next key; the current one retires and stays published.
    ///
    /// - Throws: ``ItsmeError`` `rotation_out_of_order` without a next key; `rotation_too_early` until every instance
    ///   has published it and every set that itsme may have cached before has expired.
    public mutating func activateNextSigningKey(at now: Date) throws(ItsmeError) {
        guard let next = entries(.signature, .next).first else {
            throw Self.outOfOrder("there is no next signing key", remedy: "Begin the rotation with a new key.")
        }
        try Self.require(
            start(of: next), by: now,
            because: "itsme may still use a cached JWK Set without the next signing key")
        let current = try current(.signature)
        try replaceEntries { entries in
            entries.removeAll { $0.use == .signature }
            entries += [next.becoming(.current, at: now), current.becoming(.retiring, at: now)]
        }
    }

    /// Step 3: removes the retiring key from the published set and from the ring. Take it when logins with the new key
    /// are seen to work.
    ///
    /// - Throws: ``ItsmeError`` `rotation_out_of_order` without a retiring key; `rotation_too_early` while an instance
    ///   may still sign with it or a login under way depend on it.
    public mutating func finishSigningRotation(at now: Date) throws(ItsmeError) {
        guard let retiring = entries(.signature, .retiring).first else {
            throw Self.outOfOrder(
                "no signing key is retiring", remedy: "Nothing is to be finished; look at the ring's next step.")
        }
        try Self.require(
            finish(of: retiring), by: now, because: "logins under way may still depend on the retiring signing key")
        try replaceEntries { entries in
            entries.removeAll { $0.use == .signature && $0.role == .retiring }
        }
    }

    /// Instead of step 3: signs with the retiring key again, as itsme does not take the new one. The new one retires.
    ///
    /// Both are published, so this is safe at any time.
    ///
    /// - Throws: ``ItsmeError`` `rotation_out_of_order` without a retiring key.
    public mutating func revertSigningRotation(at now: Date) throws(ItsmeError) {
        guard let retiring = entries(.signature, .retiring).first else {
            throw Self.outOfOrder(
                "no signing key is retiring, so there is none to go back to",
                remedy: "Cancel the rotation if the next key is not in use yet; otherwise begin a new one.")
        }
        let current = try current(.signature)
        try replaceEntries { entries in
            entries.removeAll { $0.use == .signature }
            entries += [retiring.becoming(.current, at: now), current.becoming(.retiring, at: now)]
        }
    }

    /// Instead of step 2: removes the next key, which has signed nothing yet.
    ///
    /// - Throws: ``ItsmeError`` `rotation_out_of_order` without a next key.
    public mutating func cancelSigningRotation() throws(ItsmeError) {
        try cancel(.signature)
    }

    /// Replaces a signing key that somebody else may have, at once: it is removed from the published set together with
    /// a retiring one.
    ///
    /// **Logins fail** until itsme has read the new set, for up to ``Timing/cacheLifetime``, unless the next key is taken
    /// and was published long enough. Until then itsme still accepts the old key from its cache: ask itsme to read the
    /// set again. A compromised *encryption* key needs no such step, as it proves nothing: rotate it as usual.
    ///
    /// - Parameters:
    ///   - key: The key to sign with from now on, which replaces a next one too; nil for the next key of the ring.
    ///   - now: The date.
    /// - Throws: ``ItsmeError`` `rotation_out_of_order` with neither, or `unsuitable_key`.
    public mutating func replaceCompromisedSigningKey(with key: JWK? = nil, at now: Date) throws(ItsmeError) {
        let replacement: Entry
        if let key {
            replacement = try Entry(key, use: .signature, role: .current, since: now)
            guard !entries.contains(where: { $0.use == .signature && $0.thumbprint == replacement.thumbprint }) else {
                throw Self.unsuitable("the replacement is in the ring already", "keys.sig")
            }
        } else if let next = entries(.signature, .next).first {
            replacement = next.becoming(.current, at: now)
        } else {
            throw Self.outOfOrder("there is no next signing key", remedy: "Give a new key.")
        }
        try replaceEntries { entries in
            entries.removeAll { $0.use == .signature }
            entries.append(replacement)
        }
    }

    /// Removes a next key.
    mutating func cancel(_ use: KeyUse) throws(ItsmeError) {
        guard !entries(use, .next).isEmpty else {
            throw Self.outOfOrder(
                "there is no next key", remedy: "Nothing is to be cancelled; look at the ring's next step.")
        }
        try replaceEntries { entries in
            entries.removeAll { $0.use == use && $0.role == .next }
        }
    }
}
