internal import COpenSSL

/// A signature scheme of RFC 8017: digest and padding.
struct RSASignatureScheme: Sendable {
    let digest: MessageDigest
    /// RSASSA-PSS with a salt as long as the digest and MGF1 with the same digest; else RSASSA-PKCS1-v1_5.
    let isProbabilistic: Bool
}

extension RSAKey {
    /// Whether `signature` is that of `input`; the caller has compared its length with the modulus.
    func verify(
        _ signature: Span<UInt8>, over input: Span<UInt8>, _ scheme: RSASignatureScheme
    ) throws(JOSEError) -> Bool {
        let context = try DigestContext()
        try context.start(self, scheme, signs: false)
        let isGood = unsafe signature.withUnsafeBufferPointer { signature in
            unsafe input.withUnsafeBufferPointer { input in
                unsafe EVP_DigestVerify(
                    context.pointer, signature.baseAddress, signature.count, input.baseAddress, input.count) == 1
            }
        }
        ERR_clear_error()
        return isGood
    }

    /// Returns the signature of `input`, as long as the modulus.
    func sign(_ input: Span<UInt8>, size: Int, _ scheme: RSASignatureScheme) throws(JOSEError) -> [UInt8] {
        let context = try DigestContext()
        try context.start(self, scheme, signs: true)
        var signature = [UInt8](repeating: 0, count: size)
        var written = size
        let isDone = unsafe signature.withUnsafeMutableBufferPointer { signature in
            unsafe input.withUnsafeBufferPointer { input in
                unsafe EVP_DigestSign(
                    context.pointer, signature.baseAddress, &written, input.baseAddress, input.count) == 1
            }
        }
        guard isDone, written == size else {
            throw .openSSL("signing failed")
        }
        return signature
    }

    @safe
    private struct DigestContext: ~Copyable {
        let pointer: OpaquePointer

        init() throws(JOSEError) {
            guard let pointer = unsafe EVP_MD_CTX_new() else {
                throw .openSSL("out of memory")
            }
            unsafe self.pointer = unsafe pointer
        }

        deinit {
            unsafe EVP_MD_CTX_free(pointer)
        }

        borrowing func start(_ key: RSAKey, _ scheme: RSASignatureScheme, signs: Bool) throws(JOSEError) {
            let digest = try unsafe scheme.digest.handle()
            // Belongs to the digest context.
            var keyContext: OpaquePointer?
            let isStarted =
                signs
                ? unsafe EVP_DigestSignInit(pointer, &keyContext, digest, nil, key.pointer) == 1
                : unsafe EVP_DigestVerifyInit(pointer, &keyContext, digest, nil, key.pointer) == 1
            let padding = scheme.isProbabilistic ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING
            guard isStarted, unsafe EVP_PKEY_CTX_set_rsa_padding(keyContext, padding) == 1 else {
                throw .openSSL("signature operation failed")
            }
            if scheme.isProbabilistic {
                guard unsafe EVP_PKEY_CTX_set_rsa_mgf1_md(keyContext, digest) == 1,
                    unsafe EVP_PKEY_CTX_set_rsa_pss_saltlen(keyContext, RSA_PSS_SALTLEN_DIGEST) == 1
                else {
                    throw .openSSL("signature operation failed")
                }
            }
        }
    }
}
