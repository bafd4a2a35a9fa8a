public import JOSE

/// The value of a metadata claim: statements about other attributes, keyed by the claim that they describe.
///
/// itsme only makes statements about attributes of the same request:
///
/// ```swift
/// let request: ClaimsRequest = [.birthdate, .verificationDate]
/// let verified = userInfo[.verificationDate]?.value[.birthdate]?.date
/// ```
public struct AttributeMap<Value: Sendable>: Sendable {
    /// The statements, by the name of the claim on the wire.
    public let values: [String: Value]

    /// Makes a map.
    public init(_ values: [String: Value]) {
        self.values = values
    }

    /// The statement about a claim, under any of its names; `nil` when there is none.
    public subscript<Described>(_ claim: Claim<Described>) -> Value? {
        for name in claim.wireNames {
            if let value = values[name] { return value }
        }
        return nil
    }

    /// The statement about the claim with this name on the wire; `nil` when there is none.
    public subscript(_ name: String) -> Value? { values[name] }
}

extension AttributeMap: Equatable where Value: Equatable {}
extension AttributeMap: Hashable where Value: Hashable {}

extension AttributeMap: ClaimValue where Value: ClaimValue {
    /// Reads an object whose members are all of the same type. A malformed one is left out.
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) {
        guard let members = json.members else {
            throw UnexpectedClaimValue(expected: "an object keyed by the claims that it describes")
        }
        var values: [String: Value] = [:]
        for (name, value) in members {
            values[name] = try? Value(claimValue: value)
        }
        self.init(values)
    }
}
