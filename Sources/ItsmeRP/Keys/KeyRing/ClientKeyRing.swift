#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
public import JOSE
import Synchronization

/// Client keys that rotate while the client is in use.
///
/// Give it to the configuration in place of fixed ``ClientKeys``; each operation of the client then uses the keys of
/// that moment. ``clientKeys`` never blocks on a change.
///
/// ```swift
/// let file = KeyFile("/etc/bank/itsme-ring.json")     // written by `itsme keys generate`
/// let ring = try ClientKeyRing(contentsOf: file)
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
/// **Several instances** share the file, or a row of a database. Take the steps in one place: with the command
/// `itsme keys rotate` or in one job. ``change(in:_:)`` prevents two processes from doing it at the same time. The
/// instances check regularly for a new state and adopt it. A state older than the one in use is ignored:
///
/// ```swift
/// try ring.adopt(KeyRing(reading: file))       // every few minutes
/// ```
///
/// ``KeyRing/Timing/propagation`` must be longer than that interval, since the steps assume that every instance has
/// adopted a state by then. An instance that has not may sign with a key that is no longer published, or may lack the
/// key for a token.
///
/// For a database: read the row, take the step on the ``KeyRing``, write the row on condition that it did not change,
/// then call ``adopt(_:)``. Never adopt a ring before you store it: a restart would lose a published encryption key.
public final class ClientKeyRing: ClientKeySource {
    private struct State {
        var ring: KeyRing
        var keys: ClientKeys
    }

    private let state: Mutex<State>
    private let custodian: (any KeyCustodian)?
    private let time: TimeSource
    private let uses = KeyUseLog()

    /// Makes a source from a ring.
    ///
    /// - Parameters:
    ///   - ring: The ring, for example read from a ``KeyFile``.
    ///   - custodian: Finds the keys that are held elsewhere, if any.
    ///   - time: The clock.
    /// - Throws: ``ItsmeError`` `missing_key`, `unsuitable_key`, or `own_key_failed` if the custodian does not return a
    ///   key.
    public init(
        _ ring: KeyRing, custodian: (any KeyCustodian)? = nil, time: TimeSource = .system
    ) throws(ItsmeError) {
        self.custodian = custodian
        self.time = time
        let keys = try ring.clientKeys(custodian: custodian, uses: uses, time: time)
        state = Mutex(State(ring: ring, keys: keys))
    }

    /// Makes a source from the ring in a file, such as one that `itsme keys generate` writes.
    ///
    /// - Throws: ``ItsmeError`` as ``init(_:custodian:time:)`` and ``KeyRing/init(reading:)`` do.
    public convenience init(
        contentsOf file: KeyFile, custodian: (any KeyCustodian)? = nil, time: TimeSource = .system
    ) throws(ItsmeError) {
        try self.init(KeyRing(reading: file), custodian: custodian, time: time)
    }

    /// The present keys: the current signing key, every encryption key, and the set to publish.
    public var clientKeys: ClientKeys {
        state.withLock { $0.keys }
    }

    /// The ring in use.
    public var ring: KeyRing {
        state.withLock { $0.ring }
    }

    /// When each key was last asked to sign or to decrypt by this process, by `kid`.
    ///
    /// You can remove a retiring key that was not used for more than a day. If a new signing key is used and logins
    /// succeed, the rotation worked. A token without `kid` tries every encryption key until one decrypts.
    public var lastUses: [String: Date] {
        uses.all
    }

    /// Uses another state of the ring, if it is newer than the one in use.
    ///
    /// - Returns: Whether the state was newer.
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

    /// Takes a step on the ring in a file, stores the result in the file, and then adopts it.
    ///
    /// The file is locked during the step, so a second process sees the result of the first. Blocks during a few file
    /// operations.
    ///
    /// - Parameters:
    ///   - file: The file with the ring.
    ///   - step: Changes the ring; receives the date.
    /// - Throws: What `step` throws; ``ItsmeError`` if the file or the changed ring cannot be used. In that case
    ///   nothing changes.
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
            // Checked before it is stored: a ring with unusable keys must not reach the other instances.
            _ = try ring.clientKeys(custodian: custodian, uses: uses, time: time)
            changed = ring
            return try ring.serialized()
        }
        if let changed { try adopt(changed) }
    }
}

extension ClientKeyRing: Redacted {
    /// The revision and the roles; no part of the keys.
    public var description: String { "Client\(ring)" }
}

/// Finds the private keys of a ring that are held elsewhere, in an HSM or a KMS.
///
/// The ring then has only their public halves: ``KeyRing/beginSigningRotation(with:at:)`` and the others take a public
/// ``JOSE/JWK``. When a ring is adopted, these methods are called for each such key. The result must have the key's
/// `kid`.
public protocol KeyCustodian: Sendable {
    /// Returns a signer for the private half of `key`, with RS256.
    func signer(for key: JWK) throws -> any KeySigner

