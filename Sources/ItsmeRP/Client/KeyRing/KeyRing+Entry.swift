#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
public import JOSE

extension KeyRing {
    /// What a key of a ring is there for.
    public enum Role: String, Sendable, Hashable {
        /// To be used soon. A signing key is published; an encryption key decrypts.
        case next
        /// In use: signs, or is the one that itsme shall encrypt to.
        case current
        /// Used until a short time ago. A signing key is still published; an encryption key still decrypts.
        case retiring
    }

    /// A key of a ring. What can be read of it is public.
    public struct Entry: Sendable {
        /// The key, which may be private.
        let jwk: JWK
        /// What the key is there for.
        public let role: Role
        /// Since when it has this role, in whole seconds.
        public let since: Date
        /// Its name in the published set and in tokens.
        public let keyID: String
        /// The SHA-256 thumbprint of its public half (RFC 7638).
        public let thumbprint: String

        /// Signature or encryption.
        public let use: KeyUse

        /// Whether only the public half is here; see ``KeyCustodian``.
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

        /// Takes a key into a ring; a key without `kid` gets its thumbprint as one.
        ///
        /// Throws `unsuitable_key` if the key is for another use, no RSA key, or cannot do what its use asks for.
        init(_ jwk: JWK, use: KeyUse, role: Role, since: Date) throws(ItsmeError) {
            guard jwk.use == nil || jwk.use == use else {
                throw KeyRing.unsuitable(
                    "a key is for another use than \"\(use.rawValue)\": sig and enc may be swapped", "keys.use")
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

        /// Rounded up, as a ring is stored in whole seconds: a restart must not make a step due earlier.
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

extension KeyRing.Entry: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Use and role; nothing of the key.
    public var description: String { "\(role.rawValue) \(use.rawValue)" }

    /// The same as ``description``.
    public var debugDescription: String { description }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
