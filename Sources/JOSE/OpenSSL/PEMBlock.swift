internal import COpenSSL

/// One block of a PEM text (RFC 7468).
struct PEMBlock {
    let label: String
    /// Whether the block has headers, as those with the encryption of RFC 1421 have.
    let hasHeaders: Bool
    let content: SecretBytes

    /// More than any key with its certificates takes.
    private static let maximumSize = 256 << 10

    /// Reads all blocks of `text`; what stands between them is ignored.
    static func blocks(in text: SecretBytes) throws(JOSEError) -> [PEMBlock] {
        guard text.count <= maximumSize else {
            throw JOSEError(.malformedPEM, "text exceeds the size limit")
        }
        return try text.withBytes { (bytes) throws(JOSEError) in
            try unsafe bytes.withUnsafeBufferPointer { (bytes) throws(JOSEError) in
                try unsafe blocks(in: bytes)
            }
        }
    }

    private static func blocks(in bytes: UnsafeBufferPointer<UInt8>) throws(JOSEError) -> [PEMBlock] {
        guard let size = Int32(exactly: bytes.count),
            let input = unsafe BIO_new_mem_buf(bytes.baseAddress, size)
        else {
            throw .openSSL(.malformedPEM, "empty text")
        }
        defer { unsafe BIO_free(input) }
        var blocks: [PEMBlock] = []
        while let block = try unsafe next(input) {
            blocks.append(block)
        }
        return blocks
    }

    /// Reads one block; `nil` at the end of the text.
    private static func next(_ input: OpaquePointer) throws(JOSEError) -> PEMBlock? {
        var name: UnsafeMutablePointer<CChar>?
        var header: UnsafeMutablePointer<CChar>?
        var data: UnsafeMutablePointer<UInt8>?
        var size = 0
        guard unsafe PEM_read_bio(input, &name, &header, &data, &size) == 1, let name = unsafe name else {
            let isAtEnd = itsmerp_PEM_at_end() == 1
            let failure = JOSEError.openSSL(.malformedPEM, "malformed block")
            guard isAtEnd else {
                throw failure
            }
            return nil
        }
        defer {
            unsafe itsmerp_OPENSSL_clear_free(name, 0)
            unsafe itsmerp_OPENSSL_clear_free(header, 0)
            unsafe itsmerp_OPENSSL_clear_free(data, max(size, 0))
        }
        let hasHeaders = unsafe header.map { unsafe $0.pointee != 0 } ?? false
        let content = try unsafe SecretBytes(count: max(size, 0)) { (memory) throws(JOSEError) in
            _ = unsafe memory.update(fromContentsOf: UnsafeBufferPointer(start: data, count: memory.count))
        }
        return PEMBlock(label: unsafe String(cString: name), hasHeaders: hasHeaders, content: content)
    }
}
