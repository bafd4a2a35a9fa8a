internal import COpenSSL

extension RSAKey {
    /// Returns `key` encrypted with RSAES-OAEP (RFC 8017 §7.1), as long as the modulus; the label is empty.
    func wrap(_ key: SecretBytes, size: Int, digest: MessageDigest) throws(JOSEError) -> [UInt8] {
        let context = try Context(self)
        guard unsafe EVP_PKEY_encrypt_init(context.pointer) == 1 else {
            throw .openSSL("key wrapping failed")
        }
        try Self.setOAEP(context, digest)
        var wrapped = [UInt8](repeating: 0, count: size)
        var written = size
        let isDone = unsafe wrapped.withUnsafeMutableBufferPointer { wrapped in
            key.withBytes { key in
                unsafe key.withUnsafeBufferPointer { key in
                    unsafe EVP_PKEY_encrypt(
                        context.pointer, wrapped.baseAddress, &written, key.baseAddress, key.count) == 1
                }
            }
        }
        guard isDone, written == size else {
            throw .openSSL("key wrapping failed")
        }
        return wrapped
    }

    /// Returns the key that `wrapped` holds, or `nil` if the padding is wrong; the label is empty.
    func unwrap(_ wrapped: Span<UInt8>, size: Int, digest: MessageDigest) throws(JOSEError) -> SecretBytes? {
        let context = try Context(self)
        guard unsafe EVP_PKEY_decrypt_init(context.pointer) == 1 else {
            throw .openSSL("key unwrapping failed")
        }
        try Self.setOAEP(context, digest)
        var written = size
        var isDone = false
        let buffer = try unsafe SecretBytes(count: size) { (memory) throws(JOSEError) in
            isDone = unsafe wrapped.withUnsafeBufferPointer { wrapped in
                unsafe EVP_PKEY_decrypt(
                    context.pointer, memory.baseAddress, &written, wrapped.baseAddress, wrapped.count) == 1
            }
        }
        // Emptied in either case: success and failure do the same.
        ERR_clear_error()
        return isDone ? buffer.prefix(written) : nil
    }

    /// Sets the digest of the label and of MGF1, both explicitly; a label is never set, which makes it empty.
    private static func setOAEP(_ context: borrowing Context, _ digest: MessageDigest) throws(JOSEError) {
        let handle = try unsafe digest.handle()
        guard unsafe EVP_PKEY_CTX_set_rsa_padding(context.pointer, RSA_PKCS1_OAEP_PADDING) == 1,
            unsafe EVP_PKEY_CTX_set_rsa_oaep_md(context.pointer, handle) == 1,
            unsafe EVP_PKEY_CTX_set_rsa_mgf1_md(context.pointer, handle) == 1
        else {
            throw .openSSL("OAEP is not available")
        }
    }
}
