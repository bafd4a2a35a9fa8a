/// A value that never prints itself: tokens, codes, verifiers, client secrets.
///
/// `description`, `debugDescription`, string interpolation and reflection show `[redacted]`. There is no `==`:
/// comparing secrets is done in constant time by the library. Reading the value is a deliberate act, ``exposedValue``.
public struct Secret<Value: Sendable>: Sendable {
    /// The value itself. Hand it to what needs it; do not log, store or show it.
    public let exposedValue: Value

    /// Wraps a value.
    public init(_ value: Value) {
        exposedValue = value
    }
}

extension Secret: Redacted {
    /// Always `[redacted]`.
    public var description: String { "[redacted]" }
}

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

/// A value that shows nothing of what it holds.
///
/// `description`, `debugDescription`, string interpolation, `dump` and `Mirror` show its ``description`` and no more. The
/// default is the name of the type; a type that has something harmless to say implements ``description``, and nothing
/// else:
///
/// ```swift
/// extension ClaimSet: Redacted {
///     public var description: String { "ClaimSet(\(names.joined(separator: ", ")))" }
/// }
/// ```
package protocol Redacted: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {}

extension Redacted {
    /// The name of the type; never what the value holds.
    public var description: String { "\(Self.self)([redacted])" }

    /// The same as `description`.
    public var debugDescription: String { description }

    /// A mirror without children, so that `dump` finds nothing to show.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
