#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
public import JOSE

/// The next step of a rotation.
public struct RotationStep: Sendable, Hashable {
    /// What a step does.
    public enum Action: String, Sendable, Hashable {
        /// A new key becomes the next one.
        case begin
        /// The next signing key begins to sign.
        case activate
        /// The next encryption key is published in place of the current one.
        case publish
        /// The retiring key is removed.
        case finish
    }

    /// Whether this is a rotation of the signing key or of the encryption key.
    public let use: KeyUse

    /// What the step does.
    public let action: Action

    /// The earliest safe time for the step; nil if it is safe at any time.
    public let earliest: Date?

    /// Whether the step may be taken at `now`.
    public func isDue(at now: Date) -> Bool {
        earliest.map { $0 <= now } ?? true
    }
}

extension KeyRing {
    /// The next step in the rotation of the signing key or of the encryption key.
    public func nextStep(for use: KeyUse) -> RotationStep {
        let isSigning = use == .signature
        if let next = entries(use, .next).first {
            return RotationStep(use: use, action: isSigning ? .activate : .publish, earliest: start(of: next))
        }
        if let retiring = entries(use, .retiring).min(by: { $0.since < $1.since }) {
            return RotationStep(use: use, action: .finish, earliest: finish(of: retiring))
        }
        return RotationStep(use: use, action: .begin, earliest: nil)
    }

    /// Takes the next step of a rotation in progress: activates or publishes the next key, or removes the retiring key.
    ///
    /// - Returns: The step that was taken.
    /// - Throws: ``ItsmeError`` `rotation_too_early`, or `rotation_out_of_order` if no rotation is in progress.
    @discardableResult
    public mutating func advance(_ use: KeyUse, at now: Date) throws(ItsmeError) -> RotationStep {
        let step = nextStep(for: use)
        switch (step.action, use) {
        case (.begin, _):
            throw Self.outOfOrder("no rotation of this key is in progress", remedy: "Begin one with a new key.")
        case (.activate, _): try activateNextSigningKey(at: now)
        case (.publish, _): try publishNextEncryptionKey(at: now)
        case (.finish, .signature): try finishSigningRotation(at: now)
        case (.finish, _): try finishEncryptionRotation(at: now)
        }
        return step
    }

    /// When a next key may be used; nil if it may be used at once.
    func start(of entry: Entry) -> Date? {
        let wait = entry.use == .signature ? timing.untilActivation : timing.untilPublication
        return wait == .zero ? nil : entry.since.adding(wait)
    }

    /// When a retiring key may be removed.
    func finish(of entry: Entry) -> Date {
        entry.since.adding(entry.use == .signature ? timing.untilSigningFinish : timing.untilEncryptionFinish)
    }

    /// Refuses a step that is too early.
    static func require(_ earliest: Date?, by now: Date, because reason: String) throws(ItsmeError) {
        guard let earliest else { return }
        guard earliest <= now else {
            throw ItsmeError(
                .rotationTooEarly, .configuration, reason,
                remedy: "Wait until \(earliest.ISO8601Format()), then take the step again.")
        }
    }

    static func outOfOrder(_ reason: String, remedy: String) -> ItsmeError {
        ItsmeError(.rotationOutOfOrder, .configuration, reason, remedy: remedy)
    }
}

extension KeyRing {
    /// How long the steps of a rotation have to wait.
    public struct Timing: Sendable, Hashable {
        /// The longest time that itsme caches the client's JWK Set, in whole seconds: the `max-age` with which you
        /// serve it, at least 30 minutes and at most 24 hours.
        public let cacheLifetime: Duration

        /// The longest time until every instance of the application has adopted a changed ring, in whole seconds. Zero
        /// if a single instance changes the ring itself.
        public let propagation: Duration

        /// How long a login may depend on a key after its last use. Request objects and client assertions are valid for
        /// at most five minutes, tokens arrive at once, and clocks differ a little.
        static let inFlight: Duration = .seconds(600)

        private init(unchecked cacheLifetime: Duration, _ propagation: Duration) {
            self.cacheLifetime = cacheLifetime
            self.propagation = propagation
        }

        /// A cache lifetime of 24 hours and a propagation of 10 minutes: safe for every `max-age`, and for instances
        /// that reload within 10 minutes.
        public init() {
            self.init(unchecked: .seconds(86_400), .seconds(600))
        }

