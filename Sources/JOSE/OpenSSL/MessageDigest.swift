internal import COpenSSL

/// A digest algorithm, fetched from OpenSSL's provider once.
@safe
final class MessageDigest: @unchecked Sendable {
    // Sendable: an EVP_MD is immutable once fetched, and its reference count is atomic.
    let pointer: OpaquePointer?
    /// The number of octets of a digest.
    let size: Int
    /// HMAC with this digest.
    let hmac: HMAC.Template

    private init(_ name: StaticString, size: Int) {
        hmac = HMAC.Template(name)
        self.size = size
        unsafe pointer = EVP_MD_fetch(nil, "\(name)", nil)
        ERR_clear_error()
    }

    deinit {
        unsafe EVP_MD_free(pointer)
    }

    static let sha1 = MessageDigest("SHA1", size: 20)
    static let sha256 = MessageDigest("SHA256", size: 32)
    static let sha384 = MessageDigest("SHA384", size: 48)
    static let sha512 = MessageDigest("SHA512", size: 64)

    /// Returns the handle; throws if no provider has the algorithm.
    func handle() throws(JOSEError) -> OpaquePointer {
        guard let pointer = unsafe pointer else {
            throw JOSEError(.cryptoFailed, "the cryptographic library lacks a digest")
        }
        return unsafe pointer
    }

    func digest(_ bytes: Span<UInt8>) throws(JOSEError) -> [UInt8] {
        let handle = try unsafe handle()
        var digest = [UInt8](repeating: 0, count: size)
        let isDone = unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe digest.withUnsafeMutableBufferPointer { digest in
                unsafe EVP_Digest(bytes.baseAddress, bytes.count, digest.baseAddress, nil, handle, nil) == 1
            }
        }
        guard isDone else {
            throw .openSSL("digest failed")
        }
        return digest
    }
}

/// The digest SHA-256 (FIPS 180-4).
public enum SHA256 {
    /// Returns the 32 octets of the digest of `bytes`.
    ///
    /// Throws `cryptoFailed` if the cryptographic library cannot be used.
    public static func digest(_ bytes: [UInt8]) throws(JOSEError) -> [UInt8] {
        try MessageDigest.sha256.digest(bytes.span)
    }
}
