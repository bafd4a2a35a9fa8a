import COpenSSL
import Foundation
import JOSE

extension FuzzTarget {
    /// A JWK Set, remote and own (RFC 7517 §5).
    static let jwkSet = FuzzTarget(
        name: "jwk-set", maximumSize: 8192,
        seeds: {
            var seeds = try [
                "provider/e2e-jwkset.json", "provider/production-jwkset.json", "keys/rsa-roca.json",
                "rfc/rfc7517-a1.json", "rfc/rfc7517-a2.json", "rfc/rfc7517-a3.json",
            ].map(FuzzKeys.bytes)
            for key in [FuzzKeys.clientSigning, FuzzKeys.clientEncryption] {
                let set: JSONValue = ["keys": [try key.get().privateJSON()]]
                seeds.append(set.serialized())
            }
            return seeds
        },
        check: { input in
            if let set = try? JWKSet(parsingRemote: input) {
                try expect(set.keys.count + set.skipped.count <= 50, "a set has more than 50 keys")
                for key in set.keys {
                    guard case .rsaPublic(let material) = key.material else {
                        throw Finding("a remote set gives a key that is not public")
                    }
                    try expect((2048...4096).contains(material.modulusBits), "a key has another size than allowed")
                    _ = set.verificationKey(keyID: key.keyID, algorithm: .rs256)
                    _ = set.encryptionKey(keyID: key.keyID, algorithm: .rsaOAEP256)
                }
                try expectRoundTrip(set)
            }
            if let set = try? JWKSet(parsingOwn: SecretBytes(input)) {
                for key in set.keys { try expectGood(key) }
                if set.keys.allSatisfy({ if case .symmetric = $0.material { false } else { true } }) {
                    try expectRoundTrip(set)
                }
            }
        })

