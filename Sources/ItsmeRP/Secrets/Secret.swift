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
