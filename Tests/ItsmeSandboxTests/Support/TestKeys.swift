import ItsmeSandbox
import JOSE

/// Key pairs for the tests, made once per run because making them is slow.
enum TestKeys {
    static let provider = Result { try SandboxKeys.generate() }
    static let signing = Result { try key("rp-sig-1", .signature) }
    static let otherSigning = Result { try key("rp-sig-2", .signature) }
    static let encryption = Result { try key("rp-enc-1", .encryption) }
    static let otherEncryption = Result { try key("rp-enc-2", .encryption) }

    static func key(_ keyID: String, _ use: KeyUse) throws -> JWK {
        JWK(.rsaPrivate(try RSAPrivateKey.generate()), keyID: keyID, use: use)
    }

    static func publicSet(_ keys: [JWK]) throws -> [UInt8] {
        try JWKSet(keys).publicJSON().serialized()
    }
}
