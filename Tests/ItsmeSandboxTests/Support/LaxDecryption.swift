import JOSE
import TestSupport

/// Authenticated decryption whose checks can be left out one by one.
struct LaxDecryption {
    let checks: Checks
    /// `enc` of the header.
    let encryption: ContentEncryptionAlgorithm
    let key: [UInt8]
    let additionalData: [UInt8]

    func plaintext(_ ciphertext: [UInt8], iv: [UInt8], tag: [UInt8]) throws -> [UInt8] {
        try checks.require(.contentKeySize, key.count == encryption.keySize)
        try checks.require(.tagSize, tag.count == encryption.tagSize)
        let isGCM = encryption == .a256GCM || encryption == .a128GCM
        let (plaintext, ownTag) =
            isGCM ? try counterMode(ciphertext, iv) : try chaining(ciphertext, iv)
        try checks.require(.tag, !tag.isEmpty && Array(ownTag.prefix(tag.count)) == tag)
        return plaintext
    }

    /// AES-GCM of whatever key size. The ciphertext of zeros is what the plaintext was combined with.
    private func counterMode(_ ciphertext: [UInt8], _ iv: [UInt8]) throws -> (plaintext: [UInt8], tag: [UInt8]) {
        func sealed(_ text: [UInt8]) throws -> (ciphertext: [UInt8], tag: [UInt8]) {
            try AEADCipher.seal(
                text, key: SecretBytes(key), nonce: iv, additionalData: additionalData,
                algorithm: key.count == 16 ? .a128GCM : .a256GCM)
        }
        let stream = try sealed([UInt8](repeating: 0, count: ciphertext.count)).ciphertext
        let plaintext = zip(ciphertext, stream).map { $0 ^ $1 }
        return (plaintext, try sealed(plaintext).tag)
    }

    /// AES-CBC with HMAC, whose keys are the first and the last 16 bytes of the key (RFC 7518 section 5.2.2.1).
    private func chaining(_ ciphertext: [UInt8], _ iv: [UInt8]) throws -> (plaintext: [UInt8], tag: [UInt8]) {
        let (authenticationKey, encryptionKey) = (Array(key.prefix(16)), Array(key.suffix(16)))
        // HMAC fills its key up with zeros itself, so some more change nothing.
        let hmac = try LocalSigner(
            JWK(
                .symmetric(SymmetricKey(authenticationKey + [UInt8](repeating: 0, count: 16))), keyID: nil,
                use: .signature), algorithm: .hs256)
        let bits = UInt64(additionalData.count) * 8
        let length = (0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * UInt64($0))) }
        let tag = Array(try hmac.signature(over: additionalData + iv + ciphertext + length).prefix(16))
        let plaintext = try AEADCipher.open(
            ciphertext, tag: tag, key: SecretBytes(authenticationKey + encryptionKey), nonce: iv,
            additionalData: additionalData, algorithm: .a128CBC_HS256)
        return (plaintext, tag)
    }

    /// What stored blocks of DEFLATE hold (RFC 1951 section 3.2.4).
    static func inflated(_ bytes: [UInt8]) throws -> [UInt8] {
        var result: [UInt8] = []
        var position = 0
        while true {
            guard bytes.count >= position + 5, bytes[position] <= 1 else { throw Failure("no stored block") }
            let isLast = bytes[position] == 1
            let size = Int(bytes[position + 1]) | Int(bytes[position + 2]) << 8
            let complement = Int(bytes[position + 3]) | Int(bytes[position + 4]) << 8
            position += 5
            guard size ^ complement == 0xFFFF, bytes.count >= position + size else { throw Failure("no stored block") }
            result += bytes[position..<(position + size)]
            position += size
            if isLast { return result }
        }
    }
}
