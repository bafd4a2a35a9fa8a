import JOSE

/// Keys of the tests, generated once.
enum TestKeys {
    static let signing = generated(keyID: "sig-1", use: .signature)
    static let otherSigning = generated(keyID: "sig-2", use: .signature)
    static let encryption = generated(keyID: "enc-1", use: .encryption)
    static let otherEncryption = generated(keyID: "enc-2", use: .encryption)
    static let symmetric = JWK(
        .symmetric(SymmetricKey(Array(0..<64))), keyID: "oct-1", use: .signature)

    private static func generated(keyID: String, use: KeyUse) -> Result<JWK, any Error> {
        Result { JWK(.rsaPrivate(try RSAPrivateKey.generate()), keyID: keyID, use: use) }
    }
}

extension JWK {
    /// The same material with other metadata.
    func with(
        keyID: String? = nil, use: KeyUse? = nil, algorithm: String? = nil, operations: [String]? = nil
    ) -> JWK {
        var key = JWK(material, keyID: keyID, use: use, algorithm: algorithm)
        key.operations = operations
        return key
    }
}
