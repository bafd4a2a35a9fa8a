import JOSE

/// Gives a case of a file to the part of the library that it is about.
///
/// A refusal counts as one only if the library refused what the case is about: a failure of OpenSSL, a member that is not
/// in the file and a key that does not load are none.
struct WycheproofJudge {
    typealias Verdict = WycheproofFile.Verdict
    typealias Case = WycheproofFile.Case

    let schema: String
    /// As the file names it; files about JSON name none.
    let algorithm: String

    func verdict(_ item: Case) async throws -> Verdict {
        switch schema {
        case "aead_test_schema_v1.json": try aead(item)
        case "rsaes_oaep_decrypt_schema_v1.json": try oaep(item)
        case "rsassa_pkcs1_verify_schema_v1.json": try signature(item, Self.pkcs1)
        case "rsassa_pss_verify_schema_v1.json": try pss(item)
        case "json_web_signature_schema_v1.json": try jws(item)
        case "json_web_key_schema_v1.json": try jwkSet(item)
        case "json_web_encryption_schema_v1.json": try await jwe(item)
        default: .skipped("of the unknown schema \(schema)")
        }
    }

    /// What `body` returns, or nil if the library refuses what it is given.
    private func accepted<Value>(_ body: () throws -> Value) throws -> Value? {
        do {
            return try body()
        } catch let error as JOSEError where error.code != .cryptoFailed && error.code != .randomFailed {
            return nil
        }
    }

    private func accepted<Value>(_ body: () async throws -> Value) async throws -> Value? {
        do {
            return try await body()
        } catch let error as JOSEError where error.code != .cryptoFailed && error.code != .randomFailed {
            return nil
        }
    }

    /// For a case outside of what the library does: it is refused whatever the file says of it.
    private func outside(_ reason: String, isRefused: Bool) -> Verdict {
        isRefused ? .skipped(reason) : .acceptedOutside
    }

    // MARK: Keys

    private enum Loaded<Key> {
        case key(Key)
        case verdict(Verdict)
    }

    private static let acceptedBits: ClosedRange<Int64> = 2048...4096

    /// Loads a key of which the file says that it is good; `bits` is the size of its modulus, nil if it has none.
    private func load<Key>(bits: Int64?, _ body: () throws -> Key) throws -> Loaded<Key> {
        let isOfRefusedSize = bits.map { !Self.acceptedBits.contains($0) } ?? false
        do {
            let key = try body()
            return isOfRefusedSize ? .verdict(.acceptedOutside) : .key(key)
        } catch let error as JOSEError {
            switch error.code {
            case .weakKey where isOfRefusedSize:
                return .verdict(.skipped("with a key of \(bits ?? 0) bits, a size that is refused"))
            case .unsupportedKeyType where bits == nil:
                return .verdict(.skipped("with a key that is not RSA and not oct"))
            default: return .verdict(.keyNotLoaded)
            }
        }
    }

    /// Loads a key as `JWK` reads it.
    private func load(_ json: JSON) throws -> Loaded<JWK> {
        guard json["kty"]?.string == "RSA" else { return try load(bits: nil) { try JWK(json) } }
        let modulus = (json["n"]?.string.flatMap { try? Base64URL.decode($0) } ?? []).drop { $0 == 0 }
        let bits = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
        return try load(bits: Int64(bits)) { try JWK(json) }
    }

    private func keySize(_ item: Case) throws -> Int64 {
        guard let bits = try item.group.required("keySize").integer else { throw MissingMember(name: "keySize") }
        return bits
    }

    // MARK: Primitives

