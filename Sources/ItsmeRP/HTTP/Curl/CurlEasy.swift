import CCurl

/// One libcurl easy handle, used for one exchange after the other.
///
/// What is the same for all exchanges is set once. What differs is listed in ``prepare(for:)`` and set anew each time, so
/// nothing is left over from the exchange before.
@safe final class CurlEasy {
    let pointer: UnsafeMutableRawPointer
    /// What changes with each exchange, in memory of its own, whose address the callbacks get.
    private let work: UnsafeMutablePointer<Work>
    // Only the loop's thread touches a handle, one call after the other, so no access overlaps another.

    /// Its place in the list of active handles.
    @safe @exclusivity(unchecked) var index = 0

    private let trust: CurlTrust
    private let ownLines: OwnHeaderLines
    /// The URL, parsed: libcurl takes a copy for each exchange, which costs it less than to parse.
    @exclusivity(unchecked) private var parsedURL: OpaquePointer?

    @safe fileprivate struct Work: ~Copyable {
        var transfer: CurlTransfer?
        var collector = ReplyCollector()
        var memory = RequestMemory()

        // What the handle has from the exchange before; set anew only if it differs.
        var url: [UInt8] = []
        var hasMethod = false
        var connectTimeout: Duration?
    }

    /// The exchange it works on.
    var transfer: CurlTransfer? { unsafe work.pointee.transfer }

    init(_ settings: CurlSettings) throws(HTTPTransportError) {
        guard let pointer = unsafe curl_easy_init() else {
            throw HTTPTransportError(.other, reason: "libcurl gives no handle")
        }
        unsafe self.pointer = unsafe pointer
        unsafe work = .allocate(capacity: 1)
        unsafe work.initialize(to: Work())
        trust = settings.trust
        ownLines = settings.ownLines
        try configure(settings)
    }

    deinit {
        unsafe curl_easy_cleanup(pointer)
        unsafe curl_url_cleanup(parsedURL)
        unsafe work.deinitialize(count: 1)
        unsafe work.deallocate()
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
        try set(CURLOPT_ACCEPT_ENCODING, to: OwnHeaderLines.coding)
        try set(CURLOPT_TCP_KEEPALIVE, to: 1)
        // Allocated for each request over TLS. Larger than most bodies here; as large as it is by itself, it has the
        // heap tidied up each time.
        try set(CURLOPT_UPLOAD_BUFFERSIZE, to: 16 << 10)
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
        if configuration.proxy != nil { try set(CURLOPT_USERAGENT, to: configuration.userAgent) }
        try set(CURLOPT_NOPROXY, to: settings.noProxy)
        try set(CURLOPT_HEADEROPT, to: Int(CURLHEADER_SEPARATE))

        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        let code = unsafe itsmerp_curl_easy_set_callbacks(pointer, beforeRequest, onHeader, onBody, work, context)
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
        if !hasURL(request.target) { try setURL(request.target) }
        if unsafe work.pointee.connectTimeout != transfer.limits.connectTimeout {
            try set(CURLOPT_CONNECTTIMEOUT_MS, to: transfer.limits.connectTimeout.wholeMilliseconds)
            unsafe work.pointee.connectTimeout = transfer.limits.connectTimeout
        }
        // HTTPGET undoes what an earlier POST or HEAD has set; to empty the body makes a POST of it, too.
        try set(CURLOPT_HTTPGET, to: 1)
        if unsafe work.pointee.hasMethod { try set(CURLOPT_CUSTOMREQUEST, to: nil) }
        unsafe work.pointee.hasMethod = false
        unsafe work.pointee.memory.load(
            header: request.header, followedBy: request.hasUserAgent ? ownLines.withoutUserAgent : ownLines.all,
            body: request.body)
        switch request.verb {
        case .get: break
        case .head: try set(CURLOPT_NOBODY, to: 1)
        case .post: try lendBody(of: request.body.count)
        case .other(let method):
            // These two announce a body even if it is empty.
            if !request.body.isEmpty || method == "PUT" || method == "PATCH" { try lendBody(of: request.body.count) }
            try set(CURLOPT_CUSTOMREQUEST, to: method)
            unsafe work.pointee.hasMethod = true
        }
        try check(
            unsafe itsmerp_curl_easy_setopt_pointer(pointer, CURLOPT_HTTPHEADER, work.pointee.memory.header),
            "the header fields")
        unsafe work.pointee.collector.begin(limits: transfer.limits, isHead: request.verb == .head)
        unsafe work.pointee.transfer = transfer
        transfer.easy = self
    }

