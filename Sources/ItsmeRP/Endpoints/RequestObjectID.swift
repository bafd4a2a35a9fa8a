public import JOSE

/// The name of a stored request object in its request URI: 256 random bits in Base64url.
///
/// Who knows the name can fetch the object, which is encrypted to itsme; so the name is unguessable, and it does not
/// print itself. Any text that is not exactly such a name is refused before a store sees it.
public struct RequestObjectID: Sendable, Hashable {
    private static let size = 32

    /// How many characters a name has.
    static let textLength = 43

    /// 43 Base64url characters.
    public let text: String

    /// Makes a new name.
    ///
    /// - Throws: ``ItsmeError`` `random_source_failed`.
    public init(random: RandomSource = .system) throws(ItsmeError) {
        do {
            text = Base64URL.encode(try random.bytes(Self.size))
        } catch {
            throw ItsmeError(
                .randomSourceFailed, .authorizationRequest, "no random bytes could be had",
                remedy: "Check the system's random generator.", joseCode: error.code)
        }
    }

    /// Reads a name; nil when the text is none.
    public init?(_ text: String) {
        guard text.utf8.count == Self.textLength, (try? Base64URL.decode(text))?.count == Self.size else { return nil }
        self.text = text
    }
}

extension RequestObjectID: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A placeholder; never the name.
    public var description: String { "RequestObjectID([redacted])" }

    /// A placeholder; never the name.
    public var debugDescription: String { description }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
