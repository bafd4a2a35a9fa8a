/// A claim was there, but its value was not of the form that the protocol describes.
///
/// Names the claim and the expected form; never carries the value, which is personal data.
public struct ClaimError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The name of the claim.
    public let claim: String

    /// The form that was expected, in words.
    public let expected: String

    init(claim: String, expected: String) {
        self.claim = claim
        self.expected = expected
    }

    /// The claim and the expected form.
    public var description: String { "claim \(claim): expected \(expected)" }
}

/// Thrown while a value is read: says what was expected, without the claim's name and without the value.
///
/// The expectation is a `StaticString` so that no value can slip into an error.
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
