import COpenSSL
import Foundation

/// A certificate authority that exists for the time of a test.
///
/// Its files lie in a directory of their own, which goes away with the authority and its certificates.
public final class TestAuthority: @unchecked Sendable {
    // Sendable: only the test that makes it issues certificates; servers and clients keep it for its files.

    /// A certificate with its key, as PEM files.
    public struct Certificate: Sendable {
        /// The certificate.
        public let file: String
        /// The private key, not encrypted.
        public let keyFile: String
        /// Keeps the files in place.
        private let authority: TestAuthority

        init(file: String, keyFile: String, authority: TestAuthority) {
            self.file = file
            self.keyFile = keyFile
            self.authority = authority
        }
    }

    /// OpenSSL made no certificate.
    public struct Failure: Error {}

    /// The authority's own certificate, in PEM.
    public let file: String

    private let directory: URL
    private let key: OpaquePointer
    private let certificate: OpaquePointer
    private var count = 0

    /// Makes a key and a certificate signed with it.
    public init(named name: String = "Test Authority") throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("authority-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        file = directory.appendingPathComponent("authority.pem").path
        key = try Self.makeKey()
        certificate = try Self.certificate(
            of: key, name: name, issuer: nil, valid: -86_400..<86_400,
            extensions: [(NID_basic_constraints, "critical,CA:TRUE"), (NID_key_usage, "critical,keyCertSign,cRLSign")],
            serial: 1, signedBy: key)
        try Self.write(file) { PEM_write_bio_X509($0, certificate) }
    }

    deinit {
        X509_free(certificate)
        EVP_PKEY_free(key)
        try? FileManager.default.removeItem(at: directory)
    }

    /// Issues a certificate for `names` (`DNS:localhost`, `IP:127.0.0.1`), valid for a span of seconds from now. `policy`
    /// is the number of a certificate policy.
    public func issue(
        for names: [String] = ["DNS:localhost", "IP:127.0.0.1"], valid: Range<Int> = -3600..<86_400,
        policy: String? = nil
    ) throws -> Certificate {
        count += 1
        let key = try Self.makeKey()
        defer { EVP_PKEY_free(key) }
        let certificate = try Self.certificate(
            of: key, name: "leaf \(count)", issuer: self.certificate, valid: valid,
            extensions: [
                (NID_basic_constraints, "critical,CA:FALSE"), (NID_ext_key_usage, "serverAuth,clientAuth"),
                (NID_subject_alt_name, names.joined(separator: ",")),
            ] + (policy.map { [(NID_certificate_policies, $0)] } ?? []),
            serial: count + 1, signedBy: self.key)
        defer { X509_free(certificate) }
        let base = directory.appendingPathComponent("leaf-\(count)").path
        try Self.write(base + ".pem") { PEM_write_bio_X509($0, certificate) }
        try Self.write(base + ".key") { PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil) }
        // Any other mode is refused.
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: base + ".key")
        return Certificate(file: base + ".pem", keyFile: base + ".key", authority: self)
    }

    private static func makeKey() throws -> OpaquePointer {
        guard let context = EVP_PKEY_CTX_new_from_name(nil, "EC", nil) else { throw Failure() }
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1, EVP_PKEY_CTX_set_group_name(context, "P-256") == 1,
            EVP_PKEY_generate(context, &key) == 1, let key
        else { throw Failure() }
        return key
    }

    private static func certificate(
        of key: OpaquePointer, name: String, issuer: OpaquePointer?, valid: Range<Int>, extensions: [(CInt, String)],
        serial: Int, signedBy signer: OpaquePointer
    ) throws -> OpaquePointer {
        guard let certificate = X509_new(), let subject = X509_get_subject_name(certificate) else { throw Failure() }
        var isComplete = false
        defer { if !isComplete { X509_free(certificate) } }
        guard X509_set_version(certificate, 2) == 1,
            ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial) == 1,
            X509_gmtime_adj(X509_getm_notBefore(certificate), valid.lowerBound) != nil,
            X509_gmtime_adj(X509_getm_notAfter(certificate), valid.upperBound) != nil,
            X509_NAME_add_entry_by_txt(subject, "CN", utf8Kind, name, -1, -1, 0) == 1,
            X509_set_issuer_name(certificate, issuer.map { X509_get_subject_name($0) } ?? subject) == 1,
            X509_set_pubkey(certificate, key) == 1
        else { throw Failure() }
        var context = X509V3_CTX()
        X509V3_set_ctx(&context, issuer ?? certificate, certificate, nil, nil, 0)
        // Policies are read only with a configuration, even if it is empty.
        let configuration = NCONF_new(nil)
        defer { NCONF_free(configuration) }
        X509V3_set_nconf(&context, configuration)
        for (nid, value) in extensions {
            guard let item = X509V3_EXT_nconf_nid(configuration, &context, nid, value) else { throw Failure() }
            defer { X509_EXTENSION_free(item) }
            guard X509_add_ext(certificate, item, -1) == 1 else { throw Failure() }
        }
        guard X509_sign(certificate, signer, EVP_sha256()) > 0 else { throw Failure() }
        isComplete = true
        return certificate
    }

    private static func write(_ file: String, _ body: (OpaquePointer) -> CInt) throws {
        guard let output = BIO_new_file(file, "w") else { throw Failure() }
        defer { BIO_free(output) }
        guard body(output) == 1 else { throw Failure() }
    }
}

/// `MBSTRING_UTF8` is an expression that Swift does not import.
private let utf8Kind: CInt = 0x1000
