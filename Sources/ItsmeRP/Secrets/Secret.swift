/// A value that never prints itself: tokens, codes, verifiers, client secrets.
///
/// `description`, `debugDescription`, string interpolation and reflection show `[redacted]`. There is no `==`: the
/// library compares secrets in constant time. Read the value with ``exposedValue``.
public struct Secret<Value: Sendable>: Sendable {
    /// The value itself. Do not log, store or show it.
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

/// Personal data that stays out of logs.
///
/// `description`, `debugDescription`, string interpolation, `dump` and `Mirror` show a placeholder. Read ``value`` to
/// get the data:
///
/// ```swift
/// logger.debug("signed in: \(userInfo[.email])")   // Optional(<personal>)
/// account.email = userInfo[.email]?.value.text
/// ```
///
/// It is not `Codable`: the application must decide for each value whether to store it.
public struct Personal<Value: Sendable>: Sendable {
    /// The value. Once read, it is no longer protected from being printed.
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

/// A value that does not show its content.
///
/// `description`, `debugDescription`, string interpolation, `dump` and `Mirror` show only its ``description``. The
/// default is the name of the type. A type that can show something harmless implements only ``description``:
///
/// ```swift
/// extension ClaimSet: Redacted {
///     public var description: String { "ClaimSet(\(names.joined(separator: ", ")))" }
/// }
/// ```
package protocol Redacted: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {}

extension Redacted {
    /// The name of the type; never its content.
    public var description: String { "\(Self.self)([redacted])" }

    /// The same as `description`.
    public var debugDescription: String { description }

    /// A mirror without children, so that `dump` finds nothing to show.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
