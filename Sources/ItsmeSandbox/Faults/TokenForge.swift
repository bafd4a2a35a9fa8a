import JOSE
import Synchronization

/// Makes tokens that the library would not make: with any header, any signature and any content.
///
/// A token really is what its header says, so a client that leaves out the one check in question can read it.
struct TokenForge: Sendable {
    /// The sandbox's current signing key.
    let signingKey: JWK
    /// The sandbox's encryption key.
    let providerEncryptionKey: JWK
    /// The secret that signs the client's tokens, if the client is registered for that instead of ``signingKey``.
    let signatureSecret: ClientSecret?
    let recipient: TokenWriter.Recipient
    let attacker: Attacker
    let random: RandomSource

    // MARK: Signing

    /// The key and the algorithm of a good token.
    private var registered: (key: JWK, algorithm: SignatureAlgorithm) {
        signatureSecret.map { ($0.signatureKey(), .hs256) } ?? (signingKey, .rs256)
    }

    /// The header of a good token.
    var signatureHeader: JSONValue { Self.header(registered.key, registered.algorithm) }

    /// The header of a token that is signed with `key`.
    static func header(_ key: JWK, _ algorithm: SignatureAlgorithm) -> JSONValue {
        var header: JSONValue = ["alg": .string(algorithm.name)]
        if let keyID = key.keyID { header["kid"] = .string(keyID) }
        return header
    }

    /// A token of header and claims, signed as registered.
    func signed(_ claims: [UInt8], header: JSONValue? = nil) throws -> String {
        try signed(claims, header: header ?? signatureHeader, with: registered.key, registered.algorithm)
    }

    /// A token of header and claims, signed with a key and an algorithm.
    func signed(
        _ claims: [UInt8], header: JSONValue, with key: JWK, _ algorithm: SignatureAlgorithm
    ) throws -> String {
        let input = Self.signatureInput(header, claims)
        let signer = try LocalSigner(key, algorithm: algorithm)
        return input + "." + Base64URL.encode(try signer.signature(over: Array(input.utf8)))
    }

    /// A token of header and claims with these bytes as signature.
    func signed(_ claims: [UInt8], header: JSONValue, signature: [UInt8]) -> String {
        Self.signatureInput(header, claims) + "." + Base64URL.encode(signature)
    }

    private static func signatureInput(_ header: JSONValue, _ claims: [UInt8]) -> String {
        Base64URL.encode(header.serialized()) + "." + Base64URL.encode(claims)
    }

    /// The attacker's key: of the registered kind, under the `kid` of the right key.
    func foreignKey() throws -> (key: JWK, algorithm: SignatureAlgorithm) {
        guard signatureSecret == nil else { return (try foreignSecret(), .hs256) }
        return (try attacker.key(named: signingKey.keyID), .rs256)
    }

    /// A random secret.
    func foreignSecret() throws -> JWK {
        JWK(.symmetric(SymmetricKey(try random.bytes(32))), keyID: nil, use: .signature)
    }

    // MARK: Encrypting

    /// How the encryption differs from a good one.
    struct Sealing {
        /// How the content encryption key comes to the client.
        enum Delivery {
            /// As registered.
            case registered
            /// By RSAES-PKCS1-v1_5.
            case rsa15
            /// Not at all: the key is derived from an empty client secret, so everybody knows it.
            case emptySecret
            /// By a password, with very many rounds.
            case password
        }

        enum ContentKey {
            /// As long as `enc` says.
            case whole
            /// Half as long.
            case half
        }

        enum EncryptedKey {
            case good
            /// Changed so that it does not decrypt; the content is encrypted with a key of zeros. For a client with a
            /// secret: present although there must be none.
            case altered
            /// One byte shorter: the first byte is zero and is left out. For a client with a secret: one byte long.
            case short
        }

        enum Tag {
            case good
            case halved
            case altered
            /// The tag of another ciphertext under the same key.
            case ofOtherContent
            /// The tag for another initialization vector under the same key.
            case ofOtherVector
        }

