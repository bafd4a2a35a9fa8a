/// Where the browser goes after a login: a path on this site, or a URL of an allowed origin.
///
/// A target usually comes from a query parameter, so an attacker can choose it. The rules accept only one spelling of a
/// target, so that no browser, proxy or router can read it as another one (open redirects: RFC 9700 §4.11, CWE-601,
/// CVE-2022-23527):
///
/// - it starts with a single slash, or with an allowed origin followed by a slash or the end;
/// - it has only the characters of RFC 3986: ASCII without backslash, space and control characters;
/// - no path segment has an empty name or the name `.` or `..`. The name ends at the first `;`, because software that
///   knows matrix parameters drops the rest (RFC 3986 §3.3), and white space and invisible characters are ignored,
///   escaped or not. Only a final slash may follow the last name;
/// - no escape in its path decodes to a slash, a backslash, a percent sign, invalid UTF-8, or a character that some
///   software converts to one of these, to a dot or to `;`. No escape anywhere decodes to a control character;
/// - it has at most 256 characters.
///
/// ```swift
/// try PostLoginTarget("/account?tab=cards")
/// try PostLoginTarget("https://shop.example/cart", allowedOrigins: ["https://shop.example"])
/// ```
public struct PostLoginTarget: Sendable, Hashable {
    private static let maximumSize = LoginTransaction.maximumApplicationStateSize

    /// The target as sent in `Location`.
    public let text: String

    /// The path `/`.
    public static let root = PostLoginTarget(checked: "/")

    /// Reads a target.
    ///
    /// - Parameters:
    ///   - text: A path with an optional query and fragment, or a URL of an allowed origin.
    ///   - allowedOrigins: Other allowed origins, such as `https://shop.example`: https, in lower case, without a final
    ///     slash.
    /// - Throws: ``ItsmeError`` `target_refused`; `invalid_configuration` if an allowed origin is malformed.
    public init(_ text: String, allowedOrigins: Set<String> = []) throws(ItsmeError) {
        try Self.check(allowedOrigins)
        guard text.utf8.count <= Self.maximumSize, text.utf8.allSatisfy(Self.isURICharacter) else {
            throw Self.refused
        }
        // All characters are ASCII from here on, so string comparison compares bytes.
        let origin = allowedOrigins.first { origin in
            let rest = text.dropFirst(origin.count)
            return text.hasPrefix(origin) && (rest.isEmpty || rest.hasPrefix("/"))
        }
        let place = text.utf8.dropFirst(origin?.utf8.count ?? 0)
        if place.isEmpty {
            guard origin != nil else { throw Self.refused }
        } else {
            guard Self.isAcceptable(place) else { throw Self.refused }
        }
        self.text = text
    }

    private init(checked text: String) {
        self.text = text
    }

    /// Whether it is only a path, without a query and a fragment, and no router reads it as a pattern.
    var isRoute: Bool {
        text.hasPrefix("/") && !text.utf8.contains { $0 == 0x3F || $0 == 0x23 } && !Self.isPattern(text)
    }

    /// Whether a router may read a path as a pattern, as those of Hummingbird and Vapor do.
    static func isPattern(_ path: String) -> Bool { path.contains("*") || path.contains("/:") }

    static let routeRemedy =
        "Give a path that starts with a single slash, without a query, and without '*' and '/:', which are patterns to routers."

    /// Refuses an origin that is not https or not in its normal form.
    package static func check(_ origins: Set<String>) throws(ItsmeError) {
        for origin in origins {
            guard let endpoint = try? Endpoint(origin, allowsLoopbackHTTP: false), origin == origin.lowercased(),
                origin == "https://" + endpoint.authority
            else {
                throw ItsmeError(
                    .invalidConfiguration, .configuration, "an allowed origin is malformed",
                    remedy: "Write it as in https://shop.example, in lower case and without a slash at the end.",
                    field: "allowedOrigins")
            }
        }
    }

    // MARK: The place

    private static func isAcceptable(_ place: Substring.UTF8View) -> Bool {
        guard place.first == 0x2F else { return false }
        let path = place.prefix { $0 != 0x3F && $0 != 0x23 }
        let rest = place.dropFirst(path.count)
        guard rest.count(where: { $0 == 0x23 }) <= 1 else { return false }
        let segments = path.dropFirst().split(separator: 0x2F, omittingEmptySubsequences: false)
        for (index, segment) in segments.enumerated() {
            // Only the last segment may be empty, after a final slash.
            if segment.isEmpty, index == segments.count - 1 { continue }
            guard let bytes = decoded(segment), let text = String(validating: bytes, as: UTF8.self),
                !text.unicodeScalars.contains(where: isMisread)
            else { return false }
            // Routers and proxies drop matrix parameters, and some also white space. Then the segment may be empty or
            // `..`.
            let name = text.unicodeScalars.prefix { $0 != ";" }.filter { !isInvisible($0) }
            guard !name.isEmpty, name.count > 2 || !name.allSatisfy({ $0 == "." }) else { return false }
        }
        guard let bytes = decoded(rest) else { return false }
        return !bytes.contains(where: isControl)
    }

    /// The bytes with escapes decoded; nil if an escape is incomplete.
    private static func decoded(_ text: Substring.UTF8View) -> [UInt8]? {
        var bytes: [UInt8] = []
        var iterator = text.makeIterator()
        while let byte = iterator.next() {
            guard byte == 0x25 else {
                bytes.append(byte)
                continue
            }
            guard let high = iterator.next().flatMap(hexValue), let low = iterator.next().flatMap(hexValue) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func hexValue(_ digit: UInt8) -> UInt8? {
        Character(UnicodeScalar(digit)).hexDigitValue.flatMap { UInt8(exactly: $0) }
    }

    private static func isControl(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == 0x7F
    }

    /// Whether a character of a path is a control character, an escaped delimiter, or one that compatibility
    /// normalization (Unicode NFKC) or a best-fit code page turns into `/ \ % ;` or dots.
    private static func isMisread(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "/", "\\", "%": true
        case "\u{2044}", "\u{2215}", "\u{2216}", "\u{29F5}", "\u{29F8}", "\u{29F9}": true  // mathematical slashes
        case "\u{2024}"..."\u{2026}", "\u{FE19}", "\u{FE30}", "\u{FE52}", "\u{FF0E}": true  // dots
        case "\u{037E}", "\u{FE14}", "\u{FE54}", "\u{FF1B}": true  // semicolons
        case "\u{2100}", "\u{2101}", "\u{2105}", "\u{2106}": true  // a/c, a/s, c/o, c/u
        case "\u{FE68}", "\u{FE6A}", "\u{FF05}", "\u{FF0F}", "\u{FF3C}": true  // small and fullwidth \ % /
        default: scalar.properties.generalCategory == .control
        }
    }

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || scalar.properties.isDefaultIgnorableCodePoint
    }

    /// RFC 3986 §2 without the square brackets, which belong to IPv6 hosts.
    static func isURICharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0x2D, 0x2E, 0x5F, 0x7E: true  // - . _ ~
        case 0x21, 0x24, 0x26...0x2C, 0x3B, 0x3D: true  // ! $ & ' ( ) * + , ; =
        case 0x23, 0x25, 0x2F, 0x3A, 0x3F, 0x40: true  // # % / : ? @
        default: false
        }
    }

    private static let refused = ItsmeError(
        .targetRefused, .authorizationRequest,
        remedy:
            "Give a path that starts with a single slash, or a URL of an allowed origin, in plain ASCII and at most 256 characters.",
        field: "target")
}
