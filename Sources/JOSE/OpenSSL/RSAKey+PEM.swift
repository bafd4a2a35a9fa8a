internal import COpenSSL

extension RSAKey {
    /// The rounds of PBKDF2 with HMAC-SHA-256 when a key is written with a passphrase.
    private static let iterations: Int32 = 600_000
    /// The most rounds that opening a file may take: a few seconds.
    static let maximumIterations = 5_000_000

    /// Reads the private key in a block: PKCS#8, encrypted PKCS#8 (RFC 5958) or PKCS#1 (RFC 8017 §A.1.2).
    ///
    /// Throws `unsupportedKeyType` or `unsupportedKeyFormat` for a key that the caller may skip. Subtracts the rounds
    /// of the decryption from `budget`.
    static func privateKey(
        in block: PEMBlock, passphrase: SecretBytes?, _ budget: inout Int
    ) throws(JOSEError) -> RSAKey {
        let format: KeyFileFormat
        switch block.label {
        case "PRIVATE KEY": format = .privateKey
        case "ENCRYPTED PRIVATE KEY": format = .encryptedPrivateKey
        case "RSA PRIVATE KEY": format = .rsaPrivateKey
        case "OPENSSH PRIVATE KEY":
            guard try block.content().withBytes({ namesRSA($0) }) else {
                throw notRSA
            }
            throw KeyConversion.openSSH.error
        default: throw notRSA
        }
        guard !block.hasHeaders else {
            throw KeyConversion.traditionalEncryption.error
        }
        return try privateKey(der: block.content(), format, passphrase: passphrase, &budget)
    }

    /// Reads a private key in DER.
    static func privateKey(
        der content: SecretBytes, _ format: KeyFileFormat, passphrase: SecretBytes?, _ budget: inout Int
    ) throws(JOSEError) -> RSAKey {
        switch format {
        case .privateKey:
            return try privateKey(pkcs8: content)
        case .encryptedPrivateKey:
            guard let passphrase else {
                throw JOSEError(.wrongPassphrase, "the key is encrypted and no passphrase was given")
            }
            return try privateKey(encryptedPKCS8: content, passphrase: passphrase, &budget)
        case .rsaPrivateKey:
            return try unsafe decode(content) { input, size in
                unsafe itsmerp_d2i_RSAPrivateKey(&input, size)
            }
        default:
            throw format.refusal(.malformedPEM)
        }
    }

    private static var notRSA: JOSEError {
        .openSSL(.unsupportedKeyType, "not an RSA key")
    }

    /// Whether a key in OpenSSH's format is an RSA key. The format names the type in clear text near the start.
    private static func namesRSA(_ content: Span<UInt8>) -> Bool {
        let name = Array("ssh-rsa".utf8)
        let last = min(content.count - name.count, 256)
        return last >= 0 && (0...last).contains { place in name.indices.allSatisfy { content[place + $0] == name[$0] } }
    }

    /// Reads the one public key of `text`, a SubjectPublicKeyInfo (RFC 5280 §4.1).
    static func publicKey(pem text: SecretBytes) throws(JOSEError) -> RSAKey {
        let blocks = try PEMBlock.blocks(in: text)
        guard let block = blocks.first, blocks.count == 1, block.label == "PUBLIC KEY" else {
            throw JOSEError(.malformedPEM, "the text is not a single public key")
        }
        return try unsafe decode(block.content()) { input, size in
            unsafe d2i_PUBKEY(nil, &input, size)
        }
    }

    /// Decodes DER. `parse` must consume all of it.
    private static func decode(
        _ content: SecretBytes, _ parse: (inout UnsafePointer<UInt8>?, Int) throws(JOSEError) -> OpaquePointer?
    ) throws(JOSEError) -> RSAKey {
        try content.withBytes { (bytes) throws(JOSEError) in
            try unsafe bytes.withUnsafeBufferPointer { (bytes) throws(JOSEError) in
                var input = bytes.baseAddress
                guard let key = try unsafe parse(&input, bytes.count) else {
                    throw .openSSL(.malformedPEM, "the content does not match the label of the block")
                }
                let owned = try unsafe RSAKey(owning: key)
                guard unsafe input == bytes.baseAddress.map({ unsafe $0 + bytes.count }) else {
                    throw .openSSL(.malformedPEM, "data follows the key")
                }
                ERR_clear_error()
                return owned
            }
        }
    }

    private static func privateKey(pkcs8 content: SecretBytes) throws(JOSEError) -> RSAKey {
        try unsafe decode(content) { (input, size) throws(JOSEError) in
            guard let info = unsafe d2i_PKCS8_PRIV_KEY_INFO(nil, &input, size) else {
                return nil
            }
            defer { unsafe PKCS8_PRIV_KEY_INFO_free(info) }
            return try unsafe key(info)
        }
    }

