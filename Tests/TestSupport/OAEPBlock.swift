import COpenSSL
package import JOSE

/// RSA-OAEP with SHA-256 put together by hand (RFC 8017 §7.1.1), so that a block can be wrong in one place.
package struct OAEPBlock {
    package struct Failure: Error {}

    /// What an attacker may get wrong.
    package enum Flaw: CaseIterable, Sendable {
        case none
        /// The first byte of the block is not zero, which J. Manger's attack of 2001 wants to know.
        case firstByte
        /// The first byte is zero, and the digest of the label is another.
        case labelDigest
        /// No byte 01 ends the padding.
        case separator
    }

    private let modulus: [UInt8]
    private let exponent: [UInt8]

    package init(_ key: JWK) throws {
        let json = try key.publicJSON()
        guard case .string(let n)? = json["n"], case .string(let e)? = json["e"] else { throw Failure() }
        modulus = try Base64URL.decode(n)
        exponent = try Base64URL.decode(e)
    }

    /// Encrypts `message` in a block that has the flaw.
    package func encrypt(_ message: [UInt8], _ flaw: Flaw = .none) throws -> [UInt8] {
        let size = 32
        let dataCount = modulus.count - size - 1
        var data = try SHA256.digest([])
        if flaw == .labelDigest { data[0] ^= 1 }
        data += [UInt8](repeating: 0, count: dataCount - size - 1 - message.count)
        data.append(flaw == .separator ? 0 : 1)
        data += flaw == .separator ? [UInt8](repeating: 0, count: message.count) : message
        var seed = try RandomSource.system.bytes(size)
        data = zip(data, try Self.mask(seed, count: dataCount)).map { $0 ^ $1 }
        seed = zip(seed, try Self.mask(data, count: size)).map { $0 ^ $1 }
        // The modulus begins with a bit that is set, so that a first byte of 1 keeps the block below it.
        return try power([flaw == .firstByte ? 1 : 0] + seed + data)
    }

    /// MGF1 (RFC 8017 §B.2.1).
    private static func mask(_ seed: [UInt8], count: Int) throws -> [UInt8] {
        var mask: [UInt8] = []
        for counter in 0...UInt8(count / 32) { mask += try SHA256.digest(seed + [0, 0, 0, counter]) }
        return Array(mask.prefix(count))
    }

    private func power(_ block: [UInt8]) throws -> [UInt8] {
        let context = BN_CTX_new()
        let base = BN_bin2bn(block, Int32(block.count), nil)
        let power = BN_bin2bn(exponent, Int32(exponent.count), nil)
        let divisor = BN_bin2bn(modulus, Int32(modulus.count), nil)
        defer {
            for number in [base, power, divisor] { BN_free(number) }
            BN_CTX_free(context)
        }
        var result = [UInt8](repeating: 0, count: modulus.count)
        guard BN_mod_exp(base, base, power, divisor, context) == 1,
            BN_bn2binpad(base, &result, Int32(result.count)) == Int32(result.count)
        else { throw Failure() }
        return result
    }
}
