/// A text for a person to approve, with only what itsme can show.
///
/// At most 7500 characters of ISO 8859-15, with the tags `<b>`, `<i>`, `<u>` (with their closing tags) and `<br>`, in
/// lower case. Any other `<` is refused, including `<br/>`. A `<` cannot be escaped, so check the text of one user
/// before another person has to approve it.
public struct FreeText: Sendable, Hashable {
    /// The text as sent, in composed characters.
    public let text: String

    /// The number of characters that itsme allows.
    public static let maximumLength = 7500

    /// Makes a text.
    ///
    /// - Throws: ``ConfirmationTemplateError``: `emptyText`, `textTooLong`, `tagNotAllowed` with the position, or
    ///   `characterNotAllowed` with the first character outside ISO 8859-15 and its position.
    public init(_ text: String) throws(ConfirmationTemplateError) {
        var composed = ""
        for (position, character) in text.enumerated() {
            guard let latin = Latin9.composed(character) else {
                throw Self.notAllowed(character, position)
            }
            composed += latin
        }
        guard !composed.isEmpty else {
            throw ConfirmationTemplateError(.emptyText, reason: "the text is empty")
        }
        guard composed.unicodeScalars.count <= Self.maximumLength else {
            throw ConfirmationTemplateError(.textTooLong, reason: "the text has more than 7500 characters")
        }
        try Self.checkTags(composed)
        self.text = composed
    }

    /// Makes a text after replacing characters from word processors: typographic quotes and dashes, ellipses, bullets,
    /// ligatures, fractions, and special spaces and hyphens. Invisible characters are removed.
    ///
    /// Nothing else is replaced: a letter outside ISO 8859-15 is still an error, because a name must not be misspelt.
    ///
    /// - Throws: as ``init(_:)``; positions are those in the replaced text.
    public init(transliterating text: String) throws(ConfirmationTemplateError) {
        try self.init(Latin9.transliterated(text))
    }

    private static func notAllowed(_ character: Character, _ position: Int) -> ConfirmationTemplateError {
        let scalars = character.unicodeScalars
            .map { "U+" + String(repeating: "0", count: max(0, 4 - hex($0).count)) + hex($0) }
            .joined(separator: " ")
        return ConfirmationTemplateError(
            .characterNotAllowed,
            reason: "the character \(scalars) after \(position) characters is not in ISO 8859-15",
            position: position, character: character)
    }

    private static func hex(_ scalar: Unicode.Scalar) -> String {
        String(scalar.value, radix: 16, uppercase: true)
    }

    private static let tags = ["<b>", "</b>", "<i>", "</i>", "<u>", "</u>", "<br>"]

    private static func checkTags(_ text: String) throws(ConfirmationTemplateError) {
        var rest = Substring(text)
        while let opening = rest.firstIndex(of: "<") {
            let fromTag = rest[opening...]
            guard let tag = tags.first(where: { fromTag.hasPrefix($0) }) else {
                let position = text.distance(from: text.startIndex, to: opening)
                throw ConfirmationTemplateError(
                    .tagNotAllowed,
                    reason: "the < after \(position) characters does not begin one of <b>, <i>, <u>, <br>",
                    position: position)
            }
            rest = fromTag.dropFirst(tag.count)
        }
    }
}

extension FreeText: Redacted {
    /// The length; never the text, which is private to the relying party and the person.
    public var description: String { "FreeText(\(text.unicodeScalars.count) characters)" }
}

/// The character set ISO 8859-15 (Latin-9), which the itsme app supports.
enum Latin9 {
    /// The character in its composed form; `nil` if the set does not have it.
    ///
    /// Line feed, carriage return and tab count as part of the set; other control characters do not.
    static func composed(_ character: Character) -> String? {
        // Swift compares characters by canonical equivalence, so e followed by a combining acute finds é.
        if let composed = highCharacters[character] { return composed }
        let isPlain = character.unicodeScalars.allSatisfy { scalar in
            (0x20...0x7E).contains(scalar.value) || [0x09, 0x0A, 0x0D].contains(scalar.value)
        }
        return isPlain ? String(character) : nil
    }

    /// The text with typographic characters replaced by equivalents from the set.
    static func transliterated(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            if let replacement = replacements[scalar] {
                result += replacement
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static let highCharacters: [Character: String] = {
        let moved: [UInt32: UInt32] = [
            0xA4: 0x20AC, 0xA6: 0x0160, 0xA8: 0x0161, 0xB4: 0x017D, 0xB8: 0x017E, 0xBC: 0x0152, 0xBD: 0x0153,
            0xBE: 0x0178,
        ]
        var characters: [Character: String] = [:]
        for byte: UInt32 in 0xA0...0xFF {
            guard let scalar = Unicode.Scalar(moved[byte] ?? byte) else { continue }
            characters[Character(scalar)] = String(scalar)
        }
        return characters
    }()

    private static let replacements: [Unicode.Scalar: String] = {
        let lists: [(characters: [Unicode.Scalar], replacement: String)] = [
            (
                ["\u{2018}", "\u{2019}", "\u{201A}", "\u{201B}", "\u{2032}", "\u{2039}", "\u{203A}", "\u{B4}"], "'"
            ),
            (["\u{201C}", "\u{201D}", "\u{201E}", "\u{201F}", "\u{2033}", "\u{A8}"], "\""),
            (
                [
                    "\u{2010}", "\u{2011}", "\u{2012}", "\u{2013}", "\u{2014}", "\u{2015}", "\u{2212}", "\u{2043}",
                ],
                "-"
            ),
            (["\u{2026}"], "..."),
            (["\u{2022}", "\u{2027}", "\u{2219}"], "\u{B7}"),
            (["\u{202F}", "\u{2007}"], "\u{A0}"),
            (
                [
                    "\u{2000}", "\u{2001}", "\u{2002}", "\u{2003}", "\u{2004}", "\u{2005}", "\u{2006}", "\u{2008}",
                    "\u{2009}", "\u{200A}",
                ],
                " "
            ),
            (["\u{2028}", "\u{2029}", "\u{85}"], "\n"),
            (["\u{200B}", "\u{200C}", "\u{200D}", "\u{2060}", "\u{FEFF}"], ""),
            (["\u{FB00}"], "ff"), (["\u{FB01}"], "fi"), (["\u{FB02}"], "fl"), (["\u{FB03}"], "ffi"),
            (["\u{FB04}"], "ffl"),
            (["\u{BC}"], "1/4"), (["\u{BD}"], "1/2"), (["\u{BE}"], "3/4"),
        ]
        var replacements: [Unicode.Scalar: String] = [:]
        for list in lists {
            for character in list.characters { replacements[character] = list.replacement }
        }
        return replacements
    }()
}
