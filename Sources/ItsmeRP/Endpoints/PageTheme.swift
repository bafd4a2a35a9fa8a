import WebFormats

/// Colours and words of the library's pages and of the button.
///
/// ```swift
/// let theme = try PageTheme(siteName: "Example Bank", logoURL: "/logo.svg", accent: "#005a9c")
/// ```
///
/// The pages are light or dark as the browser prefers. Text on the accent is black or white, whichever has more
/// contrast, so every accent can be read. itsme's orange `#ff4612` has 3.4:1 against white, less than the 4.5:1 that
/// WCAG 2.2 asks for. So the standard accent is the darker `#c2330a` (5.6:1) with white text, and on dark pages itsme's
/// orange with black text (6.1:1).
public struct PageTheme: Sendable, Hashable {
    /// The name of the site, above each page and in its title.
    public let siteName: String?

    /// A picture above each page: a path on this site or an https URL.
    public let logoURL: String?

    /// The way home from a failure: a path on this site or an https URL.
    public let homeURL: String

    let accent: PageColor
    let accentInDark: PageColor

    /// The style of a page. It is made once, because the policy has its digest.
    let stylesheet: String
    let contentSecurityPolicy: String

    /// No name and no logo, the way home is `/`, and itsme's colours.
    public static let standard = PageTheme(
        siteName: nil, logo: nil, homeURL: "/", accent: PageColor(rgb: 0xC2330A), accentInDark: PageColor(rgb: 0xFF4612)
    )

    /// Makes a theme.
    ///
    /// - Parameters:
    ///   - siteName: The name of the site, at most 100 bytes.
    ///   - logoURL: A picture at most 48 pixels high: a path on this site or an https URL. The pages'
    ///     Content-Security-Policy allows pictures of its origin only.
    ///   - homeURL: The way home: a path on this site or an https URL.
    ///   - accent: The colour of buttons, as `#rrggbb`; nil for the standard one.
    ///   - accentInDark: The colour of buttons on dark pages, as `#rrggbb`; nil for the accent.
    /// - Throws: ``ItsmeError`` `invalid_configuration`; the field names the parameter.
    public init(
        siteName: String? = nil, logoURL: String? = nil, homeURL: String = "/", accent: String? = nil,
        accentInDark: String? = nil
    ) throws(ItsmeError) {
        if let siteName, siteName.isEmpty || siteName.utf8.count > 100 {
            throw ItsmeError(
                .invalidConfiguration, .configuration, "the name of the site is empty or longer than 100 bytes",
                remedy: "Give the name that people know the site by, or none.", field: "siteName")
        }
        try ItsmeButton.check(homeURL, field: "homeURL")
        let light = try Self.color(accent, field: "accent")
        let dark = try Self.color(accentInDark, field: "accentInDark")
        self.init(
            siteName: siteName, logo: try Self.logo(logoURL), homeURL: homeURL, accent: light ?? Self.standard.accent,
            accentInDark: dark ?? light ?? Self.standard.accentInDark)
    }

    private init(
        siteName: String?, logo: (url: String, source: String)?, homeURL: String, accent: PageColor,
        accentInDark: PageColor
    ) {
        self.siteName = siteName
        logoURL = logo?.url
        self.homeURL = homeURL
        self.accent = accent
        self.accentInDark = accentInDark
        stylesheet = Self.pageStylesheet + ItsmeButton.stylesheet(accent: accent, accentInDark: accentInDark)
        // Nothing else may be loaded or framed; the one style element is named by its digest (CSP Level 3 §2.3.1).
        let picture = logo.map { "img-src \($0.source); " } ?? ""
        contentSecurityPolicy =
            "default-src 'none'; \(picture)style-src \(HTMLPage.styleSource(of: stylesheet)); base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    }

    private static func color(_ text: String?, field: String) throws(ItsmeError) -> PageColor? {
        guard let text else { return nil }
        guard let color = PageColor(text) else {
            throw ItsmeError(
                .invalidConfiguration, .configuration, "a colour cannot be read",
                remedy: "Write it as in #c2330a, with six hexadecimal digits.", field: field)
        }
        return color
    }

    /// The logo with its origin as a source of a Content-Security-Policy.
    private static func logo(_ url: String?) throws(ItsmeError) -> (url: String, source: String)? {
        guard let url else { return nil }
        try ItsmeButton.check(url, field: "logoURL")
        guard !url.hasPrefix("/") else { return (url, "'self'") }
        // An escaped host could bring a semicolon into the policy.
        guard let authority = (try? Endpoint(url, allowsLoopbackHTTP: false))?.authority,
            authority.wholeMatch(of: /[A-Za-z0-9.-]+(:[0-9]+)?/) != nil
        else {
            throw ItsmeError(
                .invalidConfiguration, .configuration, "the host of the logo cannot be named in a policy",
                remedy: "Give a host of letters, digits, hyphens and dots.", field: "logoURL")
        }
        return (url, "https://" + authority)
    }

    /// The head of a page: the logo or, without one, the name.
    var header: String {
        let name = siteName.map(HTMLText.escape)
        if let logoURL {
            return "<p class=\"site\"><img src=\"\(HTMLText.escape(logoURL))\" alt=\"\(name ?? "")\"></p>\n"
        }
        return name.map { "<p class=\"site\">\($0)</p>\n" } ?? ""
    }

    private static let pageStylesheet =
        """
        :root{color-scheme:light dark;--ground:#f4f4f6;--surface:#ffffff;--text:#1f1f24;--quiet:#55555f;--line:#d9d9de}
        @media (prefers-color-scheme:dark){:root{--ground:#101013;--surface:#1d1d22;--text:#f1f1f4;--quiet:#b4b4bf;--line:#3d3d45}}
        body{margin:0;padding:0 1rem;background:var(--ground);color:var(--text);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
        main{box-sizing:border-box;max-width:32rem;margin:10vh auto 2rem;padding:2rem;background:var(--surface);border-radius:.75rem;overflow-wrap:anywhere}
        @media (forced-colors:active){main{border:1px solid}}
        h1{margin:0 0 .75rem;font-size:1.5rem;line-height:1.25;text-wrap:balance}
        p{margin:0 0 1.25rem}
        p:last-child{margin-bottom:0}
        .site{font-weight:600;color:var(--quiet)}
        .site img{display:block;max-width:100%;max-height:48px}
        .actions{display:flex;flex-wrap:wrap;gap:.75rem}
        @media (max-width:30rem){body{padding:0 .75rem}main{margin-top:.75rem;padding:1.5rem 1.25rem}.actions a{flex:1 1 100%}}
        .reference{padding-top:1.25rem;border-top:1px solid var(--line);font-size:.875rem;color:var(--quiet)}
        code{font:600 1rem ui-monospace,Menlo,Consolas,monospace;color:var(--text);user-select:all}
        main a:not(.itsme-button){color:inherit;text-underline-offset:.2em}
        main a:not(.itsme-button):focus-visible{outline:3px solid;outline-offset:3px}

        """
}
