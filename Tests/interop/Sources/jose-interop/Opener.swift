import JOSE

/// Opens what others made.
enum Opener {
    /// Why something that could be opened is wrong all the same.
    struct Difference: Error {
        let reason: String
    }

    static func open(_ exchange: JSON) async throws {
        switch try exchange.text("kind") {
        case "jws": try openJWS(exchange)
        case "jwe": try await openJWE(exchange)
        case "nested": try await openNested(exchange)
        case "jwk": try compare(JWK(exchange.required("key")), exchange)
        case "pem": try openPEM(exchange)
        default: throw Difference(reason: "unknown kind")
        }
    }

    private static func compare(_ payload: [UInt8], _ exchange: JSON) throws {
        guard try payload.elementsEqual(exchange.text("payload").utf8) else {
            throw Difference(reason: "another payload")
        }
    }

    private static func compare(_ key: JWK, _ exchange: JSON) throws {
        guard try key.thumbprint() == exchange.text("thumbprint") else {
            throw Difference(reason: "another thumbprint")
        }
    }

    private static func openJWS(_ exchange: JSON) throws {
        guard let algorithm = SignatureAlgorithm(name: try exchange.text("alg")) else {
            throw Difference(reason: "unknown alg")
        }
        let jws = try JWS(exchange.text("token"))
        try compare(jws.payload(verifiedWith: JWK(exchange.required("key")), algorithm: algorithm), exchange)
    }

    private static func algorithms(
        _ exchange: JSON
    ) throws -> (KeyManagementAlgorithm, ContentEncryptionAlgorithm) {
        guard let keyManagement = KeyManagementAlgorithm(name: try exchange.text("alg")),
            let contentEncryption = ContentEncryptionAlgorithm(name: try exchange.text("enc"))
        else {
            throw Difference(reason: "unknown alg or enc")
        }
        return (keyManagement, contentEncryption)
    }

    private static func openJWE(_ exchange: JSON) async throws {
        let (keyManagement, contentEncryption) = try algorithms(exchange)
        let jwe = try JWE(exchange.text("token"))
        let key = try JWK(exchange.required("key"))
        if case .symmetric(let secret) = key.material {
            try compare(jwe.plaintext(directKey: secret, contentEncryption: contentEncryption), exchange)
        } else {
            let plaintext = try await jwe.plaintext(
                using: [LocalUnwrapper(key)], keyManagement: keyManagement, contentEncryption: contentEncryption)
            try compare(plaintext, exchange)
        }
    }

    private static func openNested(_ exchange: JSON) async throws {
        let (keyManagement, contentEncryption) = try algorithms(exchange)
        let jws = try await JWE(exchange.text("token")).nestedJWS(
            using: [LocalUnwrapper(JWK(exchange.required("key")))], keyManagement: keyManagement,
            contentEncryption: contentEncryption)
        let key = try JWK(exchange.required("verification_key"))
        try compare(jws.payload(verifiedWith: key, algorithm: .rs256), exchange)
    }

    private static func openPEM(_ exchange: JSON) throws {
        let pem = try exchange.text("pem")
        if pem.contains("PUBLIC KEY") {
            try compare(JWK(.rsaPublic(RSAPublicKey(pem: pem)), keyID: nil, use: nil), exchange)
        } else {
            let passphrase = exchange["passphrase"]?.string.map { SecretBytes(Array($0.utf8)) }
            let key = try RSAPrivateKey(pem: pem, passphrase: passphrase)
            try compare(JWK(.rsaPrivate(key), keyID: nil, use: nil), exchange)
        }
    }
}
