/// A JSON Web Signature in compact serialization (RFC 7515) that is not verified yet.
///
/// The payload is not readable: ``payload(verifiedWith:algorithm:)`` returns it once the signature holds.
///
/// ```swift
/// let jws = try JWS(token)
/// let claims = try JSON(parsing: jws.payload(verifiedWith: key, algorithm: .rs256))
/// ```
public struct JWS: Sendable {
    /// The header, which proves nothing before verification.
    public let header: JOSEHeader

    /// What is signed: the encoded header, a dot and the encoded payload.
    private let signingInput: [UInt8]
    private let payload: [UInt8]
    private let signature: [UInt8]

    /// Parses a token and verifies nothing.
    ///
    /// Throws `tokenTooLarge`, `malformedToken`, `headerTooLarge`, `malformedBase64URL`, `malformedJSON`,
    /// `malformedHeader` or `unsupportedHeader`.
    public init(_ compact: String, maximumSize: Int = 128 << 10) throws(JOSEError) {
        try CompactSegments.checkSize(compact.utf8.count, maximumSize: maximumSize)
        try self.init([UInt8](compact.utf8), maximumSize: maximumSize)
    }

    /// Parses a token and verifies nothing; throws as the other initializer does.
    public init(_ compact: [UInt8], maximumSize: Int = 128 << 10) throws(JOSEError) {
        let segments = try CompactSegments.split(compact, count: 3, maximumSize: maximumSize)
        header = try JOSEHeader(decoding: segments[0])
        payload = try Base64URL.decode(segments[1])
        signature = try Base64URL.decode(segments[2])
        signingInput = [UInt8](compact[..<segments[1].endIndex])
    }

    /// Returns the payload if the signature holds; this is the only way to it.
    ///
    /// The header's `alg` has to be `algorithm`, otherwise this throws `algorithmNotAllowed` before the key is used.
    /// Throws `keyNotSuitable` if kind, `use`, `key_ops` or `alg` of the key does not allow it, `weakKey` for a
    /// symmetric key that is too short, and `signatureInvalid`.
    public func payload(verifiedWith key: JWK, algorithm: SignatureAlgorithm) throws(JOSEError) -> [UInt8] {
        guard header.algorithm.hasSameOctets(as: algorithm.name) else {
            throw JOSEError(.algorithmNotAllowed, "alg of the token is not the expected one")
        }
        guard try algorithm.verify(signature, over: signingInput, with: key) else {
            throw JOSEError(.signatureInvalid, "signature does not verify")
        }
        return payload
    }

    /// Signs `payload` and returns the compact serialization.
    ///
    /// The header has `alg` and, if there are such, `kid`, `typ` and `cty`. Throws what the signer throws.
    public static func sign(
        _ payload: [UInt8], with signer: some KeySigner, type: String? = nil, contentType: String? = nil
    ) async throws -> String {
        let header = try JOSEHeader.text(
            algorithm: signer.algorithm.name, keyID: signer.keyID, type: type, contentType: contentType)
        let input = CompactSegments.join(Base64URL.characters(of: header), payload)
        let signature = try await signer.signature(over: input)
        return String(decoding: CompactSegments.join(input, signature), as: UTF8.self)
    }
}

extension JWS: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A placeholder; never the token.
    public var description: String { "JWS(redacted)" }

    /// A placeholder; never the token.
    public var debugDescription: String { description }

    /// A mirror without the token.
    public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
