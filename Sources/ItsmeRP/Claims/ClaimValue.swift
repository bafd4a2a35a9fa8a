public import JOSE

/// A Swift type that can be read from the JSON value of a claim.
///
/// Conformances are strict. They accept the forms that itsme documents and those seen in its traffic. They throw for
/// everything else, `null` included (OpenID Connect Core §5.3.2: a claim without a value is left out). The types for
/// objects throw for a value that is not an object, and leave out a malformed member; ``ClaimSet/raw(_:)`` shows it.
public protocol ClaimValue: Sendable {
    /// Reads the value of a claim.
    ///
    /// - Throws: ``UnexpectedClaimValue``, which states what was expected, without the value.
    init(claimValue json: JSON) throws(UnexpectedClaimValue)
}

/// Thrown while a value is read. States what was expected, without the claim's name and value.
///
/// The expectation is a `StaticString`, so that an error cannot contain a value.
public struct UnexpectedClaimValue: Error, Sendable, Hashable, CustomStringConvertible {
    /// The form that was expected, in words.
    public let expected: String

    /// Makes the error; `expected` completes the sentence "expected …".
    public init(expected: StaticString) {
        self.expected = expected.description
    }

    /// The expected form.
    public var description: String { "expected \(expected)" }
}

// MARK: Values of standard types

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
    /// Keeps the value unchanged, for claims whose form is not documented.
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) {
        self = json
    }
}

// MARK: Reading a value

extension JSON {
    /// The value that `make` creates from this JSON string.
    func claimValue<Value>(
        expected: StaticString, _ make: (String) -> Value?
    ) throws(UnexpectedClaimValue) -> Value {
        guard let value = string.flatMap(make) else { throw UnexpectedClaimValue(expected: expected) }
        return value
    }
}

/// A value that itsme may add to: the known values are static members, any other string is kept.
protocol OpenSetValue: ClaimValue, RawRepresentable where RawValue == String {
    init(rawValue: String)
}

extension OpenSetValue {
    /// Reads any string.
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) {
        self.init(rawValue: try String(claimValue: json))
    }
}

/// Reads the members of a claim whose value is an object.
///
/// An absent or malformed member is `nil`, so that one odd member, such as `"country": null`, does not hide the others.
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

    /// The member as a value of the type; `nil` if it is absent or malformed.
    func value<Value: ClaimValue>(_ member: String) -> Value? {
        object[member].flatMap { try? Value(claimValue: $0) }
    }
}
