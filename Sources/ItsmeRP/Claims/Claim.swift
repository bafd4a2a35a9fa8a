public import JOSE

/// The name of a claim together with how its value is read.
///
/// The static members are the catalogue of what itsme delivers. The same names ask for a claim (``RequestedClaim``)
/// and read it:
///
/// ```swift
/// let request = ClaimsRequest(userInfo: [.birthdate, .nationalNumber.essential])
/// let birthdate = userInfo[.birthdate]?.value
/// ```
///
/// A claim that is not in the catalogue is made with one of the initialisers; ``ClaimSet/raw(_:)`` reads any claim
/// without one.
public struct Claim<Value: Sendable>: Sendable {
    /// The name on the wire in the current profile.
    ///
    /// Claims that exist only in the legacy profile have their legacy name here.
    public let name: String

    /// The name on the wire in the legacy profile (v1), when it is another one.
    ///
    /// `nil` for the claims of OpenID Connect, which have one name in both, and for claims that v1 does not know:
    /// those are asked for by ``name`` and not delivered.
    public let legacyName: String?

    /// Further spellings under which the claim has been described; they are read, never sent.
    package let alternateNames: [String]

    private let decoder: @Sendable (JSON) throws -> Value

    /// Makes a claim whose value is read by a closure.
    ///
    /// - Parameters:
    ///   - name: the name on the wire.
    ///   - legacyName: the name in the legacy profile, if it is another one.
    ///   - decode: turns the JSON value into the Swift value; throws ``UnexpectedClaimValue`` to say what it expected.
    public init(_ name: String, legacyName: String? = nil, decode: @escaping @Sendable (JSON) throws -> Value) {
        self.init(name, legacyName: legacyName, alternateNames: [], decode: decode)
    }

    init(
        _ name: String,
        legacyName: String? = nil,
        alternateNames: [String],
        decode: @escaping @Sendable (JSON) throws -> Value
    ) {
        self.name = name
        self.legacyName = legacyName
        self.alternateNames = alternateNames
        self.decoder = decode
    }

    /// Reads the value; every failure becomes a ``ClaimError`` that names the claim and no value.
    func decode(_ json: JSON) throws(ClaimError) -> Value {
        do {
            return try decoder(json)
        } catch let error as UnexpectedClaimValue {
            throw ClaimError(claim: name, expected: error.expected)
        } catch {
            throw ClaimError(claim: name, expected: "a value that the claim's own decoder accepts")
        }
    }

    /// The names to look for in a set of claims, in order.
    package var wireNames: [String] { [name] + (legacyName.map { [$0] } ?? []) + alternateNames }
}

extension Claim where Value: ClaimValue {
    /// Makes a claim whose value is read as its Swift type demands.
    ///
    /// ```swift
    /// extension Claim where Value == Personal<String> {
    ///     static var middleName: Self { Self("middle_name") }
    /// }
    /// ```
    public init(_ name: String, legacyName: String? = nil) {
        self.init(name, legacyName: legacyName, alternateNames: [])
    }

    init(_ name: String, legacyName: String? = nil, alternateNames: [String]) {
        self.init(name, legacyName: legacyName, alternateNames: alternateNames) { try Value(claimValue: $0) }
    }
}
