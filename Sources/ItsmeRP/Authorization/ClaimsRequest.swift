package import JOSE

/// The `claims` parameter: the requested claims, and where to deliver them (OpenID Connect Core §5.5).
///
/// A list of claims asks for them in the ID token, as itsme recommends. The login then needs no UserInfo, which saves a
/// request and a decryption:
///
/// ```swift
/// let claims: ClaimsRequest = [.name, .birthdate.essential]
/// ```
///
/// Name the places to have claims in UserInfo too, where scopes deliver theirs:
///
/// ```swift
/// let claims = ClaimsRequest(userInfo: [.address], idToken: [.name])
/// ```
///
/// itsme gives a claim about other claims, such as `.verificationDate`, only for claims of the same request. Ask for
/// both in the same place.
public struct ClaimsRequest: Sendable, Hashable {
    /// The claims to deliver from the UserInfo endpoint, with distinct names.
    public let userInfo: [RequestedClaim]

    /// The claims to deliver in the ID token, with distinct names.
    public let idToken: [RequestedClaim]

    /// Requests no claims.
    public init() {
        // Without this initializer, the call would be ambiguous between the two with claims.
        self.init(userInfo: [], idToken: [])
    }

    /// Makes a request for claims.
    ///
    /// Requests for the same claim in the same place are merged: the result is essential if one of them is, and has the
    /// values of the last one with values.
    public init(userInfo: [any RequestableClaim] = [], idToken: [any RequestableClaim] = []) {
        self.userInfo = Self.merging(userInfo)
        self.idToken = Self.merging(idToken)
    }

    /// Whether no claims are requested. The parameter is then left out.
    public var isEmpty: Bool { userInfo.isEmpty && idToken.isEmpty }

    /// This request with the claims of another one, each in its place.
    public func adding(_ other: ClaimsRequest) -> Self {
        Self(userInfo: userInfo + other.userInfo, idToken: idToken + other.idToken)
    }

    /// The value of the parameter: an object with the members `userinfo` and `id_token`. A member without claims is
    /// left out.
    package func jsonValue(profile: ProtocolProfile) -> JSONValue {
        var members: [JSONValue.Member] = []
        for (name, claims) in [("userinfo", userInfo), ("id_token", idToken)] where !claims.isEmpty {
            members.append(JSONValue.Member(name: name, value: Self.object(claims, profile: profile)))
        }
        return .object(members)
    }

    private static func object(_ claims: [RequestedClaim], profile: ProtocolProfile) -> JSONValue {
        // Two claims may share a legacy name; a member must not be repeated.
        var members: [JSONValue.Member] = []
        for claim in claims {
            let name = claim.wireName(in: profile)
            guard !members.contains(where: { $0.name == name }) else { continue }
            members.append(JSONValue.Member(name: name, value: claim.jsonValue))
        }
        return .object(members)
    }

    private static func merging(_ claims: [any RequestableClaim]) -> [RequestedClaim] {
        var merged: [RequestedClaim] = []
        for claim in claims.map(\.requested) {
            if let index = merged.firstIndex(where: { $0.name == claim.name }) {
                merged[index] = merged[index].merged(with: claim)
            } else {
                merged.append(claim)
            }
        }
        return merged
    }
}

extension ClaimsRequest: ExpressibleByArrayLiteral {
    /// Requests claims in the ID token.
    public init(arrayLiteral claims: any RequestableClaim...) {
        self.init(idToken: claims)
    }
}

/// A scope value: a service, or a group of claims (OpenID Connect Core §5.4).
///
/// itsme delivers the claims of a scope in UserInfo.
public struct Scope: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// The value on the wire.
    public let rawValue: String

    /// Makes a scope; `nil` unless the text is one scope token of RFC 6749 §3.3.
    ///
    /// A space would add a second scope to the request.
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

    /// Marks the request as OpenID Connect; the library always sends it.
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

    /// The claims of the scope that itsme has; empty for `openid`, services and unknown scopes.
    ///
    /// `address` may also deliver the claim `addressAssuranceLevel`.
    public var claims: [RequestedClaim] {
        ClaimCatalogue.all.filter { $0.scope == self }.map(\.requested)
    }
}
