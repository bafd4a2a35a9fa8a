import COpenSSL
import Foundation
import JOSE

/// Key files made with OpenSSL itself, in the kinds that a fuzzer gets far with: with a single iteration, or in clear.
final class FuzzKeyFile {
    static let passphrase = "secret"

    private let key: OpaquePointer
    private let certificate: OpaquePointer

    init() throws {
        let der = try Self.der(ofPEM: FuzzKeys.text("keys/rsa-pkcs1.pem"))
        let key = der.withUnsafeBufferPointer { der in
            var input = der.baseAddress
            return d2i_AutoPrivateKey(nil, &input, der.count)
        }
        guard let key, let certificate = X509_new() else { throw Finding("no key to make files of") }
        self.key = key
        self.certificate = certificate
        let name = X509_get_subject_name(certificate)
        // MBSTRING_UTF8 is an expression that Swift does not import.
        guard X509_set_version(certificate, 2) == 1, ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) == 1,
            ASN1_TIME_set(X509_getm_notBefore(certificate), 1_700_000_000) != nil,
            ASN1_TIME_set(X509_getm_notAfter(certificate), 1_900_000_000) != nil,
            X509_NAME_add_entry_by_txt(name, "CN", 0x1000, "fuzz", -1, -1, 0) == 1,
            X509_set_issuer_name(certificate, name) == 1, X509_set_pubkey(certificate, key) == 1,
            X509_sign(certificate, key, EVP_sha256()) > 0
        else { throw Finding("no certificate") }
    }

    deinit {
        X509_free(certificate)
        EVP_PKEY_free(key)
    }

    static func certificate() throws -> [UInt8] {
        let file = try FuzzKeyFile()
        return try bytes { i2d_X509_bio($0, file.certificate) }
    }

    /// A file encrypted with the cipher, or with none.
    func pkcs12(_ cipher: CInt?) throws -> [UInt8] {
        let cipher = cipher ?? -1
        guard
            let file = PKCS12_create(
                Self.passphrase, "fuzz", key, certificate, nil, cipher, cipher, 1, 1, 0)
        else { throw Finding("no PKCS#12 file") }
        defer { PKCS12_free(file) }
        return try Self.bytes { i2d_PKCS12_bio($0, file) }
    }

    /// PKCS#8 encrypted in the way that the cipher names, with two iterations.
    func encryptedPKCS8(_ cipher: CInt) throws -> [UInt8] {
        guard let info = EVP_PKEY2PKCS8(key) else { throw Finding("no PKCS#8") }
        defer { PKCS8_PRIV_KEY_INFO_free(info) }
        guard let envelope = PKCS8_encrypt(cipher, nil, "tomato", 6, nil, 0, 2, info) else {
            throw Finding("no encrypted PKCS#8")
        }
        defer { X509_SIG_free(envelope) }
        return try Self.bytes { i2d_PKCS8_bio($0, envelope) }
    }

    /// PKCS#8 encrypted with scrypt of the smallest numbers: the usual ones take a twentieth of a second.
    func scryptPKCS8() throws -> [UInt8] {
        var salt = [UInt8](repeating: 1, count: 8)
        var vector = [UInt8](repeating: 2, count: 16)
        guard let info = EVP_PKEY2PKCS8(key) else { throw Finding("no PKCS#8") }
        defer { PKCS8_PRIV_KEY_INFO_free(info) }
        guard let scheme = PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), &salt, 8, &vector, 2, 1, 1) else {
            throw Finding("no scrypt")
        }
        // From here on the envelope owns the scheme.
        guard let envelope = PKCS8_set0_pbe("tomato", 6, info, scheme) else { throw Finding("no encrypted PKCS#8") }
        defer { X509_SIG_free(envelope) }
        return try Self.bytes { i2d_PKCS8_bio($0, envelope) }
    }

    /// The same contents with a MAC under the passphrase; `nil` if the bytes are no PKCS#12 file at all.
    static func withFittingMAC(_ contents: [UInt8]) -> [UInt8]? {
        defer { ERR_clear_error() }
        return contents.withUnsafeBufferPointer { contents in
            var input = contents.baseAddress
            guard let file = d2i_PKCS12(nil, &input, contents.count) else { return nil }
            defer { PKCS12_free(file) }
            guard PKCS12_set_mac(file, passphrase, -1, nil, 0, 1, EVP_sha256()) == 1 else { return nil }
            return try? bytes { i2d_PKCS12_bio($0, file) }
        }
    }

    // MARK: PEM

    static func pem(_ label: String, _ der: [UInt8]) -> String {
        let lines = Data(der).base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
        return "-----BEGIN \(label)-----\n\(lines)\n-----END \(label)-----\n"
    }

    static func der(ofPEM text: String) throws -> [UInt8] {
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("-----") }
        guard let data = Data(base64Encoded: lines.joined()) else { throw Finding("a fixture is not PEM") }
        return Array(data)
    }

    private static func bytes(_ write: (OpaquePointer) -> CInt) throws -> [UInt8] {
        guard let output = BIO_new(BIO_s_mem()) else { throw Finding("no memory") }
        defer { BIO_free(output) }
        guard write(output) == 1 else { throw Finding("OpenSSL cannot write a file") }
        var start: UnsafeMutablePointer<CChar>?
        let size = itsmerp_BIO_get_mem_data(output, &start)
        return Array(UnsafeRawBufferPointer(start: start, count: size))
    }
}
