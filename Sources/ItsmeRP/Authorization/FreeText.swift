/// A text for a person to approve, in the form that itsme can show.
///
/// At most 7500 characters of ISO 8859-15, with the tags `<b>`, `<i>`, `<u>` (and the tags that close them) and
/// `<br>`, in lower case. Any other `<` is refused, `<br/>` included. There is no way to write a `<` that is not a tag:
/// check texts of users before they become part of what another person approves.
public struct FreeText: Sendable, Hashable {
    /// The text as it is sent, with every letter in one composed character.
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

    /// Makes a text after replacing what word processors put in: typographic quotes and dashes, ellipses, bullets,
    /// ligatures, fractions, and spaces and hyphens of other kinds; invisible characters are removed.
    ///
    /// Nothing else is replaced: a letter outside ISO 8859-15 is still an error, for a name must not be shown
    /// misspelt.
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
    /// The length; never the text, which is between the relying party and the person.
    public var description: String { "FreeText(\(text.unicodeScalars.count) characters)" }
}
