import JOSE

/// Reads the members of a claim whose value is an object. A member that is absent or not of its form is `nil`: one odd
/// member, such as `"country": null`, does not hide the others.
struct ClaimObject {
    private let object: JSON

    /// Accepts an object only.
    init(_ json: JSON, expected: StaticString) throws(UnexpectedClaimValue) {
        guard json.kind == .object else { throw UnexpectedClaimValue(expected: expected) }
        self.object = json
    }

    /// Accepts an object, or a string that holds the JSON text of one.
    ///
    /// The legacy profile sends `address` and `claim_device` in the second form.
    init(textOrObject json: JSON, expected: StaticString) throws(UnexpectedClaimValue) {
        guard let text = json.string else {
            try self.init(json, expected: expected)
            return
        }
        guard let parsed = try? JSON(parsing: text) else { throw UnexpectedClaimValue(expected: expected) }
        try self.init(parsed, expected: expected)
    }

    /// The member read as a type; `nil` when it is absent or not of that type's form.
    func value<Value: ClaimValue>(_ member: String) -> Value? {
        object[member].flatMap { try? Value(claimValue: $0) }
    }
}
