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

    /// The digest of octets that are no secret.
    func digest(_ bytes: Span<UInt8>) throws(JOSEError) -> DigestOctets {
        let handle = try unsafe handle()
        let digest = unsafe DigestOctets(count: size) { digest in
            unsafe Self.write(bytes, handle, digest)
        }
        guard let digest else {
            throw .openSSL("digest failed")
        }
        return digest
    }

    /// The digest in memory that the caller can overwrite, for one that is a key.
    func overwritableDigest(_ bytes: Span<UInt8>) throws(JOSEError) -> [UInt8] {
        let handle = try unsafe handle()
        var digest = [UInt8](zeros: size)
        let isDone = unsafe digest.withUnsafeMutableBufferPointer { digest in
            unsafe Self.write(bytes, handle, digest)
        }
        guard isDone else {
            throw .openSSL("digest failed")
        }
        return digest
    }

    private static func write(
        _ bytes: Span<UInt8>, _ handle: OpaquePointer, _ digest: UnsafeMutableBufferPointer<UInt8>
    ) -> Bool {
        unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe EVP_Digest(bytes.baseAddress, bytes.count, digest.baseAddress, nil, handle, nil) == 1
        }
    }
}

/// The digest SHA-256 (FIPS 180-4).
public enum SHA256 {
    /// Returns the 32 octets of the digest of `bytes`.
    ///
    /// Throws `cryptoFailed` if the cryptographic library cannot be used.
    public static func digest(_ bytes: [UInt8]) throws(JOSEError) -> [UInt8] {
        try MessageDigest.sha256.overwritableDigest(bytes.span)
    }

    /// Returns the Base64url encoding of the first `count` octets, 32 at most, of the digest of a text in UTF-8, as
    /// `code_challenge` and `at_hash` are made of it.
    ///
    /// Throws `cryptoFailed` if the cryptographic library cannot be used.
    package static func encodedDigest(_ text: String, first count: Int = 32) throws(JOSEError) -> String {
        guard let digest = text.withOctets({ try? MessageDigest.sha256.digest($0) }) else {
            throw JOSEError(.cryptoFailed, "digest failed")
        }
        return digest.withBytes { Base64URL.encode($0.extracting(first: count)) }
    }
}