        /// Members to add to the header or to replace in it; null removes a member.
        var header: JSONValue = [:]
        var delivery = Delivery.registered
        /// The content encryption, where it is not the registered one.
        var contentEncryption: ContentEncryptionAlgorithm?
        var contentKey = ContentKey.whole
        var encryptedKey = EncryptedKey.good
        var tag = Tag.good
        /// Whether the content is compressed.
        var isCompressed = false
    }

    /// A nested token for the client: as registered, except for what `sealing` changes.
    func encrypted(_ content: [UInt8], _ sealing: Sealing = Sealing()) throws -> String {
        let enc = sealing.contentEncryption ?? recipient.contentEncryption
        let delivery = try delivery(enc, sealing)
        var header = delivery.header
        header["enc"] = .string(enc.name)
        header["cty"] = "JWT"
        Self.change(&header, by: sealing.header)
        let text = Base64URL.encode(header.serialized())
        let content = sealing.isCompressed ? StoredDeflate.compressed(content) : content
        let box = Box(enc: enc, key: delivery.contentKey, additionalData: Array(text.utf8))
        let iv = try random.bytes(enc.ivSize)
        let (ciphertext, tag) = try box.sealed(content, iv)
        let finalTag =
            switch sealing.tag {
            case .good: tag
            case .halved: Array(tag.prefix(tag.count / 2))
            case .altered: Self.flipped(tag)
            case .ofOtherContent: try box.sealed(Self.flipped(content), iv).tag
            case .ofOtherVector: try box.sealed(content, Self.flipped(iv)).tag
            }
        return ([text] + [delivery.encryptedKey, iv, ciphertext, finalTag].map(Base64URL.encode)).joined(separator: ".")
    }

    /// The content encryption key, and how the client gets it.
    private func delivery(
        _ enc: ContentEncryptionAlgorithm, _ sealing: Sealing
    ) throws -> (header: JSONValue, encryptedKey: [UInt8], contentKey: [UInt8]) {
        let size = sealing.contentKey == .half ? enc.keySize / 2 : enc.keySize
        switch (recipient, sealing.delivery) {
        case (_, .password):
            // RFC 3394 wraps a key of 32 bytes in 40.
            return (["alg": "PBES2-HS256+A128KW"], try random.bytes(40), try random.bytes(size))
        case (.secret(let secret), _):
            let encryptedKey: [UInt8] =
                switch sealing.encryptedKey {
                case .good: []
                case .altered: try random.bytes(enc.keySize)
                case .short: [0]
                }
            return (["alg": "dir"], encryptedKey, try secret.encryptionKey(size: size))
        case (.publicKey(let key, let encryption), let way):
            var header: JSONValue = ["alg": .string(encryption.keyManagement.name)]
            if encryption.namesKey, let keyID = key.keyID { header["kid"] = .string(keyID) }
            switch way {
            case .emptySecret:
                header["alg"] = "dir"
                return (header, [], try ClientSecret("").encryptionKey(size: size))
            case .rsa15:
                header["alg"] = "RSA1_5"
                let contentKey = try random.bytes(size)
                guard case .rsaPublic(let publicKey) = key.material else { throw Failure.keyDoesNotFit }
                return (header, try publicKey.insecurelyWrapWithRSA1_5(SecretBytes(contentKey)), contentKey)
            default:
                let contentKey = try random.bytes(size)
                switch sealing.encryptedKey {
                case .good: return (header, try wrapped(contentKey, key, encryption), contentKey)
                case .altered:
                    return (
                        header, Self.flipped(try wrapped(contentKey, key, encryption)),
                        [UInt8](repeating: 0, count: size)
                    )
                case .short: return (header, try shortWrapped(contentKey, key, encryption), contentKey)
                }
            }
        }
    }

