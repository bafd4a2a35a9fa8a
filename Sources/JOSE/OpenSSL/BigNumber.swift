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
    /// Memory is of the "secure" kind: key parameters made of such numbers are overwritten too when OpenSSL frees them.
    init() throws(JOSEError) {
        guard let pointer = unsafe BN_secure_new() else {
            throw .openSSL("out of memory")
        }
        unsafe self.pointer = unsafe pointer
        unsafe BN_set_flags(pointer, BN_FLG_CONSTTIME)
    }

    static func word(_ word: UInt) throws(JOSEError) -> BigNumber {
        let number = try BigNumber()
        guard unsafe BN_set_word(number.pointer, word) == 1 else {
            throw .openSSL("number failed")
        }
        return number
    }

    /// Reads octets, the most significant first.
    static func reading(_ bytes: Span<UInt8>) throws(JOSEError) -> BigNumber {
        let number = try BigNumber()
        let isDone = unsafe bytes.withUnsafeBufferPointer { bytes in
            guard let count = Int32(exactly: bytes.count) else {
                return false
            }
            return unsafe BN_bin2bn(bytes.baseAddress, count, number.pointer) != nil
        }
        guard isDone else {
            throw .openSSL("number failed")
        }
        return number
    }

    deinit {
        unsafe BN_clear_free(pointer)
    }

    var bitCount: Int { Int(unsafe BN_num_bits(pointer)) }
    var byteCount: Int { (bitCount + 7) / 8 }
    var isOdd: Bool { unsafe BN_is_odd(pointer) == 1 }
    var isOne: Bool { unsafe BN_is_one(pointer) == 1 }

    /// The octets without leading zeros, the most significant first; the caller cleanses what is secret.
    func bytes() throws(JOSEError) -> [UInt8] {
        var bytes = [UInt8](zeros: byteCount)
        let written = unsafe bytes.withUnsafeMutableBufferPointer { unsafe BN_bn2bin(pointer, $0.baseAddress) }
        guard Int(written) == bytes.count else {
            throw .openSSL("number failed")
        }
        return bytes
    }

    static func areEqual(_ a: borrowing BigNumber, _ b: borrowing BigNumber) -> Bool {
        unsafe BN_cmp(a.pointer, b.pointer) == 0
    }

    static func isLess(_ a: borrowing BigNumber, than b: borrowing BigNumber) -> Bool {
        unsafe BN_cmp(a.pointer, b.pointer) < 0
    }

    func copy() throws(JOSEError) -> BigNumber {
        let result = try BigNumber()
        guard unsafe BN_copy(result.pointer, pointer) != nil else {
            throw .openSSL("number failed")
        }
        return result
    }

    func minusOne() throws(JOSEError) -> BigNumber {
        let result = try copy()
        guard unsafe BN_sub_word(result.pointer, 1) == 1 else {
            throw .openSSL("number failed")
        }
        return result
    }

    func plusOne() throws(JOSEError) -> BigNumber {
        let result = try copy()
        guard unsafe BN_add_word(result.pointer, 1) == 1 else {
            throw .openSSL("number failed")
        }
        return result
    }

    func halved() throws(JOSEError) -> BigNumber {
        let result = try BigNumber()
        guard unsafe BN_rshift1(result.pointer, pointer) == 1 else {
            throw .openSSL("number failed")
        }
        return result
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
        let result = try BigNumber()
        guard unsafe BN_mul(result.pointer, pointer, other.pointer, scratch.pointer) == 1 else {
            throw .openSSL("number failed")
        }
        return result
    }

    /// Throws for a modulus of zero.
    func modulo(_ modulus: borrowing BigNumber, _ scratch: borrowing Scratch) throws(JOSEError) -> BigNumber {
        let result = try BigNumber()
        guard unsafe itsmerp_BN_mod(result.pointer, pointer, modulus.pointer, scratch.pointer) == 1 else {
            throw .openSSL("number failed")
        }
        return result
    }

    /// Returns the integral quotient; throws for a divisor of zero.
    func dividedBy(_ divisor: borrowing BigNumber, _ scratch: borrowing Scratch) throws(JOSEError) -> BigNumber {
        let result = try BigNumber()
        guard unsafe BN_div(result.pointer, nil, pointer, divisor.pointer, scratch.pointer) == 1 else {
            throw .openSSL("number failed")
        }
        return result
    }

    /// Returns `self` to the power of `exponent` modulo `modulus`, which has to be odd.
    func power(
        _ exponent: borrowing BigNumber, modulo modulus: borrowing BigNumber, _ scratch: borrowing Scratch
    ) throws(JOSEError) -> BigNumber {
        let result = try BigNumber()
        guard unsafe BN_mod_exp(result.pointer, pointer, exponent.pointer, modulus.pointer, scratch.pointer) == 1 else {
            throw .openSSL("number failed")
        }
        return result
    }

    func greatestCommonDivisor(
        _ other: borrowing BigNumber, _ scratch: borrowing Scratch
    ) throws(JOSEError) -> BigNumber {
        let result = try BigNumber()
        guard unsafe BN_gcd(result.pointer, pointer, other.pointer, scratch.pointer) == 1 else {
            throw .openSSL("number failed")
        }
        return result
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
