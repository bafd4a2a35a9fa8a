/// The members of a JOSE header that this module reads (RFC 7515 §4.1, RFC 7516 §4.1).
///
/// Parsing refuses `crit`, `b64` and `zip`, since no extension is implemented. It also refuses `alg`, `enc`, `kid`,
/// `typ` or `cty` if it is not a string. Keys and references to keys inside a header (`jwk`, `jku`, `x5u`, `x5c`,
/// `x5t`) are ignored: a token never brings its own key. The author of the token chose all values, so they prove
/// nothing. The description of a header shows only the names of its members.
public struct JOSEHeader: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `alg`: how the token was signed or its content encryption key was wrapped.
    public let algorithm: String
    /// `enc`: how the content was encrypted; always present in a JWE.
    public let contentEncryption: String?
    /// `kid`: a hint at the key. Only compare it; never use it as a path or an address, and never log it.
    public let keyID: String?
    /// `typ`: the media type of the whole token.
    public let type: String?
    /// `cty`: the media type of the content; `JWT` for a Nested JWT (RFC 7519 §5.2).
    public let contentType: String?

    /// The largest header in bytes, decoded.
    static let maximumSize = 4 << 10

    /// Decodes and parses the header segment of a compact serialization.
    init(decoding segment: ArraySlice<UInt8>) throws(JOSEError) {
        guard Base64URL.decodedCount(segment.count) <= Self.maximumSize else {
            throw Self.tooLarge
        }
        let json = try JSON(parsing: Base64URL.decode(segment), limits: .header)
        guard json.kind == .object else {
            throw JOSEError(.malformedHeader, "header is not a JSON object")
        }
        for name in ["crit", "b64", "zip"] where json[name] != nil {
            throw JOSEError(.unsupportedHeader, name)
        }
        guard let algorithm = try Self.text("alg", of: json) else {
            throw JOSEError(.malformedHeader, "alg is missing")
        }
        self.algorithm = algorithm
        contentEncryption = try Self.text("enc", of: json)
        keyID = try Self.text("kid", of: json)
        type = try Self.text("typ", of: json)
        contentType = try Self.text("cty", of: json)
    }

    private static func text(_ name: String, of json: JSON) throws(JOSEError) -> String? {
        guard let value = json[name] else {
            return nil
        }
        guard let text = value.string else {
            throw JOSEError(.malformedHeader, "\(name) is not a string")
        }
        return text
    }

    /// Returns the text of a protected header with the given members, in a fixed order.
    static func text(
        algorithm: String, contentEncryption: String? = nil, keyID: String?, type: String?, contentType: String?
    ) throws(JOSEError) -> [UInt8] {
        var header: JSONValue = ["alg": .string(algorithm)]
        header["enc"] = contentEncryption.map { .string($0) }
        header["kid"] = keyID.map { .string($0) }
        header["typ"] = type.map { .string($0) }
        header["cty"] = contentType.map { .string($0) }
        let text = header.serialized()
        guard text.count <= maximumSize else {
            throw tooLarge
        }
        return text
    }

    private static var tooLarge: JOSEError {
        JOSEError(.headerTooLarge, "header exceeds 4 KiB")
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
