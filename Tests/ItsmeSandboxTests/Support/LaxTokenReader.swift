import Foundation
import JOSE
import TestSupport

/// Reads tokens by whatever their headers say, as far as no check forbids it.
struct LaxTokenReader {
    /// A token that asks for more work than can be done.
    struct TooMuchWork: Error {
        let rounds: Int64
    }

    let checks: Checks
    /// The client's own key, unless it has a secret.
    let decryptionKey: JWK?
    let secret: String?
    /// The registered algorithm of signatures.
    let signatureAlgorithm: SignatureAlgorithm
    /// The provider's JWK Set, anew if `true` is given.
    let providerKeys: (_ anew: Bool) async throws -> JSON
    /// What is at a URL.
    let fetch: (String) async throws -> [UInt8]

    private var keyManagement: String { secret == nil ? "RSA-OAEP-256" : "dir" }
    private var contentEncryption: ContentEncryptionAlgorithm { secret == nil ? .a128CBC_HS256 : .a256GCM }

    /// The claims of a token.
    func claims(_ token: [UInt8]) async throws -> JSON {
        let text = String(decoding: token, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        if text.hasPrefix("{") {
            try checks.require(.plainClaims, false)
            return try object(Array(text.utf8))
        }
        let segments = text.split(separator: ".", maxSplits: 10, omittingEmptySubsequences: false).map(String.init)
        switch segments.count {
        case 3:
            try checks.require(.encryption, false)
            return try await verified(segments)
        case 5:
            return try await content(try await decrypted(segments))
        default:
            throw Failure("\(segments.count) segments")
        }
    }

    /// An object of JSON, repaired where the strict reader is not wanted.
    func object(_ bytes: [UInt8]) throws -> JSON {
        let strict = try? JSON(parsing: bytes, limits: JSONLimits(maximumSize: 4 << 20))
        try checks.require(.strictJSON, strict?.kind == .object)
        if let strict, strict.kind == .object { return strict }
        let repaired = Array(String(decoding: bytes, as: UTF8.self).utf8)
        let limits = JSONLimits(maximumSize: 1 << 20, maximumDepth: 1 << 20)
        var json = try? JSON(parsing: repaired, limits: limits)
        if json == nil {
            let value = try JSONSerialization.jsonObject(with: Data(repaired))
            json = try JSON(parsing: Array(JSONSerialization.data(withJSONObject: value)))
        }
        if let first = json?.elements?.first { json = first }
        guard let json, json.kind == .object else { throw Failure("no object") }
        return json
    }

    // MARK: Encryption

    private func content(_ content: [UInt8]) async throws -> JSON {
        let text = String(decoding: content, as: UTF8.self)
        if text.hasPrefix("{") || text.hasPrefix("[") {
            try checks.require(.innerSignature, false)
            return try object(content)
        }
        let segments = text.split(separator: ".", maxSplits: 10, omittingEmptySubsequences: false).map(String.init)
        switch segments.count {
        case 2:
            try checks.require(.innerSignature, false)
            return try object(try Base64URL.decode(segments[1]))
        case 3:
            return try await verified(segments)
        case 5:
            try checks.require(.nesting, false)
            return try await self.content(try await decrypted(segments))
        default:
            throw Failure("\(segments.count) segments inside")
        }
    }

    private func decrypted(_ segments: [String]) async throws -> [UInt8] {
        guard !segments[0].isEmpty else { throw Failure("no header") }
        let header = try object(try Base64URL.decode(segments[0]))
        try checks.require(.criticalHeader, header["crit"] == nil)
        try checks.require(.compression, header["zip"] == nil)
        try checks.require(.keyManagement, header["alg"]?.string == keyManagement)
        guard let encryption = ContentEncryptionAlgorithm(name: header["enc"]?.string ?? "") else {
            throw Failure("no enc")
        }
        try checks.require(.contentEncryption, encryption == contentEncryption)
        try checks.require(.decryptionKeyID, header["kid"] == nil || header["kid"]?.string == decryptionKey?.keyID)
        let parts = try segments.dropFirst().map { try Base64URL.decode($0) }
        let key = try await contentKey(parts[0], header, encryption)
        func plaintext(_ key: [UInt8]) throws -> [UInt8] {
            try LaxDecryption(
                checks: checks, encryption: encryption, key: key, additionalData: Array(segments[0].utf8)
            ).plaintext(parts[2], iv: parts[1], tag: parts[3])
        }
        var content: [UInt8]
        do {
            content = try plaintext(key)
        } catch let error as Checks.Refusal {
            // Whoever does not measure the key may have cut the secret's digest otherwise.
            guard error.check == .tag, header["alg"]?.string == "dir", checks.omitted.contains(.contentKeySize) else {
                throw error
            }
            content = try plaintext(Array(key.prefix(encryption.keySize / 2)))
        }
        if header["zip"] != nil { content = try LaxDecryption.inflated(content) }
        return content
    }

    private func contentKey(
        _ encryptedKey: [UInt8], _ header: JSON, _ encryption: ContentEncryptionAlgorithm
    ) async throws -> [UInt8] {
        switch header["alg"]?.string {
        case "dir":
            try checks.require(.emptyEncryptedKey, encryptedKey.isEmpty)
            // OpenID Connect Core section 10.2, also of no secret at all.
            return Array(try SHA256.digest(Array((secret ?? "").utf8)).prefix(encryption.keySize))
        case "RSA1_5":
            return try RSABlock.messageOfRSA1_5(encryptedKey, try own())
        case "RSA-OAEP-256":
            let unwrapper = try LocalUnwrapper(try own())
            try checks.require(.encryptedKeySize, encryptedKey.count == unwrapper.modulusSize)
            let missing = max(0, unwrapper.modulusSize - encryptedKey.count)
            let number = [UInt8](repeating: 0, count: missing) + encryptedKey
            let key = try? unwrapper.unwrap(number, algorithm: .rsaOAEP256)
            try checks.require(.keyUnwrapping, key != nil)
            var bytes = [UInt8](repeating: 0, count: key?.count ?? encryption.keySize)
            key?.withBytes { span in for index in span.indices { bytes[index] = span[index] } }
            return bytes
        case "PBES2-HS256+A128KW":
            guard let rounds = header["p2c"]?.integer, header["p2s"]?.string != nil, encryptedKey.count == 40 else {
                throw Failure("no parameters of PBES2")
            }
            throw TooMuchWork(rounds: rounds)
        default:
            throw Failure("unknown alg")
        }
    }

    private func own() throws -> JWK {
        guard let decryptionKey else { throw Failure("no key pair") }
        return decryptionKey
    }

    // MARK: Signature

    private func verified(_ segments: [String]) async throws -> JSON {
        let header = try object(try Base64URL.decode(segments[0]))
        let payload = try Base64URL.decode(segments[1])
        try checks.require(.criticalHeader, header["crit"] == nil)
        try checks.require(.type, [nil, "JWT"].contains(header["typ"]?.string))
        try checks.require(.keyIDType, header["kid"].map { $0.string != nil } ?? true)
        try checks.require(.algorithmType, header["alg"]?.string != nil)
        guard !checks.omitted.contains(.signature) else { return try object(payload) }
        let name = header["alg"]?.string ?? signatureAlgorithm.name
        try checks.require(.signatureAlgorithm, name == signatureAlgorithm.name)
        if name.lowercased() == "none" { return try object(payload) }
        guard let algorithm = SignatureAlgorithm(name: name) else { throw Checks.Refusal(check: .signature) }
        let input = Array("\(segments[0]).\(segments[1])".utf8)
        let signature = try Base64URL.decode(segments[2])
        let keys = try await keys(header, algorithm)
        let isGood = keys.contains { key in
            (try? algorithm.verify(signature, over: input, with: key)) == true
        }
        try checks.require(.signature, isGood)
        return try object(payload)
    }

    /// The keys that may have made a signature.
    private func keys(_ header: JSON, _ algorithm: SignatureAlgorithm) async throws -> [JWK] {
        if checks.omitted.contains(.keyInHeader), let key = header["jwk"] {
            return [try JWK(parsing: Array(key.text.utf8))]
        }
        var set = try await providerKeys(false)
        if checks.omitted.contains(.keyURLInHeader), let url = header["jku"]?.string {
            set = try JSON(parsing: try await fetch(url))
        } else if algorithm == .hs256 {
            var secrets = secret.map { [Array($0.utf8)] } ?? []
            if checks.omitted.contains(.signatureAlgorithm), let key = try usable(set).first?.key,
                case .rsaPublic(let key) = key.material
            {
                secrets.append(Array(try key.pem().utf8))
            }
            return secrets.map { JWK(.symmetric(SymmetricKey($0)), keyID: nil, use: .signature) }
        }
        guard let keyID = header["kid"]?.string else { return try usable(set).filter { $0.use == "sig" }.map(\.key) }
        if try usable(set).allSatisfy({ $0.id != keyID }) { set = try await providerKeys(true) }
        let named = try usable(set).filter { $0.id == keyID }
        try checks.require(.knownKeyID, !named.isEmpty)
        guard let key = named.first else { return try usable(set).filter { $0.use == "sig" }.map(\.key) }
        try checks.require(.keyUse, key.use == "sig")
        return [key.key]
    }

    /// The RSA keys of a set, for whatever use; a private member is passed over if it may be there.
    private func usable(_ set: JSON) throws -> [(id: String?, use: String?, key: JWK)] {
        try (set["keys"]?.elements ?? []).compactMap { element in
            guard element["kty"]?.string == "RSA", let n = element["n"]?.string, let e = element["e"]?.string else {
                return nil
            }
            try checks.require(.privateKeyInSet, element["d"] == nil)
            let numbers: JSONValue = ["kty": "RSA", "n": .string(n), "e": .string(e)]
            guard let key = try? JWK(parsing: numbers.serialized()) else { return nil }
            return (element["kid"]?.string, element["use"]?.string, key)
        }
    }
}
