package import HTTPTypes

/// A request that was checked and is ready to be handed to libcurl.
///
/// libcurl passes header lines and the path on as they are, so everything that could end a line, start another
/// header, or change the host is refused here.
package struct CheckedRequest: Sendable {
    enum Verb: Sendable, Equatable {
        case get
        case head
        case post
        /// Any other method; sent with a body when there is one.
        case other(String)
    }

    let verb: Verb
    let body: [UInt8]

    /// What libcurl takes as C strings, each ended by a NUL: the URL, then the lines of the header.
    ///
    /// One piece of memory, because this is made for each request.
    private let text: [UInt8]
    private let originSize: Int
    private let urlSize: Int

    /// Scheme and authority.
    package var origin: String { String(decoding: text.prefix(originSize), as: UTF8.self) }
    package var url: String { String(decoding: text.prefix(urlSize), as: UTF8.self) }
    package var headerLines: [String] { header.split(separator: 0).map { String(decoding: $0, as: UTF8.self) } }

    /// The URL, ended by a NUL.
    var target: ArraySlice<UInt8> { text[...urlSize] }
    /// The lines of the header, each ended by a NUL.
    var header: ArraySlice<UInt8> { text[(urlSize + 1)...] }

    /// Whether the header has a `User-Agent`.
    let hasUserAgent: Bool

    /// Whether libcurl may send the request a second time when a reused connection turns out to be dead.
    ///
    /// Only for what is safe (RFC 9110, 9.2.1) and carries no credential: a code, an assertion or a token is never
    /// sent twice, because the first copy may have been received and used.
    let mayBeRepeated: Bool

    package init(_ request: HTTPRequest, body: [UInt8]) throws(HTTPTransportError) {
        var text: [UInt8] = []
        text.reserveCapacity(480)
        try Self.appendOrigin(of: request, to: &text)
        originSize = text.count
        try Self.appendPath(of: request, to: &text)
        urlSize = text.count
        text.append(0)
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
        // One pass: asking HTTPFields for a name looks through all of them.
        var (hasAccept, hasContentType, hasUserAgent, hasCredential) = (false, false, false, false)
        for field in request.headerFields {
            switch Self.role(of: field.name.canonicalName) {
            case .accept: hasAccept = true
            case .contentType: hasContentType = true
            case .userAgent: hasUserAgent = true
            case .credential: hasCredential = true
            case .size:
                guard Int(field.value) == body.count else {
                    throw HTTPTransportError(.badRequest, reason: "content-length is not the size of the body")
                }
                continue
            case .reserved:
                throw HTTPTransportError(
                    .badRequest, reason: "the header field \(field.name.canonicalName) is the transport's to set")
            case nil: break
            }
            try Self.append(field, to: &text)
        }
        // "Name:" takes away what libcurl would add by itself; "Expect" it adds to bodies of more than a MiB.
        if body.count > Self.sentUnasked { text += "Expect:\0".utf8 }
        if !hasAccept { text += "Accept:\0".utf8 }
        if !hasContentType, verb != .get, verb != .head { text += "Content-Type:\0".utf8 }
        self.text = text
        self.hasUserAgent = hasUserAgent
        mayBeRepeated = (verb == .get || verb == .head) && !hasCredential
    }

    // MARK: URL

    private static func appendOrigin(
        of request: HTTPRequest, to text: inout [UInt8]
    ) throws(HTTPTransportError) {
        guard let scheme = request.scheme, scheme == "https" || scheme == "http" else {
            throw HTTPTransportError(.badRequest, reason: "the scheme is neither https nor http")
        }
        text.append(octetsOf: scheme)
        text.append(octetsOf: "://")
        let start = text.count
        if let authority = request.authority { text.append(octetsOf: authority) }
        guard isHost(text[start...]) else {
            throw HTTPTransportError(.badRequest, reason: "the authority is not a host name with an optional port")
        }
    }

    private static func appendPath(of request: HTTPRequest, to text: inout [UInt8]) throws(HTTPTransportError) {
        let start = text.count
        text.append(octetsOf: request.path ?? "")
        if text.count == start { text.append(UInt8(ascii: "/")) }
        // A fragment is never sent; a space or a control character would end the request line.
        guard text[start] == UInt8(ascii: "/"), text[start...].areWithin(0x21...0x7E, orOne: 0x21),
            !text[start...].contains(UInt8(ascii: "#"))
        else {
            throw HTTPTransportError(.badRequest, reason: "the path holds a character that a URL does not")
        }
    }

    /// Host and optional port (RFC 3986, 3.2), without userinfo, percent-encoding or non-ASCII characters.
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

    // MARK: Header

    /// libcurl asks no server whether it wants a body as small as this.
    private static let sentUnasked = 64 << 10

    private enum Role {
        case accept
        case contentType
        case userAgent
        case credential
        case size
        /// Frames the message or steers the connection: the transport's own business.
        case reserved
    }

    /// What the field named `name`, in small letters, is to the transport; nil for most.
    private static func role(of name: String) -> Role? {
        // By length first, which leaves one or two names to compare with.
        switch name.utf8.count {
        case 2 where name == "te": .reserved
        case 4 where name == "host": .reserved
        case 6 where name == "accept": .accept
        case 6 where name == "cookie": .credential
        case 6 where name == "expect": .reserved
        case 7 where name == "trailer" || name == "upgrade": .reserved
        case 10 where name == "connection" || name == "keep-alive": .reserved
        case 10 where name == "user-agent": .userAgent
        case 12 where name == "content-type": .contentType
        case 13 where name == "authorization": .credential
        case 14 where name == "content-length": .size
        case 15 where name == "accept-encoding": .reserved
        case 16 where name == "proxy-connection": .reserved
        case 17 where name == "transfer-encoding": .reserved
        case 19 where name == "proxy-authorization": .reserved
        default: nil
        }
    }

    private static func append(_ field: HTTPField, to text: inout [UInt8]) throws(HTTPTransportError) {
        let name = field.name.rawName
        guard name.utf8.first != UInt8(ascii: ":") else {
            throw HTTPTransportError(
                .badRequest, reason: "the header field \(field.name.canonicalName) is the transport's to set")
        }
        let value = field.value
        text.append(octetsOf: name)
        // The semicolon is libcurl's way to write a field without a value.
        text.append(octetsOf: value.isEmpty ? ";" : ": ")
        let start = text.count
        text.append(octetsOf: value)
        guard text[start...].areWithin(0x20...0x7E, orOne: 0x09) else {
            throw HTTPTransportError(
                .badRequest,
                reason: "the value of the header field \(field.name.canonicalName) holds a forbidden character")
        }
        text.append(0)
    }
}
