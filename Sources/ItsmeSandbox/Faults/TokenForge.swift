import JOSE

/// Makes tokens that the library would not make: with any header, any signature and any content.
struct TokenForge: Sendable {
    /// The sandbox's current signing key.
    let signingKey: JWK
    /// The sandbox's encryption key, as published.
    let providerEncryptionKey: JWK
    let recipient: TokenWriter.Recipient
    let random: RandomSource

    // MARK: Signing

    /// The header of a good token.
    var signatureHeader: JSONValue {
        var header: JSONValue = ["alg": "RS256"]
        if let keyID = signingKey.keyID { header["kid"] = .string(keyID) }
        return header
    }

    /// A token of header and claims, signed with the sandbox's key or another.
    func signed(
        _ claims: [UInt8], header: JSONValue? = nil, with key: JWK? = nil, algorithm: SignatureAlgorithm = .rs256
    ) async throws -> String {
        let input = Self.signatureInput(header ?? signatureHeader, claims)
        let signer = try LocalSigner(key ?? signingKey, algorithm: algorithm)
        return input + "." + Base64URL.encode(try signer.signature(over: Array(input.utf8)))
    }

    /// A token of header and claims with these bytes as signature.
    func signed(_ claims: [UInt8], header: JSONValue, signature: [UInt8]) -> String {
        Self.signatureInput(header, claims) + "." + Base64URL.encode(signature)
    }

    private static func signatureInput(_ header: JSONValue, _ claims: [UInt8]) -> String {
        Base64URL.encode(header.serialized()) + "." + Base64URL.encode(claims)
    }

    /// A fresh key of the attacker's own, under the name of the sandbox's.
    func foreignKey() throws -> JWK {
        JWK(.rsaPrivate(try RSAPrivateKey.generate()), keyID: signingKey.keyID, use: .signature)
    }

    // MARK: Encrypting

    /// What differs from a good encryption.
    struct Sealing {
        /// Members that are added to the header or replace those of it; null takes one out.
        var header: JSONValue = [:]
        /// Makes the content encryption key 16 bytes long, whatever `enc` says.
        var hasShortKey = false
        /// Changes a part after encryption: 1 the encrypted key, 2 the initialization vector, 3 the ciphertext, 4 the tag.
        var alter: (part: Int, change: ([UInt8]) -> [UInt8])?
    }

    /// The nested token for the client, as it is registered except for what `sealing` says.
    func encrypted(_ content: [UInt8], _ sealing: Sealing = Sealing()) throws -> String {
        let enc = recipient.contentEncryption
        let contentKey: [UInt8]
        var header: JSONValue
        var encryptedKey: [UInt8] = []
        switch recipient {
        case .publicKey(let key, let encryption):
            contentKey = try random.bytes(sealing.hasShortKey ? 16 : enc.keySize)
            header = ["alg": .string(encryption.keyManagement.name), "enc": .string(enc.name), "cty": "JWT"]
            if encryption.namesKey, let keyID = key.keyID { header["kid"] = .string(keyID) }
            // A token whose key is known is made of a random source that gives it, for its encrypted key.
            let wrapping = sealing.hasShortKey ? ContentEncryptionAlgorithm.a128GCM : enc
            let carrier = try JWE.encrypt(
                [], to: key, keyManagement: encryption.keyManagement, contentEncryption: wrapping,
                random: RandomSource { [random] in
                    $0 == contentKey.count ? contentKey : try random.bytes($0)
                })
            encryptedKey = try Base64URL.decode(String(carrier.split(separator: ".")[1]))
        case .secret(let secret):
            // The sealed content is what JWE makes; header and parts are changed below.
            return try direct(content, secret, sealing)
        }
        Self.change(&header, by: sealing.header)
        let text = Base64URL.encode(header.serialized())
        let iv = try random.bytes(enc.ivSize)
        let sealed = try AEADCipher.seal(
            content, key: SecretBytes(sealing.hasShortKey ? contentKey + contentKey : contentKey), nonce: iv,
            additionalData: Array(text.utf8), algorithm: enc)
        return Self.assembled(text, [encryptedKey, iv, sealed.ciphertext, sealed.tag], sealing)
    }

    private func direct(_ content: [UInt8], _ secret: ClientSecret, _ sealing: Sealing) throws -> String {
        let enc = recipient.contentEncryption
        let token = try JWE.encrypt(
            content, directKey: try secret.encryptionKey(for: enc), keyID: nil, contentEncryption: enc,
            contentType: "JWT", random: random)
        let parts = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        var header: JSONValue = ["alg": "dir", "enc": .string(enc.name), "cty": "JWT"]
        Self.change(&header, by: sealing.header)
        return Self.assembled(
            Base64URL.encode(header.serialized()), try parts.dropFirst().map { try Base64URL.decode($0) }, sealing)
    }

    private static func change(_ header: inout JSONValue, by changes: JSONValue) {
        guard case .object(let members) = changes else { return }
        for member in members {
            if member.value == .null { header.remove(member.name) } else { header[member.name] = member.value }
        }
    }

    private static func assembled(_ header: String, _ parts: [[UInt8]], _ sealing: Sealing) -> String {
        var parts = parts
        if let (part, change) = sealing.alter, parts.indices.contains(part - 1) {
            parts[part - 1] = change(parts[part - 1])
        }
        return ([header] + parts.map(Base64URL.encode)).joined(separator: ".")
    }
}