    /// Returns an unwrapper for the private half of `key`.
    func unwrapper(for key: JWK) throws -> any KeyUnwrapper
}

extension KeyRing {
    /// Makes the client's keys of the ring.
    func clientKeys(
        custodian: (any KeyCustodian)?, uses: KeyUseLog, time: TimeSource
    ) throws(ItsmeError) -> ClientKeys {
        func recordingUse(of entry: Entry) -> @Sendable () -> Void {
            { [keyID = entry.keyID] in uses.note(keyID, at: time.now()) }
        }
        let signing = try current(.signature)
        let signer = try Self.held(signing, custodian) { key, custodian -> any KeySigner in
            guard let custodian else { return try LocalSigner(key, algorithm: .rs256) }
            return try custodian.signer(for: key)
        }
        try Self.requireName(signer.keyID, of: signing)
        // The current key comes first: it is the most likely one for a token without a kid.
        var unwrappers: [any KeyUnwrapper] = []
        for entry in entries where entry.use == .encryption {
            let unwrapper = try Self.held(entry, custodian) { key, custodian -> any KeyUnwrapper in
                guard let custodian else { return try LocalUnwrapper(key) }
                return try custodian.unwrapper(for: key)
            }
            try Self.requireName(unwrapper.keyID, of: entry)
            unwrappers.append(UseRecordingUnwrapper(wrapped: unwrapper, recordUse: recordingUse(of: entry)))
        }
        return try ClientKeys(
            signer: UseRecordingSigner(wrapped: signer, recordUse: recordingUse(of: signing)), unwrappers: unwrappers,
            publicJWKSet: try publicJWKSet())
    }

    private static func held<Key>(
        _ entry: Entry, _ custodian: (any KeyCustodian)?, _ make: (JWK, (any KeyCustodian)?) throws -> Key
    ) throws(ItsmeError) -> Key {
        guard entry.isHeldElsewhere else {
            do {
                return try make(entry.jwk, nil)
            } catch {
                throw (error as? JOSEError).map(unsuitable) ?? missing(entry.use)
            }
        }
        guard let custodian else {
            throw ItsmeError(
                .missingKey, .configuration,
                "only the public half of a key is there, and no custodian to use the private one",
                remedy: """
                    Give the private key file, not the public one. If an HSM or a KMS holds the key, make the ClientKeyRing \
                    with a KeyCustodian.
                    """, field: "keys.\(entry.use.rawValue)")
        }
        do {
            return try make(entry.jwk, custodian)
        } catch {
            throw ItsmeError(
                .ownKeyFailed, .configuration, "the custodian did not return a key of the ring",
                remedy: "Check the HSM or KMS: it must hold the private half of each public key in the ring.",
                field: "keys.\(entry.use.rawValue)", joseCode: (error as? JOSEError)?.code)
        }
    }

    private static func requireName(_ name: String?, of entry: Entry) throws(ItsmeError) {
        guard let name, Array(name.utf8) == Array(entry.keyID.utf8) else {
            throw unsuitable("the custodian returned a key with another kid", "kid")
        }
    }
}

/// When each key of a ring was last asked to sign or to decrypt.
///
/// Recorded before the key is used, so that the record does not depend on whether a padding is right.
final class KeyUseLog: Sendable {
    private let dates = Mutex<[String: Date]>([:])

    func note(_ keyID: String, at date: Date) {
        dates.withLock { $0[keyID] = date }
    }

    var all: [String: Date] {
        dates.withLock { $0 }
    }

    func keepOnly(_ keyIDs: some Sequence<String>) {
        let kept = Set(keyIDs)
        dates.withLock { $0 = $0.filter { kept.contains($0.key) } }
    }
}

/// Signs, and records the use of the key.
struct UseRecordingSigner: KeySigner, KeyPairHolder {
    let wrapped: any KeySigner
    let recordUse: @Sendable () -> Void

    var algorithm: SignatureAlgorithm { wrapped.algorithm }
    var publicKey: RSAPublicKey? { (wrapped as? any KeyPairHolder)?.publicKey }
    var keyID: String? { wrapped.keyID }

    func signature(over input: [UInt8]) async throws -> [UInt8] {
        recordUse()
        return try await wrapped.signature(over: input)
    }
}

/// Decrypts, and records the use of the key.
struct UseRecordingUnwrapper: KeyUnwrapper, KeyPairHolder {
    let wrapped: any KeyUnwrapper
    let recordUse: @Sendable () -> Void

    var keyID: String? { wrapped.keyID }
    var modulusSize: Int { wrapped.modulusSize }
    var publicKey: RSAPublicKey? { (wrapped as? any KeyPairHolder)?.publicKey }

    func supports(_ algorithm: KeyManagementAlgorithm) -> Bool { wrapped.supports(algorithm) }

    func unwrap(_ encryptedKey: [UInt8], algorithm: KeyManagementAlgorithm) async throws -> SecretBytes {
        recordUse()
        return try await wrapped.unwrap(encryptedKey, algorithm: algorithm)
    }
}
