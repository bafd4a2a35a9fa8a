#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
public import JOSE

/// The client's keys with their roles, and the steps that replace them without a failed login.
///
/// This is a value type. To rotate, change a copy, store it, and pass it to the running client
/// (``ClientKeyRing/adopt(_:)``). ``ClientKeyRing/change(in:_:)`` does all three.
///
/// **Signing key.** itsme keeps the client's JWK Set for up to a day, so a key must be published long before it signs:
/// 1. ``beginSigningRotation(with:at:)`` publishes the next key. 2. ``activateNextSigningKey(at:)``, once every cached
/// set has it, signs with it. The old key stays published. 3. ``finishSigningRotation(at:)``, once no login depends on
/// the old key, removes it. ``revertSigningRotation(at:)`` goes back to the old key instead.
///
/// **Encryption key.** Exactly one is published, and itsme encrypts to the one in its cache. So every instance must
/// have a key before it is published, and must keep it long after: 1. ``beginEncryptionRotation(with:at:)`` adds the
/// next key, which decrypts but is not published. 2. ``publishNextEncryptionKey(at:)``, once every instance has it,
/// publishes it instead of the current key. 3. ``finishEncryptionRotation(at:)``, once no cached set has the old key,
/// removes it.
///
/// A step out of order throws `rotation_out_of_order`, and a step that is too early throws `rotation_too_early`. Both
/// errors state what to do; ``nextStep(for:)`` tells you in advance. The two rotations are independent.
///
/// Times are dates, so the clocks of the machines that take steps must be right.
public struct KeyRing: Sendable {
    /// How long the steps have to wait.
    public let timing: Timing

    /// The number of steps taken. A newer state of the ring has a higher revision.
    public private(set) var revision: Int

    /// The keys: current ones first, then next, then retiring ones.
    public private(set) var entries: [Entry]

    /// Makes a ring with a signing key and an encryption key, both in use from now on.
    ///
    /// - Parameters:
    ///   - signing: An RSA private key, or the public half of one that is held elsewhere (see ``KeyCustodian``).
    ///   - encryption: Another such key.
    ///   - timing: How long the steps have to wait.
    ///   - now: The date.
    /// - Throws: ``ItsmeError`` `unsuitable_key`.
    public init(signing: JWK, encryption: JWK, timing: Timing = Timing(), at now: Date) throws(ItsmeError) {
        try self.init(
            entries: [
                Entry(signing, use: .signature, role: .current, since: now),
                Entry(encryption, use: .encryption, role: .current, since: now),
            ], timing: timing, revision: 1)
    }

    /// Checks the rules for every ring.
    init(entries: [Entry], timing: Timing, revision: Int) throws(ItsmeError) {
        self.timing = timing
        self.revision = revision
        self.entries = Self.sorted(entries)
        try Self.check(self.entries)
    }

    // MARK: Reading

    /// The keys of a use and a role.
    func entries(_ use: KeyUse, _ role: Role) -> [Entry] {
        entries.filter { $0.use == use && $0.role == role }
    }

    /// The current key of a use.
    func current(_ use: KeyUse) throws(ItsmeError) -> Entry {
        guard let entry = entries(use, .current).first else { throw Self.missing(use) }
        return entry
    }

    /// The set to publish at the client's JWK Set URL: every signing key, and the current encryption key.
    public func publicJWKSet() throws(ItsmeError) -> JWKSet {
        do {
            var keys: [JWK] = []
            for entry in entries where entry.use == .signature || entry.role == .current {
                keys.append(try entry.jwk.publicJWK())
            }
            return try JWKSet(keys)
        } catch {
            throw Self.unsuitable(error)
        }
    }

    // MARK: Changing

    /// Changes the entries, checks them and raises the revision.
    mutating func replaceEntries(_ change: (inout [Entry]) throws(ItsmeError) -> Void) throws(ItsmeError) {
        var changed = entries
        try change(&changed)
        guard revision < Int.max else {
            throw ItsmeError(
                .keyRingMalformed, .configuration, "the key file's revision has reached its maximum",
                remedy: "Make a new key file.",
                field: "revision")
        }
        self = try KeyRing(entries: changed, timing: timing, revision: revision + 1)
    }

    private static func sorted(_ entries: [Entry]) -> [Entry] {
        let order: [Role] = [.current, .next, .retiring]
        return order.flatMap { role in entries.filter { $0.role == role } }
    }

    private static func check(_ entries: [Entry]) throws(ItsmeError) {
        for use in [KeyUse.signature, .encryption] {
            let roles = entries.filter { $0.use == use }.map(\.role)
            let next = roles.count { $0 == .next }
            let retiring = roles.count { $0 == .retiring }
            guard roles.contains(.current) else { throw missing(use) }
            guard roles.count(where: { $0 == .current }) == 1, next <= 1 else {
                throw malformed("two keys of one use have the same role", "keys.\(use.rawValue)")
            }
            guard use == .encryption || next + retiring <= 1 else {
                throw malformed("more than one signing key is next or retiring", "keys.sig")
            }
        }
        var names: Set<[UInt8]> = []
        var thumbprints: Set<String> = []
        for entry in entries {
            names.insert(Array(entry.keyID.utf8))
            thumbprints.insert(entry.thumbprint)
        }
        guard thumbprints.count == entries.count else {
            throw unsuitable("the key file holds one key twice", "keys")
        }
        guard names.count == entries.count else {
            throw unsuitable("two keys have the same kid", "kid")
        }
    }

