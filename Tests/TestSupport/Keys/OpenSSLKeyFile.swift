import COpenSSL

/// Certificates and PKCS#12 files made with OpenSSL itself, independently of the library.
package final class OpenSSLKeyFile {
    package struct Failure: Error {}

    /// Whether the OpenSSL here checks the MAC of RFC 9579, which came with release 3.4.
    package static var libraryChecksPBMAC1: Bool { OpenSSL_version_num() >= 0x3040_0000 }

    private let key: OpaquePointer
    private let certificate: OpaquePointer

    /// Reads a private key in PEM and issues a certificate for it, signed by itself.
    package init(keyPEM: String, commonName: String = "test") throws {
        let key = try Self.withBIO(Array(keyPEM.utf8)) { PEM_read_bio_PrivateKey($0, nil, nil, nil) }
        self.key = key
        guard let certificate = X509_new() else {
            EVP_PKEY_free(key)
            throw Failure()
        }
        self.certificate = certificate
        let name = X509_get_subject_name(certificate)
        // MBSTRING_UTF8 is an expression that Swift does not import.
        guard X509_set_version(certificate, 2) == 1,
            ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) == 1,
            X509_gmtime_adj(X509_getm_notBefore(certificate), -7200) != nil,
            // Expired: nothing of a certificate is trusted, its validity neither.
            X509_gmtime_adj(X509_getm_notAfter(certificate), -3600) != nil,
            X509_NAME_add_entry_by_txt(name, "CN", 0x1000, commonName, -1, -1, 0) == 1,
            X509_set_issuer_name(certificate, name) == 1, X509_set_pubkey(certificate, key) == 1,
            X509_sign(certificate, key, EVP_sha256()) > 0
        else { throw Failure() }
    }

    deinit {
        X509_free(certificate)
        EVP_PKEY_free(key)
    }

    package func publicKeyPEM() throws -> String {
        String(decoding: try Self.bytes { PEM_write_bio_PUBKEY($0, key) }, as: UTF8.self)
    }

    package func certificatePEM() throws -> String {
        String(decoding: try Self.bytes { PEM_write_bio_X509($0, certificate) }, as: UTF8.self)
    }

    package func certificateDER() throws -> [UInt8] {
        try Self.bytes { i2d_X509_bio($0, certificate) }
    }

    /// Writes a PKCS#12 file with the key and the certificate of `owner`, which a good file has of the same.
    package func pkcs12(
        passphrase: String?, name: String? = nil, certificateOf owner: OpenSSLKeyFile,
        includesMAC: Bool = true, iterations: CInt = 2048
    ) throws -> [UInt8] {
        try pkcs12(
            passphrase: passphrase, name: name, certificatesOf: [owner], includesMAC: includesMAC,
            iterations: iterations)
    }

    /// Writes a PKCS#12 file with the keys of `others`, this key and the certificates of `owners`, all tied to this key.
    package func pkcs12(
        passphrase: String?, name: String? = nil, certificatesOf owners: [OpenSSLKeyFile],
        besides others: [OpenSSLKeyFile] = [], includesMAC: Bool = true, iterations: CInt = 2048
    ) throws -> [UInt8] {
        // Put together by hand, as PKCS12_create refuses a certificate of another key.
        var localKeyID: [UInt8] = [7]
        var safes: OpaquePointer?
        var certificates: OpaquePointer?
        var keys: OpaquePointer?
        defer {
            itsmerp_PKCS7_free_all(safes)
            itsmerp_PKCS12_bags_free(certificates)
            itsmerp_PKCS12_bags_free(keys)
        }
        for owner in owners {
            guard let bag = PKCS12_add_cert(&certificates, owner.certificate),
                PKCS12_add_localkeyid(bag, &localKeyID, 1) == 1
            else { throw Failure() }
        }
        for other in others {
            guard PKCS12_add_key(&keys, other.key, 0, iterations, NID_aes_256_cbc, passphrase) != nil else {
                throw Failure()
            }
        }
        guard let keyBag = PKCS12_add_key(&keys, key, 0, iterations, NID_aes_256_cbc, passphrase),
            PKCS12_add_localkeyid(keyBag, &localKeyID, 1) == 1,
            name.map({ PKCS12_add_friendlyname_utf8(keyBag, $0, -1) == 1 }) ?? true,
            PKCS12_add_safe(&safes, certificates, NID_aes_256_cbc, iterations, passphrase) == 1,
            PKCS12_add_safe(&safes, keys, -1, 0, nil) == 1,
            let file = PKCS12_add_safes(safes, 0)
        else { throw Failure() }
        defer { PKCS12_free(file) }
        if includesMAC {
            guard PKCS12_set_mac(file, passphrase, -1, nil, 0, 2048, EVP_sha256()) == 1 else { throw Failure() }
        }
        return try Self.bytes { i2d_PKCS12_bio($0, file) }
    }

    /// Gives a file that was altered a MAC that fits.
    package static func withFittingMAC(
        _ file: [UInt8], passphrase: String, iterations: CInt = 2048
    ) throws -> [UInt8] {
        try file.withUnsafeBufferPointer { contents in
            var input = contents.baseAddress
            guard let file = d2i_PKCS12(nil, &input, contents.count) else { throw Failure() }
            defer { PKCS12_free(file) }
            guard PKCS12_set_mac(file, passphrase, -1, nil, 0, iterations, EVP_sha256()) == 1 else { throw Failure() }
            return try bytes { i2d_PKCS12_bio($0, file) }
        }
    }

    private static func withBIO(_ bytes: [UInt8], _ read: (OpaquePointer) -> OpaquePointer?) throws -> OpaquePointer {
        guard let input = BIO_new(BIO_s_mem()) else { throw Failure() }
        defer { BIO_free(input) }
        guard BIO_write(input, bytes, Int32(bytes.count)) == Int32(bytes.count), let value = read(input) else {
            throw Failure()
        }
        return value
    }

    private static func bytes(_ write: (OpaquePointer) -> CInt) throws -> [UInt8] {
        guard let output = BIO_new(BIO_s_mem()) else { throw Failure() }
        defer { BIO_free(output) }
        guard write(output) == 1 else { throw Failure() }
        var start: UnsafeMutablePointer<CChar>?
        let size = itsmerp_BIO_get_mem_data(output, &start)
        return Array(UnsafeRawBufferPointer(start: start, count: size))
    }
}
