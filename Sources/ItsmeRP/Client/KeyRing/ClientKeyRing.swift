import Synchronization

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Client keys that rotate while the client lives.
///
/// Give it to the configuration in place of fixed ``ClientKeys``; each operation of the client then uses the keys of
/// that moment. ``clientKeys`` never blocks on a change.
///
/// ```swift
/// let file = KeyFile("/etc/bank/itsme-ring.json")     // written by `itsme keys generate`
/// let ring = try ClientKeyRing(KeyRing(reading: file))
/// let configuration = ItsmeConfiguration(
///     environment: .production, clientID: id, authentication: .privateKeyJWT(ring), redirectURI: uri)
/// ```
///
/// **One instance** may rotate by itself:
///
/// ```swift
/// try ring.change(in: file) { ring, now in try ring.beginSigningRotation(with: newKey, at: now) }
/// ```
///
/// **Several instances** share the file, or a row of a database. Steps are taken in one place, by the command
/// `itsme keys rotate` or by one job; ``change(in:_:)`` keeps two from doing it at the same time. The instances look for
/// a new state at intervals and adopt it; an older state than the one in use is ignored:
///
/// ```swift
/// try ring.adopt(KeyRing(reading: file))       // every few minutes
/// ```
///
/// ``KeyRing/Timing/propagation`` has to be longer than that interval, as the waiting times of the steps build on every
/// instance having adopted a state by then. An instance that missed it may sign with a key that is no longer published,
/// or may lack the key that a token is encrypted to.
///
/// For a database: read the row, take the step on the ``KeyRing``, write the row on condition that it did not change,
/// then ``adopt(_:)``. Never adopt what is not stored: a published encryption key that a restart forgets is lost.
public final class ClientKeyRing: ClientKeySource {
    private struct State {
        var ring: KeyRing
        var keys: ClientKeys
    }

    private let state: Mutex<State>
    private let custodian: (any KeyCustodian)?
    private let time: TimeSource
    private let uses = KeyUseLog()

    /// Makes a source of a ring.
    ///
    /// - Parameters:
    ///   - ring: The ring, for example read from a ``KeyFile``.
    ///   - custodian: Finds the keys that are held elsewhere, if there are such.
    ///   - time: What time it is.
    /// - Throws: ``ItsmeError`` `missing_key`, `unsuitable_key`, or `own_key_failed` if the custodian does not give a
    ///   key.
    public init(
        _ ring: KeyRing, custodian: (any KeyCustodian)? = nil, time: TimeSource = .system
    ) throws(ItsmeError) {
        self.custodian = custodian
        self.time = time
        let keys = try ring.clientKeys(custodian: custodian, uses: uses, time: time)
        state = Mutex(State(ring: ring, keys: keys))
    }

    /// The keys of this moment: the current signing key, every encryption key, and the set to publish.
    public var clientKeys: ClientKeys {
        state.withLock { $0.keys }
    }

    /// The ring in use.
    public var ring: KeyRing {
        state.withLock { $0.ring }
    }

    /// When each key was last asked to sign or to decrypt by this process, by `kid`.
    ///
    /// A retiring key that nothing has asked for over a day can go; a new signing key that is asked for and logins that
    /// succeed show that the rotation worked. A token without `kid` asks every encryption key until one decrypts.
    public var lastUses: [String: Date] {
        uses.all
    }

    /// Uses another state of the ring from now on, if it is newer than the one in use.
    ///
    /// - Returns: Whether it is.
    /// - Throws: ``ItsmeError`` as ``init(_:custodian:time:)`` does; the ring in use stays.
    @discardableResult
    public func adopt(_ ring: KeyRing) throws(ItsmeError) -> Bool {
        guard ring.revision > self.ring.revision else { return false }
        let keys = try ring.clientKeys(custodian: custodian, uses: uses, time: time)
        let isNewer = state.withLock { state in
            guard ring.revision > state.ring.revision else { return false }
            state = State(ring: ring, keys: keys)
            return true
        }
        if isNewer { uses.keepOnly(ring.entries.map(\.keyID)) }
        return isNewer
    }

    /// Takes a step on the ring in a file, stores the outcome there, and only then adopts it.
    ///
    /// The file is locked meanwhile, so of two processes the second sees what the first has done. Blocks for the time of
    /// some file operations.
    ///
    /// - Parameters:
    ///   - file: The file with the ring.
    ///   - step: Changes the ring; gets the date.
    /// - Throws: What `step` throws; ``ItsmeError`` if the file or the changed ring cannot be used. Nothing has changed
    ///   then.
    public func change(
        in file: KeyFile, _ step: (_ ring: inout KeyRing, _ now: Date) throws -> Void
    ) throws {
        var changed: KeyRing?
        try file.update { contents in
            var ring: KeyRing
            do {
                ring = try KeyRing(parsing: contents)
            } catch let error as ItsmeError {
                throw error.about(file)
            }
            try step(&ring, time.now())
            // Before it is stored: a ring whose keys cannot be had must not reach the other instances.
            _ = try ring.clientKeys(custodian: custodian, uses: uses, time: time)
            changed = ring
            return try ring.serialized()
        }
        if let changed { try adopt(changed) }
    }
}

extension ClientKeyRing: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The revision and the roles; nothing of the keys.
    public var description: String { "Client\(ring)" }

    /// The same as ``description``.
    public var debugDescription: String { description }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
