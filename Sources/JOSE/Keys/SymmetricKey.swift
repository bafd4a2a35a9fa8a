/// A key that both sides know: for HMAC or for direct encryption.
///
/// Each algorithm states the size that it needs when the key is used.
public struct SymmetricKey: Sendable {
    package let secret: SecretBytes

    /// Copies the octets of a key; the caller's copy stays as it is.
    public init(_ bytes: [UInt8]) {
        secret = SecretBytes(bytes)
    }

    /// Makes a key of octets that are already protected.
    public init(_ secret: SecretBytes) {
        self.secret = secret
    }

    /// The length of the key in octets.
    public var byteCount: Int { secret.count }
}

extension SymmetricKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A placeholder; never the octets.
    public var description: String { "SymmetricKey(redacted)" }

    /// A placeholder; never the octets.
    public var debugDescription: String { description }

    /// A mirror without the octets.
    public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
