import CCurl

/// The header and the body of the request that a handle works on, in the shape in which libcurl reads them.
///
/// Used again for the next request; what a request has left is overwritten, since it may hold secrets.
@safe struct RequestMemory: ~Copyable {
    /// More than this is given back after the request.
    private static let kept = 64 << 10

    private var octets = unsafe UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var lines = unsafe UnsafeMutableBufferPointer<curl_slist>(start: nil, count: 0)
    private var used = 0

    init() {}

    deinit {
        unsafe itsmerp_overwrite(octets.baseAddress, used)
        unsafe octets.deallocate()
        unsafe lines.deallocate()
    }

    /// The lines of the header; nil when there are none.
    ///
    /// Like ``body``, valid until the next call of ``load(header:body:)`` or ``wipe()``.
    private(set) var header: UnsafeMutablePointer<curl_slist>?
    /// Where the body starts; never nil, because that would mean to libcurl that there is no body.
    private(set) var body: UnsafeMutableRawPointer?

    /// Takes `header`, lines that end with a NUL each and are followed by `more`, and `body`.
    mutating func load(
        header text: ArraySlice<UInt8>, followedBy more: UnsafeMutablePointer<curl_slist>?, body content: [UInt8]
    ) {
        // With one octet to spare for the address of an empty body.
        let size = text.count + content.count + 1
        if unsafe octets.count < size {
            unsafe octets.deallocate()
            unsafe octets = .allocate(byteCount: size, alignment: 1)
        }
        used = size
        unsafe octets.copyBytes(from: text)
        let space = unsafe UnsafeMutableRawBufferPointer(rebasing: octets[text.count...])
        unsafe space.copyBytes(from: content)
        unsafe body = space.baseAddress

        unsafe header = unsafe more
        guard let base = unsafe octets.bindMemory(to: CChar.self).baseAddress else { return }
        var count = unsafe itsmerp_list_lines(base, text.count, lines.baseAddress, lines.count)
        if unsafe count > lines.count {
            unsafe lines.deallocate()
            unsafe lines = .allocate(capacity: count)
            count = unsafe itsmerp_list_lines(base, text.count, lines.baseAddress, lines.count)
        }
        if count > 0 {
            unsafe header = lines.baseAddress
            unsafe lines[count - 1].next = more
        }
    }

    /// Overwrites what the request has left.
    mutating func wipe() {
        unsafe header = nil
        unsafe body = nil
        unsafe itsmerp_overwrite(octets.baseAddress, used)
        if unsafe octets.count > Self.kept {
            unsafe octets.deallocate()
            unsafe octets = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        }
        used = 0
    }
}
