import HTTPTypes
import WebFormats

/// Puts one answer together from what arrives, and stops as soon as it breaks a limit or a rule.
package struct ReplyCollector {
    private let maximumBodySize: Int
    private let maximumHeaderSize: Int
    private let isHead: Bool

    /// Bytes of all heads so far, those of interim answers included.
    private var headerSize = 0
    private var head = Head()
    private var body: [UInt8] = []

    /// Whether a head other than an interim one (1xx) is complete.
    package private(set) var hasHead = false

    /// What is wrong with the answer.
    private(set) var failure: HTTPTransportError?

    /// Far more than any answer has, and less than `HTTPFields` can hold.
    private static let maximumFieldCount = 1000

    private struct Head {
        var status: Int?
        var fields = HTTPFields()
        /// The field that came last; lines that continue it may follow.
        var last: (name: HTTPField.Name, value: [UInt8])?
        var count = 0
        var contentLength: Int?
        var isChunked = false
        var codings = 0
        var hasForeignCoding = false

        /// Takes the last field as it is.
        mutating func completeField() {
            guard let (name, value) = last else { return }
            last = nil
            // Bytes that are not UTF-8 (obs-text of RFC 9110 §5.5) stay as they are.
            if let text = String(validating: value, as: UTF8.self) {
                fields.append(HTTPField(name: name, value: text))
            } else {
                fields.append(HTTPField(name: name, value: value))
            }
        }
    }

    package init(limits: HTTPLimits, isHead: Bool) {
        maximumBodySize = max(0, limits.maximumBodySize)
        maximumHeaderSize = max(0, limits.maximumHeaderSize)
        self.isHead = isHead
    }

    /// Takes one line of a head, line break included; false when the transfer has to end.
    ///
    /// Every byte counts: interim answers, a proxy's answer to CONNECT and trailers too, or a peer could send those
    /// without end.
    package mutating func receiveHeaderLine(_ line: [UInt8]) -> Bool {
        guard line.count <= maximumHeaderSize - headerSize else {
            return fail(.headersTooLarge, "the header fields are larger than \(maximumHeaderSize) bytes")
        }
        headerSize += line.count
        // libcurl hands over what it has when the connection ends within a line.
        guard line.last == 0x0A else { return fail(.connectionLost, "the connection ended before the head did") }
        let text = line.prefix { $0 != 0x0D && $0 != 0x0A }
        if line.starts(with: "HTTP/".utf8), body.isEmpty {
            // libcurl reads such a line within a head or a trailer as a field, so what was counted has to stay.
            guard head.status == nil || (hasHead && !head.isChunked) else {
                return fail(.malformedResponse, "a status line within a head")
            }
            return startHead(text)
        }
        if hasHead { return receiveTrailer(text) }
        if text.isEmpty { return endHead() }
        return text.first.map(Self.isSpace) == true ? continueField(text) : startField(line)
    }

    /// Takes a piece of the decoded body; false when the transfer has to end.
    package mutating func receiveBody(_ bytes: [UInt8]) -> Bool {
        guard hasHead else { return fail(.malformedResponse, "a body came without a head") }
        guard bytes.count <= maximumBodySize - body.count else { return failBody() }
        body += bytes
        return true
    }

    /// The whole answer, once the transfer has ended well.
    package func reply() throws(HTTPTransportError) -> HTTPReply {
        if let failure { throw failure }
        guard hasHead, let status = head.status else {
            throw HTTPTransportError(.connectionLost, reason: "the connection ended before the head did")
        }
        return HTTPReply(response: HTTPResponse(status: .init(code: status), headerFields: head.fields), body: body)
    }

    // MARK: Head

    /// `HTTP/1.1 200 OK`; a new status line replaces an interim head or a proxy's.
    private mutating func startHead(_ line: ArraySlice<UInt8>) -> Bool {
        head = Head()
        hasHead = false
        let rest = line.drop { $0 != 0x20 }.drop { $0 == 0x20 }
        let code = rest.prefix(3).reduce(0) { $0 * 10 + Int($1) - 0x30 }
        guard rest.prefix(3).allSatisfy(Self.isDigit), (100...599).contains(code),
            rest.count == 3 || rest.dropFirst(3).first == 0x20
        else {
            return fail(.malformedResponse, "the status line has no status of HTTP")
        }
        head.status = code
        return true
    }

    private mutating func startField(_ line: [UInt8]) -> Bool {
        guard head.status != nil, let colon = line.firstIndex(of: UInt8(ascii: ":")),
            let name = HTTPField.Name(String(decoding: line[..<colon], as: UTF8.self))
        else {
            return fail(.malformedResponse, "a header line is not a field")
        }
        head.count += 1
        guard head.count <= Self.maximumFieldCount else {
            return fail(.headersTooLarge, "there are more than \(Self.maximumFieldCount) header fields")
        }
        head.completeField()
        let value = Self.trimmed(line[(colon + 1)...])
        head.last = (name, Array(value))
        switch name {
        case .contentLength: return receiveLength(value)
        case .transferEncoding: return receiveTransferCoding(value)
        case .contentEncoding:
            // One layer of gzip at most: several can keep the decoder busy without one byte coming out, where no limit
            // would see it.
            let isKnown = ["", "gzip", "x-gzip", "identity"].contains { Self.isToken(value, $0) }
            head.codings += 1
            head.hasForeignCoding = head.codings > 1 || !isKnown
            return true
        default: return true
        }
    }

    /// A line that starts with white space continues the field before; the break counts as a space (RFC 9112 §5.2).
    private mutating func continueField(_ line: ArraySlice<UInt8>) -> Bool {
        guard let (name, value) = head.last else { return fail(.malformedResponse, "a header line is not a field") }
        // libcurl has acted on the first line of these already.
        guard name != .contentLength, name != .transferEncoding, name != .contentEncoding else {
            return fail(.malformedResponse, "a field that frames the message is folded")
        }
        let more = Self.trimmed(line)
        head.last = (name, value.isEmpty || more.isEmpty ? value + more : value + [0x20] + more)
        return true
    }

    private mutating func receiveLength(_ value: ArraySlice<UInt8>) -> Bool {
        guard !value.isEmpty, value.allSatisfy(Self.isDigit) else {
            return fail(.malformedResponse, "content-length is not a number")
        }
        // What is too large for a number is as large as can be.
        let length = Int(String(decoding: value, as: UTF8.self)) ?? .max
        // Said twice, it has to say the same (RFC 9112 §6.3).
        guard head.contentLength ?? length == length else {
            return fail(.malformedResponse, "content-length contradicts itself")
        }
        head.contentLength = length
        return true
    }

    /// Nothing but `chunked`, once (RFC 9112 §6.1).
    ///
    /// libcurl would undo others unasked, and a few layers of gzip can keep it busy for minutes. It decodes nothing before
    /// the end of the head, so it never starts.
    private mutating func receiveTransferCoding(_ value: ArraySlice<UInt8>) -> Bool {
        guard !head.isChunked, Self.isToken(value, "chunked") else {
            return fail(.malformedResponse, "the answer has a transfer coding other than chunked")
        }
        head.isChunked = true
        return true
    }

    private mutating func endHead() -> Bool {
        guard let status = head.status else { return fail(.malformedResponse, "the answer has no status line") }
        guard status >= 200 else {
            head = Head()
            return true
        }
        head.completeField()
        hasHead = true
        guard !head.hasForeignCoding else {
            return fail(.malformedResponse, "the body has a content coding that was not asked for")
        }
        // What says of itself that it is too large is refused at once.
        guard let length = head.contentLength, !isHead, status != 204, status != 304 else { return true }
        guard length <= maximumBodySize else { return failBody() }
        // Not more ahead than what is usual: the number is only a promise.
        body.reserveCapacity(min(length, 64 << 10))
        return true
    }

    /// Nothing that the library reads comes in a trailer, and nothing there may change how the body is read.
    private mutating func receiveTrailer(_ line: ArraySlice<UInt8>) -> Bool {
        let name = line.prefix { $0 != UInt8(ascii: ":") }
        guard !Self.isToken(Self.trimmed(name), "transfer-encoding") else {
            return fail(.malformedResponse, "a trailer names a transfer coding")
        }
        return true
    }

    // MARK: Text

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// Without white space and line break around.
    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        func isBlank(_ byte: UInt8) -> Bool { isSpace(byte) || byte == 0x0D || byte == 0x0A }
        var bytes = bytes.drop(while: isSpace)
        while let last = bytes.last, isBlank(last) { bytes.removeLast() }
        return bytes
    }

    private static func isToken(_ bytes: ArraySlice<UInt8>, _ token: String) -> Bool {
        bytes.count == token.utf8.count && String(decoding: bytes, as: UTF8.self).isToken(token)
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
