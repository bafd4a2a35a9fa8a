public import JOSE

/// The name of a claim, and how its value is read.
///
/// The static members, `.birthdate` and the others, are the claims that itsme delivers. One name asks for a claim and
/// reads it:
///
/// ```swift
/// let request = ClaimsRequest(userInfo: [.birthdate, .nationalNumber.essential])
/// let birthdate = userInfo[.birthdate]?.value
/// ```
///
/// Declare your own claims the same way:
///
/// ```swift
/// extension RequestableClaim where Self == Claim<Personal<String>> {
///     static var middleName: Self { Self("middle_name") }
/// }
/// ```
///
/// ``ClaimSet/raw(_:)`` reads any claim without a declaration.
public struct Claim<Value: Sendable>: Sendable {
    /// The name on the wire in the current profile.
    ///
    /// Claims that exist only in the legacy profile have their legacy name here.
    public let name: String

    /// The name on the wire in the legacy profile (v1), when it is another one.
    ///
    /// `nil` for the claims of OpenID Connect, which have one name in both profiles, and for claims that v1 does not
    /// know. The latter are asked for by ``name``; itsme does not deliver them.
    public let legacyName: String?

    /// Other spellings seen in itsme's sources. They are read, never sent.
    let alternateNames: [String]

    /// The scope that asks for this claim and others.
    package let scope: Scope?

    /// For whom itsme has the claim; `nil` when itsme does not say.
    package let availability: ClaimAvailability?

    private let decoder: @Sendable (JSON) throws -> Value

    /// Makes a claim whose value is read by a closure.
    ///
    /// - Parameters:
    ///   - name: The name on the wire.
    ///   - legacyName: The name in the legacy profile, if it is another one.
    ///   - decode: Turns the JSON value into the Swift value; throws ``UnexpectedClaimValue`` to say what it expected.
    public init(_ name: String, legacyName: String? = nil, decode: @escaping @Sendable (JSON) throws -> Value) {
        self.init(name, legacyName, alternateNames: [], scope: nil, available: nil, decode: decode)
    }

    private init(
        _ name: String,
        _ legacyName: String?,
        alternateNames: [String],
        scope: Scope?,
        available: ClaimAvailability?,
        decode: @escaping @Sendable (JSON) throws -> Value
    ) {
        self.name = name
        self.legacyName = legacyName
        self.alternateNames = alternateNames
        self.scope = scope
        self.availability = available
        self.decoder = decode
    }

    /// Reads the value; every failure becomes a ``ClaimError``, which names the claim and no value.
    package func decode(_ json: JSON) throws(ClaimError) -> Value {
        do {
            return try decoder(json)
        } catch let error as UnexpectedClaimValue {
            throw ClaimError(claim: name, expected: error.expected)
        } catch {
            throw ClaimError(claim: name, expected: "a value that the claim's own decoder accepts")
        }
    }

    /// The names to look for in a set of claims, in order.
    var wireNames: [String] { [name] + (legacyName.map { [$0] } ?? []) + alternateNames }
}

extension Claim where Value: ClaimValue {
    /// Makes a claim whose value is read as its Swift type demands.
    public init(_ name: String, legacyName: String? = nil) {
        self.init(name, legacyName: legacyName) { try Value(claimValue: $0) }
    }

    // The two initializers with which ``ClaimCatalogue`` declares its claims.

    /// A claim with the same name in both profiles.
    init(_ name: String, alternateNames: [String] = [], scope: Scope? = nil, available: ClaimAvailability?) {
        self.init(name, nil, alternateNames: alternateNames, scope: scope, available: available) {
            try Value(claimValue: $0)
        }
    }

    /// A claim of itsme's own, by its names without ``ItsmeNamespace``.
    init(
        v2 name: String,
        alternateNames: [String] = [],
        v1 legacyName: String? = nil,
        scope: Scope? = nil,
        available: ClaimAvailability?
    ) {
        self.init(
            ItsmeNamespace.v2(name), legacyName.map(ItsmeNamespace.v1), alternateNames: alternateNames, scope: scope,
            available: available
        ) { try Value(claimValue: $0) }
    }
}

/// What can be put into a ``ClaimsRequest``: a ``Claim``, or a ``RequestedClaim`` that asks more of one.
///
/// The claims that itsme delivers are static members of this protocol, so that `.birthdate` is declared once and works
/// where a claim is read and where one is asked for.
public protocol RequestableClaim: Sendable {
    /// The claim as it is asked for.
    var requested: RequestedClaim { get }
}

extension Claim: RequestableClaim {
    /// Asks for the claim, and no more of it.
    public var requested: RequestedClaim { RequestedClaim(name: name, legacyName: legacyName) }
}

/// The prefixes of the names that itsme gave its own claims.
enum ItsmeNamespace {
    /// The name of a claim in the current profile.
    static func v2(_ name: String) -> String { "http://itsme.services/v2/claim/\(name)" }

    /// The name of a claim in the legacy profile, which begins with the year and month in which it was defined.
    static func v1(_ name: String) -> String { "tag:sixdots.be,\(name)" }
}
