internal import COpenSSL

/// One encryption or decryption with AES.
@safe
struct BlockCipher: ~Copyable {
    /// A key size and a mode of AES.
    enum Mode: Sendable {
        case aes128CBC, aes256CBC, aes128GCM, aes256GCM

        /// OpenSSL's constant for the mode.
        fileprivate var pointer: OpaquePointer? {
            switch self {
            case .aes128CBC: unsafe EVP_aes_128_cbc()
            case .aes256CBC: unsafe EVP_aes_256_cbc()
            case .aes128GCM: unsafe EVP_aes_128_gcm()
            case .aes256GCM: unsafe EVP_aes_256_gcm()
            }
        }
    }

    private let pointer: OpaquePointer

    private static let tagSize = 16
    /// The most bytes that padding adds.
    private static let blockSize = 16

    private init(owning pointer: OpaquePointer) {
        unsafe self.pointer = pointer
    }

    static func start(
        _ mode: Mode, key: Span<UInt8>, iv: [UInt8], encrypts: Bool
    ) throws(JOSEError) -> BlockCipher {
        guard let pointer = unsafe EVP_CIPHER_CTX_new() else {
            throw .openSSL("out of memory")
        }
        let cipher = unsafe BlockCipher(owning: pointer)
        let isReady = unsafe key.withUnsafeBufferPointer { key in
            unsafe EVP_CIPHER_get_key_length(mode.pointer) == key.count
                && EVP_CIPHER_get_iv_length(mode.pointer) == iv.count
                && EVP_CipherInit_ex2(pointer, mode.pointer, key.baseAddress, iv, encrypts ? 1 : 0, nil) == 1
        }
        guard isReady else {
            throw .openSSL("cipher failed, or its key or IV has the wrong size")
        }
        return cipher
    }

    deinit {
        unsafe EVP_CIPHER_CTX_free(pointer)
    }

    /// Adds data that GCM authenticates but does not encrypt.
    borrowing func authenticate(_ bytes: [UInt8]) throws(JOSEError) {
        var written: Int32 = 0
        guard let size = Int32(exactly: bytes.count),
            unsafe size == 0 || EVP_CipherUpdate(pointer, nil, &written, bytes, size) == 1
        else {
            throw .openSSL("cipher failed")
        }
    }

    /// Returns the encrypted or decrypted `input`, or `nil` if the tag or the padding is wrong.
    borrowing func transform(_ input: [UInt8]) throws(JOSEError) -> [UInt8]? {
        guard let size = Int32(exactly: input.count) else {
            throw JOSEError(.cryptoFailed, "input of the cipher is too large")
        }
        var output = [UInt8](repeating: 0, count: input.count + Self.blockSize)
        var written: Int32 = 0
        var rest: Int32 = 0
        let isGood = unsafe output.withUnsafeMutableBufferPointer { output in
            unsafe (size == 0 || EVP_CipherUpdate(pointer, output.baseAddress, &written, input, size) == 1)
                && EVP_CipherFinal_ex(pointer, output.baseAddress.map { unsafe $0 + Int(written) }, &rest) == 1
        }
        guard isGood else {
            ERR_clear_error()
            // These bytes were decrypted before the tag was found wrong.
            output.cleanse()
            return nil
        }
        output.removeLast(max(output.count - Int(written) - Int(rest), 0))
        return output
    }

    /// The tag after GCM has encrypted.
    borrowing func tag() throws(JOSEError) -> [UInt8] {
        var tag = [UInt8](repeating: 0, count: Self.tagSize)
        guard unsafe EVP_CIPHER_CTX_ctrl(pointer, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagSize), &tag) == 1 else {
            throw .openSSL("cipher failed")
        }
        return tag
    }

    /// Sets the tag that GCM checks. It must have 16 bytes, since OpenSSL also accepts shorter tags.
    borrowing func expect(tag: [UInt8]) throws(JOSEError) {
        var tag = tag
        guard tag.count == Self.tagSize,
            unsafe EVP_CIPHER_CTX_ctrl(pointer, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagSize), &tag) == 1
        else {
            throw .openSSL("cipher failed")
        }
    }
}
