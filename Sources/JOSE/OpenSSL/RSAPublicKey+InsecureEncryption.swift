internal import COpenSSL

extension RSAPublicKey {
    /// Encrypts a content encryption key with RSAES-PKCS1-v1_5 (RFC 8017 §7.2), the `RSA1_5` of RFC 7518 §4.2.
    ///
    /// **Insecure**: whoever decrypts it tells an attacker about the padding (CVE-2016-6298). Nothing in this module
    /// does, and it is not public. The sandbox makes tokens with it that every client has to refuse.
    package func insecurelyWrapWithRSA1_5(_ contentKey: SecretBytes) throws(JOSEError) -> [UInt8] {
        let context = try unsafe RSAKey.Context(EVP_PKEY_CTX_new_from_pkey(nil, key.pointer, nil))
        guard unsafe EVP_PKEY_encrypt_init(context.pointer) == 1,
            unsafe EVP_PKEY_CTX_set_rsa_padding(context.pointer, RSA_PKCS1_PADDING) == 1
        else {
            throw .openSSL("RSAES-PKCS1-v1_5 is not available")
        }
        var wrapped = [UInt8](repeating: 0, count: modulusSize)
        var written = wrapped.count
        let isDone = unsafe wrapped.withUnsafeMutableBufferPointer { wrapped in
            contentKey.withBytes { contentKey in
                unsafe contentKey.withUnsafeBufferPointer { contentKey in
                    unsafe EVP_PKEY_encrypt(
                        context.pointer, wrapped.baseAddress, &written, contentKey.baseAddress, contentKey.count) == 1
                }
            }
        }
        guard isDone, written == modulusSize else {
            throw .openSSL("key wrapping failed")
        }
        return wrapped
    }
}
