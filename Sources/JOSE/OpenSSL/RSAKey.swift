internal import COpenSSL
import Synchronization

/// An owned EVP_PKEY of type RSA.
///
/// It does not check the key: ``RSAPublicKey`` and ``RSAPrivateKey`` do that before they make one.
@safe
final class RSAKey: @unchecked Sendable {
    // Sendable: nothing changes the EVP_PKEY after it is made. In OpenSSL 3, many threads may use one key at the same
    // time, each with its own context: reference counts are atomic, and a lock of the key guards blinding and
    // Montgomery values.
    let pointer: OpaquePointer
    /// The context of the last operation; see ``context(for:)``.
    let prepared = Mutex<PreparedContext?>(nil)

    /// Takes over `pointer`; throws if it is a key of another type, such as an RSASSA-PSS key.
    init(owning pointer: OpaquePointer) throws(JOSEError) {
        guard unsafe EVP_PKEY_is_a(pointer, "RSA") == 1 else {
            unsafe EVP_PKEY_free(pointer)
            throw .openSSL(.unsupportedKeyType, "not an RSA key")
        }
        unsafe self.pointer = pointer
    }

    deinit {
        unsafe EVP_PKEY_free(pointer)
    }

    /// Makes a public key.
    convenience init(modulus: borrowing BigNumber, exponent: borrowing BigNumber) throws(JOSEError) {
        let parameters = try KeyParameters()
        try parameters.add(.n, modulus)
        try parameters.add(.e, exponent)
        try unsafe self.init(owning: parameters.makeKey(selection: itsmerp_EVP_PKEY_PUBLIC_KEY))
    }

    /// Makes a key pair.
    convenience init(_ numbers: borrowing RSAPrivateNumbers) throws(JOSEError) {
        let parameters = try KeyParameters()
        try parameters.add(.n, numbers.n)
        try parameters.add(.e, numbers.e)
        try parameters.add(.d, numbers.d)
        try parameters.add(.p, numbers.p)
        try parameters.add(.q, numbers.q)
        try parameters.add(.dp, numbers.dp)
        try parameters.add(.dq, numbers.dq)
        try parameters.add(.qi, numbers.qi)
        try unsafe self.init(owning: parameters.makeKey(selection: itsmerp_EVP_PKEY_KEYPAIR))
    }

    /// Makes a new key pair with the public exponent 65537.
    convenience init(generatingBits bits: Int) throws(JOSEError) {
        let context = try unsafe Context(EVP_PKEY_CTX_new_from_name(nil, "RSA", nil))
        var generated: OpaquePointer?
        guard let size = Int32(exactly: bits),
            unsafe EVP_PKEY_keygen_init(context.pointer) == 1,
            unsafe EVP_PKEY_CTX_set_rsa_keygen_bits(context.pointer, size) == 1,
            unsafe EVP_PKEY_generate(context.pointer, &generated) == 1,
            let key = unsafe generated
        else {
            throw .openSSL("key generation failed")
        }
        try unsafe self.init(owning: key)
    }

    /// The numbers of a key in the order of the table of names in the shim.
    enum Number: Int32 {
        case n, e, d, p, q, dp, dq, qi, thirdFactor

        /// Lives as long as the process.
        fileprivate var name: UnsafePointer<CChar>? { unsafe itsmerp_RSA_number_name(rawValue) }
    }

    /// Returns a number of the key, or `nil` if it has none of that kind.
    func number(_ kind: Number) throws(JOSEError) -> BigNumber? {
        let number = try BigNumber()
        if let read = unsafe itsmerp_RSA_number(self.pointer, kind.rawValue) {
            guard unsafe BN_copy(number.pointer, read) != nil else {
                throw .openSSL("arithmetic with large numbers failed")
            }
            return number
        }
        var pointer: OpaquePointer? = unsafe number.pointer
        guard unsafe EVP_PKEY_get_bn_param(self.pointer, kind.name, &pointer) == 1, unsafe pointer == number.pointer
        else {
            ERR_clear_error()
            return nil
        }
        return number
    }

    /// An owned EVP_PKEY_CTX: one operation with a key.
    @safe
    struct Context: ~Copyable {
        let pointer: OpaquePointer

        init(_ pointer: OpaquePointer?) throws(JOSEError) {
            guard let pointer = unsafe pointer else {
                throw .openSSL("out of memory")
            }
            unsafe self.pointer = unsafe pointer
        }

        deinit {
            unsafe EVP_PKEY_CTX_free(pointer)
        }
    }

    /// The parameters of a key that is being made.
    @safe
    private struct KeyParameters: ~Copyable {
        let builder: OpaquePointer

        init() throws(JOSEError) {
            guard let builder = unsafe OSSL_PARAM_BLD_new() else {
                throw .openSSL("out of memory")
            }
            unsafe self.builder = unsafe builder
        }

        deinit {
            unsafe OSSL_PARAM_BLD_free(builder)
        }

        /// `number` must live until the key is made.
        borrowing func add(_ kind: Number, _ number: borrowing BigNumber) throws(JOSEError) {
            guard unsafe OSSL_PARAM_BLD_push_BN(builder, kind.name, number.pointer) == 1 else {
                throw .openSSL("key cannot be made")
            }
        }

        borrowing func makeKey(selection: Int32) throws(JOSEError) -> OpaquePointer {
            // OpenSSL overwrites these numbers when it frees them, since they are in "secure" memory.
            guard let parameters = unsafe OSSL_PARAM_BLD_to_param(builder) else {
                throw .openSSL("out of memory")
            }
            defer { unsafe OSSL_PARAM_free(parameters) }
            let context = try unsafe Context(EVP_PKEY_CTX_new_from_name(nil, "RSA", nil))
            var made: OpaquePointer?
            guard unsafe EVP_PKEY_fromdata_init(context.pointer) == 1,
                unsafe EVP_PKEY_fromdata(context.pointer, &made, selection, parameters) == 1,
                let key = unsafe made
            else {
                throw .openSSL(.malformedKey, "key cannot be made")
            }
            return unsafe key
        }
    }
}
