import Foundation
import JOSE

/// Keys that are the same in every process, so that what was found once is found again: those of `Fixtures/keys`.
enum FuzzKeys {
    static let providerSigning = Result {
        JWK(.rsaPrivate(try RSAPrivateKey(pem: text("keys/rsa-pkcs8.pem"))), keyID: "provider-sig", use: .signature)
    }
    static let clientSigning = Result { JWK(.rsaPrivate(try clientKey("sig")), keyID: "client-sig", use: .signature) }
    static let clientEncryption = Result {
        JWK(.rsaPrivate(try clientKey("enc")), keyID: "client-enc", use: .encryption)
    }

    /// 40 bytes, for HS256 and, hashed, for `dir`.
    static let secret = "a-client-secret-that-is-not-one-at-all!!"
    static let shared = JWK(.symmetric(SymmetricKey(Array(secret.utf8))), keyID: nil, use: .signature)
    static let direct = Result { SymmetricKey(try SHA256.digest(Array(secret.utf8))) }

    /// The same bytes always: a token that is made again is the same token.
    static let random = RandomSource { Array(repeating: 0x2A, count: $0) }

    private static let keystore = Result {
        try PKCS12(SecretBytes(bytes("keys/java-keystore.p12")), passphrase: SecretBytes(Array("changeit".utf8)))
    }

    private static func clientKey(_ name: String) throws -> RSAPrivateKey {
        guard let entry = try keystore.get().entries.first(where: { $0.friendlyName == name }) else {
            throw Finding("Fixtures/keys/java-keystore.p12 has no key \(name)")
        }
        return entry.key
    }

    // MARK: Fixtures

    static func bytes(_ path: String) throws -> [UInt8] {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return [UInt8](try Data(contentsOf: root.appendingPathComponent("Fixtures").appendingPathComponent(path)))
    }

    static func text(_ path: String) throws -> String {
        String(decoding: try bytes(path), as: UTF8.self)
    }
}

/// Tokens whose every part can be chosen, made with good keys.
enum TokenForm {
    /// A compact JWS over a given header with a key of the library's own kind.
    static func jws(header: [UInt8], payload: [UInt8], with key: JWK, _ algorithm: SignatureAlgorithm) throws -> String
    {
        let input = Base64URL.encode(header) + "." + Base64URL.encode(payload)
        let signature = try LocalSigner(key, algorithm: algorithm).signature(over: Array(input.utf8))
        return input + "." + Base64URL.encode(signature)
    }

    /// A compact JWE of a given header, encrypted with the client secret's key.
    static func jwe(header: [UInt8], _ plaintext: [UInt8]) throws -> String {
        let protected = Array(Base64URL.encode(header).utf8)
        let nonce = [UInt8](repeating: 7, count: 12)
        let key = try SecretBytes(SHA256.digest(Array(FuzzKeys.secret.utf8)))
        let sealed = try AEADCipher.seal(
            plaintext, key: key, nonce: nonce, additionalData: protected, algorithm: .a256GCM)
        return [protected, [], Array(Base64URL.encode(nonce).utf8)].map { String(decoding: $0, as: UTF8.self) }
            .joined(separator: ".") + "." + Base64URL.encode(sealed.ciphertext) + "." + Base64URL.encode(sealed.tag)
    }

    static func direct(_ plaintext: [UInt8]) throws -> String {
        try jwe(header: Array(#"{"alg":"dir","enc":"A256GCM","cty":"JWT"}"#.utf8), plaintext)
    }

    static func sharedJWS(_ payload: [UInt8]) throws -> String {
        try jws(header: Array(#"{"alg":"HS256"}"#.utf8), payload: payload, with: FuzzKeys.shared, .hs256)
    }

    static func publicJWS(_ payload: [UInt8]) throws -> String {
        try jws(
            header: Array(#"{"alg":"RS256","kid":"provider-sig"}"#.utf8), payload: payload,
            with: FuzzKeys.providerSigning.get(), .rs256)
    }

    static func publicJWE(_ plaintext: [UInt8]) throws -> String {
        try JWE.encrypt(
            plaintext, to: FuzzKeys.clientEncryption.get().publicJWK(), keyManagement: .rsaOAEP256,
            contentEncryption: .a128CBC_HS256, contentType: "JWT", random: FuzzKeys.random)
    }
}
