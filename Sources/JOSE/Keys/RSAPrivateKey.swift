/// An RSA private key with two prime factors that has passed the checks of this module.
///
/// The checks are those of its public part (see ``RSAPublicKey``), and that the modulus is the product of the factors
/// and the exponents and remainders match. OpenSSL holds the numbers and overwrites them when the last copy of the
/// value is gone. No description and no reflection shows them.
public struct RSAPrivateKey: Sendable {
    let key: RSAKey

    /// The public part. It holds no private number.
    public let publicKey: RSAPublicKey

    /// The length of the modulus in bits.
    public var modulusBits: Int { publicKey.modulusBits }

    init(_ numbers: borrowing RSAPrivateNumbers) throws(JOSEError) {
        publicKey = try RSAPublicKey(modulus: numbers.n, exponent: numbers.e)
        key = try RSAKey(numbers)
    }

    init(_ key: RSAKey) throws(JOSEError) {
        try self.init(Self.numbers(of: key))
    }

    /// Makes a new key with the exponent 65537.
    ///
    /// `bits` must be 2048, 3072 or 4096; otherwise this throws `weakKey`. This takes between a tenth of a second and a
    /// few seconds.
    public static func generate(bits: Int = 2048) throws(JOSEError) -> RSAPrivateKey {
        guard bits == 2048 || bits == 3072 || bits == 4096 else {
            throw JOSEError(.weakKey, "a new key cannot have this size: use 2048, 3072 or 4096 bits")
        }
        return try RSAPrivateKey(RSAKey(generatingBits: bits))
    }

    /// Reads a key in PEM: PKCS#8 (`PRIVATE KEY`), encrypted PKCS#8 (`ENCRYPTED PRIVATE KEY`) or PKCS#1
    /// (`RSA PRIVATE KEY`).
    ///
    /// The text must hold one RSA private key. Other blocks, such as certificates, elliptic curve keys and RSA keys that
    /// are too weak, are ignored.
    /// White space does not matter (RFC 7468 §3). Throws `malformedPEM`, `wrongPassphrase` (also if the passphrase is
    /// missing), `unsupportedKeyEncryption`, `unsupportedKeyFormat`, `unsupportedKeyType`, `malformedKey` or `weakKey`.
    /// Your string is not overwritten. ``KeyImport`` also reads DER, PKCS#12 and certificates.
    public init(pem: String, passphrase: SecretBytes? = nil) throws(JOSEError) {
        var bytes = Array(pem.utf8)
        try self.init(pem: SecretBytes(taking: &bytes), passphrase: passphrase)
    }

    /// Reads a key in PEM as the other initializer does, from bytes that are overwritten after use.
    public init(pem: SecretBytes, passphrase: SecretBytes? = nil) throws(JOSEError) {
        defer { SpentStack.cleanse() }
        let blocks = try PEMBlock.blocks(in: pem)
        guard blocks.contains(where: \.isPrivateKey) else {
            throw KeyImport.noPrivateKey(in: pem, blocks)
        }
        let keys = try KeyImport.keys(in: blocks, passphrase: passphrase).keys
        guard let only = keys.first, keys.count == 1 else {
            throw JOSEError(.malformedPEM, "more than one RSA private key")
        }
        self = only.key
    }

    /// Reads the only usable key of a PKCS#12 file (RFC 7292). ``KeyImport`` also gives its certificate.
    ///
    /// Throws as ``KeyImport/init(_:passphrase:)`` does, and `ambiguousKey` if the file holds more than one key.
    public init(pkcs12: SecretBytes, passphrase: SecretBytes?) throws(JOSEError) {
        let entries = try PKCS12(pkcs12, passphrase: passphrase).entries
        guard let entry = entries.first, entries.count == 1 else {
            throw JOSEError(.ambiguousKey, "the PKCS#12 file holds more than one private key")
        }
        self = entry.key
    }

    /// Returns the key in PEM as PKCS#8, **not encrypted**.
    ///
    /// The string cannot be overwritten after use. Write it to a file with mode 0600, or use ``pem(passphrase:)``.
    public func pem() throws(JOSEError) -> String {
        try key.privatePEM()
    }

    /// Returns the key in PEM as PKCS#8, encrypted with AES-256-CBC and a key derived by PBKDF2 with HMAC-SHA-256.
    ///
    /// Throws `wrongPassphrase` if `passphrase` is empty.
    public func pem(passphrase: SecretBytes) throws(JOSEError) -> String {
        try key.privatePEM(passphrase: passphrase)
    }

    /// Returns the numbers for export; they are overwritten when the result goes out of scope.
    func numbers() throws(JOSEError) -> RSAPrivateNumbers {
        try Self.numbers(of: key)
    }

    private static func numbers(of key: RSAKey) throws(JOSEError) -> RSAPrivateNumbers {
        guard let n = try key.number(.n), let e = try key.number(.e), let d = try key.number(.d) else {
            throw JOSEError(.malformedKey, "a number of the key is missing")
        }
        guard try key.number(.thirdFactor) == nil else {
            throw JOSEError(.unsupportedKeyType, "more than two prime factors")
        }
        guard let p = try key.number(.p), let q = try key.number(.q) else {
            return try RSAPrivateNumbers(factoring: n, e: e, d: d)
        }
        guard let dp = try key.number(.dp), let dq = try key.number(.dq),
            let qi = try key.number(.qi)
        else {
            return try RSAPrivateNumbers(n: n, e: e, d: d, p: p, q: q)
        }
        let remainders = RSAPrivateNumbers.Remainders(dp: dp, dq: dq, qi: qi)
        return try RSAPrivateNumbers(n: n, e: e, d: d, p: p, q: q, remainders: remainders)
    }
}

extension RSAPrivateKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The kind and size of the key; never its numbers.
    public var description: String { "RSAPrivateKey(\(modulusBits) bits, redacted)" }

    /// The kind and size of the key; never its numbers.
    public var debugDescription: String { description }

    /// A mirror with the size only.
    public var customMirror: Mirror {
        Mirror(self, children: ["modulusBits": modulusBits], displayStyle: .struct)
    }
}
