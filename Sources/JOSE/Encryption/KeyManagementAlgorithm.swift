/// A value of `alg` for encryption: how the content encryption key reaches the recipient (RFC 7518 §4.1).
///
/// RSA1_5 and the algorithms with passwords are absent on purpose.
public struct KeyManagementAlgorithm: Sendable, Hashable, CustomStringConvertible {
    private enum Identifier: String, Sendable, CaseIterable {
        case rsaOAEP = "RSA-OAEP"
        case rsaOAEP256 = "RSA-OAEP-256"
        case direct = "dir"
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

    /// RSAES-OAEP with SHA-1 and MGF1 with SHA-1, the parameters of RFC 8017's default.
    public static let rsaOAEP = KeyManagementAlgorithm(.rsaOAEP)
    /// RSAES-OAEP with SHA-256 and MGF1 with SHA-256.
    public static let rsaOAEP256 = KeyManagementAlgorithm(.rsaOAEP256)
    /// A symmetric key that both sides know is the content encryption key.
    public static let direct = KeyManagementAlgorithm(.direct)

    /// The digest of OAEP; `nil` if the algorithm takes no RSA key.
    var digest: MessageDigest? {
        switch identifier {
        case .rsaOAEP: .sha1
        case .rsaOAEP256: .sha256
        case .direct: nil
        }
    }
}
