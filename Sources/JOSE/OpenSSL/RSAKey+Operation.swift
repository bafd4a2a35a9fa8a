internal import COpenSSL
import Synchronization

extension RSAKey {
    /// What a key is used for: the operation and its parameters.
    struct Operation: Sendable {
        enum Kind: Sendable {
            case wrap, unwrap, sign, verify
        }

        let kind: Kind
        let digest: MessageDigest
        /// RSASSA-PSS instead of RSASSA-PKCS1-v1_5; RSAES-OAEP has no choice.
        var isProbabilistic = false

        func isSame(as other: Operation) -> Bool {
            kind == other.kind && digest === other.digest && isProbabilistic == other.isProbabilistic
        }
    }

    /// A context that is ready for an operation and never used itself: copies of it are.
    ///
    /// To set the parameters of a context takes OpenSSL several searches for algorithms by name, under locks that all
    /// threads share; to copy it takes none. A copy may be used again and again, by one thread at a time: one that is
    /// free is kept for the next operation, so that a key that serves one thread is copied for once.
    @safe
    final class PreparedContext: @unchecked Sendable {
        // Sendable: the context is never changed after it was made, and copying only reads it and raises reference
        // counts, which are atomic. The spare copy is taken and brought back in one atomic step each.
        let operation: Operation
        private let context: Context
        private let spare = unsafe Atomic<UnsafeMutableRawPointer?>(nil)

        init(_ key: RSAKey, _ operation: Operation) throws(JOSEError) {
            self.operation = operation
            context = try Context.ready(for: operation, key)
        }

        deinit {
            unsafe free(spare.load(ordering: .acquiring))
        }

        /// A copy for one operation, after which it comes back.
        func copy() throws(JOSEError) -> Context {
            if let kept = unsafe spare.exchange(nil, ordering: .acquiring) {
                return try unsafe Context(OpaquePointer(kept), home: self)
            }
            return try unsafe Context(EVP_PKEY_CTX_dup(context.pointer), home: self)
        }

        /// Keeps a copy that has done its operation, or frees it if there is one already.
        func takeBack(_ copy: OpaquePointer) {
            unsafe free(spare.exchange(UnsafeMutableRawPointer(copy), ordering: .acquiringAndReleasing))
        }

        private func free(_ context: UnsafeMutableRawPointer?) {
            if let context = unsafe context {
                unsafe EVP_PKEY_CTX_free(OpaquePointer(context))
            }
        }
    }

    /// Returns a context that is ready for `operation`.
    ///
    /// A key serves one algorithm as a rule, so the first operation's context is kept; for others one is made anew.
    func context(for operation: Operation) throws(JOSEError) -> Context {
        if let prepared = prepared.load() {
            return prepared.operation.isSame(as: operation)
                ? try prepared.copy() : try Context.ready(for: operation, self)
        }
        let made = try PreparedContext(self, operation)
        // Another thread may have been faster; then this context serves this once.
        prepared.storeIfNil(made)
        return try made.copy()
    }
}

extension RSAKey.Context {
    /// Makes a context and sets all that `operation` says.
    fileprivate static func ready(
        for operation: RSAKey.Operation, _ key: RSAKey
    ) throws(JOSEError) -> RSAKey.Context {
        let context = try unsafe RSAKey.Context(EVP_PKEY_CTX_new_from_pkey(nil, key.pointer, nil))
        let isStarted =
            switch operation.kind {
            case .wrap: unsafe EVP_PKEY_encrypt_init(context.pointer) == 1
            case .unwrap: unsafe EVP_PKEY_decrypt_init(context.pointer) == 1
            case .sign: unsafe EVP_PKEY_sign_init(context.pointer) == 1
            case .verify: unsafe EVP_PKEY_verify_init(context.pointer) == 1
            }
        guard isStarted else {
            throw .openSSL("operation with an RSA key failed")
        }
        let digest = try unsafe operation.digest.handle()
        switch operation.kind {
        case .wrap, .unwrap: try unsafe context.setOAEP(digest)
        case .sign, .verify: try unsafe context.setSignature(digest, isProbabilistic: operation.isProbabilistic)
        }
        return context
    }

    /// Sets the digest of the label and of MGF1, both explicitly; a label is never set, which makes it empty.
    private borrowing func setOAEP(_ digest: OpaquePointer) throws(JOSEError) {
        guard unsafe EVP_PKEY_CTX_set_rsa_padding(pointer, RSA_PKCS1_OAEP_PADDING) == 1,
            unsafe EVP_PKEY_CTX_set_rsa_oaep_md(pointer, digest) == 1,
            unsafe EVP_PKEY_CTX_set_rsa_mgf1_md(pointer, digest) == 1
        else {
            throw .openSSL("OAEP is not available")
        }
    }

    private borrowing func setSignature(_ digest: OpaquePointer, isProbabilistic: Bool) throws(JOSEError) {
        let padding = isProbabilistic ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING
        guard unsafe EVP_PKEY_CTX_set_signature_md(pointer, digest) == 1,
            unsafe EVP_PKEY_CTX_set_rsa_padding(pointer, padding) == 1
        else {
            throw .openSSL("signature operation failed")
        }
        if isProbabilistic {
            guard unsafe EVP_PKEY_CTX_set_rsa_mgf1_md(pointer, digest) == 1,
                unsafe EVP_PKEY_CTX_set_rsa_pss_saltlen(pointer, RSA_PSS_SALTLEN_DIGEST) == 1
            else {
                throw .openSSL("signature operation failed")
            }
        }
    }
}
