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
