import JOSE

/// Makes tokens and keys for others to open.
struct Maker {
    static let keyManagement: [KeyManagementAlgorithm] = [.rsaOAEP, .rsaOAEP256]
    static let contentEncryption: [ContentEncryptionAlgorithm] = [.a128CBC_HS256, .a256CBC_HS512, .a128GCM, .a256GCM]

    let signing: JWK
    let encryption: JWK
    let payload = #"{"sub":"someone","name":"Zoë"}"#

    init() throws {
        signing = JWK(.rsaPrivate(try RSAPrivateKey.generate()), keyID: "signing", use: .signature)
        encryption = JWK(.rsaPrivate(try RSAPrivateKey.generate()), keyID: "encryption", use: .encryption)
    }

    func exchanges() async throws -> [Exchange] {
        try await signed() + encrypted() + direct() + nested() + keys()
    }

    private func signed() async throws -> [Exchange] {
        let secret = JWK(.symmetric(SymmetricKey(try RandomSource.system.bytes(32))), keyID: nil, use: nil)
        let pairs = [
            (SignatureAlgorithm.rs256, signing, try signing.publicJSON()),
            (.hs256, secret, try secret.privateJSON()),
        ]
        var exchanges: [Exchange] = []
        for (algorithm, key, verification) in pairs {
            let token = try await JWS.sign(
                Array(payload.utf8), with: LocalSigner(key, algorithm: algorithm), type: "JWT")
            exchanges.append(
                Exchange(
                    kind: "jws", name: algorithm.name,
                    texts: ["alg": algorithm.name, "token": token, "payload": payload], keys: ["key": verification]))
        }
        return exchanges
    }

    private func encrypted() throws -> [Exchange] {
        try Self.keyManagement.flatMap { algorithm in
            try Self.contentEncryption.map { encryptionAlgorithm in
                let token = try JWE.encrypt(
                    Array(payload.utf8), to: encryption.publicJWK(), keyManagement: algorithm,
                    contentEncryption: encryptionAlgorithm)
                return Exchange(
                    kind: "jwe", name: "\(algorithm.name) \(encryptionAlgorithm.name)",
                    texts: [
                        "alg": algorithm.name, "enc": encryptionAlgorithm.name, "token": token, "payload": payload,
                    ],
                    keys: ["key": try encryption.privateJSON()])
            }
        }
    }

    private func direct() throws -> [Exchange] {
        try Self.contentEncryption.map { algorithm in
            let key = SymmetricKey(try RandomSource.system.bytes(algorithm.keySize))
            let token = try JWE.encrypt(Array(payload.utf8), directKey: key, contentEncryption: algorithm)
            return Exchange(
                kind: "jwe", name: "dir \(algorithm.name)",
                texts: ["alg": "dir", "enc": algorithm.name, "token": token, "payload": payload],
                keys: ["key": try JWK(.symmetric(key), keyID: nil, use: nil).privateJSON()])
        }
    }

    private func nested() async throws -> [Exchange] {
        let inner = try await JWS.sign(Array(payload.utf8), with: LocalSigner(signing), type: "JWT")
        return try Self.keyManagement.flatMap { algorithm in
            try Self.contentEncryption.map { encryptionAlgorithm in
                let token = try JWE.encrypt(
                    Array(inner.utf8), to: encryption.publicJWK(), keyManagement: algorithm,
                    contentEncryption: encryptionAlgorithm, contentType: "JWT")
                return Exchange(
                    kind: "nested", name: "RS256 in \(algorithm.name) \(encryptionAlgorithm.name)",
                    texts: [
                        "alg": algorithm.name, "enc": encryptionAlgorithm.name, "token": token, "payload": payload,
                    ],
                    keys: ["key": try encryption.privateJSON(), "verification_key": try signing.publicJSON()])
            }
        }
    }

    private func keys() throws -> [Exchange] {
        guard case .rsaPrivate(let key) = signing.material else {
            return []
        }
        let thumbprint = try signing.thumbprint()
        let passphrase = "correct horse battery staple"
        let encrypted = try key.pem(passphrase: SecretBytes(Array(passphrase.utf8)))
        return [
            Exchange(
                kind: "jwk", name: "private JWK", texts: ["thumbprint": thumbprint],
                keys: ["key": try signing.privateJSON()]),
            Exchange(
                kind: "jwk", name: "public JWK", texts: ["thumbprint": thumbprint],
                keys: ["key": try signing.publicJSON()]),
            Exchange(kind: "pem", name: "private PEM", texts: ["thumbprint": thumbprint, "pem": try key.pem()]),
            Exchange(
                kind: "pem", name: "encrypted private PEM",
                texts: ["thumbprint": thumbprint, "pem": encrypted, "passphrase": passphrase]),
            Exchange(
                kind: "pem", name: "public PEM", texts: ["thumbprint": thumbprint, "pem": try key.publicKey.pem()]),
        ]
    }
}
