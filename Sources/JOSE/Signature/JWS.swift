/// A JSON Web Signature in compact serialization (RFC 7515) that is not verified yet.
///
/// Only ``payload(verifiedWith:algorithm:)`` gives access to the payload, after it has verified the signature.
///
/// ```swift
/// let jws = try JWS(token)
/// let claims = try JSON(parsing: jws.payload(verifiedWith: key, algorithm: .rs256))
/// ```
public struct JWS: Sendable {
    /// The header, which proves nothing before verification.
    public let header: JOSEHeader

    /// The signed text: the encoded header, a dot and the encoded payload.
    private let signingInput: [UInt8]
    /// The content, which anyone may have written: only to show it to a person.
    package let unverifiedPayload: [UInt8]
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
        unverifiedPayload = try Base64URL.decode(segments[1])
        signature = try Base64URL.decode(segments[2])
        signingInput = [UInt8](compact[..<segments[1].endIndex])
    }

    /// Verifies the signature and returns the payload. There is no other way to read the payload.
    ///
    /// The header's `alg` must be `algorithm`; otherwise this throws `algorithmNotAllowed` before it uses the key.
    /// Throws `keyNotSuitable` if the type, `use`, `key_ops` or `alg` of the key does not allow it, `weakKey` for a
    /// symmetric key that is too short, and `signatureInvalid`.
    public func payload(verifiedWith key: JWK, algorithm: SignatureAlgorithm) throws(JOSEError) -> [UInt8] {
        guard header.algorithm.hasSameBytes(as: algorithm.name) else {
            throw JOSEError(.algorithmNotAllowed, "alg of the token is not the expected one")
        }
        guard try algorithm.verify(signature, over: signingInput, with: key) else {
            throw JOSEError(.signatureInvalid, "signature does not verify")
        }
        return unverifiedPayload
    }

    /// Signs `payload` and returns the compact serialization.
    ///
    /// The header has `alg` and, if given, `kid`, `typ` and `cty`. Throws what the signer throws.
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