    private func aead(_ item: Case) throws -> Verdict {
        let keySize = try keySize(item)
        let algorithms: [String: ContentEncryptionAlgorithm] = [
            "A128CBC-HS256 256": .a128CBC_HS256, "A256CBC-HS512 512": .a256CBC_HS512, "AES-GCM 128": .a128GCM,
            "AES-GCM 256": .a256GCM,
        ]
        guard let encryption = algorithms["\(algorithm) \(keySize)"] else {
            return .skipped("with \(algorithm) and a key of \(keySize) bits")
        }
        let key = SecretBytes(try item.hexadecimal("key"))
        let (nonce, additionalData) = (try item.hexadecimal("iv"), try item.hexadecimal("aad"))
        let plaintext = try item.hexadecimal("msg")
        let (ciphertext, tag) = (try item.hexadecimal("ct"), try item.hexadecimal("tag"))
        let opened = try accepted {
            try AEADCipher.open(
                ciphertext, tag: tag, key: key, nonce: nonce, additionalData: additionalData, algorithm: encryption)
        }
        guard nonce.count == encryption.ivSize else {
            return outside("with a nonce of another size than JOSE has", isRefused: opened == nil)
        }
        if item.isValid {
            let sealed = try AEADCipher.seal(
                plaintext, key: key, nonce: nonce, additionalData: additionalData, algorithm: encryption)
            guard sealed.ciphertext == ciphertext, sealed.tag == tag else { return .wrongResult }
        }
        guard let opened else { return .refused }
        return opened == plaintext ? .accepted : .wrongResult
    }

    private func oaep(_ item: Case) throws -> Verdict {
        let digests = (try item.group.requiredString("sha"), try item.group.requiredString("mgfSha"))
        let management: KeyManagementAlgorithm
        switch digests {
        case ("SHA-1", "SHA-1"): management = .rsaOAEP
        case ("SHA-256", "SHA-256"): management = .rsaOAEP256
        default: return .skipped("with OAEP of \(digests.0) and MGF1 of \(digests.1)")
        }
        let json = try item.group.required("privateKeyJwk")
        let key: RSAPrivateKey
        switch try load(bits: keySize(item), { try JWK(json) }) {
        case .verdict(let verdict): return verdict
        case .key(let loaded):
            guard case .rsaPrivate(let material) = loaded.material else { return .keyNotLoaded }
            key = material
        }
        let unwrapper = try LocalUnwrapper(JWK(.rsaPrivate(key), keyID: nil, use: nil))
        let ciphertext = try item.hexadecimal("ct")
        let secret = try accepted { try unwrapper.unwrap(ciphertext, algorithm: management) }
        guard try item.hexadecimal("label").isEmpty else {
            return outside("with a label, which JOSE has not", isRefused: secret == nil)
        }
        guard let secret else { return .refused }
        let isSame = try secret.withBytes { span in span.indices.map { span[$0] } } == item.hexadecimal("msg")
        return isSame ? .accepted : .wrongResult
    }

    private static let pkcs1: [String: SignatureAlgorithm] = ["SHA-256": .rs256, "SHA-384": .rs384, "SHA-512": .rs512]
    private static let pss: [String: SignatureAlgorithm] = ["SHA-256": .ps256, "SHA-384": .ps384, "SHA-512": .ps512]
    private static let saltSizes: [String: Int64] = ["SHA-256": 32, "SHA-384": 48, "SHA-512": 64]

    private func signature(_ item: Case, _ algorithms: [String: SignatureAlgorithm]) throws -> Verdict {
        let digest = try item.group.requiredString("sha")
        guard let algorithm = algorithms[digest] else { return .skipped("with the digest \(digest)") }
        let pem = try item.group.requiredString("publicKeyPem")
        switch try load(bits: keySize(item), { try RSAPublicKey(pem: pem) }) {
        case .verdict(let verdict): return verdict
        case .key(let key):
            let (signature, message) = (try item.hexadecimal("sig"), try item.hexadecimal("msg"))
            let isGood = try algorithm.verify(
                signature, over: message, with: JWK(.rsaPublic(key), keyID: nil, use: nil))
            return isGood ? .accepted : .refused
        }
    }

