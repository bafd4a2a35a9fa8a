internal import COpenSSL

/// An AES mode, fetched from OpenSSL's provider once, with its one-shot operations.
@safe
final class BlockCipher: @unchecked Sendable {
    // Sendable: an EVP_CIPHER is immutable once fetched, and its reference count is atomic.
    private let pointer: OpaquePointer?
    private let keySize: Int
    private let ivSize: Int

    private init(_ name: StaticString, keySize: Int, ivSize: Int) {
        unsafe pointer = EVP_CIPHER_fetch(nil, "\(name)", nil)
        self.keySize = keySize
        self.ivSize = ivSize
        ERR_clear_error()
    }

    deinit {
        unsafe EVP_CIPHER_free(pointer)
    }

    static let aes128CBC = BlockCipher("AES-128-CBC", keySize: 16, ivSize: 16)
    static let aes256CBC = BlockCipher("AES-256-CBC", keySize: 32, ivSize: 16)
    static let aes128GCM = BlockCipher("AES-128-GCM", keySize: 16, ivSize: 12)
    static let aes256GCM = BlockCipher("AES-256-GCM", keySize: 32, ivSize: 12)

    private static let gcmTagSize = 16
    /// The most that a padded last block adds.
    private static let blockSize = 16

    /// One encryption or decryption.
    @safe
    private struct Context: ~Copyable {
        let pointer: OpaquePointer

        private init(owning pointer: OpaquePointer) {
            unsafe self.pointer = pointer
        }

        static func start(
            _ cipher: BlockCipher, key: Span<UInt8>, iv: Span<UInt8>, encrypts: Bool
        ) throws(JOSEError) -> Context {
            guard key.count == cipher.keySize, iv.count == cipher.ivSize else {
                throw JOSEError(.cryptoFailed, "key or IV has the wrong size for the cipher")
            }
            guard let algorithm = unsafe cipher.pointer, let pointer = unsafe EVP_CIPHER_CTX_new() else {
                throw .openSSL("the cryptographic library lacks a cipher")
            }
            let context = unsafe Context(owning: pointer)
            let isReady = unsafe key.withUnsafeBufferPointer { key in
                unsafe iv.withUnsafeBufferPointer { iv in
                    unsafe EVP_CipherInit_ex2(
                        context.pointer, algorithm, key.baseAddress, iv.baseAddress, encrypts ? 1 : 0, nil) == 1
                }
            }
            guard isReady else {
                throw .openSSL("cipher failed")
            }
            return context
        }

        deinit {
            unsafe EVP_CIPHER_CTX_free(pointer)
        }

        borrowing func authenticate(_ bytes: Span<UInt8>) throws(JOSEError) {
            guard !bytes.isEmpty else {
                return
            }
            var written: Int32 = 0
            let isDone = unsafe bytes.withUnsafeBufferPointer { bytes in
                guard let count = Int32(exactly: bytes.count) else {
                    return false
                }
                return unsafe EVP_CipherUpdate(pointer, nil, &written, bytes.baseAddress, count) == 1
            }
            guard isDone else {
                throw .openSSL("cipher failed")
            }
        }

        /// Returns the transformed `input`, or `nil` if the tag or the padding is wrong.
        borrowing func transform(_ input: Span<UInt8>) throws(JOSEError) -> [UInt8]? {
            guard let count = Int32(exactly: input.count), input.count <= Int.max - BlockCipher.blockSize else {
                throw JOSEError(.cryptoFailed, "input of the cipher is too large")
            }
            var isGood = true
            let capacity = input.count + BlockCipher.blockSize
            var output = [UInt8](zeros: capacity)
            let size = unsafe output.withUnsafeMutableBufferPointer { output in
                var written: Int32 = 0
                if count > 0 {
                    isGood = unsafe input.withUnsafeBufferPointer { input in
                        unsafe EVP_CipherUpdate(pointer, output.baseAddress, &written, input.baseAddress, count) == 1
                    }
                }
                var rest: Int32 = 0
                if isGood {
                    let end = unsafe output.baseAddress.map { unsafe $0 + Int(written) }
                    isGood = unsafe EVP_CipherFinal_ex(pointer, end, &rest) == 1
                }
                return Int(written) + Int(rest)
            }
            guard isGood else {
                ERR_clear_error()
                // Octets that were decrypted before the tag proved wrong.
                output.cleanse()
                return nil
            }
            output.removeLast(max(capacity - size, 0))
            return output
        }
    }

    func encryptCBC(_ plaintext: Span<UInt8>, key: Span<UInt8>, iv: Span<UInt8>) throws(JOSEError) -> [UInt8] {
        let context = try Context.start(self, key: key, iv: iv, encrypts: true)
        guard let ciphertext = try context.transform(plaintext) else {
            throw JOSEError(.cryptoFailed, "cipher failed")
        }
        return ciphertext
    }

    /// Returns `nil` if the padding is wrong: call it for authenticated ciphertexts only.
    func decryptCBC(_ ciphertext: Span<UInt8>, key: Span<UInt8>, iv: Span<UInt8>) throws(JOSEError) -> [UInt8]? {
        let context = try Context.start(self, key: key, iv: iv, encrypts: false)
        return try context.transform(ciphertext)
    }

    func sealGCM(
        _ plaintext: Span<UInt8>, key: Span<UInt8>, iv: Span<UInt8>, additionalData: Span<UInt8>
    ) throws(JOSEError) -> (ciphertext: [UInt8], tag: [UInt8]) {
        let context = try Context.start(self, key: key, iv: iv, encrypts: true)
        try context.authenticate(additionalData)
        guard let ciphertext = try context.transform(plaintext) else {
            throw JOSEError(.cryptoFailed, "cipher failed")
        }
        var tag = [UInt8](zeros: Self.gcmTagSize)
        let isDone = unsafe tag.withUnsafeMutableBytes { tag in
            unsafe EVP_CIPHER_CTX_ctrl(
                context.pointer, EVP_CTRL_AEAD_GET_TAG, Int32(Self.gcmTagSize), tag.baseAddress) == 1
        }
        guard isDone else {
            throw .openSSL("cipher failed")
        }
        return (ciphertext, tag)
    }

    /// Returns `nil` if the tag is wrong or not of 16 octets.
    func openGCM(
        _ ciphertext: Span<UInt8>, key: Span<UInt8>, iv: Span<UInt8>, additionalData: Span<UInt8>, tag: Span<UInt8>
    ) throws(JOSEError) -> [UInt8]? {
        // OpenSSL would take a truncated tag.
        guard tag.count == Self.gcmTagSize else {
            return nil
        }
        let context = try Context.start(self, key: key, iv: iv, encrypts: false)
        try context.authenticate(additionalData)
        let isSet = unsafe tag.withUnsafeBytes { tag in
            unsafe EVP_CIPHER_CTX_ctrl(
                context.pointer, EVP_CTRL_AEAD_SET_TAG, Int32(Self.gcmTagSize),
                UnsafeMutableRawPointer(mutating: tag.baseAddress)) == 1
        }
        guard isSet else {
            throw .openSSL("cipher failed")
        }
        return try context.transform(ciphertext)
    }
}
