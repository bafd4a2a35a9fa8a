import CCurl

/// Puts an answer together from what arrives, and stops as soon as a limit is passed.
///
/// It reads what decides whether to go on: the status, the announced size and the content coding. The rest is left to
/// ``CollectedReply``.
package struct ReplyCollector: ~Copyable {
    private var maximumBodySize = 0
    private var maximumHeaderSize = 0
    private var isHead = false

    /// Of all heads so far, those that do not count included.
    private var receivedHeaderSize = 0
    private var status: Int?
    /// The lines of the header, and from `headerSize` on the body.
    private var memory: ReplyMemory
    private var headerSize = 0
    private var fieldCount = 0
    private var contentLength = ContentLength.none
    private var isCodingForeign = false
    private var hasCoding = false

    /// Far more than any answer has, and less than `HTTPFields` can hold, whatever the limit of the size is.
    private static let maximumFieldCount = 1000

    private enum ContentLength: Equatable {
        case none
        case octets(Int)
        case notANumber
    }

    /// Whether a head other than an interim one (1xx) is complete.
    package private(set) var hasHead = false

    /// What was wrong with the answer; the transfer ends with it.
    private(set) var failure: HTTPTransportError?

    package init() {
        memory = ReplyMemory()
    }

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
        receivedHeaderSize = 0
        failure = nil
    }

    /// Takes one line of a head, its line break included; false when the transfer has to end.
    ///
    /// Every byte counts towards the limit: interim answers, a proxy's answer to CONNECT and trailers too, or a peer
    /// could send those without end.
    package mutating func receiveHeaderLine(_ line: UnsafeRawBufferPointer) -> Bool {
        let (size, overflow) = receivedHeaderSize.addingReportingOverflow(line.count)
        guard !overflow, size <= maximumHeaderSize else {
            return fail(.headersTooLarge, "the header fields are larger than \(maximumHeaderSize) bytes")
        }
        receivedHeaderSize = size

        // libcurl hands over what it has when the connection ends within a line.
        guard unsafe line.last == 0x0A else {
            return fail(.connectionLost, "the connection ended before the head did")
        }
        if unsafe Self.isStatusLine(line), !hasBody {
            return unsafe startHead(line)
        }
        if hasHead { return true }  // A trailer: nothing that the library reads comes in one.
        return unsafe line.allSatisfy({ $0 == 0x0D || $0 == 0x0A }) ? endHead() : receiveField(line)
    }

    /// Takes a piece of the decoded body; false when the transfer has to end.
    package mutating func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard hasHead else { return fail(.malformedResponse, "a body came without a head") }
        guard bytes.count <= maximumBodySize - (memory.count - headerSize) else { return failBody() }
        unsafe memory.append(bytes)
        return true
    }

    /// The whole answer, once the transfer has ended well; the next one comes into `memory`.
    package mutating func takeReply(
        andUse memory: consuming ReplyMemory = ReplyMemory()
    ) throws(HTTPTransportError) -> CollectedReply {
        if let failure { throw failure }
        guard hasHead, let status else {
            throw HTTPTransportError(.connectionLost, reason: "the connection ended before the head did")
        }
        swap(&self.memory, &memory)
        let reply = CollectedReply(status: status, headerSize: headerSize, fieldCount: fieldCount, memory: memory)
        forget()
        return reply
    }

    /// Whether it starts with `HTTP/`.
    private static func isStatusLine(_ line: UnsafeRawBufferPointer) -> Bool {
        unsafe line.count >= 5 && line[0] == 0x48 && line[1] == 0x54 && line[2] == 0x54 && line[3] == 0x50
            && line[4] == 0x2F
    }

    private var hasBody: Bool { hasHead && memory.count > headerSize }

    // MARK: Head

    /// `HTTP/1.1 200 OK`; a new status line replaces an interim head or a proxy's.
    private mutating func startHead(_ line: UnsafeRawBufferPointer) -> Bool {
        forgetHead()
        var rest = unsafe line.drop { $0 != 0x20 }.drop { $0 == 0x20 }
        var code = 0
        for _ in 0..<3 {
            guard let digit = unsafe rest.popFirst(), (0x30...0x39).contains(digit) else {
                return fail(.malformedResponse, "the status line has no status")
            }
            code = code * 10 + Int(digit - 0x30)
        }
        guard (100...599).contains(code), let next = unsafe rest.first, next == 0x20 || next == 0x0D || next == 0x0A
        else {
            return fail(.malformedResponse, "the status is not one of HTTP")
        }
        status = code
        return true
    }

    private mutating func receiveField(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard status != nil, let line = unsafe HeaderLine(bytes) else {
            return fail(.malformedResponse, "a header line is not a field")
        }
        if unsafe HeaderLine.isName(line.name, "content-length") {
            // Said twice, it has to say the same (RFC 9112, 6.3).
            let length = unsafe Self.contentLength(line.value)
            guard contentLength == .none || contentLength == length else {
                return fail(.malformedResponse, "content-length contradicts itself")
            }
            contentLength = length
        } else if unsafe HeaderLine.isName(line.name, "content-encoding") {
            // One layer of gzip at most: a body of several layers can keep the decoder busy without one byte coming
            // out, where no limit would see it.
            isCodingForeign = unsafe hasCoding || !Self.isKnown(coding: line.value)
            hasCoding = true
        }
        guard fieldCount < Self.maximumFieldCount else {
            return fail(.headersTooLarge, "there are more than \(Self.maximumFieldCount) header fields")
        }
        unsafe memory.append(bytes)
        headerSize = memory.count
        fieldCount += 1
        return true
    }

    /// One or more digits (RFC 9110, 8.6); what is too large for a number is as large as can be.
    private static func contentLength(_ value: UnsafeRawBufferPointer) -> ContentLength {
        guard unsafe !value.isEmpty else { return .notANumber }
        var length = 0
        for index in value.indices {
            let octet = unsafe value[index]
            guard (0x30...0x39).contains(octet) else { return .notANumber }
            let (tenfold, overflow) = length.multipliedReportingOverflow(by: 10)
            guard !overflow, tenfold <= Int.max - 9 else { return .octets(.max) }
            length = tenfold + Int(octet - 0x30)
        }
        return .octets(length)
    }

    private static func isKnown(coding: UnsafeRawBufferPointer) -> Bool {
        unsafe coding.isEmpty || HeaderLine.isName(coding, "gzip") || HeaderLine.isName(coding, "x-gzip")
            || HeaderLine.isName(coding, "identity")
    }

    private mutating func endHead() -> Bool {
        guard let status else { return fail(.malformedResponse, "the answer has no status line") }
        guard status >= 200 else {
            forgetHead()
            return true
        }
        hasHead = true
        guard !isCodingForeign else {
            return fail(.malformedResponse, "the body has a content coding that was not asked for")
        }
        return isAnnouncedSizeAllowed(status)
    }

    private mutating func forgetHead() {
        status = nil
        hasHead = false
        memory.removeAll()
        headerSize = 0
        fieldCount = 0
        contentLength = .none
        isCodingForeign = false
        hasCoding = false
    }

    /// Refuses at once what says of itself that it is too large.
    private mutating func isAnnouncedSizeAllowed(_ status: Int) -> Bool {
        guard !isHead, status != 204, status != 304 else { return true }
        switch contentLength {
        case .none: return true
        case .notANumber: return fail(.malformedResponse, "content-length is not a number")
        case .octets(let size):
            guard size <= maximumBodySize else { return failBody() }
            // Not more ahead than what is usual: the number is only a promise.
            memory.reserve(min(size, 64 << 10))
            return true
        }
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