    /// `contentKey` encrypted as registered.
    private func wrapped(
        _ contentKey: [UInt8], _ key: JWK, _ encryption: TokenWriter.Encryption
    ) throws -> [UInt8] {
        // JWE takes the content key from its random source, so the source gives it this key.
        let carrier = try JWE.encrypt(
            [], to: key, keyManagement: encryption.keyManagement,
            contentEncryption: contentKey.count == 16 ? .a128GCM : .a128CBC_HS256,
            random: RandomSource { [random] in $0 == contentKey.count ? contentKey : try random.bytes($0) })
        return try Base64URL.decode(String(carrier.split(separator: ".")[1]))
    }

    /// `contentKey` encrypted as registered, with a first byte of zero, which is left out. Takes about 256 attempts.
    private func shortWrapped(
        _ contentKey: [UInt8], _ key: JWK, _ encryption: TokenWriter.Encryption
    ) throws -> [UInt8] {
        for _ in 0..<10_000 {
            let attempt = try wrapped(contentKey, key, encryption)
            if attempt.first == 0 { return Array(attempt.dropFirst()) }
        }
        throw Failure.noShortKey
    }

    private enum Failure: Error {
        case keyDoesNotFit
        case noShortKey
    }

    private static func change(_ header: inout JSONValue, by changes: JSONValue) {
        guard case .object(let members) = changes else { return }
        for member in members {
            if member.value == .null { header.remove(member.name) } else { header[member.name] = member.value }
        }
    }

    private static func flipped(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        if let last = bytes.indices.last { bytes[last] ^= 1 }
        return bytes
    }
}

/// Content encryption that also takes a key of half the length, as a client does that does not check it.
private struct Box {
    let enc: ContentEncryptionAlgorithm
    let key: [UInt8]
    let additionalData: [UInt8]

    func sealed(_ content: [UInt8], _ iv: [UInt8]) throws -> (ciphertext: [UInt8], tag: [UInt8]) {
        let (algorithm, key): (ContentEncryptionAlgorithm, [UInt8]) =
            switch (enc, key.count) {
            // AES takes the key as it is.
            case (.a256GCM, 16): (.a128GCM, key)
            // The first and the last 16 bytes (RFC 7518 section 5.2.2.1) are the same.
            case (.a128CBC_HS256, 16): (enc, key + key)
            default: (enc, key)
            }
        return try AEADCipher.seal(
            content, key: SecretBytes(key), nonce: iv, additionalData: additionalData, algorithm: algorithm)
    }
}

/// An attacker, who has no key of itsme's and signs with a key of their own. It is made when it is first needed.
final class Attacker: Sendable {
    /// Where the public key is served.
    let keySetURL: String

    private let made = Mutex<JWK?>(nil)

    init(keySetURL: String) { self.keySetURL = keySetURL }

    /// The attacker's key, with this `kid`.
    func key(named keyID: String?) throws(JOSEError) -> JWK {
        let key = try made.withLock { (made) throws(JOSEError) -> JWK in
            if let made { return made }
            let fresh = JWK(.rsaPrivate(try RSAPrivateKey.generate()), keyID: nil, use: .signature)
            made = fresh
            return fresh
        }
        return JWK(key.material, keyID: keyID, use: .signature)
    }
}

/// DEFLATE (RFC 1951, the format of `zip` in a JWE header) in stored blocks, which do not get smaller.
enum StoredDeflate {
    private static let largestBlock = 0xFFFF

    static func compressed(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var rest = bytes[...]
        repeat {
            let block = rest.prefix(largestBlock)
            rest = rest.dropFirst(largestBlock)
            // One bit says whether it is the last block; type 00 and padding follow (section 3.2.4).
            result.append(rest.isEmpty ? 1 : 0)
            let size = UInt16(truncatingIfNeeded: block.count)
            for field in [size, ~size] { result += [UInt8(field & 0xFF), UInt8(field >> 8)] }
            result += block
        } while !rest.isEmpty
        return result
    }
}
