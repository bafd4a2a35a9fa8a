import HTTPTypes

/// Puts an answer together from what arrives, and stops as soon as a limit is passed.
package struct ReplyCollector {
    private var maximumBodySize = 0
    private var maximumHeaderSize = 0
    private var isHead = false

    private var headerSize = 0
    private var status: Int?
    private var fields = HTTPFields()
    // The two fields that are read here; noted as they come, because a lookup makes HTTPFields build its index.
    private var contentLength: String?
    private var contentCoding: String?
    private var body: [UInt8] = []

    /// Whether a head other than an interim one (1xx) is complete.
    package private(set) var hasHead = false

    /// What was wrong with the answer; the transfer ends with it.
    private(set) var failure: HTTPTransportError?

    package init() {}

    /// Starts with another answer; nothing is left of the one before.
    package mutating func begin(limits: HTTPLimits, isHead: Bool) {
        forget()
        maximumBodySize = max(0, limits.maximumBodySize)
        maximumHeaderSize = max(0, limits.maximumHeaderSize)
        self.isHead = isHead
    }

    /// Drops what has come of an answer.
    mutating func forget() {
        forgetHead()
        headerSize = 0
        body = []
        failure = nil
    }

    /// Takes one line of a head, its line break included; false when the transfer has to end.
    ///
    /// Every byte counts towards the limit: interim answers, a proxy's answer to CONNECT and trailers too, or a peer
    /// could send those without end.
    package mutating func receiveHeaderLine(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let (size, overflow) = headerSize.addingReportingOverflow(bytes.count)
        guard !overflow, size <= maximumHeaderSize else {
            return fail(.headersTooLarge, "the header fields are larger than \(maximumHeaderSize) bytes")
        }
        headerSize = size

        // libcurl hands over what it has when the connection ends within a line.
        guard unsafe bytes.last == 0x0A else {
            return fail(.connectionLost, "the connection ended before the head did")
        }
        var line = unsafe bytes[...]
        while let last = unsafe line.last, last == 0x0A || last == 0x0D { unsafe line.removeLast() }
        // The first octet tells for most lines.
        if unsafe line.first == UInt8(ascii: "H"), unsafe line.starts(with: "HTTP/".utf8), body.isEmpty {
            return unsafe startHead(line)
        }
        if hasHead { return true }  // A trailer: nothing that the library reads comes in one.
        return unsafe line.isEmpty ? endHead() : receiveField(line)
    }

    /// Takes a piece of the decoded body; false when the transfer has to end.
    package mutating func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard hasHead else { return fail(.malformedResponse, "a body came without a head") }
        guard bytes.count <= maximumBodySize - body.count else { return failBody() }
        unsafe body.append(contentsOf: bytes)
        return true
    }

    /// The whole answer, once the transfer has ended well.
    package mutating func takeReply() throws(HTTPTransportError) -> HTTPReply {
        if let failure { throw failure }
        guard hasHead, let status else {
            throw HTTPTransportError(.connectionLost, reason: "the connection ended before the head did")
        }
        return HTTPReply(response: HTTPResponse(status: .init(code: status), headerFields: fields), body: body)
    }

    // MARK: Head

    /// `HTTP/1.1 200 OK`; a new status line replaces an interim head or a proxy's.
    private mutating func startHead(_ line: Slice<UnsafeRawBufferPointer>) -> Bool {
        forgetHead()
        var rest = unsafe line.drop { $0 != 0x20 }.drop { $0 == 0x20 }
        var code = 0
        for _ in 0..<3 {
            guard let digit = unsafe rest.popFirst(), (0x30...0x39).contains(digit) else {
                return fail(.malformedResponse, "the status line has no status")
            }
            code = code * 10 + Int(digit - 0x30)
        }
        guard (100...599).contains(code), unsafe rest.first ?? 0x20 == 0x20 else {
            return fail(.malformedResponse, "the status is not one of HTTP")
        }
        status = code
        return true
    }

    private mutating func receiveField(_ line: Slice<UnsafeRawBufferPointer>) -> Bool {
        guard status != nil, let colon = unsafe line.firstIndex(of: UInt8(ascii: ":")),
            let name = unsafe Self.name(line[..<colon])
        else {
            return fail(.malformedResponse, "a header line is not a field")
        }
        var value = unsafe line[line.index(after: colon)...]
        while let first = unsafe value.first, first == 0x20 || first == 0x09 { unsafe value.removeFirst() }
        while let last = unsafe value.last, last == 0x20 || last == 0x09 { unsafe value.removeLast() }
        // Bytes that are not UTF-8 (obs-text of RFC 9110, 5.5) stay as they are.
        let field: HTTPField
        if unsafe value.allSatisfy({ $0 < 0x80 }) {
            // As the validating initializer does, by a shorter way.
            field = unsafe HTTPField(
                name: name, value: String(decoding: UnsafeRawBufferPointer(rebasing: value), as: UTF8.self))
        } else if let text = unsafe String(validating: value, as: UTF8.self) {
            field = HTTPField(name: name, value: text)
        } else {
            field = unsafe HTTPField(name: name, value: value)
        }
        switch name.canonicalName {
        case "content-length":
            // Said twice, it has to say the same (RFC 9112, 6.3).
            guard contentLength == nil || contentLength == field.value else {
                return fail(.malformedResponse, "content-length contradicts itself")
            }
            contentLength = field.value
        case "content-encoding": contentCoding = contentCoding.map { "\($0),\(field.value)" } ?? field.value
        default: break
        }
        fields.append(field)
        return true
    }

    /// The name of a field; common ones are not parsed anew for each answer.
    private static func name(_ octets: Slice<UnsafeRawBufferPointer>) -> HTTPField.Name? {
        for (lowercased, name) in commonNames where unsafe lowercased.count == octets.count {
            if unsafe zip(lowercased, octets).allSatisfy({ $0 == $1 || ($1 < 0x5B && $1 > 0x40 && $0 == $1 | 0x20) }) {
                return name
            }
        }
        return unsafe HTTPField.Name(String(decoding: octets, as: UTF8.self))
    }

    private static let commonNames: [([UInt8], HTTPField.Name)] = [
        .contentType, .contentLength, .cacheControl, .date, .server, .connection, .vary, .eTag,
    ].map { ($0.canonicalName.utf8.map { $0 }, $0) }

    private mutating func endHead() -> Bool {
        guard let status else { return fail(.malformedResponse, "the answer has no status line") }
        guard status >= 200 else {
            forgetHead()
            return true
        }
        hasHead = true
        return isCodingKnown() && isAnnouncedSizeAllowed()
    }

    private mutating func forgetHead() {
        status = nil
        hasHead = false
        fields = HTTPFields()
        contentLength = nil
        contentCoding = nil
    }

    /// One layer of gzip at most.
    ///
    /// A body of several layers can keep the decoder busy without one byte coming out, where no limit would see it.
    private mutating func isCodingKnown() -> Bool {
        guard let coding = contentCoding else { return true }
        switch coding.lowercased() {
        case "", "gzip", "x-gzip", "identity": return true
        default: return fail(.malformedResponse, "the body has a content coding that was not asked for")
        }
    }

    /// Refuses at once what says of itself that it is too large.
    private mutating func isAnnouncedSizeAllowed() -> Bool {
        guard !isHead, status != 204, status != 304, let text = contentLength else { return true }
        guard let size = Int(text), size >= 0 else {
            return fail(.malformedResponse, "content-length is not a number")
        }
        guard size <= maximumBodySize else { return failBody() }
        // Not more ahead than what is usual: the number is only a promise.
        body.reserveCapacity(min(size, 64 << 10))
        return true
    }

    // MARK: Failure

    private mutating func failBody() -> Bool {
        fail(.bodyTooLarge, "the body is larger than \(maximumBodySize) bytes")
    }

    private mutating func fail(_ code: HTTPTransportError.Code, _ reason: String) -> Bool {
        failure = HTTPTransportError(code, reason: reason)
        return false
    }
}