    /// Forgets the exchange, and with it the header and the body, which may hold secrets.
    func release() throws(HTTPTransportError) {
        unsafe work.pointee.transfer.take()?.easy = nil
        try check(unsafe itsmerp_curl_easy_setopt_pointer(pointer, CURLOPT_HTTPHEADER, nil), "the header fields")
        try check(unsafe itsmerp_curl_easy_setopt_pointer(pointer, CURLOPT_POSTFIELDS, nil), "the body")
        unsafe work.pointee.memory.wipe()
        unsafe work.pointee.collector.forget()
    }

    private func hasURL(_ text: ArraySlice<UInt8>) -> Bool {
        guard unsafe work.pointee.url.count == text.count else { return false }
        return unsafe work.pointee.url.withUnsafeBytes { url in
            unsafe text.withUnsafeBytes { text in unsafe itsmerp_are_equal(url.baseAddress, text.baseAddress, url.count)
            }
        }
    }

    /// Takes another URL, ended by a NUL.
    private func setURL(_ text: ArraySlice<UInt8>) throws(HTTPTransportError) {
        unsafe work.pointee.url = []
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
        unsafe work.pointee.url = Array(text)
    }

    /// Makes a POST with a body of `size` octets, which libcurl reads from the memory here.
    private func lendBody(of size: Int) throws(HTTPTransportError) {
        try check(
            unsafe itsmerp_curl_easy_setopt_off_t(pointer, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(size)), "the body")
        try check(
            unsafe itsmerp_curl_easy_setopt_pointer(pointer, CURLOPT_POSTFIELDS, work.pointee.memory.body), "the body")
    }

    // MARK: Information

    /// The whole answer, once the transfer has ended well; the next one comes into `memory`.
    func takeReply(andUse memory: consuming ReplyMemory) throws(HTTPTransportError) -> CollectedReply {
        try unsafe work.pointee.collector.takeReply(andUse: memory)
    }

    /// OpenSSL's verdict on the peer's certificate (`X509_V_…`).
    var verifyResult: Int {
        var value = 0
        let code = unsafe itsmerp_curl_easy_getinfo_long(pointer, CURLINFO_SSL_VERIFYRESULT, &value)
        return code == CURLE_OK ? value : 0
    }

    /// What was wrong with the answer.
    var replyFailure: HTTPTransportError? { unsafe work.pointee.collector.failure }

    /// Whether the head of the answer has come.
    var hasHead: Bool { unsafe work.pointee.collector.hasHead }

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
    guard let transfer = unsafe CurlEasy.work(at: context)?.pointee.transfer else { return CURL_PREREQFUNC_ABORT }
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
    /// What a callback's context leads to: a handle's own memory, and the handle is in the loop's hands for as long as
    /// libcurl may call.
    fileprivate static func work(at context: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<Work>? {
        unsafe context?.assumingMemoryBound(to: Work.self)
    }
}

/// Passes what arrived to the collector; the answer to libcurl is the number of bytes taken, any other ends the transfer.
@inline(__always)
private func receive(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?,
    _ take: (inout ReplyCollector, UnsafeRawBufferPointer) -> Bool
) -> Int {
    let (total, overflow) = size.multipliedReportingOverflow(by: count)
    guard !overflow, total > 0, let bytes = unsafe bytes else { return 0 }
    guard let work = unsafe CurlEasy.work(at: context) else { return -1 }
    let buffer = unsafe UnsafeRawBufferPointer(start: bytes, count: total)
    return unsafe take(&work.pointee.collector, buffer) ? total : -1
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
