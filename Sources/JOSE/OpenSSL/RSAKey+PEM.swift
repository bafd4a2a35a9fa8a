internal import COpenSSL

extension RSAKey {
    /// Rounds of PBKDF2 with HMAC-SHA-256 for a key that is written with a passphrase.
    private static let iterations: Int32 = 600_000
    /// The most rounds that opening a file may take: a few seconds.
    static let maximumIterations = 5_000_000

    /// Reads the one private key of `text`: PKCS#8, encrypted PKCS#8 (RFC 5958) or PKCS#1 (RFC 8017 §A.1.2).
    static func privateKey(pem text: SecretBytes, passphrase: SecretBytes?) throws(JOSEError) -> RSAKey {
        let blocks = try PEMBlock.blocks(in: text).filter { $0.label.hasSuffix("PRIVATE KEY") }
        guard let block = blocks.first, blocks.count == 1 else {
            throw JOSEError(.malformedPEM, blocks.isEmpty ? "no private key" : "more than one private key")
        }
        guard !block.hasHeaders else {
            throw JOSEError(.malformedPEM, "encryption of RFC 1421 is not supported: convert the key to PKCS#8")
        }
        switch block.label {
        case "PRIVATE KEY":
            return try privateKey(pkcs8: block.content)
        case "ENCRYPTED PRIVATE KEY":
            guard let passphrase else {
                throw JOSEError(.wrongPassphrase, "the key is encrypted and no passphrase was given")
            }
            return try privateKey(encryptedPKCS8: block.content, passphrase: passphrase)
        case "RSA PRIVATE KEY":
            return try unsafe decode(block.content) { input, size in
                unsafe itsmerp_d2i_RSAPrivateKey(&input, size)
            }
        default:
            throw JOSEError(.unsupportedKeyType, "not an RSA key")
        }
    }

    /// Reads the one public key of `text`, a SubjectPublicKeyInfo (RFC 5280 §4.1).
    static func publicKey(pem text: SecretBytes) throws(JOSEError) -> RSAKey {
        let blocks = try PEMBlock.blocks(in: text)
        guard let block = blocks.first, blocks.count == 1, block.label == "PUBLIC KEY" else {
            throw JOSEError(.malformedPEM, "not one public key")
        }
        return try unsafe decode(block.content) { input, size in
            unsafe d2i_PUBKEY(nil, &input, size)
        }
    }

    /// Decodes DER that `parse` has to consume entirely.
    private static func decode(
        _ content: SecretBytes, _ parse: (inout UnsafePointer<UInt8>?, Int) -> OpaquePointer?
    ) throws(JOSEError) -> RSAKey {
        try content.withBytes { (bytes) throws(JOSEError) in
            try unsafe bytes.withUnsafeBufferPointer { (bytes) throws(JOSEError) in
                var input = bytes.baseAddress
                guard let key = unsafe parse(&input, bytes.count) else {
                    throw .openSSL(.malformedPEM, "content of the block is not the key that its label names")
                }
                let owned = try unsafe RSAKey(owning: key)
                guard unsafe input == bytes.baseAddress.map({ unsafe $0 + bytes.count }) else {
                    throw .openSSL(.malformedPEM, "octets after the key")
                }
                ERR_clear_error()
                return owned
            }
        }
    }

    private static func privateKey(pkcs8 content: SecretBytes) throws(JOSEError) -> RSAKey {
        try unsafe decode(content) { input, size in
            guard let info = unsafe d2i_PKCS8_PRIV_KEY_INFO(nil, &input, size) else {
                return nil
            }
            defer { unsafe PKCS8_PRIV_KEY_INFO_free(info) }
            return unsafe itsmerp_PKCS8_key(info)
        }
    }

    private static func privateKey(
        encryptedPKCS8 content: SecretBytes, passphrase: SecretBytes
    ) throws(JOSEError) -> RSAKey {
        var isOpened = true
        var isUnsupported = false
        var isTooCostly = false
        let attempt: Result<RSAKey, JOSEError> = passphrase.withBytes { passphrase in
            unsafe passphrase.withUnsafeBytes { passphrase in
                do throws(JOSEError) {
                    let key = try unsafe decode(content) { input, size in
                        guard let envelope = unsafe d2i_X509_SIG(nil, &input, size) else {
                            return nil
                        }
                        defer { unsafe X509_SIG_free(envelope) }
                        guard unsafe (0...maximumIterations).contains(itsmerp_PKCS8_rounds(envelope)) else {
                            isTooCostly = true
                            return nil
                        }
                        guard let length = Int32(exactly: passphrase.count),
                            let info = unsafe PKCS8_decrypt(
                                envelope, passphrase.baseAddress?.assumingMemoryBound(to: CChar.self), length)
                        else {
                            isOpened = false
                            isUnsupported = itsmerp_ERR_take_unsupported() == 1
                            return nil
                        }
                        defer { unsafe PKCS8_PRIV_KEY_INFO_free(info) }
                        return unsafe itsmerp_PKCS8_key(info)
                    }
                    return .success(key)
                } catch {
                    return .failure(error)
                }
            }
        }
        guard !isTooCostly else {
            throw .openSSL(.malformedPEM, "the key asks for more than \(maximumIterations) iterations")
        }
        guard !isUnsupported else {
            throw .openSSL(
                .unsupportedKeyEncryption,
                "the key is encrypted with an algorithm that OpenSSL 3 has in its legacy provider at most: convert it with: openssl pkcs8 -in old.pem -provider legacy -provider default -nocrypt | openssl pkcs8 -topk8 -v2 aes-256-cbc -out new.pem"
            )
        }
        guard isOpened else {
            throw .openSSL(.wrongPassphrase, "the passphrase does not open the key")
        }
        return try attempt.get()
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
        // Memory of this kind is overwritten when freed.
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
