/// An RSA public key that has passed the checks of this module.
///
/// The modulus has 2048 to 4096 bits, is odd and does not have the ROCA fingerprint; the exponent is odd, at least 3
/// and at most 64 bits long.
public struct RSAPublicKey: Sendable {
    /// The sizes of moduli that are accepted, in bits.
    static let acceptedBits = 2048...4096

    let key: RSAKey
    /// The modulus without leading zeros, the most significant byte first.
    let modulus: [UInt8]
    /// The exponent without leading zeros, the most significant byte first.
    let exponent: [UInt8]

    /// The length of the modulus in bits.
    public let modulusBits: Int

    /// The length of the modulus in bytes. Signatures and encrypted keys have the same length.
    public var modulusSize: Int { modulus.count }

    init(modulus: borrowing BigNumber, exponent: borrowing BigNumber) throws(JOSEError) {
        guard Self.acceptedBits.contains(modulus.bitCount) else {
            throw JOSEError(.weakKey, "modulus is not between 2048 and 4096 bits long")
        }
        guard modulus.isOdd else {
            throw JOSEError(.weakKey, "modulus is even")
        }
        // OpenSSL refuses longer exponents with some moduli, and long ones make verification slow.
        guard exponent.isOdd, !exponent.isOne, exponent.bitCount <= 64 else {
            throw JOSEError(.weakKey, "exponent is even, one or too long")
        }
        self.modulus = try modulus.bytes()
        self.exponent = try exponent.bytes()
        self.modulusBits = modulus.bitCount
        guard !ROCA.hasFingerprint(modulus: self.modulus) else {
            throw JOSEError(.weakKey, "modulus has the fingerprint of ROCA")
        }
        self.key = try RSAKey(modulus: modulus, exponent: exponent)
    }

    /// Reads a key in PEM: one block `PUBLIC KEY`, a SubjectPublicKeyInfo (RFC 7468 §13).
    ///
    /// Throws `malformedPEM`, `unsupportedKeyType` for a key of another kind, or `weakKey`.
    public init(pem: String) throws(JOSEError) {
        try self.init(RSAKey.publicKey(pem: SecretBytes(Array(pem.utf8))))
    }

    /// Checks a key that OpenSSL has read.
    init(_ key: RSAKey) throws(JOSEError) {
        guard let n = try key.number(.n), let e = try key.number(.e) else {
            throw JOSEError(.malformedKey, "n or e is missing")
        }
        try self.init(modulus: n, exponent: e)
    }

    /// Returns the key in PEM as SubjectPublicKeyInfo.
    public func pem() throws(JOSEError) -> String {
        try key.publicPEM()
    }
}

extension RSAPublicKey {
    /// Whether both keys are the same.
    package func isSame(as other: RSAPublicKey) -> Bool {
        modulus == other.modulus && exponent == other.exponent
    }
}

extension RSAPublicKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The kind and size of the key.
    public var description: String { "RSAPublicKey(\(modulusBits) bits)" }

    /// The kind and size of the key.
    public var debugDescription: String { description }

    /// A mirror with the size only.
    public var customMirror: Mirror {
        Mirror(self, children: ["modulusBits": modulusBits], displayStyle: .struct)
    }
}

/// The fingerprint of RSA moduli made by the vulnerable Infineon library (CVE-2017-15361).
///
/// Modulo the product of the first primes, the library's primes are powers of 65537, and so is the product of two of
/// them. So modulo each small prime, the modulus is in the subgroup that 65537 generates. The probability for any other
/// modulus is below 2^-27.
enum ROCA {
    static func hasFingerprint(modulus: [UInt8]) -> Bool {
        primes.allSatisfy { prime in
            let remainder = modulus.reduce(UInt32(0)) { ($0 << 8 | UInt32($1)) % prime }
            var power: UInt32 = 1
            // The powers 65537^0, 65537^1, … repeat once they return to 1.
            repeat {
                if power == remainder {
                    return true
                }
                power = power * (65537 % prime) % prime
            } while power != 1
            return false
        }
    }

    private static let primes: [UInt32] = [
        3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107,
        109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
    ]
}
