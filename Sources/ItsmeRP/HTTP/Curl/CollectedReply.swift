import CCurl
import HTTPTypes

/// A complete answer as it came: its status and, in one piece of memory, the lines of its header and its body.
///
/// The thread only puts it together; to make fields and a body of it is the caller's work, who frees them, too.
package struct CollectedReply: ~Copyable, Sendable {
    private let status: Int
    /// What the lines of the header take of the memory, each with its line break; the rest is the body.
    private let headerSize: Int
    private let fieldCount: Int
    private let memory: ReplyMemory

    init(status: Int, headerSize: Int, fieldCount: Int, memory: consuming ReplyMemory) {
        self.status = status
        self.headerSize = headerSize
        self.fieldCount = fieldCount
        self.memory = memory
    }

    /// The memory, for another answer.
    package consuming func takeMemory() -> ReplyMemory { memory }

    /// The answer.
    ///
    /// Throws ``HTTPTransportError`` when a line is not a field.
    package func reply() throws(HTTPTransportError) -> HTTPReply {
        try unsafe memory.withBytes { (bytes) throws(HTTPTransportError) in
            let header = unsafe UnsafeRawBufferPointer(rebasing: bytes[..<headerSize])
            let body = unsafe UnsafeRawBufferPointer(rebasing: bytes[headerSize...])
            return HTTPReply(
                response: HTTPResponse(
                    status: .init(code: status), headerFields: try unsafe Self.fields(fieldCount, of: header)),
                body: unsafe Array(body))
        }
    }

    private static func fields(
        _ count: Int, of header: UnsafeRawBufferPointer
    ) throws(HTTPTransportError) -> HTTPFields {
        var fields = HTTPFields()
        fields.reserveCapacity(count)
        var rest = unsafe header
        while unsafe !rest.isEmpty {
            let size = unsafe itsmerp_first_index(rest.baseAddress, rest.count, 0x0A)
            let line = unsafe HeaderLine(UnsafeRawBufferPointer(rebasing: rest[..<size]))
            unsafe rest = unsafe UnsafeRawBufferPointer(rebasing: rest.dropFirst(size + 1))
            guard let line = unsafe line, let name = unsafe name(line.name) else {
                throw HTTPTransportError(.malformedResponse, reason: "a header line is not a field")
            }
            // Bytes that are not UTF-8 (obs-text of RFC 9110, 5.5) stay as they are.
            if unsafe itsmerp_is_within(line.value.baseAddress, line.value.count, 0, 0x7F, 0) {
                // As the validating initializer does, by a shorter way.
                fields.append(HTTPField(name: name, value: unsafe String(decoding: line.value, as: UTF8.self)))
            } else if let text = unsafe String(validating: line.value, as: UTF8.self) {
                fields.append(HTTPField(name: name, value: text))
            } else {
                fields.append(unsafe HTTPField(name: name, value: line.value))
            }
        }
        return fields
    }

    /// The name of a field; common ones are not parsed anew for each answer.
    private static func name(_ octets: UnsafeRawBufferPointer) -> HTTPField.Name? {
        switch octets.count {
        case 4 where unsafe HeaderLine.isName(octets, "date"): .date
        case 4 where unsafe HeaderLine.isName(octets, "vary"): .vary
        case 4 where unsafe HeaderLine.isName(octets, "etag"): .eTag
        case 6 where unsafe HeaderLine.isName(octets, "server"): .server
        case 10 where unsafe HeaderLine.isName(octets, "connection"): .connection
        case 12 where unsafe HeaderLine.isName(octets, "content-type"): .contentType
        case 13 where unsafe HeaderLine.isName(octets, "cache-control"): .cacheControl
        case 14 where unsafe HeaderLine.isName(octets, "content-length"): .contentLength
        default: unsafe HTTPField.Name(String(decoding: octets, as: UTF8.self))
        }
    }
}
