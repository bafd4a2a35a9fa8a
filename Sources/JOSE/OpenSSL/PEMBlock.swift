internal import COpenSSL

/// One block of a PEM text. As RFC 7468 §3 permits, any white space between the characters of the content is ignored,
/// including line ends, blank lines and indentation.
struct PEMBlock {
    let label: String
    /// The name that `openssl pkcs12` writes in front of a block.
    let friendlyName: String?
    /// Whether the block has headers, as keys with the encryption of RFC 1421 do.
    let hasHeaders: Bool
    private let body: SecretBytes

    /// More than any key with its certificates needs.
    private static let maximumSize = 256 << 10
    private static let maximumLabelSize = 64

    private static let begin = Array("-----BEGIN ".utf8)
    private static let end = Array("-----END ".utf8)
    private static let dashes = Array("-----".utf8)
    private static let nameMark = Array("friendlyName: ".utf8)

    /// Whether the label says that a private key is in the block.
    var isPrivateKey: Bool { label.hasSuffix("PRIVATE KEY") }

    /// Whether the label says that a certificate is in the block (RFC 7468 §5).
    var isCertificate: Bool { ["CERTIFICATE", "X509 CERTIFICATE", "X.509 CERTIFICATE"].contains(label) }

    /// Finds all blocks of `text` without decoding them. Text between the blocks is ignored.
    static func blocks(in text: SecretBytes) throws(JOSEError) -> [PEMBlock] {
        guard text.count <= maximumSize else {
            throw JOSEError(.malformedPEM, "text exceeds the size limit")
        }
        return try text.withBytes { (bytes) throws(JOSEError) in
            var blocks: [PEMBlock] = []
            var place = 0
            while let start = boundary(begin, in: bytes, from: place) {
                guard let bodyEnd = find(end, in: bytes, from: start.next),
                    let stop = boundary(end, in: bytes, from: bodyEnd), stop.place == bodyEnd,
                    stop.label == start.label
                else {
                    throw JOSEError(.malformedPEM, "a block has no END line, or one with another label")
                }
                let body = text.slice(start.next..<bodyEnd)
                blocks.append(
                    PEMBlock(
                        label: start.label, friendlyName: friendlyName(in: bytes, from: place, to: start.place),
                        hasHeaders: body.withBytes { find([UInt8(ascii: ":")], in: $0, from: 0) != nil }, body: body)
                )
                place = stop.next
            }
            return blocks
        }
    }

    /// Decodes what is in the block; throws `malformedPEM` if it has headers or is not Base64.
    func content() throws(JOSEError) -> SecretBytes {
        guard !hasHeaders else {
            throw JOSEError(.malformedPEM, "a block has headers")
        }
        var padding = 0
        let characters = try body.withBytes { (body) throws(JOSEError) in
            try unsafe SecretBytes(capacity: body.count) { (memory) throws(JOSEError) in
                var count = 0
                for index in body.indices where !Self.isWhiteSpace(body[index]) {
                    guard Self.isBase64(body[index], afterPadding: padding > 0) else {
                        throw JOSEError(.malformedPEM, "a block is not Base64")
                    }
                    padding += body[index] == UInt8(ascii: "=") ? 1 : 0
                    unsafe memory[count] = body[index]
                    count += 1
                }
                return count
            }
        }
        guard characters.count > 0, characters.count % 4 == 0, padding <= 2 else {
            throw JOSEError(.malformedPEM, "a block is empty or cut off")
        }
        return try characters.withBytes { (characters) throws(JOSEError) in
            try unsafe characters.withUnsafeBufferPointer { (characters) throws(JOSEError) in
                try unsafe SecretBytes(capacity: characters.count / 4 * 3) { (memory) throws(JOSEError) in
                    guard let size = Int32(exactly: characters.count),
                        unsafe EVP_DecodeBlock(memory.baseAddress, characters.baseAddress, size) == memory.count
                    else {
                        throw .openSSL(.malformedPEM, "a block is not Base64")
                    }
                    return memory.count - padding
                }
            }
        }
    }

    private static func isWhiteSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }

    private static func isBase64(_ byte: UInt8, afterPadding: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "="): true
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
            !afterPadding
        default: false
        }
    }

    /// The line that begins or ends a block: its position, the position after it, and its label.
    private static func boundary(
        _ mark: [UInt8], in bytes: Span<UInt8>, from start: Int
    ) -> (place: Int, next: Int, label: String)? {
        var next = start
        while let place = find(mark, in: bytes, from: next) {
            next = place + mark.count
            let limit = min(bytes.count, next + maximumLabelSize + dashes.count)
            if let labelEnd = find(dashes, in: bytes.extracting(..<limit), from: next),
                let label = printable(bytes.extracting(next..<labelEnd))
            {
                return (place, labelEnd + dashes.count, label)
            }
        }
        return nil
    }

    /// The last name between two blocks.
    private static func friendlyName(in bytes: Span<UInt8>, from start: Int, to end: Int) -> String? {
        let text = bytes.extracting(..<end)
        var name: String?
        var next = start
        while let place = find(nameMark, in: text, from: next) {
            next = place + nameMark.count
            let lineEnd = (next..<end).first { text[$0] == 0x0A || text[$0] == 0x0D } ?? end
            name = printable(text.extracting(next..<lineEnd)) ?? name
        }
        return name
    }

    private static func printable(_ bytes: Span<UInt8>) -> String? {
        var characters: [UInt8] = []
        for index in bytes.indices {
            guard (0x20...0x7E).contains(bytes[index]) else {
                return nil
            }
            characters.append(bytes[index])
        }
        return String(decoding: characters, as: UTF8.self)
    }

    /// The first place of `mark` at or after `start`.
    private static func find(_ mark: [UInt8], in bytes: Span<UInt8>, from start: Int) -> Int? {
        var place = start
        while place + mark.count <= bytes.count {
            var length = 0
            while length < mark.count, bytes[place + length] == mark[length] {
                length += 1
            }
            guard length < mark.count else {
                return place
            }
            place += 1
        }
        return nil
    }
}
