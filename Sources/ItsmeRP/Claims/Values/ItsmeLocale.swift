/// The language of the person's itsme app.
///
/// itsme sends `NL FR DE EN`, its legacy profile the same in lower case; the value is kept in lower case, so both are
/// equal. Open set: other languages are kept.
public struct ItsmeLocale: RawRepresentable, Sendable, Hashable {
    /// The language tag in lower case, fit for `ui_locales` and for an HTML `lang`.
    public let rawValue: String

    /// Makes a locale of a language tag in any case.
    public init(rawValue: String) {
        self.rawValue = rawValue.lowercased()
    }

    /// Dutch.
    public static let dutch = ItsmeLocale(rawValue: "nl")
    /// French.
    public static let french = ItsmeLocale(rawValue: "fr")
    /// German.
    public static let german = ItsmeLocale(rawValue: "de")
    /// English.
    public static let english = ItsmeLocale(rawValue: "en")
}