    private static func expectRoundTrip(_ set: JWKSet) throws {
        guard let published = try? set.publicJSON() else { throw Finding("a set cannot be published") }
        let bytes = published.serialized()
        for name in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
            guard case .array(let keys)? = published["keys"] else { continue }
            try expect(keys.allSatisfy { $0[name] == nil }, "a published key has the member \(name)")
        }
        guard bytes.count <= 64 << 10, set.keys.count <= 50 else { return }
        guard let again = try? JWKSet(parsingRemote: bytes) else { throw Finding("a published set cannot be read") }
        try expect(again.keys.count == set.keys.count, "a published key is refused")
        try expect((try? again.publicJSON()) == published, "publishing and reading changes a set")
    }

    /// A key that was accepted does what it is for.
    private static func expectGood(_ key: JWK) throws {
        guard case .rsaPrivate(let material) = key.material else { return }
        let bare = JWK(.rsaPrivate(material), keyID: nil, use: nil)
        let message = Array("message".utf8)
        guard let signature = try? LocalSigner(bare).signature(over: message) else {
            throw Finding("a private key that was accepted does not sign")
        }
        let isGood = try? SignatureAlgorithm.rs256.verify(signature, over: message, with: bare.publicJWK())
        try expect(isGood == true, "the halves of a private key that was accepted do not belong together")
        guard let stored = try? key.privateJSON(), let again = try? JWK(JSON(parsing: stored.serialized())) else {
            throw Finding("a private key that was accepted cannot be kept")
        }
        try expect((try? again.privateJSON()) == stored, "keeping a private key changes it")
    }

    /// Keys and certificates in PEM and DER. The first byte says which.
    static let pem = FuzzTarget(
        name: "pem", maximumSize: 8192,
        seeds: {
            var seeds: [[UInt8]] = []
            for (form, name) in [
                ("0", "rsa-pkcs8.pem"), ("0", "rsa-pkcs1.pem"), ("0", "ec-pkcs8.pem"), ("0", "rsa-pss-pkcs8.pem"),
                ("0", "rsa-3-primes.pem"), ("0", "rsa-1024-pkcs8.pem"), ("1", "rsa-pkcs8-pbkdf2.pem"),
                ("1", "rsa-pkcs1-rfc1421.pem"), ("1", "legacy-rc2.pem"), ("2", "rsa-public.pem"),
                ("2", "ec-public.pem"),
            ] as [(Character, String)] {
                seeds.append(Chosen.seed(form, try FuzzKeys.bytes("keys/\(name)")))
            }
            for (form, name) in [
                ("5", "rsa-pkcs8.pem"), ("6", "rsa-pkcs1.pem"), ("7", "rsa-public.pem"), ("8", "rsa-pkcs8-pbkdf2.pem"),
            ] as [(Character, String)] {
                seeds.append(Chosen.seed(form, try FuzzKeyFile.der(ofPEM: FuzzKeys.text("keys/\(name)"))))
            }
            let file = try FuzzKeyFile()
            seeds.append(Chosen.seed("8", try file.encryptedPKCS8(NID_pbe_WithSHA1And3_Key_TripleDES_CBC)))
            seeds.append(Chosen.seed("8", try file.scryptPKCS8()))
            let certificate = try FuzzKeyFile.certificate()
            seeds.append(Chosen.seed("9", try file.encryptedPKCS8(NID_pbe_WithSHA1And3_Key_TripleDES_CBC)))
            for name in ["rsa-pkcs8.pem", "ec-pkcs8.pem", "openssh-rsa.key"] {
                try seeds.append(
                    Chosen.seed(
                        "9", Array(FuzzKeyFile.pem("CERTIFICATE", certificate).utf8) + FuzzKeys.bytes("keys/\(name)")))
            }
            seeds.append(Chosen.seed("9", try FuzzKeys.bytes("keys/keystore.jks")))
            seeds.append(Chosen.seed("4", certificate))
            seeds.append(Chosen.seed("3", FuzzKeyFile.pem("CERTIFICATE", certificate)))
            return seeds
        },
        check: { input in
            guard let input = Chosen(input) else { return }
            let text = String(decoding: input.rest, as: UTF8.self)
            let passphrase = SecretBytes(Array("tomato".utf8))
            switch input.form {
            case "0": try expectGood(try? RSAPrivateKey(pem: SecretBytes(input.rest)))
            case "1": try expectGood(try? RSAPrivateKey(pem: SecretBytes(input.rest), passphrase: passphrase))
            case "2": try expectGood(try? RSAPublicKey(pem: text))
            case "3": try expectGood((try? X509Certificate.first(inPEM: SecretBytes(input.rest)))??.publicKey)
            case "4": try expectGood((try? X509Certificate(der: input.rest))?.publicKey)
            case "5": try expectGood(try? RSAPrivateKey(pem: FuzzKeyFile.pem("PRIVATE KEY", input.rest)))
            case "6": try expectGood(try? RSAPrivateKey(pem: FuzzKeyFile.pem("RSA PRIVATE KEY", input.rest)))
            case "7": try expectGood(try? RSAPublicKey(pem: FuzzKeyFile.pem("PUBLIC KEY", input.rest)))
            case "8":
                try expectGood(
                    try? RSAPrivateKey(
                        pem: FuzzKeyFile.pem("ENCRYPTED PRIVATE KEY", input.rest), passphrase: passphrase))
            case "9":
                for entry in (try? KeyImport(SecretBytes(input.rest), passphrase: passphrase))?.entries ?? [] {
                    try expectGood(entry.key)
                    try expect(entry.certificate?.belongs(to: entry.key) ?? true, "a key got another key's certificate")
                }
            default: break
            }
        })

    private static func expectGood(_ key: RSAPrivateKey?) throws {
        guard let key else { return }
        try expectGood(key.publicKey)
        try expectGood(JWK(.rsaPrivate(key), keyID: "key", use: .signature))
        guard let text = try? key.pem(), let again = try? RSAPrivateKey(pem: text) else {
            throw Finding("a private key that was accepted cannot be written and read")
        }
        try expect((try? again.pem()) == text, "writing a private key changes it")
    }

    private static func expectGood(_ key: RSAPublicKey?) throws {
        guard let key else { return }
        try expect((2048...4096).contains(key.modulusBits), "a key has another size than allowed")
        guard let text = try? key.pem(), let again = try? RSAPublicKey(pem: text) else {
            throw Finding("a public key that was accepted cannot be written and read")
        }
        try expect((try? again.pem()) == text, "writing a public key changes it")
    }

    /// PKCS#12 files. The first byte says whether the file gets a MAC that fits: without one nothing but the MAC is tried.
    static let pkcs12 = FuzzTarget(
        name: "pkcs12", maximumSize: 16384,
        seeds: {
            let file = try FuzzKeyFile()
            return try [
                Chosen.seed("0", FuzzKeys.bytes("keys/triple-des.p12")),
                Chosen.seed("0", FuzzKeys.bytes("keys/legacy-rc2.p12")),
                Chosen.seed("1", file.pkcs12(nil)), Chosen.seed("1", file.pkcs12(NID_aes_256_cbc)),
                Chosen.seed("1", file.pkcs12(NID_pbe_WithSHA1And3_Key_TripleDES_CBC)),
            ]
        },
        check: { input in
            guard let input = Chosen(input) else { return }
            var file = input.rest
            if input.form == "1" {
                guard let mended = FuzzKeyFile.withFittingMAC(file) else { return }
                file = mended
            }
            let passphrase = SecretBytes(Array(FuzzKeyFile.passphrase.utf8))
            guard let content = try? PKCS12(SecretBytes(file), passphrase: passphrase) else { return }
            try expect(!content.entries.isEmpty, "a file without a key was accepted")
            for entry in content.entries {
                try expectGood(entry.key)
                try expect(entry.certificate?.belongs(to: entry.key) ?? true, "a key got another key's certificate")
            }
        })
}
