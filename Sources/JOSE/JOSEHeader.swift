/// The members of a JOSE header that this module reads (RFC 7515 §4.1, RFC 7516 §4.1).
///
/// Parsing refuses `crit`, `b64` and `zip`, since no extension is implemented, and any read member of another JSON type
/// than a string. Keys and references to keys inside a header (`jwk`, `jku`, `x5u`, `x5c`, `x5t`) are ignored: a token
/// never brings its own key. All values come from whoever made the token and are proof of nothing; the description of
/// a header names its members only.
public struct JOSEHeader: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `alg`: how the token was signed or its content encryption key was wrapped.
    public var algorithm: String { content.algorithm }
    /// `enc`: how the content was encrypted; always present in a JWE.
    public var contentEncryption: String? { content.contentEncryption }
    /// `kid`: a hint at the key. Compare it; never use it as a path, an address or a log line.
    public var keyID: String? { content.keyID }
    /// `typ`: the media type of the whole token.
    public var type: String? { content.type }
    /// `cty`: the media type of the content; `JWT` for a Nested JWT (RFC 7519 §5.2).
    public var contentType: String? { content.contentType }

    private let content: Content

    /// What a header says, read once.
    private final class Content: Sendable {
        /// The segment that it was read from.
        let segment: [UInt8]
        let algorithm: String
        let contentEncryption: String?
        let keyID: String?
        let type: String?
        let contentType: String?

        /// Decodes and parses a header segment.
        init(_ segment: Span<UInt8>) throws(JOSEError) {
            guard Base64URL.decodedCount(segment.count) <= JOSEHeader.maximumSize else {
                throw JOSEError(.headerTooLarge, "header exceeds 4 KiB")
            }
            let json = try JSON(parsing: Base64URL.decode(segment), limits: .header)
            guard json.kind == .object else {
                throw JOSEError(.malformedHeader, "header is not a JSON object")
            }
            var (alg, enc, kid, typ, cty): (JSON?, JSON?, JSON?, JSON?, JSON?)
            var (hasCrit, hasB64, hasZip) = (false, false, false)
            // All members once, in place of a search for each name.
            json.forEachMember { name, value in
                switch name {
                case "alg": alg = value
                case "kid": kid = value
                case "enc": enc = value
                case "cty": cty = value
                case "typ": typ = value
                case "crit": hasCrit = true
                case "b64": hasB64 = true
                case "zip": hasZip = true
                default: break
                }
            }
            guard !hasCrit else {
                throw JOSEError(.unsupportedHeader, "crit")
            }
            guard !hasB64 else {
                throw JOSEError(.unsupportedHeader, "b64")
            }
            guard !hasZip else {
                throw JOSEError(.unsupportedHeader, "zip")
            }
            let algorithm = try Self.text(alg, "alg is not a string")
            contentEncryption = try Self.text(enc, "enc is not a string")
            keyID = try Self.text(kid, "kid is not a string")
            type = try Self.text(typ, "typ is not a string")
            contentType = try Self.text(cty, "cty is not a string")
            guard let algorithm else {
                throw JOSEError(.malformedHeader, "alg is missing")
            }
            self.algorithm = algorithm
            self.segment = segment.indices.map { segment[$0] }
        }

        func isOf(_ other: Span<UInt8>) -> Bool {
            let segment = segment
            return segment.span.isEqual(to: other)
        }

        private static func text(_ value: JSON?, _ reason: String) throws(JOSEError) -> String? {
            guard let value else {
                return nil
            }
            guard let text = value.string else {
                throw JOSEError(.malformedHeader, reason)
            }
            return text
        }
    }

    /// The largest header in octets, decoded.
    static let maximumSize = 4 << 10

    /// The last headers that were read, of tokens of both kinds: one who makes tokens writes the same header into all of
    /// them for as long as the keys stay.
    private static let lastSigned = SpareReference<Content>()
    private static let lastEncrypted = SpareReference<Content>()

    /// Decodes and parses the header segment of a compact JWS.
    init(decodingSigned segment: Span<UInt8>) throws(JOSEError) {
        content = try Self.content(of: segment, last: Self.lastSigned.exchange(nil))
        _ = Self.lastSigned.exchange(content)
    }

    /// Decodes and parses the header segment of a compact JWE.
    init(decodingEncrypted segment: Span<UInt8>) throws(JOSEError) {
        content = try Self.content(of: segment, last: Self.lastEncrypted.exchange(nil))
        _ = Self.lastEncrypted.exchange(content)
    }

    private static func content(of segment: Span<UInt8>, last: Content?) throws(JOSEError) -> Content {
        guard let last, last.isOf(segment) else {
            return try Content(segment)
        }
        return last
    }

    /// Returns the text of a protected header with the given members, in a fixed order.
    static func text(
        algorithm: String, contentEncryption: String? = nil, keyID: String?, type: String?, contentType: String?
    ) throws(JOSEError) -> [UInt8] {
        var header = JSONObjectText(capacity: 128)
        header.append("alg", algorithm)
        header.append("enc", ifPresent: contentEncryption)
        header.append("kid", ifPresent: keyID)
        header.append("typ", ifPresent: type)
        header.append("cty", ifPresent: contentType)
        let json = header.octets()
        guard json.count <= maximumSize else {
            throw JOSEError(.headerTooLarge, "header exceeds 4 KiB")
        }
        return json
    }

    /// The names of the members that are present.
    public var description: String {
        let optional = [("enc", contentEncryption), ("kid", keyID), ("typ", type), ("cty", contentType)]
        let names = ["alg"] + optional.filter { $0.1 != nil }.map(\.0)
        return "JOSEHeader(\(names.joined(separator: ", ")))"
    }

    /// The names of the members that are present.
    public var debugDescription: String { description }

    /// A mirror without the values.
    public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
