internal import COpenSSL

/// A signature scheme of RFC 8017: digest and padding.
struct RSASignatureScheme: Sendable {
    let digest: MessageDigest
    /// RSASSA-PSS with a salt as long as the digest and MGF1 with the same digest; else RSASSA-PKCS1-v1_5.
    let isProbabilistic: Bool
}

extension RSAKey {
    /// Returns `key` encrypted with RSAES-OAEP (RFC 8017 §7.1), as long as the modulus; the label is empty.
    func wrap(_ key: SecretBytes, size: Int, digest: MessageDigest) throws(JOSEError) -> [UInt8] {
        let context = try unsafe context(EVP_PKEY_encrypt_init)
        try context.setOAEP(digest)
        var wrapped = [UInt8](repeating: 0, count: size)
        var written = size
        let isDone = key.withBytes { key in
            unsafe key.withUnsafeBufferPointer { key in
                unsafe EVP_PKEY_encrypt(context.pointer, &wrapped, &written, key.baseAddress, key.count) == 1
            }
        }
        guard isDone, written == size else {
            throw .openSSL("key wrapping failed")
        }
        return wrapped
    }

    /// Returns the key that `wrapped` holds, or `nil` if the padding is wrong; the label is empty.
    func unwrap(_ wrapped: [UInt8], size: Int, digest: MessageDigest) throws(JOSEError) -> SecretBytes? {
        let context = try unsafe context(EVP_PKEY_decrypt_init)
        try context.setOAEP(digest)
        var isDone = false
        let key = try unsafe SecretBytes(capacity: size) { (memory) throws(JOSEError) in
            var written = memory.count
            isDone =
                unsafe EVP_PKEY_decrypt(
                    context.pointer, memory.baseAddress, &written, wrapped, wrapped.count) == 1
            return written
        }
        // Emptied in either case: success and failure do the same.
        ERR_clear_error()
        return isDone ? key : nil
    }

    /// Returns the signature of `input`, as long as the modulus.
    func sign(_ input: [UInt8], size: Int, _ scheme: RSASignatureScheme) throws(JOSEError) -> [UInt8] {
        let context = try unsafe context(EVP_PKEY_sign_init)
        try context.set(scheme)
        let digest = try scheme.digest.digest(input)
        var signature = [UInt8](repeating: 0, count: size)
        var written = size
        guard unsafe EVP_PKEY_sign(context.pointer, &signature, &written, digest, digest.count) == 1, written == size
        else {
            throw .openSSL("signing failed")
        }
        return signature
    }

    /// Whether `signature` is that of `input`; the caller has compared its length with the modulus.
    func verify(
        _ signature: [UInt8], over input: [UInt8], _ scheme: RSASignatureScheme
    ) throws(JOSEError) -> Bool {
        let context = try unsafe context(EVP_PKEY_verify_init)
        try context.set(scheme)
        let digest = try scheme.digest.digest(input)
        let isGood =
            unsafe EVP_PKEY_verify(
                context.pointer, signature, signature.count, digest, digest.count) == 1
        // A wrong signature leaves errors in the queue.
        ERR_clear_error()
        return isGood
    }

    /// Returns a context for one operation, which `start` chooses.
    private func context(_ start: (OpaquePointer?) -> Int32) throws(JOSEError) -> Context {
        let context = try unsafe Context(EVP_PKEY_CTX_new_from_pkey(nil, pointer, nil))
        guard unsafe start(context.pointer) == 1 else {
            throw .openSSL("operation with an RSA key failed")
        }
        return context
    }
}

extension RSAKey.Context {
    /// Sets the digest of the label and of MGF1, both explicitly; a label is never set, which makes it empty.
    fileprivate borrowing func setOAEP(_ digest: MessageDigest) throws(JOSEError) {
        guard unsafe EVP_PKEY_CTX_set_rsa_padding(pointer, RSA_PKCS1_OAEP_PADDING) == 1,
            unsafe EVP_PKEY_CTX_set_rsa_oaep_md(pointer, digest.pointer) == 1,
            unsafe EVP_PKEY_CTX_set_rsa_mgf1_md(pointer, digest.pointer) == 1
        else {
            throw .openSSL("OAEP is not available")
        }
    }

    fileprivate borrowing func set(_ scheme: RSASignatureScheme) throws(JOSEError) {
        let padding = scheme.isProbabilistic ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING
        guard unsafe EVP_PKEY_CTX_set_signature_md(pointer, scheme.digest.pointer) == 1,
            unsafe EVP_PKEY_CTX_set_rsa_padding(pointer, padding) == 1
        else {
            throw .openSSL("signature operation failed")
        }
        if scheme.isProbabilistic {
            guard unsafe EVP_PKEY_CTX_set_rsa_mgf1_md(pointer, scheme.digest.pointer) == 1,
                unsafe EVP_PKEY_CTX_set_rsa_pss_saltlen(pointer, RSA_PSS_SALTLEN_DIGEST) == 1
            else {
                throw .openSSL("signature operation failed")
            }
        }
    }
}
