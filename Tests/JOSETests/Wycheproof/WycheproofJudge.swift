import JOSE

/// Gives a case of a file to the part of the library that it is about.
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

    /// For a case outside of what the library does: a good one must be refused, which is what skipping means.
    private func refused(_ reason: String, _ item: Case, _ isRefused: Bool) -> Verdict {
        guard isRefused else { return .accepted }
        return item.isValid ? .skipped(reason) : .refused
    }

    // MARK: Primitives

    private func aead(_ item: Case) throws -> Verdict {
        let keySize = item.group["keySize"]?.integer ?? 0
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
        let opened = try? AEADCipher.open(
            ciphertext, tag: tag, key: key, nonce: nonce, additionalData: additionalData, algorithm: encryption)
        guard nonce.count == encryption.ivSize else {
            return refused("with a nonce of another size than JOSE has", item, opened == nil)
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
        guard case .rsaPrivate(let key)? = try? JWK(item.group.required("privateKeyJwk")).material else {
            return refused("with a key of a size that is refused", item, true)
        }
        let unwrapper = try LocalUnwrapper(JWK(.rsaPrivate(key), keyID: nil, use: nil))
        let hasLabel = try !item.hexadecimal("label").isEmpty
        guard let secret = try? unwrapper.unwrap(item.hexadecimal("ct"), algorithm: management) else {
            return hasLabel ? refused("with a label, which JOSE has not", item, true) : .refused
        }
        let isSame = try secret.withBytes { span in span.indices.map { span[$0] } } == item.hexadecimal("msg")
        return isSame ? .accepted : .wrongResult
    }

    private static let pkcs1: [String: SignatureAlgorithm] = ["SHA-256": .rs256, "SHA-384": .rs384, "SHA-512": .rs512]
    private static let pss: [String: SignatureAlgorithm] = ["SHA-256": .ps256, "SHA-384": .ps384, "SHA-512": .ps512]
    private static let saltSizes: [String: Int64] = ["SHA-256": 32, "SHA-384": 48, "SHA-512": 64]

    private func signature(_ item: Case, _ algorithms: [String: SignatureAlgorithm]) throws -> Verdict {
        let digest = try item.group.requiredString("sha")
        guard let algorithm = algorithms[digest] else { return .skipped("with the digest \(digest)") }
        guard let key = try? RSAPublicKey(pem: item.group.requiredString("publicKeyPem")) else {
            return refused("with a key of a size that is refused", item, true)
        }
        let (signature, message) = (try item.hexadecimal("sig"), try item.hexadecimal("msg"))
        let isGood = try algorithm.verify(
            signature.span, over: message.span, with: JWK(.rsaPublic(key), keyID: nil, use: nil))
        return isGood ? .accepted : .refused
    }

    /// RFC 7518 §3.5: MGF1 has the digest of the message, and the salt its size.
    private func pss(_ item: Case) throws -> Verdict {
        let digest = try item.group.requiredString("sha")
        guard try item.group.requiredString("mgfSha") == digest, item.group["sLen"]?.integer == Self.saltSizes[digest]
        else {
            let verdict = try signature(item, Self.pss)
            guard case .skipped = verdict else {
                return refused("with parameters of PSS that JOSE has not", item, verdict == .refused)
            }
            return verdict
        }
        return try signature(item, Self.pss)
    }

    // MARK: JOSE

    private func verify(_ token: String, _ algorithm: SignatureAlgorithm, _ key: JWK) -> Verdict {
        (try? JWS(token).payload(verifiedWith: key, algorithm: algorithm)) == nil ? .refused : .accepted
    }

    /// What a relying party that is configured for the key's algorithm says of a token.
    private func jws(_ item: Case) throws -> Verdict {
        let json = try item.group["public"] ?? item.group.required("private")
        let token = try item.test.requiredString("jws")
        let key: JWK
        do throws(JOSEError) {
            key = try JWK(json)
        } catch {
            guard error.code == .unsupportedKeyType else { return .refused }
            return refused("with a key that is not RSA and not oct", item, true)
        }
        guard let name = json["alg"]?.string ?? (try? JWS(token).header.algorithm) else { return .refused }
        guard let algorithm = SignatureAlgorithm(name: name) else {
            return refused("with \(name)", item, true)
        }
        // A careless caller, who believes the token's header: the key itself has to tell.
        if let named = (try? JWS(token)).flatMap({ SignatureAlgorithm(name: $0.header.algorithm) }), named != algorithm,
            verify(token, named, key) == .accepted
        {
            return .wrongResult
        }
        return verify(token, algorithm, key)
    }

    private func jwkSet(_ item: Case) throws -> Verdict {
        let published = item.group["public"]
        let set: JWKSet
        do {
            set =
                if let published {
                    try JWKSet(parsingRemote: Array(published.text.utf8))
                } else {
                    try JWKSet(parsingOwn: Array(item.group.required("private").text.utf8))
                }
        } catch is JOSEError {
            return .refused
        }
        let token = try item.test.requiredString("jws")
        guard let jws = try? JWS(token), let algorithm = SignatureAlgorithm(name: jws.header.algorithm),
            case .key(let key) = set.verificationKey(keyID: jws.header.keyID, algorithm: algorithm)
        else { return .refused }
        return verify(token, algorithm, key)
    }

    private func jwe(_ item: Case) async throws -> Verdict {
        guard let key = try? JWK(item.group.required("private")) else {
            return refused("with a key that is not RSA and not oct", item, true)
        }
        let token = try item.test.requiredString("jwe")
        guard let jwe = try? JWE(token) else { return .refused }
        let name = try item.test.required("enc").string ?? ""
        guard let encryption = ContentEncryptionAlgorithm(name: name) else {
            return refused("with \(name)", item, true)
        }
        let plaintext: [UInt8]?
        if case .symmetric(let secret) = key.material {
            guard jwe.header.algorithm == "dir" else {
                let isRefused = (try? jwe.plaintext(directKey: secret, contentEncryption: encryption)) == nil
                return refused("with \(jwe.header.algorithm)", item, isRefused)
            }
            plaintext = try? jwe.plaintext(directKey: secret, contentEncryption: encryption)
        } else {
            guard let management = key.algorithm.flatMap({ KeyManagementAlgorithm(name: $0) }) else {
                return refused("with \(key.algorithm ?? "a key without alg")", item, true)
            }
            // The tokens have the key's ID or none.
            let unwrapper = try LocalUnwrapper(key)
            plaintext = try? await jwe.plaintext(
                using: [unwrapper], keyManagement: management, contentEncryption: encryption)
        }
        guard let plaintext else { return .refused }
        return try plaintext == item.hexadecimal("pt") ? .accepted : .wrongResult
    }
}
