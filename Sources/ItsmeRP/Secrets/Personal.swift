/// A value that says something about a person and keeps it out of logs.
///
/// `description`, `debugDescription`, string interpolation, `dump` and `Mirror` show a placeholder; the value is read
/// on purpose, by name:
///
/// ```swift
/// logger.debug("signed in: \(userInfo[.email])")   // Optional(<personal>)
/// account.email = userInfo[.email]?.value.text
/// ```
///
/// It is not `Codable`: storing personal data is a decision that the application takes for each value.
public struct Personal<Value: Sendable>: Sendable {
    /// The value. What is read here is no longer protected from being printed.
    public let value: Value

    /// Wraps a value.
    public init(_ value: Value) {
        self.value = value
    }
}

extension Personal: Equatable where Value: Equatable {}
extension Personal: Hashable where Value: Hashable {}

extension Personal: Redacted {
    /// A placeholder; never the value.
    public var description: String { "<personal>" }
}
