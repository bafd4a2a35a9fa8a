internal import COpenSSL

/// HMAC (RFC 2104) over several pieces of a message.
@safe
struct HMAC: ~Copyable {
    private let context: OpaquePointer
    private let size: Int

    /// A context with a digest and without a key, made once and copied for each code: to set a digest takes OpenSSL a
    /// search for it by name.
    ///
    /// Sendable: the context is never changed after it was made, and copying only reads it.
    @safe
    final class Template: @unchecked Sendable {
        fileprivate let pointer: OpaquePointer?

        init(_ digest: StaticString) {
            let algorithm = unsafe EVP_MAC_fetch(nil, "HMAC", nil)
            defer { unsafe EVP_MAC_free(algorithm) }
            let context = unsafe EVP_MAC_CTX_new(algorithm)
            if unsafe itsmerp_HMAC_set_digest(context, "\(digest)") == 1 {
                unsafe pointer = unsafe context
            } else {
                unsafe EVP_MAC_CTX_free(context)
                unsafe pointer = nil
            }
            ERR_clear_error()
        }

        deinit {
            unsafe EVP_MAC_CTX_free(pointer)
        }
    }

    private init(owning context: OpaquePointer, size: Int) {
        unsafe self.context = context
        self.size = size
    }

    /// Begins an authentication code.
    static func start(_ digest: MessageDigest, key: Span<UInt8>) throws(JOSEError) -> HMAC {
        guard let template = unsafe digest.hmac.pointer, let context = unsafe EVP_MAC_CTX_dup(template) else {
            throw .openSSL("the cryptographic library lacks HMAC")
        }
        let hmac = unsafe HMAC(owning: context, size: digest.size)
        let isReady = unsafe key.withUnsafeBufferPointer { key in
            unsafe EVP_MAC_init(hmac.context, key.baseAddress, key.count, nil) == 1
        }
        guard isReady else {
            throw .openSSL("HMAC failed")
        }
        return hmac
    }

    deinit {
        unsafe EVP_MAC_CTX_free(context)
    }

    borrowing func update(_ bytes: Span<UInt8>) throws(JOSEError) {
        let isDone = unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe EVP_MAC_update(context, bytes.baseAddress, bytes.count) == 1
        }
        guard isDone else {
            throw .openSSL("HMAC failed")
        }
    }

    /// Goes on with the eight octets of a number, the most significant first.
    borrowing func update(_ number: UInt64) throws(JOSEError) {
        let isDone = unsafe withUnsafeBytes(of: number.bigEndian) { octets in
            unsafe EVP_MAC_update(
                context, octets.assumingMemoryBound(to: UInt8.self).baseAddress, octets.count) == 1
        }
        guard isDone else {
            throw .openSSL("HMAC failed")
        }
    }

    consuming func finish() throws(JOSEError) -> DigestOctets {
        let code = unsafe DigestOctets(count: size) { code in
            var written = 0
            return unsafe EVP_MAC_final(context, code.baseAddress, &written, code.count) == 1 && written == code.count
        }
        guard let code else {
            throw .openSSL("HMAC failed")
        }
        return code
    }
}
