import ItsmeRP
import ItsmeSandbox
import TestSupport
import XCTest

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The guard of one process, when more transactions are alive than it has room for.
final class ReplayGuardTests: XCTestCase {
    private static let start = Date(timeIntervalSince1970: 1_800_000_000)
    private let clock = SandboxClock(at: ReplayGuardTests.start)
    private let printed = PrintedText()

    private var time: TimeSource {
        TimeSource(
            now: { [clock] in clock.now }, uptime: { [clock] in .seconds(clock.now.timeIntervalSince(Self.start)) })
    }

    private func full(of identifiers: [String]) -> InMemoryReplayGuard {
        let guarding = InMemoryReplayGuard(capacity: identifiers.count, time: time, logger: printed.logger)
        for identifier in identifiers { XCTAssertTrue(use(identifier, guarding)) }
        return guarding
    }

    private func use(_ identifier: String, _ guarding: InMemoryReplayGuard) -> Bool {
        guarding.consume(identifier, until: clock.now.addingTimeInterval(600))
    }

    func testRefusesASecondUseHoweverFullItIs() {
        for capacity in [Int.min, 0, 1] {
            let smallest = InMemoryReplayGuard(capacity: capacity, time: time)
            XCTAssertTrue(use("a", smallest))
            for _ in 0..<3 { XCTAssertFalse(use("a", smallest), "capacity \(capacity)") }
        }
        let guarding = full(of: ["a", "b", "c"])
        for identifier in ["a", "b", "c", "c", "b", "a"] { XCTAssertFalse(use(identifier, guarding)) }
        XCTAssertEqual(printed.lines, [], "nothing was forgotten")
    }

    func testOnlyTheOldestMakesRoomForANewOne() {
        let guarding = full(of: ["a", "b", "c"])
        XCTAssertTrue(use("d", guarding))
        for identifier in ["b", "c", "d"] { XCTAssertFalse(use(identifier, guarding)) }
        XCTAssertTrue(use("a", guarding), "forgotten, as documented")
        XCTAssertTrue(use("b", guarding), "forgotten for the sake of the one before")
    }

    /// Somebody who began earlier may come back later, and clients that share a guard may have other lifetimes.
    func testTheOrderOfUsesDoesNotMatter() {
        let lifetimes = [600, 60, 300, 60, 120]
        let guarding = InMemoryReplayGuard(capacity: lifetimes.count, time: time, logger: printed.logger)
        let expiries = lifetimes.map { clock.now.addingTimeInterval(Double($0)) }
        for (name, expiry) in expiries.enumerated() {
            XCTAssertTrue(guarding.consume("\(name)", until: expiry))
        }
        for (name, expiry) in expiries.enumerated().reversed() {
            XCTAssertFalse(guarding.consume("\(name)", until: expiry))
        }
        clock.advance(by: .seconds(61))
        // Two have expired, so there is room for two.
        for name in ["a", "b"] { XCTAssertTrue(use(name, guarding)) }
        for name in ["0", "2", "4", "a", "b"] { XCTAssertFalse(use(name, guarding), name) }
        XCTAssertEqual(printed.lines, [], "nothing was forgotten before it expired")
        // Full: the one that expires first makes room.
        XCTAssertTrue(use("c", guarding))
        for name in ["0", "2", "a", "b", "c"] { XCTAssertFalse(use(name, guarding), name) }
        XCTAssertEqual(printed.lines.count, 1)
    }

    func testSaysInTheLogThatItForgotOneThatWasAliveAndNotWhich() {
        let guarding = full(of: ["recognisable-a", "recognisable-b"])
        XCTAssertTrue(use("recognisable-c", guarding))
        XCTAssertEqual(printed.lines.count, 1)
        XCTAssertTrue(printed.text.hasPrefix("warning "), printed.text)
        XCTAssertTrue(printed.text.contains(#""itsme.replay_guard.forgotten": 1"#), printed.text)
        XCTAssertTrue(printed.text.contains(#""itsme.replay_guard.capacity": 2"#), printed.text)
        XCTAssertFalse(printed.text.contains("recognisable"))
    }

    func testAFloodIsCountedAndWarnedOfOnceAMinute() {
        let guarding = full(of: ["a"])
        for index in 0..<100 { XCTAssertTrue(use("flood \(index)", guarding)) }
        XCTAssertEqual(printed.lines.count, 1)
        clock.advance(by: .seconds(60))
        XCTAssertTrue(use("b", guarding))
        XCTAssertEqual(printed.lines.count, 2)
        XCTAssertTrue(printed.lines.last?.contains(#""itsme.replay_guard.forgotten": 100"#) ?? false, printed.text)
    }

    func testWhatHasExpiredMakesRoomWithoutAWord() {
        let guarding = full(of: ["a", "b"])
        clock.advance(by: .seconds(601))
        for identifier in ["c", "d"] { XCTAssertTrue(use(identifier, guarding)) }
        XCTAssertEqual(printed.lines, [])
    }

    func testTheDefaultGuardOfAConfigurationWritesToItsLogger() async throws {
        var configuration = ItsmeConfiguration(
            environment: .e2e, clientID: "client",
            authentication: .clientSecretPost(Secret("0123456789abcdef0123456789abcdef")),
            redirectURI: "https://rp.example.be/callback")
        let before = configuration
        configuration.logger = printed.logger
        let expiry = Self.start.addingTimeInterval(1e9)
        let (isFirst, isFirstAfter) = (
            try await before.replayGuard.consume("0", until: expiry),
            try await configuration.replayGuard.consume("0", until: expiry)
        )
        XCTAssertTrue(isFirst)
        XCTAssertFalse(isFirstAfter, "another logger makes nothing unused")
        for index in 1...100_000 { _ = try await configuration.replayGuard.consume("\(index)", until: expiry) }
        XCTAssertEqual(printed.lines.count, 1)
        let own = InMemoryReplayGuard()
        configuration.replayGuard = own
        configuration.logger = PrintedText().logger
        XCTAssertTrue(
            configuration.replayGuard as? InMemoryReplayGuard === own, "a logger replaces no guard that was given")
    }
}