    /// RFC 7518 §3.5: MGF1 has the digest of the message, and the salt its size.
    private func pss(_ item: Case) throws -> Verdict {
        let digest = try item.group.requiredString("sha")
        let verdict = try signature(item, Self.pss)
        guard try item.group.requiredString("mgfSha") == digest, item.group["sLen"]?.integer == Self.saltSizes[digest]
        else {
            return switch verdict {
            case .accepted, .refused:
                outside("with parameters of PSS that JOSE has not", isRefused: verdict == .refused)
            default: verdict
            }
        }
        return verdict
    }

    // MARK: JOSE

    private func verify(_ token: String, _ algorithm: SignatureAlgorithm, _ key: JWK) throws -> Verdict {
        try accepted { try JWS(token).payload(verifiedWith: key, algorithm: algorithm) } == nil ? .refused : .accepted
    }

    /// What a relying party that is configured for the key's algorithm says of a token.
    private func jws(_ item: Case) throws -> Verdict {
        let json = try item.group["public"] ?? item.group.required("private")
        let token = try item.test.requiredString("jws")
        let key: JWK
        switch try load(json) {
        case .verdict(let verdict): return verdict
        case .key(let loaded): key = loaded
        }
        let named = try accepted { try JWS(token).header.algorithm }
        guard let name = json["alg"]?.string ?? named else { return .refused }
        guard let algorithm = SignatureAlgorithm(name: name) else { return .skipped("with \(name)") }
        // A careless caller, who believes the token's header: the key itself has to tell.
        if let other = named.flatMap({ SignatureAlgorithm(name: $0) }), other != algorithm,
            try verify(token, other, key) == .accepted
        {
            return .wrongResult
        }
        return try verify(token, algorithm, key)
    }

    /// All keys must load, and the set as well: for cases that are about a bad key or set, see
    /// `WycheproofFile.ownVerdicts`.
    private func jwkSet(_ item: Case) throws -> Verdict {
        let published = item.group["public"]
        let json = try published ?? item.group.required("private")
        for key in try json.required("keys").elements ?? [] {
            if case .verdict(let verdict) = try load(key) { return verdict }
        }
        let text = Array(json.text.utf8)
        let set = try accepted {
            if published == nil { try JWKSet(parsingOwn: SecretBytes(text)) } else { try JWKSet(parsingRemote: text) }
        }
        guard let set, set.skipped.isEmpty else { return .keyNotLoaded }
        let token = try item.test.requiredString("jws")
        guard let jws = try accepted({ try JWS(token) }),
            let algorithm = SignatureAlgorithm(name: jws.header.algorithm),
            case .key(let key) = set.verificationKey(keyID: jws.header.keyID, algorithm: algorithm)
        else { return .refused }
        return try verify(token, algorithm, key)
    }

    private func jwe(_ item: Case) async throws -> Verdict {
        let key: JWK
        switch try load(item.group.required("private")) {
        case .verdict(let verdict): return verdict
        case .key(let loaded): key = loaded
        }
        let token = try item.test.requiredString("jwe")
        let name = try item.test.requiredString("enc")
        guard let encryption = ContentEncryptionAlgorithm(name: name) else { return .skipped("with \(name)") }
        guard let jwe = try accepted({ try JWE(token) }) else { return .refused }
        let plaintext: [UInt8]?
        if case .symmetric(let secret) = key.material {
            plaintext = try accepted { try jwe.plaintext(directKey: secret, contentEncryption: encryption) }
            guard jwe.header.algorithm == "dir" else {
                return outside("with \(jwe.header.algorithm)", isRefused: plaintext == nil)
            }
        } else {
            guard let management = key.algorithm.flatMap({ KeyManagementAlgorithm(name: $0) }) else {
                return .skipped("with \(key.algorithm ?? "a key without alg")")
            }
            // The tokens have the key's ID or none.
            let unwrapper = try LocalUnwrapper(key)
            plaintext = try await accepted {
                try await jwe.plaintext(
                    using: [unwrapper], keyManagement: management, contentEncryption: encryption)
            }
        }
        guard let plaintext else { return .refused }
        return try plaintext == item.hexadecimal("pt") ? .accepted : .wrongResult
    }
}
