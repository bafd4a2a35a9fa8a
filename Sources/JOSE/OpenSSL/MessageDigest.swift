internal import COpenSSL

/// A digest algorithm (FIPS 180-4), also used for HMAC (RFC 2104).
enum MessageDigest: Sendable {
    case sha1, sha256, sha384, sha512

    /// The number of bytes of a digest.
    var size: Int {
        switch self {
        case .sha1: 20
        case .sha256: 32
        case .sha384: 48
        case .sha512: 64
        }
    }

    /// OpenSSL's constant for the algorithm.
    var pointer: OpaquePointer? {
        switch self {
        case .sha1: unsafe EVP_sha1()
        case .sha256: unsafe EVP_sha256()
        case .sha384: unsafe EVP_sha384()
        case .sha512: unsafe EVP_sha512()
        }
    }

    func digest(_ bytes: [UInt8]) throws(JOSEError) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: size)
        guard unsafe EVP_Digest(bytes, bytes.count, &digest, nil, pointer, nil) == 1 else {
            throw .openSSL("digest failed")
        }
        return digest
    }

    /// The HMAC of `message`.
    func authenticationCode(of message: [UInt8], key: Span<UInt8>) throws(JOSEError) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: size)
        let isDone = unsafe key.withUnsafeBufferPointer { key in
            guard let keySize = Int32(exactly: key.count) else {
                return false
            }
            return unsafe HMAC(pointer, key.baseAddress, keySize, message, message.count, &code, nil) != nil
        }
        guard isDone else {
            throw .openSSL("HMAC failed")
        }
        return code
    }
}

/// The digest SHA-256 (FIPS 180-4).
package enum SHA256 {
    /// Returns the 32 bytes of the digest of `bytes`.
    ///
    /// Throws `cryptoFailed` if the cryptographic library cannot be used.
    package static func digest(_ bytes: [UInt8]) throws(JOSEError) -> [UInt8] {
        try MessageDigest.sha256.digest(bytes)
    }

    /// Returns the Base64url encoding of the first `count` bytes (at most 32) of a text's digest, for `code_challenge`
    /// and `at_hash`.
    ///
    /// Throws `cryptoFailed` if the cryptographic library cannot be used.
    package static func encodedDigest(_ text: String, first count: Int = 32) throws(JOSEError) -> String {
        try Base64URL.encode(Array(digest(Array(text.utf8)).prefix(count)))
    }
}

extension JOSEError {
    /// Makes the error for a failed call to OpenSSL. Empties the thread's error queue, so that a later, unrelated error
    /// does not find old entries.
    static func openSSL(_ code: Code, _ reason: String) -> JOSEError {
        ERR_clear_error()
        return JOSEError(code, reason)
    }

    /// Makes `cryptoFailed` for a failed call to OpenSSL and empties the thread's error queue.
    static func openSSL(_ reason: String) -> JOSEError {
        openSSL(.cryptoFailed, reason)
    }
}
