#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
import JOSE

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

// Times in the answers of a provider. JSON has one kind of number, so `5`, `5.0` and `0.5e1` are the same.

extension JSON {
    /// A time in seconds since 1970, before the year 10000 (NumericDate, RFC 7519 §2); nil for anything else.
    var secondsSince1970: Double? {
        double.flatMap { (0..<253_402_300_800).contains($0) ? $0 : nil }
    }

    /// A length of time in seconds, at most 2^31 - 1; nil for anything else.
    var seconds: Duration? {
        double.flatMap { (0...Double(Int32.max)).contains($0) ? .seconds($0) : nil }
    }
}

extension Date {
    func adding(_ duration: Duration) -> Date {
        addingTimeInterval(duration / .seconds(1))
    }
}