        /// Makes a timing.
        ///
        /// - Parameters:
        ///   - cacheLifetime: 30 minutes to 24 hours; at least the `max-age` of the served set.
        ///   - propagation: Up to 24 hours.
        /// - Throws: ``ItsmeError`` `invalid_configuration`.
        public init(cacheLifetime: Duration, propagation: Duration) throws(ItsmeError) {
            try Self.check(cacheLifetime, in: 1800...86_400, "cacheLifetime")
            try Self.check(propagation, in: 0...86_400, "propagation")
            self.init(unchecked: cacheLifetime, propagation)
        }

        private static func check(
            _ duration: Duration, in range: ClosedRange<Int64>, _ field: String
        ) throws(ItsmeError) {
            let (seconds, attoseconds) = duration.components
            guard range.contains(seconds), attoseconds == 0 else {
                throw ItsmeError(
                    .invalidConfiguration, .configuration, "the duration is out of range or not in whole seconds",
                    remedy: "Choose between \(range.lowerBound) and \(range.upperBound) whole seconds.", field: field)
            }
        }

        /// The wait until every cached set has the next signing key.
        var untilActivation: Duration { propagation + cacheLifetime }
        /// The wait until no login depends on a signing key that is no longer in use.
        var untilSigningFinish: Duration { propagation + Self.inFlight }
        /// The wait until every instance has the next encryption key.
        var untilPublication: Duration { propagation }
        /// The wait until no cached set has an encryption key that is no longer published.
        var untilEncryptionFinish: Duration { propagation + cacheLifetime + Self.inFlight }
    }
}

extension KeyRing {
    /// Step 1: publishes `key` as the next signing key.
    ///
    /// - Parameters:
    ///   - key: A new RSA private key, or the public half of one that is held elsewhere. If it has no `kid`, its RFC
    ///     7638 thumbprint becomes the `kid`.
    ///   - now: The date.
    /// - Throws: ``ItsmeError`` `rotation_out_of_order` while another rotation of the signing key is in progress, or
    ///   `unsuitable_key`.
    public mutating func beginSigningRotation(with key: JWK, at now: Date) throws(ItsmeError) {
        guard entries(.signature, .next).isEmpty, entries(.signature, .retiring).isEmpty else {
            throw Self.outOfOrder(
                "a rotation of the signing key is in progress", remedy: "Finish, revert or cancel it first.")
        }
        try replaceEntries { entries throws(ItsmeError) in
            entries.append(try Entry(key, use: .signature, role: .next, since: now))
        }
    }

    /// Step 2: signs with the next key; the current one retires and stays published.
    ///
    /// - Throws: ``ItsmeError`` `rotation_out_of_order` without a next key; `rotation_too_early` until every instance
    ///   has published it and every older set in itsme's cache has expired.
    public mutating func activateNextSigningKey(at now: Date) throws(ItsmeError) {
        try useNext(
            .signature, at: now, because: "itsme may still use a cached JWK Set without the next signing key")
    }

    /// Step 3: removes the retiring key from the published set and from the ring. Take it when logins with the new key
    /// work.
    ///
    /// - Throws: ``ItsmeError`` `rotation_out_of_order` without a retiring key; `rotation_too_early` while an instance
    ///   may still sign with it or a login may depend on it.
    public mutating func finishSigningRotation(at now: Date) throws(ItsmeError) {
        try finish(
            .signature, at: now, because: "logins in progress may still depend on the retiring signing key")
    }

    /// Instead of step 3: signs with the retiring key again, for example if itsme does not accept the new one. The new
    /// key retires.
    ///
    /// Both are published, so this is safe at any time.
    ///
    /// - Throws: ``ItsmeError`` `rotation_out_of_order` without a retiring key.
    public mutating func revertSigningRotation(at now: Date) throws(ItsmeError) {
        guard let retiring = entries(.signature, .retiring).first else {
            throw Self.outOfOrder(
                "no signing key is retiring, so the key file cannot go back to one",
                remedy: "Cancel the rotation if the next key is not in use yet; otherwise begin a new one.")
        }
        try makeCurrent(retiring, at: now)
    }

    /// Instead of step 2: removes the next key, which is not in use yet.
    ///
    /// - Throws: ``ItsmeError`` `rotation_out_of_order` without a next key.
    public mutating func cancelSigningRotation() throws(ItsmeError) {
        try cancel(.signature)
    }

