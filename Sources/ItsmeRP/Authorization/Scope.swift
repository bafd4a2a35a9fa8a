/// A scope value: a service, or a group of claims (OpenID Connect Core §5.4).
public struct Scope: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// The value on the wire.
    public let rawValue: String

    /// Makes a scope; `nil` unless the text is one scope token of RFC 6749 §3.3.
    ///
    /// A space would smuggle a second scope into the request.
    public init?(rawValue: String) {
        let isToken = rawValue.utf8.allSatisfy { byte in
            byte == 0x21 || (0x23...0x5B).contains(byte) || (0x5D...0x7E).contains(byte)
        }
        guard isToken, !rawValue.isEmpty else { return nil }
        self.rawValue = rawValue
    }

    private init(_ known: StaticString) {
        self.rawValue = known.description
    }

    /// Makes the request one of OpenID Connect; the library always sends it.
    public static let openID = Scope("openid")

    /// Name parts, gender, birth date, locale and picture.
    public static let profile = Scope("profile")

    /// E-mail address, which itsme does not verify.
    public static let email = Scope("email")

    /// Phone number.
    public static let phone = Scope("phone")

    /// Postal address; only on Belgian documents.
    public static let address = Scope("address")

    /// Belgian national number and number of the Belgian identity card.
    public static let eid = Scope("eid")

    /// Number, type, issuing country and validity of the identity document.
    public static let idDocument = Scope("idDocument")

    /// The scope of a service: `service:` and the service code that itsme assigned; `nil` when the code is not a
    /// scope token.
    public static func service(_ code: String) -> Scope? {
        code.isEmpty ? nil : Scope(rawValue: "service:\(code)")
    }

    /// The value on the wire.
    public var description: String { rawValue }

    /// The claims that the scope asks for, as far as itsme has them; empty for `openid`, services and unknown scopes.
    ///
    /// `address` may also deliver the claim `addressAssuranceLevel`.
    public var claims: [RequestedClaim] {
        ClaimCatalogue.all.filter { $0.scope == self }.map(\.requested)
    }
}
