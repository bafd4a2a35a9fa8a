internal import COpenSSL

extension RSAKey {
    /// Returns `key` encrypted with RSAES-OAEP (RFC 8017 §7.1), as long as the modulus; the label is empty.
    func wrap(_ key: SecretBytes, size: Int, digest: MessageDigest) throws(JOSEError) -> [UInt8] {
        let context = try context(for: Operation(kind: .wrap, digest: digest))
        var wrapped = [UInt8](zeros: size)
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
        let context = try context(for: Operation(kind: .unwrap, digest: digest))
        var isDone = false
        let key = try unsafe SecretBytes(capacity: size) { (memory) throws(JOSEError) in
            var written = memory.count
            isDone = unsafe wrapped.withUnsafeBufferPointer { wrapped in
                unsafe EVP_PKEY_decrypt(
                    context.pointer, memory.baseAddress, &written, wrapped.baseAddress, wrapped.count) == 1
            }
            return written
        }
        // Emptied in either case: success and failure do the same.
        ERR_clear_error()
        return isDone ? key : nil
    }
}
