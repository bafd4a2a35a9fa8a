import COpenSSLTLS

/// The server's side of TLS for ``MisbehavingServer``.
public final class TLSAcceptor: @unchecked Sendable {
    // Sendable: it is set up before the server starts, and threads may make connections from one SSL_CTX at the same time.

    /// OpenSSL does not take the certificate or the version.
    public struct Failure: Error {}

    let context: OpaquePointer

    /// Presents `certificate`; with `onlyVersion` (`TLS1_1_VERSION` and so on) that one version and no other.
    public init(_ certificate: TestAuthority.Certificate, onlyVersion: CInt? = nil) throws {
        guard let context = SSL_CTX_new(TLS_server_method()) else { throw Failure() }
        self.context = context
        guard SSL_CTX_use_certificate_chain_file(context, certificate.file) == 1,
            SSL_CTX_use_PrivateKey_file(context, certificate.keyFile, SSL_FILETYPE_PEM) == 1
        else { throw Failure() }
        if let onlyVersion {
            // Old versions use SHA-1, which OpenSSL allows at security level 0 only.
            guard SSL_CTX_set_cipher_list(context, "ALL:@SECLEVEL=0") == 1,
                itsmerp_ssl_ctx_set_versions(context, onlyVersion, onlyVersion) == 1
            else { throw Failure() }
        }
    }

    /// Asks clients for a certificate of `authority` and refuses those without.
    public func requireClientCertificate(of authority: TestAuthority) throws {
        guard SSL_CTX_load_verify_locations(context, authority.file, nil) == 1 else { throw Failure() }
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
    }

    deinit {
        SSL_CTX_free(context)
    }

    /// TLS 1.1, long forbidden (RFC 8996).
    public static let version11: CInt = TLS1_1_VERSION
    /// TLS 1.2.
    public static let version12: CInt = TLS1_2_VERSION
}
