import Synchronization

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A clock that tests move.
///
/// ```swift
/// let clock = SandboxClock(at: Date(timeIntervalSince1970: 1_750_000_000))
/// let configuration = SandboxConfiguration(issuer: issuer, clients: [client], now: { clock.now })
/// clock.advance(by: .seconds(181))  // the code has expired
/// ```
public final class SandboxClock: Sendable {
    private let seconds: Mutex<Double>

    /// Makes a clock that stands still at `date`.
    public init(at date: Date = Date()) {
        seconds = Mutex(date.timeIntervalSince1970)
    }

    /// What the clock shows.
    public var now: Date { Date(timeIntervalSince1970: seconds.withLock { $0 }) }

    /// Moves the clock, forward or back.
    public func advance(by duration: Duration) {
        seconds.withLock { $0 += duration / .seconds(1) }
    }
}
