import CCurl

/// The header lines that the transport adds to each request, in the shape in which libcurl reads them.
///
/// libcurl could make them itself, of its options; but it would do so anew for each request, and then write them into
/// the request octet by octet a second time.
///
/// Unchecked because nothing of it changes: all threads may read it.
@safe final class OwnHeaderLines: @unchecked Sendable {
    /// The one content coding that is asked for, and decoded.
    static let coding = "gzip"

    /// All of them.
    let all: UnsafeMutablePointer<curl_slist>
    /// Those for a request that has a `User-Agent`.
    let withoutUserAgent: UnsafeMutablePointer<curl_slist>

    /// Takes the value of `User-Agent`; an empty one is not sent.
    init(userAgent: String) throws(HTTPTransportError) {
        guard let last = unsafe curl_slist_append(nil, "Accept-Encoding: \(Self.coding)") else { throw Self.failure }
        unsafe withoutUserAgent = unsafe last
        guard !userAgent.isEmpty else {
            unsafe all = unsafe last
            return
        }
        guard let first = unsafe curl_slist_append(nil, "User-Agent: \(userAgent)") else {
            unsafe curl_slist_free_all(last)
            throw Self.failure
        }
        unsafe first.pointee.next = unsafe last
        unsafe all = unsafe first
    }

    deinit {
        unsafe curl_slist_free_all(all)
    }

    private static let failure = HTTPTransportError(.other, reason: "out of memory")
}
