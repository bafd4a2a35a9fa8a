#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// What time it is: the date for claims and transactions, a monotonic clock for the ages of caches.
///
/// Tests put their own in place of ``system``.
public struct TimeSource: Sendable {
    /// The date, read at each validation.
    public let now: @Sendable () -> Date

    /// Time since any fixed moment, never going backwards.
    public let uptime: @Sendable () -> Duration

    /// Makes a time source of two closures.
    public init(now: @escaping @Sendable () -> Date, uptime: @escaping @Sendable () -> Duration) {
        self.now = now
        self.uptime = uptime
    }

    private static let start = ContinuousClock.now

    /// The clocks of the system.
    public static let system = TimeSource(
        now: { Date() },
        uptime: { start.duration(to: .now) })
}
