import HTTPTypes
import WebFormats

/// Builds one answer from the received bytes, and stops as soon as it breaks a limit or a rule.
package struct ReplyCollector {
    private let maximumBodySize: Int
    private let maximumHeaderSize: Int
    private let isHead: Bool

    /// Bytes of all heads so far, including interim answers.
    private var headerSize = 0
    private var head = Head()
    private var body: [UInt8] = []

    /// Whether a head other than an interim one (1xx) is complete.
    package private(set) var hasHead = false

    /// The error in the answer.
    private(set) var failure: HTTPTransportError?

    /// Far more than any answer has, and less than `HTTPFields` can hold.
    private static let maximumFieldCount = 1000

    private struct Head {
        var status: Int?
        var fields = HTTPFields()
        /// The last field; continuation lines may follow.
        var last: (name: HTTPField.Name, value: [UInt8])?
        var count = 0
        var contentLength: Int?
        var isChunked = false
        var codings = 0
        var hasForeignCoding = false

        /// Stores the last field.
        mutating func completeField() {
            guard let (name, value) = last else { return }
            last = nil
            // Bytes that are not UTF-8 (obs-text of RFC 9110 §5.5) are kept unchanged.
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

    /// Reads one line of a head, including the line break; false if the transfer has to end.
    ///
    /// Every byte counts, also in interim answers, trailers and a proxy's answer to CONNECT: otherwise a peer could
    /// send those endlessly.
    package mutating func receiveHeaderLine(_ line: [UInt8]) -> Bool {
        guard line.count <= maximumHeaderSize - headerSize else {
            return fail(.headersTooLarge, "the header fields are larger than \(maximumHeaderSize) bytes")
        }
        headerSize += line.count
        // If the connection ends within a line, libcurl passes on the incomplete line.
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

    /// Adds a part of the decoded body; false if the transfer has to end.
    package mutating func receiveBody(_ bytes: [UInt8]) -> Bool {
        guard hasHead else { return fail(.malformedResponse, "a body came without a head") }
        guard bytes.count <= maximumBodySize - body.count else { return failBody() }
        body += bytes
        return true
    }

    /// The complete answer, after the transfer has succeeded.
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
            return fail(.malformedResponse, "the status line has no valid status")
        }
        head.status = code
        return true
    }

    private mutating func startField(_ line: [UInt8]) -> Bool {
        guard head.status != nil, let colon = line.firstIndex(of: UInt8(ascii: ":")),
            let name = HTTPField.Name(String(decoding: line[..<colon], as: UTF8.self))
        else {
            return fail(.malformedResponse, "a header line is not a valid field")
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
            // At most one layer of gzip: with several, the decoder may work long without any output, which no limit
            // would notice.
            let isKnown = ["", "gzip", "x-gzip", "identity"].contains { Self.isToken(value, $0) }
            head.codings += 1
            head.hasForeignCoding = head.codings > 1 || !isKnown
            return true
        default: return true
        }
    }

    /// A line that starts with white space continues the previous field; the line break counts as a space (RFC 9112
    /// §5.2).
    private mutating func continueField(_ line: ArraySlice<UInt8>) -> Bool {
        guard let (name, value) = head.last else {
            return fail(.malformedResponse, "a header line is not a valid field")
        }
        // libcurl has already used the first line of these fields.
        guard name != .contentLength, name != .transferEncoding, name != .contentEncoding else {
            return fail(.malformedResponse, "a field that controls the body is folded over two lines")
        }
        let more = Self.trimmed(line)
        head.last = (name, value.isEmpty || more.isEmpty ? value + more : value + [0x20] + more)
        return true
    }

    private mutating func receiveLength(_ value: ArraySlice<UInt8>) -> Bool {
        guard !value.isEmpty, value.allSatisfy(Self.isDigit) else {
            return fail(.malformedResponse, "content-length is not a number")
        }
        // A length that does not fit in `Int` counts as the maximum.
        let length = Int(String(decoding: value, as: UTF8.self)) ?? .max
        // Repeated fields must have the same value (RFC 9112 §6.3).
        guard head.contentLength ?? length == length else {
            return fail(.malformedResponse, "content-length contradicts itself")
        }
        head.contentLength = length
        return true
    }

    /// Accepts only `chunked`, once (RFC 9112 §6.1).
    ///
    /// libcurl would also decode others, and a few layers of gzip can keep it busy for minutes. It decodes nothing
    /// before the end of the head, so this check comes in time.
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
            return fail(.malformedResponse, "the body has a content coding that was not requested")
        }
        // Refuses a body at once if its announced length is too large.
        guard let length = head.contentLength, !isHead, status != 204, status != 304 else { return true }
        guard length <= maximumBodySize else { return failBody() }
        // Reserves only a usual size, since the announced length may be wrong.
        body.reserveCapacity(min(length, 64 << 10))
        return true
    }

    /// The library reads no trailers, and a trailer must not change how the body is read.
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

    /// Without surrounding white space and line breaks.
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
