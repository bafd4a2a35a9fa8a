/// The fingerprint of RSA moduli made by the broken Infineon library (CVE-2017-15361).
///
/// Its primes are powers of 65537 modulo the product of the first primes, and so is their product: modulo each small
/// prime the modulus lies in the subgroup that 65537 generates. Another modulus does so with a probability below 2^-27.
enum ROCA {
    static func hasFingerprint(modulus: [UInt8]) -> Bool {
        primes.allSatisfy { prime in
            let remainder = modulus.reduce(UInt32(0)) { ($0 << 8 | UInt32($1)) % prime }
            var power: UInt32 = 1
            // The subgroup of the powers 65537^0, 65537^1, … ends where it returns to one.
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