    private static func privateKey(
        encryptedPKCS8 content: SecretBytes, passphrase: SecretBytes, _ budget: inout Int
    ) throws(JOSEError) -> RSAKey {
        var remaining = budget
        defer { budget = remaining }
        return try passphrase.withBytes { (passphrase) throws(JOSEError) in
            try unsafe passphrase.withUnsafeBytes { (passphrase) throws(JOSEError) in
                try unsafe decode(content) { (input, size) throws(JOSEError) in
                    guard let envelope = unsafe d2i_X509_SIG(nil, &input, size) else {
                        return nil
                    }
                    defer { unsafe X509_SIG_free(envelope) }
                    let rounds = unsafe itsmerp_PKCS8_rounds(envelope)
                    guard (0...remaining).contains(rounds) else {
                        throw .openSSL(.malformedPEM, "the key asks for more than \(maximumIterations) iterations")
                    }
                    remaining -= rounds
                    guard let length = Int32(exactly: passphrase.count),
                        let info = unsafe PKCS8_decrypt(
                            envelope, passphrase.baseAddress?.assumingMemoryBound(to: CChar.self), length)
                    else {
                        throw itsmerp_ERR_take_unsupported() == 1
                            ? KeyConversion.legacyPKCS8.error
                            : .openSSL(.wrongPassphrase, "the passphrase does not open the key")
                    }
                    defer { unsafe PKCS8_PRIV_KEY_INFO_free(info) }
                    return try unsafe key(info)
                }
            }
        }
    }

    private static func key(_ info: OpaquePointer) throws(JOSEError) -> OpaquePointer? {
        guard unsafe itsmerp_PKCS8_is_RSA(info) == 1 else {
            throw notRSA
        }
        return unsafe itsmerp_PKCS8_key(info)
    }

    /// Writes the public key as SubjectPublicKeyInfo.
    func publicPEM() throws(JOSEError) -> String {
        try unsafe Self.write { output in
            unsafe PEM_write_bio_PUBKEY(output, pointer) == 1
        }
    }

    /// Writes the private key as PKCS#8, not encrypted.
    func privatePEM() throws(JOSEError) -> String {
        try unsafe Self.write { output in
            unsafe PEM_write_bio_PKCS8PrivateKey(output, pointer, nil, nil, 0, nil, nil) == 1
        }
    }

    /// Writes the private key as PKCS#8, encrypted with PBES2: PBKDF2 with HMAC-SHA-256, AES-256-CBC.
    func privatePEM(passphrase: SecretBytes) throws(JOSEError) -> String {
        guard passphrase.count > 0 else {
            throw JOSEError(.wrongPassphrase, "the passphrase is empty")
        }
        var salt = try RandomSource.system.bytes(16)
        return try unsafe Self.write { output in
            guard let info = unsafe EVP_PKEY2PKCS8(pointer) else {
                return false
            }
            defer { unsafe PKCS8_PRIV_KEY_INFO_free(info) }
            let envelope: OpaquePointer? = unsafe passphrase.withBytes { passphrase in
                unsafe passphrase.withUnsafeBytes { passphrase in
                    guard let length = Int32(exactly: passphrase.count) else {
                        return nil
                    }
                    return unsafe PKCS8_encrypt(
                        -1, EVP_aes_256_cbc(), passphrase.baseAddress?.assumingMemoryBound(to: CChar.self), length,
                        &salt, Int32(salt.count), Self.iterations, info)
                }
            }
            guard let envelope = unsafe envelope else {
                return false
            }
            defer { unsafe X509_SIG_free(envelope) }
            return unsafe PEM_write_bio_PKCS8(output, envelope) == 1
        }
    }

    private static func write(_ body: (OpaquePointer) -> Bool) throws(JOSEError) -> String {
        // OpenSSL overwrites this memory when it frees it.
        guard let output = unsafe BIO_new(BIO_s_secmem()) else {
            throw .openSSL("out of memory")
        }
        defer { unsafe BIO_free(output) }
        guard unsafe body(output) else {
            throw .openSSL("key cannot be written")
        }
        var text: UnsafeMutablePointer<CChar>?
        let size = unsafe itsmerp_BIO_get_mem_data(output, &text)
        guard size > 0, let text = unsafe text else {
            throw .openSSL("key cannot be written")
        }
        ERR_clear_error()
        return unsafe UnsafeRawBufferPointer(start: text, count: size).withMemoryRebound(to: UInt8.self) {
            unsafe String(decoding: $0, as: UTF8.self)
        }
    }
}
