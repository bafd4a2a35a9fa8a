/// Why a key, a token or a JSON text was refused, or why a cryptographic operation failed.
///
/// An error names rules and members, never values: it holds no part of a token, a payload or a key, so you may log it.
/// Compare ``code``; ``reason`` is for people and may change between releases.
public struct JOSEError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The rule that was broken.
    ///
    /// Not an `enum`, because later releases may add codes.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The name of the code, for logs: words in lower case with underscores between them, such as `weak_key`.
        public let description: String

        private init(_ description: String) {
            self.description = description
        }

        /// Text that is not strict base64url without padding (RFC 7515 §2).
        public static let malformedBase64URL = Code("malformed_base64url")
        /// Text that is not JSON (RFC 8259), repeats a member, or exceeds a limit of size or depth.
        public static let malformedJSON = Code("malformed_json")
        /// A token with the wrong number of segments.
        public static let malformedToken = Code("malformed_token")
        /// A token longer than the caller allows.
        public static let tokenTooLarge = Code("token_too_large")
        /// A JOSE header of more than 4 KiB.
        public static let headerTooLarge = Code("header_too_large")
        /// A JOSE header that lacks a required member or has one of another JSON type.
        public static let malformedHeader = Code("malformed_header")
        /// A JOSE header with `crit`, `b64` or `zip`.
        public static let unsupportedHeader = Code("unsupported_header")
        /// An `alg` that the caller did not allow.
        public static let algorithmNotAllowed = Code("algorithm_not_allowed")
        /// An `enc` that the caller did not allow.
        public static let contentEncryptionNotAllowed = Code("content_encryption_not_allowed")
        /// A key whose members are missing, of another type or contradictory.
        public static let malformedKey = Code("malformed_key")
        /// A `kty` that this module does not implement.
        public static let unsupportedKeyType = Code("unsupported_key_type")
        /// A key that is too short, too long or known to be weak.
        public static let weakKey = Code("weak_key")
        /// A key whose type, `use`, `key_ops` or `alg` does not allow the purpose.
        public static let keyNotSuitable = Code("key_not_suitable")
        /// No key has the requested key ID.
        public static let keyNotFound = Code("key_not_found")
        /// More than one key fits, but only one may.
        public static let ambiguousKey = Code("ambiguous_key")
        /// A signature or MAC that does not verify.
        public static let signatureInvalid = Code("signature_invalid")
        /// A JWE that does not decrypt, for any reason (RFC 7516 §11.5).
        public static let decryptionFailed = Code("decryption_failed")
        /// A JWE whose plaintext is not a compact JWS.
        public static let notANestedJWT = Code("not_a_nested_jwt")
        /// A random source that failed or returned the wrong number of bytes.
        public static let randomFailed = Code("random_failed")
        /// A call to the cryptographic library that failed although its input was valid.
        public static let cryptoFailed = Code("crypto_failed")
        /// Text that is not valid PEM, or PEM with other content than expected.
        public static let malformedPEM = Code("malformed_pem")
        /// An encrypted key or PKCS#12 file whose passphrase is wrong or missing.
        public static let wrongPassphrase = Code("wrong_passphrase")
        /// A file that is not valid PKCS#12.
        public static let malformedPKCS12 = Code("malformed_pkcs12")
        /// A certificate that is not valid X.509.
        public static let malformedCertificate = Code("malformed_certificate")
        /// A certificate that does not belong to the key that it came with.
        public static let certificateMismatch = Code("certificate_mismatch")
        /// A key file in a format of one program, such as OpenSSH's or Java's JKS. The reason says how to convert it.
        public static let unsupportedKeyFormat = Code("unsupported_key_format")
        /// A key file encrypted or protected with an algorithm that the installed OpenSSL does not offer by default,
        /// such as RC2 and DES (in the legacy provider of OpenSSL 3) or PBMAC1 (since OpenSSL 3.4). The reason says how
        /// to convert the file.
        public static let unsupportedKeyEncryption = Code("unsupported_key_encryption")
    }

    /// The rule that was broken.
    public let code: Code

    /// What was wrong: fixed text and names of members.
    public let reason: String

    /// Makes an error; `reason` must not contain any part of the input.
    public init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    /// The code and the reason.
    public var description: String {
        "\(code): \(reason)"
    }
}
