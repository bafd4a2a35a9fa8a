public import JOSE

/// The name of a claim, and how its value is read.
///
/// The static members, `.birthdate` and the others, are the claims that itsme delivers. The same name requests a claim
/// and reads it:
///
/// ```swift
/// let request: ClaimsRequest = [.birthdate, .nationalNumber.essential]
/// let birthdate = idToken[.birthdate]?.value
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

    /// The name on the wire in the legacy profile (v1), if it differs.
    ///
    /// `nil` for the claims of OpenID Connect, which have the same name in both profiles, and for claims that v1 does
    /// not have. The latter are requested by ``name``, but itsme does not deliver them.
    public let legacyName: String?

    /// Other spellings seen in itsme's sources. They are read, never sent.
    let alternateNames: [String]

    /// The scope that includes this claim.
    package let scope: Scope?

    /// For whom itsme has the claim; `nil` if itsme does not document it.
    package let availability: ClaimAvailability?

    private let decoder: @Sendable (JSON) throws -> Value

    /// Makes a claim whose value is read by a closure.
    ///
    /// - Parameters:
    ///   - name: The name on the wire.
    ///   - legacyName: The name in the legacy profile, if it differs.
    ///   - decode: Turns the JSON value into the Swift value; throws ``UnexpectedClaimValue`` to state what it
    ///     expected.
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

    /// Reads the value; every error becomes a ``ClaimError``, which names the claim but not the value.
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
    /// Makes a claim whose Swift type reads the value.
    public init(_ name: String, legacyName: String? = nil) {
        self.init(name, legacyName: legacyName) { try Value(claimValue: $0) }
    }

    // ``ClaimCatalogue`` declares its claims with the next two initializers.

    /// A claim with the same name in both profiles.
    init(_ name: String, alternateNames: [String] = [], scope: Scope? = nil, available: ClaimAvailability?) {
        self.init(name, nil, alternateNames: alternateNames, scope: scope, available: available) {
            try Value(claimValue: $0)
        }
    }

    /// A claim defined by itsme. The names are given without the prefix (``ItsmeNamespace``).
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

/// An entry of a ``ClaimsRequest``: a ``Claim``, or a ``RequestedClaim`` with further conditions.
///
/// The claims that itsme delivers are static members of this protocol, so that `.birthdate` is declared once and works
/// for both reading and requesting.
public protocol RequestableClaim: Sendable {
    /// The claim as it is requested.
    var requested: RequestedClaim { get }
}

extension Claim: RequestableClaim {
    /// Requests the claim without further conditions.
    public var requested: RequestedClaim { RequestedClaim(name: name, legacyName: legacyName) }
}

/// The prefixes of the names of itsme's own claims.
enum ItsmeNamespace {
    /// The name of a claim in the current profile.
    static func v2(_ name: String) -> String { "http://itsme.services/v2/claim/\(name)" }

    /// The name of a claim in the legacy profile, which begins with the year and month of its definition.
    static func v1(_ name: String) -> String { "tag:sixdots.be,\(name)" }
}
