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
        let context = try context(
            for: Operation(kind: .verify, digest: scheme.digest, isProbabilistic: scheme.isProbabilistic))
        let digest = try scheme.digest.digest(input)
        let isGood = unsafe signature.withUnsafeBufferPointer { signature in
            digest.withBytes { digest in
                unsafe digest.withUnsafeBufferPointer { digest in
                    unsafe EVP_PKEY_verify(
                        context.pointer, signature.baseAddress, signature.count, digest.baseAddress, digest.count) == 1
                }
            }
        }
        if !isGood {
            ERR_clear_error()
        }
        return isGood
    }

    /// Returns the signature of `input`, as long as the modulus.
    func sign(_ input: Span<UInt8>, size: Int, _ scheme: RSASignatureScheme) throws(JOSEError) -> [UInt8] {
        let context = try context(
            for: Operation(kind: .sign, digest: scheme.digest, isProbabilistic: scheme.isProbabilistic))
        let digest = try scheme.digest.digest(input)
        var signature = [UInt8](zeros: size)
        var written = size
        let isDone = unsafe signature.withUnsafeMutableBufferPointer { signature in
            digest.withBytes { digest in
                unsafe digest.withUnsafeBufferPointer { digest in
                    unsafe EVP_PKEY_sign(
                        context.pointer, signature.baseAddress, &written, digest.baseAddress, digest.count) == 1
                }
            }
        }
        guard isDone, written == size else {
            throw .openSSL("signing failed")
        }
        return signature
    }
}
