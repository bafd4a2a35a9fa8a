/// What itsme is to ask of the person (`prompt`, OpenID Connect Core 1.0 §3.1.2.1).
public enum Prompt: String, Sendable, Hashable {
    /// Authenticate again.
    case login
    /// Ask for consent again.
    case consent
}

/// The language of itsme's pages (`ui_locales`).
public enum InterfaceLocale: String, Sendable, Hashable, CaseIterable {
    /// French.
    case french = "fr"
    /// Dutch.
    case dutch = "nl"
    /// German.
    case german = "de"
    /// English.
    case english = "en"
}
