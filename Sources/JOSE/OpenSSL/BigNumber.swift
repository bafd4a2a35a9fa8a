internal import COpenSSL

/// An owned, nonnegative BIGNUM; its memory is overwritten when it is freed.
@safe
struct BigNumber: ~Copyable {
    let pointer: OpaquePointer

    /// Takes over `pointer`.
    init(owning pointer: OpaquePointer) {
        unsafe self.pointer = pointer
    }

    /// Makes zero.
    ///
    /// The number is in OpenSSL's "secure" memory. OpenSSL also overwrites key parameters made from such numbers when
    /// it frees them.
    init() throws(JOSEError) {
        guard let pointer = unsafe BN_secure_new() else {
            throw .openSSL("out of memory")
        }
        unsafe self.pointer = unsafe pointer
        unsafe BN_set_flags(pointer, BN_FLG_CONSTTIME)
    }

    /// Makes the number that `compute` writes. `compute` returns `false` on an error.
    private static func making(_ compute: (OpaquePointer) -> Bool) throws(JOSEError) -> BigNumber {
        let result = try BigNumber()
        guard unsafe compute(result.pointer) else {
            throw .openSSL("arithmetic with large numbers failed")
        }
        return result
    }

    static func word(_ word: UInt) throws(JOSEError) -> BigNumber {
        try unsafe making { unsafe BN_set_word($0, word) == 1 }
    }

    /// Reads bytes, the most significant first.
    static func reading(_ bytes: Span<UInt8>) throws(JOSEError) -> BigNumber {
        try unsafe making { result in
            unsafe bytes.withUnsafeBufferPointer { bytes in
                guard let count = Int32(exactly: bytes.count) else {
                    return false
                }
                return unsafe BN_bin2bn(bytes.baseAddress, count, result) != nil
            }
        }
    }

    deinit {
        unsafe BN_clear_free(pointer)
    }

    var bitCount: Int { Int(unsafe BN_num_bits(pointer)) }
    var byteCount: Int { (bitCount + 7) / 8 }
    var isOdd: Bool { unsafe BN_is_odd(pointer) == 1 }
    var isOne: Bool { unsafe BN_is_one(pointer) == 1 }

    /// The bytes without leading zeros, the most significant first; the caller overwrites secret ones.
    func bytes() throws(JOSEError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: byteCount)
        guard unsafe Int(BN_bn2bin(pointer, &bytes)) == bytes.count else {
            throw .openSSL("arithmetic with large numbers failed")
        }
        return bytes
    }

    static func areEqual(_ a: borrowing BigNumber, _ b: borrowing BigNumber) -> Bool {
        unsafe BN_cmp(a.pointer, b.pointer) == 0
    }

    static func isLess(_ a: borrowing BigNumber, than b: borrowing BigNumber) -> Bool {
        unsafe BN_cmp(a.pointer, b.pointer) < 0
    }

    func minusOne() throws(JOSEError) -> BigNumber {
        try unsafe .making { unsafe BN_copy($0, pointer) != nil && BN_sub_word($0, 1) == 1 }
    }

    func halved() throws(JOSEError) -> BigNumber {
        try unsafe .making { unsafe BN_rshift1($0, pointer) == 1 }
    }

    /// Scratch numbers of OpenSSL's arithmetic.
    @safe
    struct Scratch: ~Copyable {
        let pointer: OpaquePointer

        init() throws(JOSEError) {
            guard let pointer = unsafe BN_CTX_secure_new() else {
                throw .openSSL("out of memory")
            }
            unsafe self.pointer = unsafe pointer
        }

        deinit {
            unsafe BN_CTX_free(pointer)
        }
    }

    func times(_ other: borrowing BigNumber, _ scratch: borrowing Scratch) throws(JOSEError) -> BigNumber {
        try unsafe .making { unsafe BN_mul($0, pointer, other.pointer, scratch.pointer) == 1 }
    }

    /// Throws for a modulus of zero.
    func modulo(_ modulus: borrowing BigNumber, _ scratch: borrowing Scratch) throws(JOSEError) -> BigNumber {
        try unsafe .making { unsafe itsmerp_BN_mod($0, pointer, modulus.pointer, scratch.pointer) == 1 }
    }

    /// Returns the integral quotient; throws for a divisor of zero.
    func dividedBy(_ divisor: borrowing BigNumber, _ scratch: borrowing Scratch) throws(JOSEError) -> BigNumber {
        try unsafe .making { unsafe BN_div($0, nil, pointer, divisor.pointer, scratch.pointer) == 1 }
    }

    /// Returns `self` to the power of `exponent` modulo `modulus`, which must be odd.
    func power(
        _ exponent: borrowing BigNumber, modulo modulus: borrowing BigNumber, _ scratch: borrowing Scratch
    ) throws(JOSEError) -> BigNumber {
        try unsafe .making {
            unsafe BN_mod_exp($0, pointer, exponent.pointer, modulus.pointer, scratch.pointer) == 1
        }
    }

    func greatestCommonDivisor(
        _ other: borrowing BigNumber, _ scratch: borrowing Scratch
    ) throws(JOSEError) -> BigNumber {
        try unsafe .making { unsafe BN_gcd($0, pointer, other.pointer, scratch.pointer) == 1 }
    }

    /// Returns the inverse modulo `modulus`; throws if there is none.
    func inverse(modulo modulus: borrowing BigNumber, _ scratch: borrowing Scratch) throws(JOSEError) -> BigNumber {
        let result = try BigNumber()
        guard unsafe BN_mod_inverse(result.pointer, pointer, modulus.pointer, scratch.pointer) != nil else {
            throw .openSSL(.malformedKey, "number has no inverse")
        }
        return result
    }
}
