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
