internal import COpenSSL

/// HMAC (RFC 2104) over several pieces of a message.
@safe
struct HMAC: ~Copyable {
    private let context: OpaquePointer
    private let size: Int

    /// The algorithm, fetched once. Sendable: an EVP_MAC is immutable and its reference count atomic.
    @safe
    private final class Algorithm: @unchecked Sendable {
        let pointer: OpaquePointer?

        init() {
            unsafe pointer = EVP_MAC_fetch(nil, "HMAC", nil)
            ERR_clear_error()
        }

        deinit {
            unsafe EVP_MAC_free(pointer)
        }
    }

    private static let algorithm = Algorithm()

    private init(owning context: OpaquePointer, size: Int) {
        unsafe self.context = context
        self.size = size
    }

    /// Begins an authentication code.
    static func start(_ digest: MessageDigest, key: Span<UInt8>) throws(JOSEError) -> HMAC {
        guard let algorithm = unsafe Self.algorithm.pointer, let context = unsafe EVP_MAC_CTX_new(algorithm) else {
            throw .openSSL("the cryptographic library lacks HMAC")
        }
        let hmac = unsafe HMAC(owning: context, size: digest.size)
        let isReady = unsafe key.withUnsafeBufferPointer { key in
            unsafe itsmerp_HMAC_init(hmac.context, key.baseAddress, key.count, "\(digest.name)") == 1
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

    consuming func finish() throws(JOSEError) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: size)
        var written = 0
        let isDone = unsafe code.withUnsafeMutableBufferPointer { code in
            unsafe EVP_MAC_final(context, code.baseAddress, &written, code.count) == 1
        }
        guard isDone, written == size else {
            throw .openSSL("HMAC failed")
        }
        return code
    }
}
