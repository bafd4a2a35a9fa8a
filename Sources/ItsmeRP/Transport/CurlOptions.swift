import CCurl
import JOSE

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The options that all handles of a transport share, from a checked configuration.
struct CurlOptions: Sendable {
    private var numbers: [(CURLoption, Int)]
    private var texts: [(CURLoption, String?)]
    /// The system's certificate authorities and the additional ones, if libcurl has no other way to trust both.
    private var authorities: SecretBytes?

    /// How long a kept connection may be idle: before a request that may be repeated (`idleSeconds`), and before any
    /// other (`shortIdleSeconds`). libcurl counts whole seconds: 1 means less than 2.
    let idleSeconds: Int
    let shortIdleSeconds: Int
    /// Whether a request that must not be repeated always uses a new connection.
    let alwaysConnects: Bool
    let hasProxy: Bool

    init(_ configuration: CurlTransport.Configuration) throws(HTTPTransportError) {
        guard Self.globalCode == CURLE_OK else {
            throw HTTPTransportError(.other, reason: "libcurl could not be initialised")
        }
        for text in [configuration.proxy, configuration.userAgent] + configuration.proxyExceptions {
            guard (text ?? "").utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
                throw HTTPTransportError(
                    .badRequest,
                    reason: "the proxy, its exceptions or the user agent have a character that is not printable ASCII")
            }
        }
        for (name, value, range) in [
            ("maximumConnectionsPerHost", configuration.maximumConnectionsPerHost, 1...10_000),
            ("maximumConnections", configuration.maximumConnections, 1...10_000),
            ("maximumConcurrentRequests", configuration.maximumConcurrentRequests, 1...1_000_000),
            ("maximumWaitingRequests", configuration.maximumWaitingRequests, 0...1_000_000),
        ] where !range.contains(value) {
            throw Self.outOfRange(name, range)
        }
        idleSeconds = try Self.seconds("idleConnectionLifetime", configuration.idleConnectionLifetime, 1...86_400)
        let limit = try Self.seconds("unrepeatableIdleLimit", configuration.unrepeatableIdleLimit, 0...86_400)
        // Never zero, which libcurl may read as no limit.
        shortIdleSeconds = max(1, min(idleSeconds, limit - 1))
        alwaysConnects = limit <= 1
        hasProxy = configuration.proxy != nil
        numbers = [
            (CURLOPT_NOSIGNAL, 1),
            // If a transfer ends early, the loop must not wait for a name server that does not answer.
            (CURLOPT_QUICK_EXIT, 1),
            (CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1)),
            (CURLOPT_FOLLOWLOCATION, 0), (CURLOPT_NETRC, 0), (CURLOPT_HTTP09_ALLOWED, 0), (CURLOPT_PATH_AS_IS, 1),
            (CURLOPT_DISALLOW_USERNAME_IN_URL, 1), (CURLOPT_TCP_KEEPALIVE, 1),
            // libcurl allocates this for each request over TLS. The default of 64 KiB costs a page fault each time.
            (CURLOPT_UPLOAD_BUFFERSIZE, 16 << 10),
            // Never send the server's header fields to the proxy.
            (CURLOPT_HEADEROPT, Int(CURLHEADER_SEPARATE)),
            (CURLOPT_SSL_VERIFYPEER, 1), (CURLOPT_SSL_VERIFYHOST, 2),
            (CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)),
        ]
        texts = [
            (CURLOPT_PROTOCOLS_STR, "http,https"), (CURLOPT_REDIR_PROTOCOLS_STR, "http,https"),
            (CURLOPT_ACCEPT_ENCODING, "gzip"), (CURLOPT_USERAGENT, configuration.userAgent),
            // Set even if empty: otherwise libcurl reads the environment.
            (CURLOPT_PROXY, configuration.proxy ?? ""),
            (CURLOPT_NOPROXY, configuration.proxyExceptions.joined(separator: ",")),
        ]
        if configuration.proxy != nil {
            // For TLS to the proxy itself. The scheme may be in upper case.
            numbers += [
                (CURLOPT_PROXY_SSL_VERIFYPEER, 1), (CURLOPT_PROXY_SSL_VERIFYHOST, 2),
                (CURLOPT_PROXY_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)),
            ]
        }
        try trust(configuration.additionalCAFile)
        if let certificate = configuration.clientCertificate { try present(certificate) }
    }

    /// Once per process: a `static let` is initialised under a lock.
    private static let globalCode = itsmerp_curl_global_init()

    /// libcurl counts whole seconds.
    private static func seconds(
        _ name: String, _ value: Duration, _ range: ClosedRange<Int>
    ) throws(HTTPTransportError) -> Int {
        let seconds = Int(clamping: value.components.seconds)
        guard value.isWholeSeconds, range.contains(seconds) else { throw outOfRange(name, range, " whole seconds") }
        return seconds
    }

    private static func outOfRange(
        _ name: String, _ range: ClosedRange<Int>, _ unit: String = ""
    ) -> HTTPTransportError {
        HTTPTransportError(
            .badRequest, reason: "\(name) is out of range: choose \(range.lowerBound) to \(range.upperBound)\(unit)")
    }

    // MARK: TLS

    /// Trusts the system's authorities, and those of `file`.
    ///
    /// `CURLOPT_CAINFO` *replaces* the system's bundle, so there are two ways to add a file. If libcurl was built with
    /// a directory of hashed certificates (Debian, Ubuntu), the file replaces the bundle and the directory stays in
    /// use, so both are trusted. Otherwise the bundle and the file are joined in memory.
    private mutating func trust(_ file: String?) throws(HTTPTransportError) {
        // The default paths of libcurl.
        let system = unsafe curl_version_info(CURLVERSION_ELEVENTH).pointee
        let bundle = unsafe system.cainfo.map { unsafe String(cString: $0) }
        let directory = unsafe system.capath.map { unsafe String(cString: $0) }
        guard let file else {
            // libcurl parses the bundle once for all connections only if no directory is set.
            if let bundle, FileManager.default.isReadableFile(atPath: bundle) {
                texts += [(CURLOPT_CAPATH, nil), (CURLOPT_PROXY_CAPATH, nil)]
            }
            return
        }
        guard let more = FileManager.default.contents(atPath: file),
            more.firstRange(of: Data("-----BEGIN ".utf8)) != nil
        else {
            throw HTTPTransportError(
                .tls,
                reason:
                    "\(KeyFile.shown(file)): the additional CA file cannot be read or is not PEM; give a PEM file that this process may read"
            )
        }
        var isDirectory = false
        if let directory, FileManager.default.fileExists(atPath: directory, isDirectory: &isDirectory), isDirectory {
            texts += [(CURLOPT_CAINFO, file), (CURLOPT_PROXY_CAINFO, file)]
        } else {
            let bundle = bundle.flatMap { FileManager.default.contents(atPath: $0) } ?? Data()
            authorities = SecretBytes(Array(bundle) + [0x0A] + Array(more))
        }
    }

    private mutating func present(_ certificate: CurlTransport.ClientCertificate) throws(HTTPTransportError) {
        guard FileManager.default.isReadableFile(atPath: certificate.file) else {
            throw HTTPTransportError(
                .tls,
                reason:
                    "\(KeyFile.shown(certificate.file)): the client certificate cannot be read; give a PEM file that this process may read"
            )
        }
        do {
            _ = try KeyFile(certificate.keyFile, readers: certificate.keyFileReaders).read()
        } catch {
            throw HTTPTransportError(.tls, reason: "the client certificate's key: \(error.reason). \(error.remedy)")
        }
        texts += [
            (CURLOPT_SSLCERTTYPE, "PEM"), (CURLOPT_SSLCERT, certificate.file), (CURLOPT_SSLKEYTYPE, "PEM"),
            (CURLOPT_SSLKEY, certificate.keyFile), (CURLOPT_KEYPASSWD, certificate.passphrase),
        ]
    }

    // MARK: Setting

    func apply(to handle: UnsafeMutableRawPointer?) throws(HTTPTransportError) {
        try unsafe Self.apply(numbers, texts, to: handle)
        guard let authorities else { return }
        for option in [CURLOPT_CAINFO_BLOB, CURLOPT_PROXY_CAINFO_BLOB] {
            // The bytes do not move while these options exist, and handles keep their options alive.
            let code = authorities.withBytes {
                unsafe $0.withUnsafeBytes {
                    unsafe itsmerp_curl_easy_lend_blob(handle, option, $0.baseAddress, $0.count)
                }
            }
            try Self.check(code, option)
        }
    }

    static func apply(
        _ numbers: [(CURLoption, Int)], _ texts: [(CURLoption, String?)], to handle: UnsafeMutableRawPointer?
    ) throws(HTTPTransportError) {
        for (option, value) in numbers {
            try check(unsafe itsmerp_curl_easy_setopt_long(handle, option, value), option)
        }
        for (option, value) in texts {
            try check(unsafe itsmerp_curl_easy_setopt_string(handle, option, value), option)
        }
    }

    /// Throws if libcurl refused an option.
    static func check(_ code: CURLcode, _ option: CURLoption? = nil) throws(HTTPTransportError) {
        guard code == CURLE_OK else {
            let name = option.map { "the option \($0.rawValue)" } ?? "a part of the request"
            throw HTTPTransportError(.other, reason: "libcurl refused \(name) (code \(code.rawValue))")
        }
    }
}
