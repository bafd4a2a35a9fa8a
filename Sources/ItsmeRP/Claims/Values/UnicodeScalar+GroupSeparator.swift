extension Unicode.Scalar {
    /// Whether it is a space or a hyphen that people and word processors put between the groups of a number, those that
    /// forbid a line break included.
    var isGroupSeparator: Bool {
        switch self {
        case " ", "\u{A0}", "\u{2007}", "\u{2009}", "\u{202F}": true
        case "-", "\u{2010}", "\u{2011}": true
        default: false
        }
    }
}
