import CCurl

/// One libcurl easy handle, used for one exchange after the other.
///
/// What is the same for all exchanges is set once. What differs is listed in ``prepare(for:)`` and set anew each time, so
/// nothing is left over from the exchange before.
@safe final class CurlEasy {
    let pointer: UnsafeMutableRawPointer
    /// The exchange it works on; the callbacks find it here.
    private(set) var transfer: CurlTransfer?
    /// What has come of the answer.
    ///
    /// In memory of its own, whose address the callbacks get.
    private let collector: UnsafeMutablePointer<ReplyCollector>
    /// Its place in the list of active handles.
    var index = 0

    private let trust: CurlTrust
    private var memory = RequestMemory()

    // What the handle has from the exchange before; set anew only if it differs.
    private var url: [UInt8] = []
    /// The same, parsed: libcurl takes a copy for each exchange, which costs it less than to parse.
    private var parsedURL: OpaquePointer?
    private var hasMethod = false
    private var connectTimeout: Duration?

    init(_ settings: CurlSettings) throws(HTTPTransportError) {
        guard let pointer = unsafe curl_easy_init() else {
            throw HTTPTransportError(.other, reason: "libcurl gives no handle")
        }
        unsafe self.pointer = unsafe pointer
        unsafe collector = .allocate(capacity: 1)
        unsafe collector.initialize(to: ReplyCollector())
        trust = settings.trust
        try configure(settings)
    }

    deinit {
        unsafe curl_easy_cleanup(pointer)
        unsafe curl_url_cleanup(parsedURL)
        unsafe collector.deinitialize(count: 1)
        unsafe collector.deallocate()
    }

    // MARK: Once

    private func configure(_ settings: CurlSettings) throws(HTTPTransportError) {
        let configuration = settings.configuration

        try set(CURLOPT_NOSIGNAL, to: 1)
        // A name server that does not answer must not hold up the loop when its transfer ends early.
        try set(CURLOPT_QUICK_EXIT, to: 1)
        try set(CURLOPT_PROTOCOLS_STR, to: "http,https")
        try set(CURLOPT_REDIR_PROTOCOLS_STR, to: "http,https")
        try set(CURLOPT_FOLLOWLOCATION, to: 0)
        try set(CURLOPT_NETRC, to: 0)
        try set(CURLOPT_HTTP09_ALLOWED, to: 0)
        try set(CURLOPT_PATH_AS_IS, to: 1)
        try set(CURLOPT_HTTP_TRANSFER_DECODING, to: 1)
        try set(CURLOPT_ACCEPT_ENCODING, to: "gzip")
        try set(CURLOPT_USERAGENT, to: configuration.userAgent)
        try set(CURLOPT_TCP_KEEPALIVE, to: 1)
        try set(CURLOPT_MAXAGE_CONN, to: settings.idleSeconds)

        // A libcurl without HTTP/2 says so; everything works over HTTP/1.1 then.
        if !isAccepted(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS)) {
            try set(CURLOPT_HTTP_VERSION, to: Int(CURL_HTTP_VERSION_1_1))
        }

        try set(CURLOPT_SSL_VERIFYPEER, to: 1)
        try set(CURLOPT_SSL_VERIFYHOST, to: 2)
        try set(CURLOPT_SSLVERSION, to: Int(CURL_SSLVERSION_TLSv1_2))
        try trust.apply(to: self)
        if let certificate = configuration.clientCertificate {
            try set(CURLOPT_SSLCERTTYPE, to: "PEM")
            try set(CURLOPT_SSLCERT, to: certificate.file)
            try set(CURLOPT_SSLKEYTYPE, to: "PEM")
            try set(CURLOPT_SSLKEY, to: certificate.keyFile)
            if let passphrase = certificate.passphrase { try set(CURLOPT_KEYPASSWD, to: passphrase) }
        }

