/// Why a key, a token or a JSON text was refused, or why a cryptographic operation could not be done.
///
/// An error names rules and members, never values: no part of a token, a payload or a key is in it, so it may be
/// logged. Compare ``code``; ``reason`` is for people and may change between releases.
public struct JOSEError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The rule that was broken.
    ///
    /// More codes may come in later releases, which is why this is not an `enum`.
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
        /// A token that has not the segments of its compact serialization.
        public static let malformedToken = Code("malformed_token")
        /// A token longer than the caller admits.
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
        /// A key that is too short, too long or known to be breakable.
        public static let weakKey = Code("weak_key")
        /// A key whose kind, `use`, `key_ops` or `alg` does not allow the purpose.
        public static let keyNotSuitable = Code("key_not_suitable")
        /// No key with the key ID that is asked for.
        public static let keyNotFound = Code("key_not_found")
        /// More than one key that fits where only one may.
        public static let ambiguousKey = Code("ambiguous_key")
        /// A signature or MAC that does not verify.
        public static let signatureInvalid = Code("signature_invalid")
        /// A JWE that does not decrypt, for whatever reason (RFC 7516 §11.5).
        public static let decryptionFailed = Code("decryption_failed")
        /// A JWE whose plaintext is not a compact JWS.
        public static let notANestedJWT = Code("not_a_nested_jwt")
        /// A random source that failed or gave another number of bytes than asked for.
        public static let randomFailed = Code("random_failed")
        /// A call of the cryptographic library that failed although its input was right.
        public static let cryptoFailed = Code("crypto_failed")
        /// Text that is not the PEM document that it should be.
        public static let malformedPEM = Code("malformed_pem")
        /// An encrypted key, or PKCS#12 file, that the given passphrase, or none, does not open.
        public static let wrongPassphrase = Code("wrong_passphrase")
        /// Bytes that are not the PKCS#12 file that they should be.
        public static let malformedPKCS12 = Code("malformed_pkcs12")
        /// Bytes that are not the X.509 certificate that they should be.
        public static let malformedCertificate = Code("malformed_certificate")
        /// A certificate that is for another key than the one it came with.
        public static let certificateMismatch = Code("certificate_mismatch")
        /// A key file in the format of one program, such as OpenSSH's own or Java's JKS. The reason says how to convert it.
        public static let unsupportedKeyFormat = Code("unsupported_key_format")
        /// A key file encrypted or protected with an algorithm that OpenSSL does not offer here, such as RC2 or DES, which
        /// OpenSSL 3 keeps in its legacy provider, or PBMAC1, which came with 3.4. The reason says how to convert the file.
        public static let unsupportedKeyEncryption = Code("unsupported_key_encryption")
    }

    /// The rule that was broken.
    public let code: Code

    /// What was wrong, in static words and names of members.
    public let reason: String

    /// Makes an error; `reason` must not hold anything of the input.
    public init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    /// The code and the reason.
    public var description: String {
        "\(code): \(reason)"
    }
}
