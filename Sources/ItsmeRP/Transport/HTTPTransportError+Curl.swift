import CCurl

extension HTTPTransportError {
    /// Makes the error for a `transfer` on `handle` that ended with `code`.
    ///
    /// Does not use libcurl's messages: they contain host names and parts of the answer.
    init(_ code: CURLcode, of transfer: CurlTransfer, on handle: CurlHandle) {
        if let failure = transfer.failure ?? transfer.reply.failure {
            self = failure
            return
        }
        switch code {
        case CURLE_URL_MALFORMAT:
            self.init(.badRequest, reason: "the URL cannot be parsed")
        case CURLE_COULDNT_RESOLVE_HOST:
            self.init(.nameResolution, reason: "the host name could not be resolved")
        case CURLE_COULDNT_RESOLVE_PROXY:
            self.init(.nameResolution, reason: "the proxy's host name could not be resolved")
        case CURLE_COULDNT_CONNECT, CURLE_INTERFACE_FAILED, CURLE_NO_CONNECTION_AVAILABLE:
            self.init(
                .connect,
                reason: handle.hasProxy
                    ? "no connection to the configured proxy could be made, or to the server if it is a proxy exception"
                    : "no connection could be made")
        case CURLE_PROXY:
            self.init(.connect, reason: "the proxy could not connect")
        case CURLE_OPERATION_TIMEDOUT:
            self.init(.timeout, reason: "the time to connect ran out")
        case CURLE_PEER_FAILED_VERIFICATION:
            self.init(.tls, reason: Self.reason(of: handle))
        case CURLE_SSL_CONNECT_ERROR:
            self.init(
                .tls, reason: "the TLS handshake failed: no common protocol version or cipher, or the peer ended it")
        case CURLE_SSL_CERTPROBLEM, CURLE_SSL_CLIENTCERT:
            self.init(.tls, reason: "the client certificate or its key is missing, unusable or refused")
        case CURLE_SSL_CACERT_BADFILE:
            self.init(.tls, reason: "the certificate authorities could not be read")
        case CURLE_SSL_CIPHER, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_ENGINE_INITFAILED,
            CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS,
            CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_SHUTDOWN_FAILED, CURLE_USE_SSL_FAILED:
            self.init(.tls, reason: "the TLS connection failed (code \(code.rawValue))")
        case CURLE_GOT_NOTHING:
            self.init(.connectionLost, reason: "the server closed the connection without an answer")
        case CURLE_PARTIAL_FILE:
            self.init(.connectionLost, reason: "the connection ended before the body did")
        case CURLE_SEND_ERROR where !transfer.isSent, CURLE_RECV_ERROR where !transfer.isSent:
            // Before the request was sent, only a proxy can have answered.
            self.init(.connect, reason: "the proxy could not connect")
        case CURLE_SEND_ERROR, CURLE_SEND_FAIL_REWIND:
            self.init(.connectionLost, reason: "the connection was lost while sending")
        case CURLE_RECV_ERROR where handle.failureText.contains("chunk"):
            self.init(.malformedResponse, reason: "the chunked coding of the body is invalid")
        case CURLE_RECV_ERROR:
            self.init(.connectionLost, reason: "the connection was lost while receiving")
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL:
            // The scheme was checked before, so an unsupported protocol means that the answer is HTTP/0.9 or not HTTP.
            self.init(.malformedResponse, reason: "the answer is not HTTP")
        case CURLE_BAD_CONTENT_ENCODING, CURLE_WRITE_ERROR:
            // Errors from callbacks were handled above, so this one comes from the decoder.
            self.init(.malformedResponse, reason: "the content coding of the body is invalid")
        case CURLE_FILESIZE_EXCEEDED:
            self.init(.bodyTooLarge, reason: "the body is larger than allowed")
        case CURLE_OUT_OF_MEMORY where transfer.isSent && !transfer.reply.hasHead,
            CURLcode(rawValue: Self.tooLarge):
            // libcurl's own limit for a header line: "out of memory" before 8.6, "too large" since.
            self.init(.headersTooLarge, reason: "a header line is larger than allowed")
        default:
            self.init(.other, reason: unsafe String(cString: curl_easy_strerror(code)))
        }
    }

    /// `CURLE_TOO_LARGE` of libcurl 8.6; older headers lack it.
    private static let tooLarge: UInt32 = 100

    private static func reason(of handle: CurlHandle) -> String {
        let verdict = handle.information(CURLINFO_SSL_VERIFYRESULT)
        let proxyVerdict = handle.information(CURLINFO_PROXY_SSL_VERIFYRESULT)
        let whose = proxyVerdict == 0 ? "the server's certificate" : "the proxy's certificate"
        return Self.verdict(max(verdict, proxyVerdict), on: whose)
    }

    /// Text for the common verification errors (`X509_V_ERR_…`).
    package static func verdict(_ code: Int, on certificate: String) -> String {
        switch code {
        // libcurl leaves 1 here if the chain is valid but its own check of the name fails.
        case 0, 1, 62: "\(certificate) is not for this host name"
        case 9: "\(certificate) is not valid yet"
        case 10: "\(certificate) has expired"
        case 18: "\(certificate) is self-signed and not trusted"
        case 19, 20, 21: "\(certificate) comes from an authority that is not trusted"
        case 23: "\(certificate) was revoked"
        default: "\(certificate) could not be verified (OpenSSL code \(code))"
        }
    }
}