        // Empty, not absent: absent means that libcurl asks the environment.
        try set(CURLOPT_PROXY, to: configuration.proxy ?? "")
        try set(CURLOPT_NOPROXY, to: settings.noProxy)
        try set(CURLOPT_HEADEROPT, to: Int(CURLHEADER_SEPARATE))

        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        let code = unsafe itsmerp_curl_easy_set_callbacks(pointer, beforeRequest, onHeader, onBody, collector, context)
        try check(code, "the callbacks")
    }

    /// Lets libcurl read certificates from `bytes`, which live as long as this handle's settings.
    func lendBundle(_ bytes: LentBytes) throws(HTTPTransportError) {
        try check(
            unsafe itsmerp_curl_easy_lend_ca_bundle(pointer, bytes.buffer.baseAddress, bytes.buffer.count),
            "the certificate authorities")
    }

    // MARK: Each time

    /// Loads `transfer`; on an error the handle is not to be used again.
    func prepare(for transfer: CurlTransfer) throws(HTTPTransportError) {
        let request = transfer.request
        if !url.elementsEqual(request.target) { try setURL(request.target) }
        if connectTimeout != transfer.limits.connectTimeout {
            try set(CURLOPT_CONNECTTIMEOUT_MS, to: transfer.limits.connectTimeout.wholeMilliseconds)
            connectTimeout = transfer.limits.connectTimeout
        }
        // HTTPGET undoes what an earlier POST or HEAD has set; to empty the body makes a POST of it, too.
        try set(CURLOPT_HTTPGET, to: 1)
        if hasMethod { try set(CURLOPT_CUSTOMREQUEST, to: nil) }
        hasMethod = false
        memory.load(header: request.header, body: request.body)
        switch request.verb {
        case .get: break
        case .head: try set(CURLOPT_NOBODY, to: 1)
        case .post: try lendBody(of: request.body.count)
        case .other(let method):
            // These two announce a body even if it is empty.
            if !request.body.isEmpty || method == "PUT" || method == "PATCH" { try lendBody(of: request.body.count) }
            try set(CURLOPT_CUSTOMREQUEST, to: method)
            hasMethod = true
        }
        try check(
            unsafe itsmerp_curl_easy_setopt_pointer(pointer, CURLOPT_HTTPHEADER, memory.header), "the header fields")
        unsafe collector.pointee.begin(limits: transfer.limits, isHead: request.verb == .head)
        self.transfer = transfer
        transfer.easy = self
    }

    /// Forgets the exchange, and with it the header and the body, which may hold secrets.
    func release() throws(HTTPTransportError) {
        transfer?.easy = nil
        transfer = nil
        try check(unsafe itsmerp_curl_easy_setopt_pointer(pointer, CURLOPT_HTTPHEADER, nil), "the header fields")
        try check(unsafe itsmerp_curl_easy_setopt_pointer(pointer, CURLOPT_POSTFIELDS, nil), "the body")
        memory.wipe()
        unsafe collector.pointee.forget()
    }

    /// Takes another URL, ended by a NUL.
    private func setURL(_ text: ArraySlice<UInt8>) throws(HTTPTransportError) {
        url = []
        guard let parsed = unsafe parsedURL ?? curl_url() else {
            throw HTTPTransportError(.other, reason: "out of memory")
        }
        unsafe parsedURL = unsafe parsed
        let code = unsafe text.withUnsafeBytes { text in
            unsafe curl_url_set(
                parsed, CURLUPART_URL, text.assumingMemoryBound(to: CChar.self).baseAddress,
                UInt32(CURLU_PATH_AS_IS | CURLU_DISALLOW_USER))
        }
        guard code == CURLUE_OK else { throw HTTPTransportError(.badRequest, reason: "the URL cannot be parsed") }
        // What libcurl has noted of the one before goes with this.
        try set(CURLOPT_URL, to: nil)
        try check(
            unsafe itsmerp_curl_easy_setopt_pointer(pointer, CURLOPT_CURLU, UnsafeMutableRawPointer(parsed)), "the URL")
        url = Array(text)
    }

    /// Makes a POST with a body of `size` octets, which libcurl reads from the memory here.
    private func lendBody(of size: Int) throws(HTTPTransportError) {
        try check(
            unsafe itsmerp_curl_easy_setopt_off_t(pointer, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(size)), "the body")
        try check(unsafe itsmerp_curl_easy_setopt_pointer(pointer, CURLOPT_POSTFIELDS, memory.body), "the body")
    }

    // MARK: Information

    /// The whole answer, once the transfer has ended well.
    func takeReply() throws(HTTPTransportError) -> HTTPReply {
        try unsafe collector.pointee.takeReply()
    }

    /// OpenSSL's verdict on the peer's certificate (`X509_V_…`).
    var verifyResult: Int {
        var value = 0
        let code = unsafe itsmerp_curl_easy_getinfo_long(pointer, CURLINFO_SSL_VERIFYRESULT, &value)
        return code == CURLE_OK ? value : 0
    }

    /// What was wrong with the answer.
    var replyFailure: HTTPTransportError? { unsafe collector.pointee.failure }

    /// Whether the head of the answer has come.
    var hasHead: Bool { unsafe collector.pointee.hasHead }

    // MARK: Options

    func set(_ option: CURLoption, to value: Int) throws(HTTPTransportError) {
        guard isAccepted(option, value) else { throw Self.refused(option) }
    }

    func set(_ option: CURLoption, to value: String?) throws(HTTPTransportError) {
        guard unsafe itsmerp_curl_easy_setopt_string(pointer, option, value) == CURLE_OK else {
            throw Self.refused(option)
        }
    }

    private func isAccepted(_ option: CURLoption, _ value: Int) -> Bool {
        unsafe itsmerp_curl_easy_setopt_long(pointer, option, value) == CURLE_OK
    }

    private func check(_ code: CURLcode, _ what: String) throws(HTTPTransportError) {
        guard code == CURLE_OK else {
            throw HTTPTransportError(.other, reason: "libcurl does not take \(what) (code \(code.rawValue))")
        }
    }

    private static func refused(_ option: CURLoption) -> HTTPTransportError {
        HTTPTransportError(.other, reason: "libcurl does not take the option \(option.rawValue)")
    }
}

