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
        self.init([UInt8](token.utf8))
    }

    /// Counts the dots of `token` as the other initializer does.
    public init?(_ token: [UInt8]) {
        guard token.count <= CompactSegments.standardMaximumSize else {
            return nil
        }
        switch CompactSegments.separators(in: token) {
        case 2: self = .signed
        case 4: self = .encrypted
        default: return nil
        }
    }
}
