import WebFormats

/// The button that starts an itsme flow, as a fragment of HTML.
///
/// It is a link, because the itsme app only opens from a plain GET navigation in the person's own browser. It has no
/// script and loads only the logo, if configured. itsme's artwork is not part of this library: see itsme's brand site
/// for it and its rules.
///
/// The colours come from a ``PageTheme``, which says why the standard accent is darker than itsme's orange. The button
/// is light or dark like the page around it: where `color-scheme: dark` applies, it takes the accent for dark pages.
/// Browsers before 2024 always show the light one.
///
/// ```swift
/// let button = try ItsmeButton(.login, locale: .dutch, href: "/itsme/login")
/// page = "<style nonce=\"\(nonce)\">\(ItsmeButton.stylesheet)</style> … \(button.html)"
/// ```
///
/// Accessibility (WCAG 2.2): the text has a contrast of at least 4.5:1 (1.4.3); an outlined button has the text colour
/// of the page. The button is at least 44 by 44 CSS pixels (2.5.5), focus shows as two rings, of which one contrasts
/// with any background (2.4.7), the language of the text is marked (3.1.2), and the logo is decorative, with an empty
/// text alternative (1.1.1).
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

    /// How much the button stands out.
    public enum Variant: String, Sendable, Hashable, CaseIterable {
        /// The accent as background.
        case filled
        /// The accent as border; the text has the colour of the text around it.
        case outlined
    }

    /// How high the button is at least. A text of two lines makes it higher.
    public enum Size: String, Sendable, Hashable, CaseIterable {
        /// 44 pixels.
        case small
        /// 48 pixels.
        case medium
        /// 56 pixels.
        case large
    }

    /// The link, without its style.
    public let html: String

    /// Makes a button.
    ///
    /// - Parameters:
    ///   - action: Determines the text.
    ///   - locale: The language of the text.
    ///   - href: Where the flow starts, ``LoginEndpoints/startURL(of:target:locale:)``: a path on this site or an https
    ///     URL. Never use the authorization URL itself, which is only valid for one login.
    ///   - variant: How much it stands out.
    ///   - size: How high it is.
    ///   - logoURL: A picture of 24 by 24 pixels to show before the text: a path on this site or an https URL. The
    ///     Content-Security-Policy of the page must allow it.
    /// - Throws: ``ItsmeError`` `invalid_configuration`; the field names the parameter.
    public init(
        _ action: Action, locale: InterfaceLocale, href: String, variant: Variant = .filled, size: Size = .medium,
        logoURL: String? = nil
    ) throws(ItsmeError) {
        try Self.check(href, field: "href")
        var logo = ""
        if let logoURL {
            try Self.check(logoURL, field: "logoURL")
            logo = "<img src=\"\(HTMLText.escape(logoURL))\" alt=\"\" width=\"24\" height=\"24\">"
        }
        html = Self.link(href, action.text(in: locale), locale: locale, variant: variant, size: size, logo: logo)
    }

    /// The style of the button in the standard colours: put it once into a style element or a file of the page.
    public static let stylesheet = stylesheet(of: .standard)

    /// ``stylesheet`` as a source of the directive `style-src` of a Content-Security-Policy, for a page whose style
    /// element contains only the stylesheet.
    public static var styleSource: String { styleSource(of: .standard) }

    /// The style of the button in the colours of a theme.
    public static func stylesheet(of theme: PageTheme) -> String {
        stylesheet(accent: theme.accent, accentInDark: theme.accentInDark)
    }

    /// ``stylesheet(of:)`` as a source of the directive `style-src`, as ``styleSource``.
    public static func styleSource(of theme: PageTheme) -> String {
        HTMLPage.styleSource(of: stylesheet(of: theme))
    }

    static func stylesheet(accent: PageColor, accentInDark: PageColor) -> String {
        // A browser that does not know light-dark() keeps the declaration before it. The transparent border shows in
        // forced colours, which take away the background.
        let both = { (part: (PageColor) -> PageColor, property: String) in
            let (light, dark) = (part(accent).css, part(accentInDark).css)
            return "\(property):\(light);\(property):light-dark(\(light),\(dark))"
        }
        return """
            .itsme-button{display:inline-flex;vertical-align:middle;align-items:center;justify-content:center;gap:.75rem;box-sizing:border-box;\
            min-width:44px;min-height:48px;padding:.5rem 1.5rem;border:2px solid transparent;border-radius:.5rem;\
            \(both({ $0 }, "background-color"));\(both(\.text, "color"));\
            font:600 1rem/1.25 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;text-align:center;text-decoration:none}\
            .itsme-button:hover{\(both(\.pressed, "background-color"))}\
            .itsme-button-outlined,.itsme-button-outlined:hover{background-color:transparent;color:inherit;\(both({ $0 }, "border-color"))}\
            .itsme-button-outlined:hover{text-decoration:underline}\
            .itsme-button-small{min-height:44px;padding:.375rem 1rem;font-size:.875rem}\
            .itsme-button-large{min-height:56px;padding:.625rem 2rem;font-size:1.125rem}\
            .itsme-button:focus-visible{outline:3px solid #ffffff;outline-offset:0;box-shadow:0 0 0 6px #1f1f24}\
            .itsme-button img{flex:none}
            """
    }

    static func link(
        _ href: String, _ text: String, locale: InterfaceLocale, variant: Variant = .filled, size: Size = .medium,
        logo: String = "", opensNewTab: Bool = false
    ) -> String {
        var classes = "itsme-button"
        if variant != .filled { classes += " itsme-button-\(variant.rawValue)" }
        if size != .medium { classes += " itsme-button-\(size.rawValue)" }
        // noopener, noreferrer: the new tab gets no reference to this page and not its URL.
        let tab = opensNewTab ? " target=\"_blank\" rel=\"noopener noreferrer\"" : ""
        return "<a class=\"\(classes)\" lang=\"\(locale.rawValue)\" href=\"\(HTMLText.escape(href))\"\(tab)>"
            + "\(logo)<span>\(HTMLText.escape(text))</span></a>"
    }

    /// Refuses a URL that is neither a path on this site nor https.
    static func check(_ url: String, field: String) throws(ItsmeError) {
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
