import CCurl
import JOSE
import Synchronization

/// One HTTP exchange in the loop.
///
/// Unchecked because two threads use it, one after the other: the calling task makes it, then only the loop's thread
/// uses it. Other threads only set `isCancelled`, which is atomic.
final class CurlTransfer: @unchecked Sendable {
    typealias Continuation = CheckedContinuation<HTTPReply, any Error>

    let request: CheckedRequest
    let limits: HTTPLimits
    let deadline: ContinuousClock.Instant
    let isCancelled = Atomic(false)

    /// Whether the request has been sent, at least in part.
    fileprivate(set) var isSent = false
    /// Whether libcurl chose an unusable connection. Nothing was sent, so libcurl has to choose again.
    fileprivate(set) var needsOtherConnection = false
    fileprivate(set) var reply: ReplyCollector
    /// The error that a callback found. It says more than libcurl's result code.
    fileprivate(set) var failure: HTTPTransportError?
    private var continuation: Continuation?

    init(_ request: CheckedRequest, limits: HTTPLimits) {
        self.request = request
        self.limits = limits
        // Limited, so that a long duration cannot overflow the clock.
        deadline = .now.advanced(by: min(max(limits.totalTimeout, .zero), .seconds(7 * 86_400)))
        reply = ReplyCollector(limits: limits, isHead: request.verb == .head)
    }

    /// Stores the caller's continuation. Called before the loop gets the transfer.
    func begin(_ continuation: Continuation) {
        self.continuation = continuation
    }

    /// Resumes the caller. Only the first result counts.
    func end(_ result: Result<HTTPReply, any Error>) {
        continuation.take()?.resume(with: result)
    }
}

/// An easy handle of libcurl, used by the loop's thread for one transfer after the other.
///
/// Options that all transfers share are set once. All others are set for each transfer, so that none remains from the
/// one before.
@safe final class CurlHandle {
    /// Nil if libcurl has no memory. Setting the first option then throws.
    let pointer = unsafe curl_easy_init()
    private(set) var transfer: CurlTransfer?
    /// libcurl reads these until the end of the transfer. Then they are overwritten, since they may hold a credential.
    private var header: UnsafeMutablePointer<curl_slist>?
    private var body: SecretBytes?
    /// libcurl clears this at the start of each transfer.
    private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    private let options: CurlOptions
    fileprivate let sockets: CurlSockets

    init(_ options: CurlOptions, _ sockets: CurlSockets = CurlSockets()) throws(HTTPTransportError) {
        self.options = options
        self.sockets = sockets
        try unsafe options.apply(to: pointer)
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        try CurlOptions.check(
            unsafe itsmerp_curl_easy_set_callbacks(
                pointer, onOpened, beforeRequest, onHeader, onBody, errorText, context))
    }

    deinit {
        unsafe curl_easy_cleanup(pointer)
        unsafe itsmerp_free_lines(header)
        unsafe errorText.deallocate()
    }

    /// Prepares a transfer. After an error, do not use the handle again.
    func load(_ transfer: CurlTransfer) throws(HTTPTransportError) {
        self.transfer = transfer
        let request = transfer.request
        // HTTPGET resets what an earlier POST or HEAD has set.
        var numbers = [
            (CURLOPT_HTTPGET, 1), (CURLOPT_CONNECTTIMEOUT_MS, transfer.limits.connectTimeout.wholeMilliseconds),
            (CURLOPT_MAXAGE_CONN, request.mayBeRepeated ? options.idleSeconds : options.shortIdleSeconds),
            (CURLOPT_FRESH_CONNECT, !request.mayBeRepeated && options.alwaysConnects ? 1 : 0),
        ]
        if request.verb == .head { numbers.append((CURLOPT_NOBODY, 1)) }
        try unsafe CurlOptions.apply(numbers, [(CURLOPT_URL, request.url)], to: pointer)
        for line in request.headerLines {
            guard let longer = unsafe curl_slist_append(header, line) else {
                throw HTTPTransportError(.other, reason: "out of memory")
            }
            unsafe header = longer
        }
        try CurlOptions.check(unsafe itsmerp_curl_easy_lend_header(pointer, header))
        if request.hasBody {
            let body = SecretBytes(request.body)
            // The bytes do not move while the object exists.
            try CurlOptions.check(
                body.withBytes {
                    unsafe $0.withUnsafeBytes { unsafe itsmerp_curl_easy_lend_body(pointer, $0.baseAddress, $0.count) }
                })
            self.body = body
        }
        var method: String?
        if case .other(let name) = request.verb { method = name }
        try unsafe CurlOptions.apply([], [(CURLOPT_CUSTOMREQUEST, method)], to: pointer)
    }

