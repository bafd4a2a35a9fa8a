/// HTML that is made of texts.
package enum HTMLText {
    /// Text as it may stand between tags and in a quoted attribute. Control characters, which a terminal may obey, are
    /// replaced by U+FFFD, except for line feeds and tabs.
    package static func escape(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "\n", "\t": escaped.unicodeScalars.append(scalar)
            default:
                let isControl = scalar.properties.generalCategory == .control
                escaped.unicodeScalars.append(isControl ? "\u{FFFD}" : scalar)
            }
        }
        return escaped
    }

    /// A document that search engines leave alone.
    ///
    /// - Parameters:
    ///   - language: A language tag (RFC 5646).
    ///   - title: Plain text.
    ///   - stylesheet: The content of the style element; the page's policy has to name its digest.
    ///   - head: HTML for the end of the head.
    ///   - before: HTML before the main content.
    ///   - content: HTML in which every value is escaped.
    package static func document(
        language: String, title: String, stylesheet: String, head: String = "", before: String = "", content: String
    ) -> String {
        """
        <!DOCTYPE html>
        <html lang="\(language)">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="robots" content="noindex">
        <title>\(escape(title))</title>
        <style>\(stylesheet)</style>
        \(head)</head>
        <body>
        \(before)<main>
        \(content)
        </main>
        </body>
        </html>

        """
    }

    /// A source expression of a content policy that allows a style or script element by the SHA-256 digest of its content
    /// (CSP Level 3 §2.3.1). With the alphabet of Base64 older browsers take it, too.
    package static func policySource(sha256 digest: [UInt8]) -> String {
        "'sha256-\(StandardBase64.encode(digest))'"
    }
}