// MARK: - Callbacks

/// Called on the loop's thread each time the request is about to be sent: the second time is a retry.
private func beforeRequest(
    _ context: UnsafeMutableRawPointer?, _: UnsafeMutablePointer<CChar>?, _: UnsafeMutablePointer<CChar>?, _: CInt,
    _: CInt
) -> CInt {
    guard let transfer = unsafe CurlEasy.transfer(of: context) else { return CURL_PREREQFUNC_ABORT }
    if transfer.isSent, !transfer.request.mayBeRepeated {
        transfer.failure = HTTPTransportError(
            .connectionLost, reason: "the server closed the connection without an answer; not sent a second time")
        return CURL_PREREQFUNC_ABORT
    }
    transfer.isSent = true
    return CURL_PREREQFUNC_OK
}

private func onHeader(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    unsafe receive(bytes, size, count, context) { collector, buffer in
        unsafe collector.receiveHeaderLine(buffer)
    }
}

private func onBody(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    unsafe receive(bytes, size, count, context) { collector, buffer in
        unsafe collector.receiveBody(buffer)
    }
}

extension CurlEasy {
    /// The exchange of a callback's context.
    ///
    /// The context is a handle's address, unretained: a handle is in the loop's hands for as long as libcurl may call.
    fileprivate static func transfer(of context: UnsafeMutableRawPointer?) -> CurlTransfer? {
        guard let context = unsafe context else { return nil }
        return unsafe Unmanaged<CurlEasy>.fromOpaque(context).takeUnretainedValue().transfer
    }
}

/// Passes what arrived to the collector, which is a callback's context and lives as long as its handle; the answer to
/// libcurl is the number of bytes taken, any other ends the transfer.
@inline(__always)
private func receive(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?,
    _ take: (inout ReplyCollector, UnsafeRawBufferPointer) -> Bool
) -> Int {
    let (total, overflow) = size.multipliedReportingOverflow(by: count)
    guard !overflow, total > 0, let bytes = unsafe bytes else { return 0 }
    guard let collector = unsafe context?.assumingMemoryBound(to: ReplyCollector.self) else { return -1 }
    let buffer = unsafe UnsafeRawBufferPointer(start: bytes, count: total)
    return unsafe take(&collector.pointee, buffer) ? total : -1
}

extension Duration {
    /// Milliseconds, at least 1 and at most some 24 days: what fits every libcurl option.
    var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 1 }
        guard seconds < 2_000_000 else { return 2_000_000_000 }
        return max(1, Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000))
    }
}
