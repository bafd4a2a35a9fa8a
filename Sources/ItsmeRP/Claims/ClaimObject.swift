import JOSE

/// Reads the members of a claim whose value is an object; absent members are `nil`, malformed ones are errors.
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

    /// The member read as a type; `nil` when it is absent.
    func value<Value: ClaimValue>(_ member: String) throws(UnexpectedClaimValue) -> Value? {
        guard let json = object[member] else { return nil }
        return try Value(claimValue: json)
    }

    /// The member read as a type, under the first of two spellings that is there.
    func value<Value: ClaimValue>(_ member: String, or other: String) throws(UnexpectedClaimValue) -> Value? {
        try value(object[member] == nil ? other : member)
    }

    /// The member's JSON value; `nil` when it is absent.
    func raw(_ member: String) -> JSON? {
        object[member]
    }
}
