/// A language of the pages that stand for itsme: one of its `ui_locales`.
enum PageLanguage: String, Sendable, CaseIterable {
    case english = "en"
    case dutch = "nl"
    case french = "fr"
    case german = "de"

    /// The first language of `ui_locales` that is known, without regard to the region; English if none is.
    init(locales: [String]) {
        let known = locales.lazy.compactMap {
            PageLanguage(rawValue: $0.prefix { $0 != "-" && $0 != "_" }.lowercased())
        }
        self = known.first ?? .english
    }

    /// One text in four languages.
    struct Text: Sendable {
        let english: String
        let dutch: String
        let french: String
        let german: String

        init(_ english: String, _ dutch: String, _ french: String, _ german: String) {
            self.english = english
            self.dutch = dutch
            self.french = french
            self.german = german
        }
    }

    func callAsFunction(_ text: Text) -> String {
        switch self {
        case .english: text.english
        case .dutch: text.dutch
        case .french: text.french
        case .german: text.german
        }
    }
}
