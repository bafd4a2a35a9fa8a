package import HTTPTypes

/// A request that was checked and is ready for libcurl.
///
/// libcurl sends header lines and the path unchanged, so everything that could end a line, start another header, or
/// change the host is refused here.
package struct CheckedRequest: Sendable {
    enum Verb: Sendable, Equatable {
        case get
        case head
        case post
        /// Any other method; sent with a body if there is one.
        case other(String)
    }

    let verb: Verb
    let body: [UInt8]

    /// Scheme and authority.
    package let origin: String
    package let url: String
    package let headerLines: [String]

    /// Whether libcurl may send the request again if a kept connection is closed.
    ///
    /// Only for safe methods (RFC 9110 §9.2.1) without credentials: a code, an assertion or a token is never sent
    /// twice, because the first copy may have been received and used.
    let mayBeRepeated: Bool

    /// Whether the request has a body, which may be empty.
    var hasBody: Bool {
        switch verb {
        case .get, .head: false
        case .post, .other("PUT"), .other("PATCH"): true
        case .other: !body.isEmpty
        }
    }

    package init(_ request: HTTPRequest, body: [UInt8]) throws(HTTPTransportError) {
        origin = try Self.origin(of: request)
        url = origin + (try Self.path(of: request))
        switch request.method {
        case .get where body.isEmpty: verb = .get
        case .head:
            guard body.isEmpty else { throw HTTPTransportError(.badRequest, reason: "a HEAD request has no body") }
            verb = .head
        case .post: verb = .post
        case .connect: throw HTTPTransportError(.badRequest, reason: "the method CONNECT is not supported")
        default: verb = .other(request.method.rawValue)
        }
        self.body = body
        var lines: [String] = []
        var names: Set<String> = []
        for field in request.headerFields {
            let name = field.name.canonicalName
            names.insert(name)
            guard !name.hasPrefix(":"), !Self.reserved.contains(name) else {
                throw HTTPTransportError(
                    .badRequest, reason: "the header field \(name) is set by the transport: leave it out")
            }
            if field.name == .contentLength {
                guard Int(field.value) == body.count else {
                    throw HTTPTransportError(.badRequest, reason: "content-length is not the size of the body")
                }
                continue
            }
            let value = field.value
            guard value.utf8.allSatisfy({ (0x20...0x7E).contains($0) || $0 == 0x09 }) else {
                throw HTTPTransportError(
                    .badRequest,
                    reason: "the value of the header field \(name) has a character that is not printable ASCII")
            }
            // In libcurl, a semicolon after the name sends a field without a value.
            lines.append(field.name.rawName + (value.isEmpty ? ";" : ": " + value))
        }
        // "Name:" removes a field that libcurl would add.
        if !body.isEmpty { lines.append("Expect:") }
        if !names.contains("accept") { lines.append("Accept:") }
        if !names.contains("content-type"), verb != .get, verb != .head { lines.append("Content-Type:") }
        headerLines = lines
        mayBeRepeated = (verb == .get || verb == .head) && names.isDisjoint(with: ["authorization", "cookie"])
    }

    /// The fields that control the body or the connection. Only the transport may set them.
    private static let reserved: Set<String> = [
        "te", "host", "expect", "trailer", "upgrade", "connection", "keep-alive", "accept-encoding", "proxy-connection",
        "transfer-encoding", "proxy-authorization",
    ]

    // MARK: URL

    private static func origin(of request: HTTPRequest) throws(HTTPTransportError) -> String {
        guard let scheme = request.scheme, scheme == "https" || scheme == "http" else {
            throw HTTPTransportError(.badRequest, reason: "the scheme is neither https nor http")
        }
        let authority = request.authority ?? ""
        guard isHost(Array(authority.utf8)[...]) else {
            throw HTTPTransportError(.badRequest, reason: "the authority is not a host name with an optional port")
        }
        return scheme + "://" + authority
    }

    private static func path(of request: HTTPRequest) throws(HTTPTransportError) -> String {
        let path = request.path ?? ""
        if path.isEmpty { return "/" }
        // A fragment is never sent; a space or a control character would end the request line.
        guard path.utf8.first == UInt8(ascii: "/"),
            path.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") })
        else {
            throw HTTPTransportError(.badRequest, reason: "the path has a character that is not allowed in a URL")
        }
        return path
    }

    /// Host and optional port (RFC 3986 §3.2), without userinfo, percent-encoding or non-ASCII characters.
    private static func isHost(_ authority: ArraySlice<UInt8>) -> Bool {
        var bytes = authority
        if bytes.first == UInt8(ascii: "[") {
            guard let end = bytes.firstIndex(of: UInt8(ascii: "]")) else { return false }
            let literal = bytes[bytes.index(after: bytes.startIndex)..<end]
            guard literal.count >= 2, literal.allSatisfy({ isHexDigit($0) || $0 == 0x3A || $0 == 0x2E }) else {
                return false
            }
            bytes = bytes[bytes.index(after: end)...]
        } else {
            let name = bytes.prefix { $0 != UInt8(ascii: ":") }
            guard (1...253).contains(name.count), name.allSatisfy(isNameCharacter) else { return false }
            bytes = bytes[name.endIndex...]
        }
        guard let colon = bytes.first else { return true }
        let digits = bytes.dropFirst()
        guard colon == UInt8(ascii: ":"), (1...5).contains(digits.count),
            digits.allSatisfy({ (0x30...0x39).contains($0) })
        else { return false }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) } <= 65_535
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
        default: false
        }
    }

    private static func isNameCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
        default: false
        }
    }
}
