#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
public import JOSE

/// The step that a rotation is waiting for.
public struct RotationStep: Sendable, Hashable {
    /// What is done in a step.
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

    /// Which of the two rotations.
    public let use: KeyUse

    /// What is to be done.
    public let action: Action

    /// The earliest time at which it is safe; nil if it may be done at any time.
    public let earliest: Date?

    /// Whether the step may be taken.
    public func isDue(at now: Date) -> Bool {
        earliest.map { $0 <= now } ?? true
    }
}

extension KeyRing {
    /// What the rotation of the signing key or of the encryption key is waiting for.
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

    /// Takes the step that a rotation under way is waiting for: the next key is activated or published, or the retiring key
    /// removed.
    ///
    /// - Returns: The step that was taken.
    /// - Throws: ``ItsmeError`` `rotation_too_early`, or `rotation_out_of_order` when no rotation is under way.
    @discardableResult
    public mutating func advance(_ use: KeyUse, at now: Date) throws(ItsmeError) -> RotationStep {
        let step = nextStep(for: use)
        switch (step.action, use) {
        case (.begin, _):
            throw Self.outOfOrder("no rotation of the key is under way", remedy: "Begin one with a new key.")
        case (.activate, _): try activateNextSigningKey(at: now)
        case (.publish, _): try publishNextEncryptionKey(at: now)
        case (.finish, .signature): try finishSigningRotation(at: now)
        case (.finish, _): try finishEncryptionRotation(at: now)
        }
        return step
    }

    /// When a next key may be used; nil if nothing has to be waited for.
    func start(of entry: Entry) -> Date? {
        let wait = entry.use == .signature ? timing.untilActivation : timing.untilPublication
        return wait == .zero ? nil : entry.since.adding(wait)
    }

    /// When a retiring key may be removed.
    func finish(of entry: Entry) -> Date {
        entry.since.adding(entry.use == .signature ? timing.untilSigningFinish : timing.untilEncryptionFinish)
    }

    /// Refuses a step before its time.
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
        /// The longest that itsme keeps the client's JWK Set: the `max-age` that it is served with, which has to be at
        /// least 30 minutes and counts up to 24 hours. In whole seconds.
        public let cacheLifetime: Duration

        /// The longest that it takes until every instance of the application has adopted a changed ring. In whole
        /// seconds; zero if there is one instance, which changes the ring itself.
        public let propagation: Duration

        /// How long a login may depend on a key after its last use: request objects and client assertions are valid for
        /// five minutes at most, tokens arrive at once; clocks differ a little.
        static let inFlight: Duration = .seconds(600)

        private init(unchecked cacheLifetime: Duration, _ propagation: Duration) {
            self.cacheLifetime = cacheLifetime
            self.propagation = propagation
        }

        /// 24 hours and 10 minutes: right for every `max-age`, and for instances that reload within 10 minutes.
        public init() {
            self.init(unchecked: .seconds(86_400), .seconds(600))
        }

        /// Makes a timing.
        ///
        /// - Parameters:
        ///   - cacheLifetime: 30 minutes to 24 hours; never less than the `max-age` of the served set.
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
                    .invalidConfiguration, .configuration, "the duration is out of bounds",
                    remedy: "Choose between \(range.lowerBound) and \(range.upperBound) whole seconds.", field: field)
            }
        }

        /// A next signing key has reached every cached set.
        var untilActivation: Duration { propagation + cacheLifetime }
        /// No login under way depends on a signing key that signs no more.
        var untilSigningFinish: Duration { propagation + Self.inFlight }
        /// A next encryption key is known to every instance.
        var untilPublication: Duration { propagation }
        /// An encryption key that is no longer published has left every cached set.
        var untilEncryptionFinish: Duration { propagation + cacheLifetime + Self.inFlight }
    }
}

extension Date {
    func adding(_ duration: Duration) -> Date {
        addingTimeInterval(duration / .seconds(1))
    }
}

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
