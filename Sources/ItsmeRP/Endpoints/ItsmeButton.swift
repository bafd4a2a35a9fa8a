import WebFormats

/// The button that starts an itsme flow, as a fragment of HTML.
///
/// It is a link, because the itsme app only opens from a plain GET navigation in the person's own browser. It has no
/// script and loads only the logo, if configured. itsme's artwork is not part of this library: see itsme's brand site
/// for it and its rules.
///
/// ```swift
/// let button = try ItsmeButton(.login, locale: .dutch, href: "/itsme/login")
/// page = "<style nonce=\"\(nonce)\">\(ItsmeButton.stylesheet)</style> … \(button.html)"
/// ```
///
/// Accessibility (WCAG 2.2): the text has a contrast of at least 4.5:1 (1.4.3), the button is at least 44 by 44 CSS
/// pixels (2.5.5), focus shows as an outline (2.4.7), the language of the text is marked (3.1.2), and the logo is
/// decorative, with an empty text alternative (1.1.1).
public struct ItsmeButton: Sendable, Hashable {
    /// What the person does with itsme; this depends on the service.
    public enum Action: String, Sendable, Hashable, CaseIterable {
        /// Log in.
        case login
        /// Share data.
        case shareData
        /// Confirm a transaction.
        case confirm

        /// The text of the button.
        public func text(in locale: InterfaceLocale) -> String {
            switch (self, locale) {
            case (.login, .english): "Log in with itsme"
            case (.login, .dutch): "Aanmelden met itsme"
            case (.login, .french): "Se connecter avec itsme"
            case (.login, .german): "Mit itsme anmelden"
            case (.shareData, .english): "Share your data with itsme"
            case (.shareData, .dutch): "Uw gegevens delen met itsme"
            case (.shareData, .french): "Partager vos données avec itsme"
            case (.shareData, .german): "Ihre Daten mit itsme teilen"
            case (.confirm, .english): "Confirm with itsme"
            case (.confirm, .dutch): "Bevestigen met itsme"
            case (.confirm, .french): "Confirmer avec itsme"
            case (.confirm, .german): "Mit itsme bestätigen"
            }
        }
    }

    /// The link, without its style.
    public let html: String

    /// Makes a button.
    ///
    /// - Parameters:
    ///   - action: Determines the text.
    ///   - locale: The language of the text.
    ///   - href: Where the flow starts, ``LoginEndpoints/startURL(target:locale:)``: a path on this site or an https
    ///     URL. Never use the authorization URL itself, which is only valid for one login.
    ///   - logoURL: A picture of 24 by 24 pixels to show before the text: a path on this site or an https URL. The
    ///     Content-Security-Policy of the page must allow it.
    /// - Throws: ``ItsmeError`` `invalid_configuration`; the field names the parameter.
    public init(
        _ action: Action, locale: InterfaceLocale, href: String, logoURL: String? = nil
    ) throws(ItsmeError) {
        try Self.check(href, field: "href")
        var logo = ""
        if let logoURL {
            try Self.check(logoURL, field: "logoURL")
            logo = "<img src=\"\(HTMLText.escape(logoURL))\" alt=\"\" width=\"24\" height=\"24\">"
        }
        html = Self.link(href, action.text(in: locale), locale: locale, logo: logo)
    }

    /// The style of the button: put it once into a style element or a file of the page.
    public static let stylesheet =
        """
        .itsme-button{display:inline-flex;vertical-align:middle;align-items:center;justify-content:center;gap:.75rem;box-sizing:border-box;\
        min-width:44px;min-height:48px;padding:.625rem 1.5rem;border-radius:.5rem;background:#c2330a;color:#fff;\
        font:600 1rem/1.25 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;text-align:center;text-decoration:none}\
        .itsme-button:hover{background:#9f2a08}\
        .itsme-button:focus-visible{outline:3px solid #1f1f24;outline-offset:3px}\
        .itsme-button img{flex:none}\
        @media (forced-colors:active){.itsme-button{border:2px solid}}
        """

    /// ``stylesheet`` as a source of the directive `style-src` of a Content-Security-Policy, for a page whose style
    /// element contains only the stylesheet.
    public static var styleSource: String { HTMLPage.styleSource(of: stylesheet) }

    static func link(
        _ href: String, _ text: String, locale: InterfaceLocale, logo: String = "", opensNewTab: Bool = false
    ) -> String {
        // noopener, noreferrer: the new tab gets no reference to this page and not its URL.
        let tab = opensNewTab ? " target=\"_blank\" rel=\"noopener noreferrer\"" : ""
        return "<a class=\"itsme-button\" lang=\"\(locale.rawValue)\" href=\"\(HTMLText.escape(href))\"\(tab)>"
            + "\(logo)<span>\(HTMLText.escape(text))</span></a>"
    }

    private static func check(_ url: String, field: String) throws(ItsmeError) {
        if (try? PostLoginTarget(url)) != nil { return }
        if url.hasPrefix("https://"), url.utf8.allSatisfy(PostLoginTarget.isURICharacter),
            (try? Endpoint(url, allowsLoopbackHTTP: false)) != nil
        {
            return
        }
        throw ItsmeError(
            .invalidConfiguration, .configuration, "the URL is neither a path on this site nor https",
            remedy: "Give a path that starts with a single slash, or an https URL.", field: field)
    }
}
