/// A value of `enc`: how the content is encrypted and authenticated (RFC 7518 §5.1).
public struct ContentEncryptionAlgorithm: Sendable, Hashable, CustomStringConvertible {
    private enum Identifier: String, Sendable, CaseIterable {
        case a128CBC_HS256 = "A128CBC-HS256"
        case a256CBC_HS512 = "A256CBC-HS512"
        case a128GCM = "A128GCM"
        case a256GCM = "A256GCM"
    }

    private let identifier: Identifier

    private init(_ identifier: Identifier) {
        self.identifier = identifier
    }

    /// Makes an algorithm of its exact name; `nil` for an unknown one.
    public init?(name: String) {
        guard let identifier = Identifier.allCases.first(where: { $0.rawValue.hasSameOctets(as: name) }) else {
            return nil
        }
        self.identifier = identifier
    }

    /// The name in a header.
    public var name: String { identifier.rawValue }

    /// The name in a header.
    public var description: String { name }

    /// AES-128-CBC with HMAC-SHA-256; the one that itsme recommends.
    public static let a128CBC_HS256 = ContentEncryptionAlgorithm(.a128CBC_HS256)
    /// AES-256-CBC with HMAC-SHA-512.
    public static let a256CBC_HS512 = ContentEncryptionAlgorithm(.a256CBC_HS512)
    /// AES-128-GCM.
    public static let a128GCM = ContentEncryptionAlgorithm(.a128GCM)
    /// AES-256-GCM.
    public static let a256GCM = ContentEncryptionAlgorithm(.a256GCM)

    /// The length of the content encryption key in octets.
    public var keySize: Int {
        switch identifier {
        case .a128GCM: 16
        case .a128CBC_HS256, .a256GCM: 32
        case .a256CBC_HS512: 64
        }
    }

    /// The length of the initialization vector in octets.
    public var ivSize: Int {
        switch identifier {
        case .a128CBC_HS256, .a256CBC_HS512: 16
        case .a128GCM, .a256GCM: 12
        }
    }

    /// The length of the authentication tag in octets.
    public var tagSize: Int {
        switch identifier {
        case .a128CBC_HS256, .a128GCM, .a256GCM: 16
        case .a256CBC_HS512: 32
        }
    }

    enum Scheme: Sendable {
        case gcm(BlockCipher)
        case cbc(BlockCipher, MessageDigest)
    }

    var scheme: Scheme {
        switch identifier {
        case .a128CBC_HS256: .cbc(.aes128CBC, .sha256)
        case .a256CBC_HS512: .cbc(.aes256CBC, .sha512)
        case .a128GCM: .gcm(.aes128GCM)
        case .a256GCM: .gcm(.aes256GCM)
        }
    }
}
