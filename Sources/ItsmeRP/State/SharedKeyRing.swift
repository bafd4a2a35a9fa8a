#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
import JOSE
import Synchronization

/// A key ring in a store that several instances share, encrypted with the sealing key.
///
/// ```swift
/// let shared = try SharedKeyRing(store, sealer: sealer)
/// let ring = try ClientKeyRing(try await shared.read())
/// // …authentication: .privateKeyJWT(ring), and while the service runs:
/// let keeper = try ItsmeClientService(itsme) { try await shared.read() }
/// ```
///
/// Any instance or job may take a step of a rotation. If two take a step at the same time, one succeeds. The other takes
/// its step on the result, which usually throws `rotation_out_of_order`.
///
/// Whoever has the sealing key and the store has the private keys. The text in the store is bound to its version and to
/// the name of the ring: ``read()`` refuses a text of another version or name. If the store as a whole was restored, only a
/// process that has seen a newer ring refuses the older one.
public final class SharedKeyRing: Sendable {
    private static let longestName = 100
    /// How often a step is taken on a ring that others keep changing.
    private static let attempts = 20

    private let store: any StateStore
    private let sealer: Sealer
    private let name: String
    private let time: TimeSource
    /// The highest revision that this process has seen.
    private let newest = Mutex(0)

    /// Makes a shared ring. It reads nothing yet.
    ///
    /// - Parameters:
    ///   - store: The store that the instances share. The ring never expires there.
    ///   - sealer: Encrypts the ring. When its key has changed, ``read()`` encrypts the ring again.
    ///   - name: The name of the ring in the store: 1 to 100 characters of `A-Z a-z 0-9 _ - . / :`. Clients that share a
    ///     store need different names.
    ///   - time: The clock.
    /// - Throws: ``ItsmeError`` `invalid_configuration` if the name cannot be used.
    public init(
        _ store: any StateStore, sealer: Sealer, name: String = "client", time: TimeSource = .system
    ) throws(ItsmeError) {
        guard (1...Self.longestName).contains(name.utf8.count), name.utf8.allSatisfy(Self.isAllowed) else {
            throw ItsmeError(
                .invalidConfiguration, .configuration, "the name of the shared key ring cannot be used",
                remedy: "Give 1 to 100 characters of A-Z a-z 0-9 _ - . / :", field: "name")
        }
        self.store = store
        self.sealer = sealer
        self.name = name
        self.time = time
    }

    /// Stores a ring unless there is one.
    ///
    /// - Returns: Whether it was stored; `false` if there is a ring, which stays.
    /// - Throws: ``ItsmeError`` `store_unavailable`, `random_source_failed`, `unsuitable_key`.
    @discardableResult
    public func create(_ ring: KeyRing) async throws -> Bool {
        let sealed = try seal(ring, version: 1)
        return try await ItsmeError.ofStore(.store) { try await store.insert(sealed, for: key, until: nil) }
    }

    /// Reads the ring. If it was sealed with the previous sealing key, it is stored again, sealed with the present one.
    ///
    /// - Throws: ``ItsmeError`` `store_unavailable`; `missing_key` if there is no ring; `key_ring_malformed` if the text
    ///   cannot be opened, or is older than one that this process has seen.
    public func read() async throws -> KeyRing {
        let stored = try await load()
        if !stored.isSealedWithPresentKey {
            let sealed = try seal(stored.ring, version: stored.version + 1)
            // If the store fails or another instance was first, the next call tries again.
            _ = try? await store.replace(sealed, for: key, version: stored.version)
        }
        return stored.ring
    }

    /// Takes a step on the ring and stores the result. If the ring changes meanwhile, the step is taken again on the
    /// changed ring, up to 20 times.
    ///
    /// - Parameter step: Changes the ring; receives the date. It may be called several times.
    /// - Returns: The changed ring, for ``ClientKeyRing/adopt(_:)``.
    /// - Throws: What `step` throws; ``ItsmeError`` as ``read()``. In these cases nothing changes; after
    ///   `store_unavailable` the step may have been taken: read the ring.
    @discardableResult
    public func change(_ step: (_ ring: inout KeyRing, _ now: Date) throws -> Void) async throws -> KeyRing {
        for _ in 0..<Self.attempts {
            let stored = try await load()
            var ring = stored.ring
            try step(&ring, time.now())
            let sealed = try seal(ring, version: stored.version + 1)
            let isStored = try await ItsmeError.ofStore(.store) {
                try await store.replace(sealed, for: key, version: stored.version)
            }
            if isStored {
                note(ring)
                return ring
            }
        }
        throw ItsmeError.storeUnavailable("the key ring was changed by others all the time", .store)
    }

    // MARK: The text in the store

    private var key: String { "keys/" + name }

    /// What is authenticated with the text: it has no meaning at another version or for another name.
    private func content(version: Int) -> String { "itsme-rp key ring v1\n\(name)\n\(version)" }

    private func seal(_ ring: KeyRing, version: Int) throws(ItsmeError) -> String {
        var plaintext = try ring.serialized().withBytes { bytes in bytes.indices.map { bytes[$0] } }
        defer { _ = SecretBytes(taking: &plaintext) }
        return try sealer.seal(plaintext, as: content(version: version), phase: .store)
    }

    private func load() async throws -> (ring: KeyRing, version: Int, isSealedWithPresentKey: Bool) {
        // Before the ring is read, since another task may change it meanwhile.
        let newest = newest.withLock { $0 }
        guard let value = try await ItsmeError.ofStore(.store, { try await store.value(for: key) }) else {
            throw ItsmeError(
                .missingKey, .store, "the store has no key ring of this name",
                remedy: "Store one with SharedKeyRing.create, or check the store and the name.", field: "keys")
        }
        guard let bytes = try? Base64URL.decode(value.text),
            var opened = sealer.open(bytes, as: content(version: value.version))
        else {
            throw refused(
                "the key ring in the store cannot be opened: it was sealed with another key, altered, copied or put back",
                remedy:
                    "Give the sealing key that it was sealed with, as the key or as the previous key. Otherwise restore the store."
            )
        }
        let ring = try KeyRing(parsing: SecretBytes(taking: &opened.plaintext))
        guard ring.revision >= newest else {
            throw refused(
                "the key ring in the store is older than one that this process has seen",
                remedy: "Restore the newest ring. If an older one is right, restart the service.")
        }
        note(ring)
        return (ring, value.version, opened.byPresentKey)
    }

    private func note(_ ring: KeyRing) {
        newest.withLock { $0 = max($0, ring.revision) }
    }

    private func refused(_ reason: String, remedy: String) -> ItsmeError {
        ItsmeError(.keyRingMalformed, .store, reason, remedy: remedy, field: "keys")
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "_-./:".utf8.contains(byte)
        }
    }
}
