#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// What time it is: the date for claims and transactions, a monotonic clock for the ages of caches and for waiting.
///
/// Tests put their own in place of ``system``.
public struct TimeSource: Sendable {
    /// The date, read at each validation.
    public let now: @Sendable () -> Date

    /// Time since any fixed moment, never going backwards.
    public let uptime: @Sendable () -> Duration

    /// Waits; throws `CancellationError` when the task is cancelled meanwhile.
    public let sleep: @Sendable (Duration) async throws -> Void

    /// Makes a time source of closures; without one of its own it sleeps as the system does.
    public init(
        now: @escaping @Sendable () -> Date, uptime: @escaping @Sendable () -> Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.now = now
        self.uptime = uptime
        self.sleep = sleep
    }

    private static let start = ContinuousClock.now

    /// The clocks of the system.
    public static let system = TimeSource(
        now: { Date() },
        uptime: { start.duration(to: .now) })
}
