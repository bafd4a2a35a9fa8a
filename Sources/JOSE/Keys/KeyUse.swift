/// What a key is meant for: the member `use` (RFC 7517 §4.2).
public struct KeyUse: RawRepresentable, Sendable, Hashable {
    /// The value as it is written in a JWK.
    public let rawValue: String

    /// Makes a use of a value that need not be known.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// To sign and to verify: `sig`.
    public static let signature = KeyUse(rawValue: "sig")
    /// To encrypt and to decrypt: `enc`.
    public static let encryption = KeyUse(rawValue: "enc")
}

/// An operation that is about to be done with a key.
enum KeyPurpose: Sendable {
    case sign, verify, wrap, unwrap

    /// The `use` that allows it.
    var use: KeyUse {
        switch self {
        case .sign, .verify: .signature
        case .wrap, .unwrap: .encryption
        }
    }

    /// The values of `key_ops` of which one allows it (RFC 7517 §4.3).
    var operations: [String] {
        switch self {
        case .sign: ["sign"]
        case .verify: ["verify"]
        case .wrap: ["wrapKey", "encrypt"]
        case .unwrap: ["unwrapKey", "decrypt"]
        }
    }
}
