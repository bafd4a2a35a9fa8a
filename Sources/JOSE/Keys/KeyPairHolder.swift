/// A ``KeySigner`` or ``KeyUnwrapper`` that knows the public half of its key.
///
/// Let those for keys in a hardware security module or a key management service adopt it if they can tell: who puts
/// keys together then sees that two of them were mixed up.
public protocol KeyPairHolder: Sendable {
    /// The public half; nil if it is not known, or if the key is symmetric.
    var publicKey: RSAPublicKey? { get }
}

extension LocalSigner: KeyPairHolder {}

extension LocalUnwrapper: KeyPairHolder {
    /// The public half of the key.
    public var publicKey: RSAPublicKey? { key.publicKey }
}