    /// Releases the transfer and overwrites its data. After an error, do not use the handle again.
    func unload() throws(HTTPTransportError) {
        transfer = nil
        try CurlOptions.check(unsafe itsmerp_curl_easy_lend_header(pointer, nil))
        try CurlOptions.check(unsafe itsmerp_curl_easy_lend_body(pointer, nil, 0))
        body = nil
        unsafe itsmerp_free_lines(header)
        unsafe header = nil
    }

    /// The result of a transfer that libcurl ended with `code`.
    func outcome(_ code: CURLcode, of transfer: CurlTransfer) -> Result<HTTPReply, any Error> {
        guard code == CURLE_OK else { return .failure(HTTPTransportError(code, of: transfer, on: self)) }
        return Result { try transfer.reply.reply() }
    }

    /// Whether a proxy is configured. Some hosts may be exceptions.
    var hasProxy: Bool { options.hasProxy }

    /// libcurl's error text. Only for comparison: it contains names and parts of the answer.
    var failureText: String { unsafe String(cString: errorText) }

    /// A number about the transfer; zero if libcurl does not have it.
    func information(_ info: CURLINFO) -> Int { unsafe itsmerp_curl_easy_getinfo_long(pointer, info) }
}

// MARK: - Callbacks

// libcurl calls these on the loop's thread, and only while the handle exists.

private func handle(_ context: UnsafeMutableRawPointer?) -> CurlHandle? {
    guard let context = unsafe context else { return nil }
    return unsafe Unmanaged<CurlHandle>.fromOpaque(context).takeUnretainedValue()
}

private func onOpened(_ context: UnsafeMutableRawPointer?, _ socket: curl_socket_t, _: curlsocktype) -> CInt {
    unsafe handle(context)?.sockets.opened(socket)
    return CInt(CURL_SOCKOPT_OK)
}

/// Called each time before the request is sent. A second call is libcurl's own retry.
private func beforeRequest(
    _ context: UnsafeMutableRawPointer?, _ address: UnsafeMutablePointer<CChar>?, _: UnsafeMutablePointer<CChar>?,
    _ port: CInt, _ localPort: CInt
) -> CInt {
    guard let handle = unsafe handle(context), let transfer = handle.transfer else { return CURL_PREREQFUNC_ABORT }
    if transfer.isSent, !transfer.request.mayBeRepeated {
        transfer.failure = HTTPTransportError(
            .connectionLost, reason: "the server closed the connection without an answer; not sent a second time")
        return CURL_PREREQFUNC_ABORT
    }
    let address = unsafe address.map { unsafe String(cString: $0) } ?? ""
    transfer.needsOtherConnection = !handle.sockets.isUsable(.init(address: address, port: port, localPort: localPort))
    if transfer.needsOtherConnection { return CURL_PREREQFUNC_ABORT }
    transfer.isSent = true
    return CURL_PREREQFUNC_OK
}

private func onHeader(
    _ bytes: UnsafeMutablePointer<CChar>?, _: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    unsafe receive(bytes, count, context) { $0.receiveHeaderLine($1) }
}

private func onBody(
    _ bytes: UnsafeMutablePointer<CChar>?, _: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    unsafe receive(bytes, count, context) { $0.receiveBody($1) }
}

/// Passes received bytes on. A result other than `count` ends the transfer.
private func receive(
    _ bytes: UnsafeMutablePointer<CChar>?, _ count: Int, _ context: UnsafeMutableRawPointer?,
    _ take: (inout ReplyCollector, [UInt8]) -> Bool
) -> Int {
    guard let transfer = unsafe handle(context)?.transfer else { return -1 }
    return take(&transfer.reply, unsafe Array(UnsafeRawBufferPointer(start: bytes, count: count))) ? count : -1
}

extension Duration {
    /// Milliseconds, rounded up, at least 1 and at most about 24 days, the range of libcurl's options.
    var wholeMilliseconds: Int {
        guard self > .milliseconds(1) else { return 1 }
        return Int((min(self, .seconds(2_000_000)) / .milliseconds(1)).rounded(.up))
    }
}