    /// Replaces a compromised signing key at once. It is removed from the published set, together with a retiring key.
    ///
    /// **Logins fail** until itsme has read the new set, for up to ``Timing/cacheLifetime``, unless you use the next
    /// key and it was published long enough. Until then itsme also accepts the old key from its cache: ask itsme to
    /// read the set again. A compromised *encryption* key cannot sign, so rotate it as usual.
    ///
    /// - Parameters:
    ///   - key: The new signing key, which also replaces a next key; nil for the next key of the ring.
    ///   - now: The date.
    /// - Throws: ``ItsmeError`` `rotation_out_of_order` if there is neither, or `unsuitable_key`.
    public mutating func replaceCompromisedSigningKey(with key: JWK? = nil, at now: Date) throws(ItsmeError) {
        let replacement: Entry
        if let key {
            replacement = try Entry(key, use: .signature, role: .current, since: now)
            guard !entries.contains(where: { $0.use == .signature && $0.thumbprint == replacement.thumbprint }) else {
                throw Self.unsuitable("the replacement is already in the key file", "keys.sig")
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

    /// The next key becomes the current one, which retires.
    private mutating func useNext(_ use: KeyUse, at now: Date, because tooEarly: String) throws(ItsmeError) {
        guard let next = entries(use, .next).first else {
            throw Self.outOfOrder("there is no next key", remedy: "Begin the rotation with a new key.")
        }
        try Self.require(start(of: next), by: now, because: tooEarly)
        try makeCurrent(next, at: now)
    }

    private mutating func makeCurrent(_ entry: Entry, at now: Date) throws(ItsmeError) {
        let current = try current(entry.use)
        try replaceEntries { entries in
            entries.removeAll { $0.keyID == entry.keyID || $0.keyID == current.keyID }
            entries += [entry.becoming(.current, at: now), current.becoming(.retiring, at: now)]
        }
    }

    /// Removes the retiring keys whose time has come.
    private mutating func finish(_ use: KeyUse, at now: Date, because tooEarly: String) throws(ItsmeError) {
        let retiring = entries(use, .retiring)
        guard let first = retiring.map(finish(of:)).min() else {
            throw Self.outOfOrder(
                "no key is retiring", remedy: "There is nothing to finish; see the next step of the key file.")
        }
        try Self.require(first, by: now, because: tooEarly)
        let dropped = retiring.filter { finish(of: $0) <= now }.map(\.keyID)
        try replaceEntries { entries in
            entries.removeAll { dropped.contains($0.keyID) }
        }
    }

    /// Removes a next key.
    private mutating func cancel(_ use: KeyUse) throws(ItsmeError) {
        guard !entries(use, .next).isEmpty else {
            throw Self.outOfOrder(
                "there is no next key", remedy: "There is nothing to cancel; see the next step of the key file.")
        }
        try replaceEntries { entries in
            entries.removeAll { $0.use == use && $0.role == .next }
        }
    }
}

extension KeyRing {
    /// Step 1: adds `key` as the next encryption key. It decrypts from now on, but is not published.
    ///
    /// You may take this step while older keys retire.
    ///
    /// - Parameters:
    ///   - key: A new RSA private key, or the public half of one that is held elsewhere. If it has no `kid`, its RFC
    ///     7638 thumbprint becomes the `kid`.
    ///   - now: The date.
    /// - Throws: ``ItsmeError`` `rotation_out_of_order` while there is a next key, or `unsuitable_key`.
    public mutating func beginEncryptionRotation(with key: JWK, at now: Date) throws(ItsmeError) {
        guard entries(.encryption, .next).isEmpty else {
            throw Self.outOfOrder(
                "a rotation of the encryption key is in progress", remedy: "Publish the next key, or cancel, first.")
        }
        try replaceEntries { entries throws(ItsmeError) in
            entries.append(try Entry(key, use: .encryption, role: .next, since: now))
        }
    }

    /// Step 2: publishes the next key instead of the current one, which retires but still decrypts.
    ///
    /// - Throws: ``ItsmeError`` `rotation_out_of_order` without a next key; `rotation_too_early` while some instance
    ///   may not have it.
    public mutating func publishNextEncryptionKey(at now: Date) throws(ItsmeError) {
        try useNext(
            .encryption, at: now,
            because: "an instance may not have the next encryption key yet, and could not decrypt with it")
    }

    /// Step 3: removes the retiring keys that no cached set has any more.
    ///
    /// - Throws: ``ItsmeError`` `rotation_out_of_order` without a retiring key; `rotation_too_early` while itsme may
    ///   still encrypt to all of them.
    public mutating func finishEncryptionRotation(at now: Date) throws(ItsmeError) {
        try finish(
            .encryption, at: now, because: "itsme may still have the retiring key in its cache and encrypt to it")
    }

    /// Instead of step 2: removes the next key, which was not published yet.
    ///
    /// - Throws: ``ItsmeError`` `rotation_out_of_order` without a next key.
    public mutating func cancelEncryptionRotation() throws(ItsmeError) {
        try cancel(.encryption)
    }
}
