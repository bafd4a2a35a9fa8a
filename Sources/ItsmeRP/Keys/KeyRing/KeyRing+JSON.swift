#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import JOSE

/// A ring is stored as a private JWK Set (RFC 7517 §5) with additional members, which other readers ignore:
///
/// ```json
/// {"keys": [{"kty": "RSA", "kid": "…", "use": "sig", "n": "…", "d": "…",
///            "itsme_role": "current", "itsme_since": 1750000000}],
///  "itsme_ring": {"version": 1, "revision": 7, "cache_lifetime": 86400, "propagation": 600}}
/// ```
extension KeyRing {
    private static let version: Int64 = 1
    private static let role = "itsme_role"
    private static let since = "itsme_since"
    private static let header = "itsme_ring"
    private static let latest: Int64 = 253_402_300_799  // the end of 9999

    /// Reads the output of ``serialized()``, or a plain private JWK Set with one signing key and one encryption key.
    ///
    /// - Throws: ``ItsmeError`` `key_ring_malformed`, `missing_key` or `unsuitable_key`.
    public init(parsing text: SecretBytes) throws(ItsmeError) {
        self = try JSON.withParsed(
            text, malformed: { Self.malformed("the key file is not strict JSON: \($0.reason)", "ring") }
        ) { (json) throws(ItsmeError) in
            try KeyRing(json)
        }
    }

    /// Reads the ring in a file; see ``init(parsing:)``.
    ///
    /// - Throws: ``ItsmeError`` as ``KeyFile/read()`` and ``init(parsing:)`` do; the reason names the path.
    public init(reading file: KeyFile) throws(ItsmeError) {
        let text: SecretBytes
        do {
            text = try file.read()
        } catch {
            // A public set is readable for all. That its mode is to be changed would be the wrong advice.
            guard error.code == .keyFileUnsafe, file.holdsPublicKeysOnly else { throw error }
            throw ItsmeError(
                .missingKey, .configuration, "this is a public JWK Set, but the private keys are needed",
                remedy: "Give the private key file that was made together with it.", field: "keyFile"
            ).about(file)
        }
        do {
            try self.init(parsing: text)
        } catch {
            throw error.about(file)
        }
    }

    private init(_ json: JSON) throws(ItsmeError) {
        guard let elements = json["keys"]?.elements else {
            throw Self.malformed("the key file is not an object with an array \"keys\"", "keys")
        }
        guard let header = json[Self.header] else {
            let entries = try elements.map { element throws(ItsmeError) in
                try Self.entry(element, role: .current, since: 0)
            }
            try self.init(entries: entries, timing: Timing(), revision: 0)
            return
        }
        guard header["version"]?.integer == Self.version else {
            throw Self.malformed("the key file was written by a release with another format", "itsme_ring.version")
        }
        guard let revision = header["revision"]?.integer.flatMap({ Int(exactly: $0) }), revision >= 0 else {
            throw Self.malformed("the revision is not a whole number", "itsme_ring.revision")
        }
        guard let lifetime = header["cache_lifetime"]?.integer, let propagation = header["propagation"]?.integer else {
            throw Self.malformed("a duration is not a whole number", "itsme_ring")
        }
        let timing = try Timing(cacheLifetime: .seconds(lifetime), propagation: .seconds(propagation))
        let entries = try elements.map { element throws(ItsmeError) in
            guard let role = element[Self.role]?.string.flatMap({ Role(rawValue: $0) }) else {
                throw Self.malformed("a key has no role", "keys.itsme_role")
            }
            guard let since = element[Self.since]?.integer, (0...Self.latest).contains(since) else {
                throw Self.malformed("a key has no date", "keys.itsme_since")
            }
            return try Self.entry(element, role: role, since: since)
        }
        try self.init(entries: entries, timing: timing, revision: revision)
    }

    private static func entry(_ json: JSON, role: Role, since: Int64) throws(ItsmeError) -> Entry {
        let key: JWK
        do {
            key = try JWK(json)
        } catch {
            throw unsuitable(error)
        }
        guard let use = key.use, use == .signature || use == .encryption else {
            throw unsuitable("the use of a key is missing, or is neither sig nor enc", "keys.use")
        }
        return try Entry(key, use: use, role: role, since: Date(timeIntervalSince1970: Double(since)))
    }

    /// Returns the ring as JSON, **with its private keys**. Protect it like a password; ``KeyFile`` stores it safely in
    /// a file.
    ///
    /// - Throws: ``ItsmeError`` `unsuitable_key` if OpenSSL cannot be used.
    public func serialized() throws(ItsmeError) -> SecretBytes {
        var keys: [JSONValue] = []
        do {
            for entry in entries {
                var json = try entry.jwk.privateJSON()
                json[Self.role] = .string(entry.role.rawValue)
                json[Self.since] = .integer(Self.seconds(entry.since))
                keys.append(json)
            }
        } catch {
            throw Self.unsuitable(error)
        }
        let ring: JSONValue = [
            "keys": .array(keys),
            "itsme_ring": [
                "version": .integer(Self.version), "revision": .integer(Int64(revision)),
                "cache_lifetime": .integer(timing.cacheLifetime.components.seconds),
                "propagation": .integer(timing.propagation.components.seconds),
            ],
        ]
        var bytes = ring.serialized()
        return SecretBytes(taking: &bytes)
    }

    private static func seconds(_ date: Date) -> Int64 {
        Int64(min(max(date.timeIntervalSince1970, 0), Double(latest)))
    }
}
