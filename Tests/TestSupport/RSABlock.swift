import COpenSSL
package import JOSE

/// RSA decryption without any check of the block, which no library should offer.
package enum RSABlock {
    package struct Failure: Error {}

    /// The block that `ciphertext` holds, as long as the modulus.
    package static func decrypted(_ ciphertext: [UInt8], _ key: JWK) throws -> [UInt8] {
        let json = try key.privateJSON()
        guard case .string(let n)? = json["n"], case .string(let d)? = json["d"] else { throw Failure() }
        let (modulus, exponent) = (try Base64URL.decode(n), try Base64URL.decode(d))
        let context = BN_CTX_new()
        let base = BN_bin2bn(ciphertext, Int32(ciphertext.count), nil)
        let power = BN_bin2bn(exponent, Int32(exponent.count), nil)
        let divisor = BN_bin2bn(modulus, Int32(modulus.count), nil)
        defer {
            for number in [base, power, divisor] { BN_free(number) }
            BN_CTX_free(context)
        }
        var block = [UInt8](repeating: 0, count: modulus.count)
        guard BN_mod_exp(base, base, power, divisor, context) == 1,
            BN_bn2binpad(base, &block, Int32(block.count)) == Int32(block.count)
        else { throw Failure() }
        return block
    }

    /// The message of a block of RSAES-PKCS1-v1_5 (RFC 8017 §7.2.2).
    package static func messageOfRSA1_5(_ ciphertext: [UInt8], _ key: JWK) throws -> [UInt8] {
        let block = try decrypted(ciphertext, key)
        guard block.prefix(2) == [0, 2], let end = block.dropFirst(2).firstIndex(of: 0), end >= 10 else {
            throw Failure()
        }
        return Array(block[(end + 1)...])
    }
}
