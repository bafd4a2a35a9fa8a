/// The compact serialization (RFC 7515 §7.1, RFC 7516 §7.1): Base64url segments separated by dots.
enum CompactSegments {
    static let standardMaximumSize = 128 << 10
    private static let separator = UInt8(ascii: ".")

    /// Returns the `count` segments of `token` without decoding them.
    ///
    /// Checks the size first (`tokenTooLarge`), and stops as soon as there are too many segments (`malformedToken`).
    static func split(_ token: [UInt8], count: Int, maximumSize: Int) throws(JOSEError) -> [ArraySlice<UInt8>] {
        try checkSize(token.count, maximumSize: maximumSize)
        let segments = token.split(separator: separator, maxSplits: count, omittingEmptySubsequences: false)
        guard segments.count == count else {
            throw JOSEError(.malformedToken, segments.count > count ? "too many segments" : "too few segments")
        }
        return segments
    }

    static func checkSize(_ size: Int, maximumSize: Int) throws(JOSEError) {
        guard size <= maximumSize else {
            throw JOSEError(.tokenTooLarge, "token exceeds the size limit")
        }
    }

    /// The number of dots in `token`.
    static func dots(in token: [UInt8]) -> Int {
        token.count { $0 == separator }
    }

    /// Joins `first`, which is already encoded, and the encodings of `parts` with dots.
    static func join(_ first: [UInt8], _ parts: [UInt8]...) -> [UInt8] {
        var text = first
        for part in parts {
            text.append(separator)
            text += Base64URL.characters(of: part)
        }
        return text
    }
}

/// The compact serialization that a text seems to be. Only the dots are counted.
package enum CompactShape: Sendable, Hashable {
    /// Three segments: a JWS (RFC 7515 §7.1).
    case signed
    /// Five segments: a JWE (RFC 7516 §7.1).
    case encrypted

    /// Counts the dots of `token`; `nil` unless there are two or four of them.
    ///
    /// Decodes nothing. Texts above 128 KiB give `nil`.
    package init?(_ token: String) {
        guard token.utf8.count <= CompactSegments.standardMaximumSize else {
            return nil
        }
        self.init([UInt8](token.utf8))
    }

    /// Counts the dots of `token` as the other initializer does.
    package init?(_ token: [UInt8]) {
        guard token.count <= CompactSegments.standardMaximumSize else {
            return nil
        }
        switch CompactSegments.dots(in: token) {
        case 2: self = .signed
        case 4: self = .encrypted
        default: return nil
        }
    }
}
