#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// The clocks: the date for claims and transactions, and a monotonic clock for the ages of caches and for waiting.
///
/// Tests replace ``system``.
public struct TimeSource: Sendable {
    /// The date, read at each validation.
    public let now: @Sendable () -> Date

    /// The time since any fixed moment; it never goes backwards.
    public let uptime: @Sendable () -> Duration

    /// Waits; throws `CancellationError` if the task is cancelled.
    public let sleep: @Sendable (Duration) async throws -> Void

    /// Makes a time source from closures. By default it sleeps with the system's clock.
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
