/// Which compact serialization a text may be, judged by its dots alone.
public enum CompactShape: Sendable, Hashable {
    /// Three segments: a JWS (RFC 7515 §7.1).
    case signed
    /// Five segments: a JWE (RFC 7516 §7.1).
    case encrypted

    /// Counts the dots of `token`; `nil` unless there are two or four of them.
    ///
    /// Nothing is decoded. Texts above 128 KiB have no shape.
    public init?(_ token: String) {
        guard token.utf8.count <= CompactSegments.standardMaximumSize else {
            return nil
        }
        var dots = 0
        for character in token.utf8 where character == CompactSegments.separator {
            dots += 1
            guard dots <= 4 else {
                return nil
            }
        }
        switch dots {
        case 2: self = .signed
        case 4: self = .encrypted
        default: return nil
        }
    }
}