    // MARK: Errors

    static func missing(_ use: KeyUse) -> ItsmeError {
        ItsmeError(
            .missingKey, .configuration, "the key file has no current key for \"use\": \"\(use.rawValue)\"",
            remedy: "Restore the key file, or make a new one from the published keys.", field: "keys")
    }

    static func malformed(_ reason: String, _ field: String) -> ItsmeError {
        ItsmeError(.keyRingMalformed, .configuration, reason, field: field)
    }

    static func unsuitable(_ reason: String, _ field: String) -> ItsmeError {
        ItsmeError(
            .unsuitableKey, .configuration, reason,
            remedy: "Give a new RSA key of 2048 to 4096 bits for each use, each with its own kid.", field: field)
    }

    static func unsuitable(_ error: JOSEError) -> ItsmeError {
        ItsmeError(
            .unsuitableKey, .configuration, "a key cannot serve its use: \(error.reason)",
            remedy: "Give an RSA key of 2048 to 4096 bits whose use, key_ops and alg allow its purpose.", field: "keys",
            joseCode: error.code)
    }
}

extension KeyRing: Redacted {
    /// The revision and the roles; no part of the keys.
    public var description: String {
        "KeyRing(revision \(revision), \(entries.map(\.description).joined(separator: ", ")))"
    }
}

extension KeyRing {
    /// The role of a key in a ring.
    public enum Role: String, Sendable, Hashable {
        /// To be used soon. A signing key is published; an encryption key decrypts.
        case next
        /// In use: it signs, or itsme encrypts to it.
        case current
        /// Used until a short time ago. A signing key is still published; an encryption key still decrypts.
        case retiring
    }

    /// A key of a ring. Its public properties are not secret.
    public struct Entry: Sendable {
        /// The key, which may be private.
        let jwk: JWK
        /// The role of the key.
        public let role: Role
        /// When it got this role, in whole seconds.
        public let since: Date
        /// Its key ID in the published set and in tokens.
        public let keyID: String
        /// The SHA-256 thumbprint of its public half (RFC 7638).
        public let thumbprint: String

        /// Signature or encryption.
        public let use: KeyUse

        /// Whether the ring has only the public half; see ``KeyCustodian``.
        public var isHeldElsewhere: Bool {
            if case .rsaPrivate = jwk.material { false } else { true }
        }

        /// The length of the modulus in bits.
        public var modulusBits: Int {
            switch jwk.material {
            case .rsaPublic(let key): key.modulusBits
            case .rsaPrivate(let key): key.modulusBits
            case .symmetric: 0
            }
        }

        /// Makes an entry. If the key has no `kid`, its thumbprint becomes the `kid`.
        ///
        /// Throws `unsuitable_key` if the key is for another use, is not an RSA key, or does not allow what its use
        /// requires.
        init(_ jwk: JWK, use: KeyUse, role: Role, since: Date) throws(ItsmeError) {
            guard jwk.use == nil || jwk.use == use else {
                throw KeyRing.unsuitable(
                    "a key is not for the use \"\(use.rawValue)\": sig and enc may be swapped", "keys.use")
            }
            if case .symmetric = jwk.material {
                throw KeyRing.unsuitable("a key is not an RSA key", "keys")
            }
            var key = jwk
            key.use = use
            do {
                thumbprint = try jwk.thumbprint()
                let name = jwk.keyID ?? ""
                keyID = name.isEmpty ? thumbprint : name
                key.keyID = keyID
                if case .rsaPrivate = jwk.material {
                    if use == .signature {
                        _ = try LocalSigner(key, algorithm: .rs256)
                    } else {
                        _ = try LocalUnwrapper(key)
                    }
                }
            } catch {
                throw KeyRing.unsuitable(error)
            }
            self.jwk = key
            self.use = use
            self.role = role
            self.since = Self.wholeSeconds(since)
        }

        /// Rounded up, because a ring is stored in whole seconds and a restart must not make a step due earlier.
        private static func wholeSeconds(_ date: Date) -> Date {
            Date(timeIntervalSince1970: date.timeIntervalSince1970.rounded(.up))
        }

        private init(_ other: Entry, role: Role, since: Date) {
            jwk = other.jwk
            keyID = other.keyID
            thumbprint = other.thumbprint
            use = other.use
            self.role = role
            self.since = Self.wholeSeconds(since)
        }

        /// The same key in another role.
        func becoming(_ role: Role, at now: Date) -> Entry {
            Entry(self, role: role, since: now)
        }
    }
}

extension KeyRing.Entry: Redacted {
    /// Use and role; no part of the key.
    public var description: String { "\(role.rawValue) \(use.rawValue)" }
}
