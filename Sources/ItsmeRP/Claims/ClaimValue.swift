public import JOSE

/// A Swift type that can be read from the JSON value of a claim.
///
/// Conformances are strict: they accept the forms that itsme documents and those seen in its traffic, and throw for
/// everything else, `null` included (OpenID Connect Core §5.3.2: a claim without a value is left out). The types for
/// objects throw for what is no object, and leave out a member that is not of its form; ``ClaimSet/raw(_:)`` shows it.
public protocol ClaimValue: Sendable {
    /// Reads the value of a claim.
    ///
    /// - Throws: ``UnexpectedClaimValue``, which says what was expected and carries no value.
    init(claimValue json: JSON) throws(UnexpectedClaimValue)
}

extension Personal: ClaimValue where Value: ClaimValue {
    /// Reads the wrapped value.
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) {
        self.init(try Value(claimValue: json))
    }
}

extension String: ClaimValue {
    /// Reads a JSON string.
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) {
        guard let text = json.string else { throw UnexpectedClaimValue(expected: "a string") }
        self = text
    }
}

extension Bool: ClaimValue {
    /// Reads a JSON boolean, or one of the strings `"true"` and `"false"`, which itsme sends in some claims.
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) {
        if let bool = json.bool {
            self = bool
            return
        }
        switch json.string {
        case "true": self = true
        case "false": self = false
        default: throw UnexpectedClaimValue(expected: "true or false, as a boolean or as a string")
        }
    }
}

extension JSON: ClaimValue {
    /// Takes the value as it is, for claims whose form is not documented.
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) {
        self = json
    }
}
