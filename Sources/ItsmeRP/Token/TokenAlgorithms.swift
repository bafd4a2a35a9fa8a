public import JOSE

/// The algorithms of one kind of nested token: one value per purpose, agreed with itsme at registration.
///
/// A token that uses another algorithm is refused before any key is touched.
public struct TokenAlgorithms: Sendable, Hashable {
    /// How the inner JWS is signed.
    public var signature: SignatureAlgorithm

    /// How the content encryption key is wrapped.
    public var keyManagement: KeyManagementAlgorithm

    /// How the content is encrypted.
    public var contentEncryption: ContentEncryptionAlgorithm

    /// Makes a set of algorithms; what is left out is what itsme uses by default with a key pair.
    public init(
        signature: SignatureAlgorithm = .rs256,
        keyManagement: KeyManagementAlgorithm = .rsaOAEP256,
        contentEncryption: ContentEncryptionAlgorithm = .a128CBC_HS256
    ) {
        self.signature = signature
        self.keyManagement = keyManagement
        self.contentEncryption = contentEncryption
    }
}
