internal import COpenSSL
import Synchronization

/// A signature scheme of RFC 8017: digest and padding.
struct RSASignatureScheme: Sendable, Equatable {
    let digest: MessageDigest
    /// `true`: RSASSA-PSS with a salt as long as the digest and MGF1 with the same digest. `false`: RSASSA-PKCS1-v1_5.
    let isProbabilistic: Bool
}

extension RSAKey {
    /// Returns `key` encrypted with RSAES-OAEP (RFC 8017 §7.1), as long as the modulus; the label is empty.
    func wrap(_ key: SecretBytes, size: Int, digest: MessageDigest) throws(JOSEError) -> [UInt8] {
        let context = try context(for: .wrap(digest))
        var wrapped = [UInt8](repeating: 0, count: size)
        var written = size
        let isDone = key.withBytes { key in
            unsafe key.withUnsafeBufferPointer { key in
                unsafe EVP_PKEY_encrypt(context.pointer, &wrapped, &written, key.baseAddress, key.count) == 1
            }
        }
        guard isDone, written == size else {
            throw .openSSL("key wrapping failed")
        }
        return wrapped
    }

    /// Returns the key that `wrapped` holds, or `nil` if the padding is wrong; the label is empty.
    func unwrap(_ wrapped: [UInt8], size: Int, digest: MessageDigest) throws(JOSEError) -> SecretBytes? {
        let context = try context(for: .unwrap(digest))
        var isDone = false
        let key = try unsafe SecretBytes(capacity: size) { (memory) throws(JOSEError) in
            var written = memory.count
            isDone =
                unsafe EVP_PKEY_decrypt(
                    context.pointer, memory.baseAddress, &written, wrapped, wrapped.count) == 1
            return written
        }
        // Emptied in either case, so that success and error take the same path.
        ERR_clear_error()
        return isDone ? key : nil
    }

    /// Returns the signature of `input`, as long as the modulus.
    func sign(_ input: [UInt8], size: Int, _ scheme: RSASignatureScheme) throws(JOSEError) -> [UInt8] {
        let context = try context(for: .sign(scheme))
        let digest = try scheme.digest.digest(input)
        var signature = [UInt8](repeating: 0, count: size)
        var written = size
        guard unsafe EVP_PKEY_sign(context.pointer, &signature, &written, digest, digest.count) == 1, written == size
        else {
            throw .openSSL("signing failed")
        }
        return signature
    }

    /// Whether `signature` is the signature of `input`. The caller has compared its length with the modulus.
    func verify(
        _ signature: [UInt8], over input: [UInt8], _ scheme: RSASignatureScheme
    ) throws(JOSEError) -> Bool {
        let context = try context(for: .verify(scheme))
        let digest = try scheme.digest.digest(input)
        let isGood =
            unsafe EVP_PKEY_verify(
                context.pointer, signature, signature.count, digest, digest.count) == 1
        // A wrong signature leaves errors in the queue.
        ERR_clear_error()
        return isGood
    }

    /// An operation with its parameters.
    enum Operation: Sendable, Equatable {
        case wrap(MessageDigest), unwrap(MessageDigest), sign(RSASignatureScheme), verify(RSASignatureScheme)
    }

    /// A context that is ready for an operation. Only copies of it are used.
    struct PreparedContext: ~Copyable {
        let operation: Operation
        let context: Context
    }

    /// Returns a context for one operation.
    ///
    /// To set up a context, OpenSSL searches for several algorithms by name; to copy one, it does not. Without the copies,
    /// a nested validation, a request object and a client assertion take 3 percent longer and miss their targets in
    /// `make bench`. One context is enough, as a key usually serves one algorithm.
    private func context(for operation: Operation) throws(JOSEError) -> Context {
        try prepared.withLock { (prepared) throws(JOSEError) in
            if prepared?.operation != operation {
                prepared = try PreparedContext(operation: operation, context: .ready(for: operation, self))
            }
            return try unsafe Context(EVP_PKEY_CTX_dup(prepared?.context.pointer))
        }
    }
}

extension RSAKey.Context {
    /// Makes a context and sets the parameters of `operation`.
    fileprivate static func ready(
        for operation: RSAKey.Operation, _ key: RSAKey
    ) throws(JOSEError) -> RSAKey.Context {
        let context = try unsafe RSAKey.Context(EVP_PKEY_CTX_new_from_pkey(nil, key.pointer, nil))
        let isReady =
            switch operation {
            case .wrap(let digest):
                unsafe EVP_PKEY_encrypt_init(context.pointer) == 1 && context.setOAEP(digest)
            case .unwrap(let digest):
                unsafe EVP_PKEY_decrypt_init(context.pointer) == 1 && context.setOAEP(digest)
            case .sign(let scheme):
                unsafe EVP_PKEY_sign_init(context.pointer) == 1 && context.set(scheme)
            case .verify(let scheme):
                unsafe EVP_PKEY_verify_init(context.pointer) == 1 && context.set(scheme)
            }
        guard isReady else {
            throw .openSSL("operation with an RSA key failed")
        }
        return context
    }

    /// Sets the digests of the label and of MGF1. The label stays empty.
    private borrowing func setOAEP(_ digest: MessageDigest) -> Bool {
        unsafe EVP_PKEY_CTX_set_rsa_padding(pointer, RSA_PKCS1_OAEP_PADDING) == 1
            && EVP_PKEY_CTX_set_rsa_oaep_md(pointer, digest.pointer) == 1
            && EVP_PKEY_CTX_set_rsa_mgf1_md(pointer, digest.pointer) == 1
    }

    private borrowing func set(_ scheme: RSASignatureScheme) -> Bool {
        let padding = scheme.isProbabilistic ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING
        guard unsafe EVP_PKEY_CTX_set_signature_md(pointer, scheme.digest.pointer) == 1,
            unsafe EVP_PKEY_CTX_set_rsa_padding(pointer, padding) == 1
        else {
            return false
        }
        return unsafe !scheme.isProbabilistic
            || EVP_PKEY_CTX_set_rsa_mgf1_md(pointer, scheme.digest.pointer) == 1
                && EVP_PKEY_CTX_set_rsa_pss_saltlen(pointer, RSA_PSS_SALTLEN_DIGEST) == 1
    }
}

extension RSAPublicKey {
    /// Encrypts a content encryption key with RSAES-PKCS1-v1_5 (RFC 8017 §7.2), the `RSA1_5` of RFC 7518 §4.2.
    ///
    /// **Insecure**: a service that decrypts it reveals to an attacker whether the padding is right (CVE-2016-6298).
    /// Nothing in this module decrypts it, and it is not public. The sandbox uses it to make tokens that every client
    /// must refuse.
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
