internal import COpenSSL

/// An owned X509.
@safe
struct CertificateHandle: ~Copyable {
    private let pointer: OpaquePointer

    /// More than any certificate needs.
    private static let maximumSize = 64 << 10

    /// Takes over `pointer`.
    init(owning pointer: OpaquePointer) {
        unsafe self.pointer = pointer
    }

    deinit {
        unsafe X509_free(pointer)
    }

    /// Reads DER, which must be one certificate and nothing else.
    static func reading(_ der: Span<UInt8>) throws(JOSEError) -> CertificateHandle {
        guard der.count <= maximumSize else {
            throw JOSEError(.malformedCertificate, "certificate exceeds the size limit")
        }
        return try unsafe der.withUnsafeBufferPointer { (der) throws(JOSEError) in
            var input = der.baseAddress
            guard let pointer = unsafe d2i_X509(nil, &input, der.count) else {
                throw .openSSL(.malformedCertificate, "the data is not an X.509 certificate")
            }
            let handle = unsafe CertificateHandle(owning: pointer)
            guard unsafe input == der.baseAddress.map({ unsafe $0 + der.count }) else {
                throw .openSSL(.malformedCertificate, "data follows the certificate")
            }
            ERR_clear_error()
            return handle
        }
    }

    /// Returns the public key; throws if it is not an RSA key that this module accepts.
    func publicKey() throws(JOSEError) -> RSAPublicKey {
        guard let key = unsafe X509_get_pubkey(pointer) else {
            throw .openSSL(.unsupportedKeyType, "not an RSA key")
        }
        return try RSAPublicKey(unsafe RSAKey(owning: key))
    }

    /// Returns the subject in the notation of RFC 2253, in ASCII: other characters and control characters are escaped.
    func subject() throws(JOSEError) -> String {
        guard let output = unsafe BIO_new(BIO_s_mem()) else {
            throw .openSSL("out of memory")
        }
        defer { unsafe BIO_free(output) }
        // Zero is valid: a subject may be empty.
        guard unsafe X509_NAME_print_ex(output, X509_get_subject_name(pointer), 0, itsmerp_XN_FLAG_RFC2253) >= 0 else {
            throw .openSSL(.malformedCertificate, "subject cannot be read")
        }
        var text: UnsafeMutablePointer<CChar>?
        let size = unsafe itsmerp_BIO_get_mem_data(output, &text)
        guard size > 0, let text = unsafe text else {
            return ""
        }
        return unsafe UnsafeRawBufferPointer(start: text, count: size).withMemoryRebound(to: UInt8.self) {
            unsafe String(decoding: $0, as: UTF8.self)
        }
    }
}
