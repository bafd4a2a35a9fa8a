import ItsmeRP
import ItsmeSandbox
import TestSupport
import XCTest

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The store of one process, when more values are alive than it has room for.
final class InMemoryStateStoreTests: XCTestCase {
    private static let start = Date(timeIntervalSince1970: 1_800_000_000)
    private let clock = SandboxClock(at: InMemoryStateStoreTests.start)
    private let printed = PrintedText()

    private var time: TimeSource {
        TimeSource(
            now: { [clock] in clock.now }, uptime: { [clock] in .seconds(clock.now.timeIntervalSince(Self.start)) })
    }

    private func full(of identifiers: [String]) async throws -> InMemoryStateStore {
        let guarding = InMemoryStateStore(maximumCount: identifiers.count, time: time, logger: printed.logger)
        for identifier in identifiers { try await assertUse(of: identifier, guarding, isFirst: true) }
        return guarding
    }

    private func assertUse(
        of identifier: String, _ guarding: InMemoryStateStore, until expiry: Date? = nil, isFirst: Bool,
        _ message: String = "", line: UInt = #line
    ) async throws {
        let isAccepted = try await guarding.consume(identifier, until: expiry ?? clock.now.addingTimeInterval(600))
        XCTAssertEqual(isAccepted, isFirst, message, line: line)
    }

    func testRefusesASecondUseHoweverFullItIs() async throws {
        for capacity in [Int.min, 0, 1] {
            let smallest = InMemoryStateStore(maximumCount: capacity, time: time)
            try await assertUse(of: "a", smallest, isFirst: true)
            for _ in 0..<3 { try await assertUse(of: "a", smallest, isFirst: false, "capacity \(capacity)") }
        }
        let guarding = try await full(of: ["a", "b", "c"])
        for identifier in ["a", "b", "c", "c", "b", "a"] {
            try await assertUse(of: identifier, guarding, isFirst: false)
        }
        XCTAssertEqual(printed.lines, [], "nothing was forgotten")
    }

    func testOnlyTheOldestMakesRoomForANewOne() async throws {
        let guarding = try await full(of: ["a", "b", "c"])
        try await assertUse(of: "d", guarding, isFirst: true)
        for identifier in ["b", "c", "d"] { try await assertUse(of: identifier, guarding, isFirst: false) }
        try await assertUse(of: "a", guarding, isFirst: true, "forgotten, as documented")
        try await assertUse(of: "b", guarding, isFirst: true, "forgotten for the sake of the one before")
    }

    /// Somebody who began earlier may come back later, and clients that share a guard may have other lifetimes.
    func testTheOrderOfUsesDoesNotMatter() async throws {
        let lifetimes = [600, 60, 300, 60, 120]
        let guarding = InMemoryStateStore(maximumCount: lifetimes.count, time: time, logger: printed.logger)
        let expiries = lifetimes.map { clock.now.addingTimeInterval(Double($0)) }
        for (name, expiry) in expiries.enumerated() {
            try await assertUse(of: "\(name)", guarding, until: expiry, isFirst: true)
        }
        for (name, expiry) in expiries.enumerated().reversed() {
            try await assertUse(of: "\(name)", guarding, until: expiry, isFirst: false)
        }
        clock.advance(by: .seconds(61))
        // Two have expired, so there is room for two.
        for name in ["a", "b"] { try await assertUse(of: name, guarding, isFirst: true) }
        for name in ["0", "2", "4", "a", "b"] { try await assertUse(of: name, guarding, isFirst: false, name) }
        XCTAssertEqual(printed.lines, [], "nothing was forgotten before it expired")
        // Full: the one that expires first makes room.
        try await assertUse(of: "c", guarding, isFirst: true)
        for name in ["0", "2", "a", "b", "c"] { try await assertUse(of: name, guarding, isFirst: false, name) }
        XCTAssertEqual(printed.lines.count, 1)
    }

    func testSaysInTheLogThatItForgotOneThatWasAliveAndNotWhich() async throws {
        let guarding = try await full(of: ["recognisable-a", "recognisable-b"])
        try await assertUse(of: "recognisable-c", guarding, isFirst: true)
        XCTAssertEqual(printed.lines.count, 1)
        XCTAssertTrue(printed.text.hasPrefix("warning "), printed.text)
        XCTAssertTrue(printed.text.contains(#""itsme.store.forgotten": 1"#), printed.text)
        XCTAssertTrue(printed.text.contains(#""itsme.store.maximum_count": 2"#), printed.text)
        XCTAssertFalse(printed.text.contains("recognisable"))
    }

    func testAFloodIsCountedAndWarnedOfOnceAMinute() async throws {
        let guarding = try await full(of: ["a"])
        for index in 0..<100 { try await assertUse(of: "flood \(index)", guarding, isFirst: true) }
        XCTAssertEqual(printed.lines.count, 1)
        clock.advance(by: .seconds(60))
        try await assertUse(of: "b", guarding, isFirst: true)
        XCTAssertEqual(printed.lines.count, 2)
        XCTAssertTrue(printed.lines.last?.contains(#""itsme.store.forgotten": 100"#) ?? false, printed.text)
    }

    func testWhatHasExpiredMakesRoomWithoutAWord() async throws {
        let guarding = try await full(of: ["a", "b"])
        clock.advance(by: .seconds(601))
        for identifier in ["c", "d"] { try await assertUse(of: identifier, guarding, isFirst: true) }
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
        let own = InMemoryStateStore()
        configuration.replayGuard = own
        configuration.logger = PrintedText().logger
        XCTAssertTrue(
            configuration.replayGuard as? InMemoryStateStore === own, "a logger replaces no guard that was given")
    }

    // MARK: Values

    private func store(count: Int = 10, size: Int = 1 << 20) -> InMemoryStateStore {
        InMemoryStateStore(maximumCount: count, maximumSize: size, time: time, logger: printed.logger)
    }

    private var soon: Date { clock.now.addingTimeInterval(300) }

    private func values(of keys: [String], in store: InMemoryStateStore) -> [String?] {
        keys.map { store.value(for: $0)?.text }
    }

    func testIsAStateStore() async throws {
        let store = InMemoryStateStore(time: clock.timeSource, logger: printed.logger)
        try await StateStoreSuite(time: clock.timeSource) { store }.run()
        XCTAssertEqual(printed.lines, [])
    }

    func testIsBoundedInValues() throws {
        let store = store(count: 3)
        for key in ["a", "b", "c", "d", "e"] { XCTAssertTrue(try store.insert(key, for: key, until: soon)) }
        XCTAssertEqual(values(of: ["a", "b", "c", "d", "e"], in: store), [nil, nil, "c", "d", "e"])
    }

    func testIsBoundedInBytes() async throws {
        let store = store(count: 1000, size: 10_000)
        let keys = (0..<20).map { "key-\($0)" }
        for key in keys { _ = try store.insert(String(repeating: "a", count: 3000), for: key, until: soon) }
        XCTAssertEqual(keys.filter { store.value(for: $0) != nil }, Array(keys.suffix(3)))
        let tooLarge = String(repeating: "a", count: 10_000)
        await assertItsmeError(.invalidConfiguration, field: "maximumSize") {
            try store.insert(tooLarge, for: "too large", until: self.soon)
        }
        await assertItsmeError(.invalidConfiguration, field: "maximumSize") {
            try store.replace(tooLarge, for: keys[19], version: 1)
        }
        XCTAssertEqual(keys.filter { store.value(for: $0) != nil }, Array(keys.suffix(3)), "a refusal takes no room")
    }

    func testAReplacementMakesRoomForItselfAndNeverForgetsItself() throws {
        let store = store(size: 4000)
        // It expires first, so it would be the first to go.
        XCTAssertTrue(try store.insert("short", for: "a", until: clock.now.addingTimeInterval(10)))
        for key in ["b", "c"] {
            XCTAssertTrue(try store.insert(String(repeating: "x", count: 1000), for: key, until: soon))
        }
        let longer = String(repeating: "y", count: 2000)
        XCTAssertTrue(try store.replace(longer, for: "a", version: 1))
        XCTAssertEqual(values(of: ["a", "b"], in: store), [longer, nil])
        XCTAssertNotNil(store.value(for: "c"))
        clock.advance(by: .seconds(10))
        XCTAssertNil(store.value(for: "a"), "the expiry stays")
        // The bytes of "a" count no more.
        XCTAssertTrue(try store.insert(String(repeating: "z", count: 2300), for: "d", until: soon))
        XCTAssertNotNil(store.value(for: "c"))
    }

    func testExpiredValuesMakeRoomFirst() throws {
        let store = store(count: 2)
        XCTAssertTrue(try store.insert("old", for: "old", until: clock.now.addingTimeInterval(10)))
        XCTAssertTrue(try store.insert("kept", for: "kept", until: soon))
        clock.advance(by: .seconds(10))
        XCTAssertTrue(try store.insert("new", for: "new", until: soon))
        XCTAssertEqual(values(of: ["old", "kept", "new"], in: store), [nil, "kept", "new"])
        XCTAssertEqual(printed.lines, [])
    }

    func testNeverForgetsAValueWithoutExpiry() async throws {
        let store = store(count: 2)
        XCTAssertTrue(try store.insert("ring", for: "ring", until: nil))
        for key in ["a", "b", "c"] { XCTAssertTrue(try store.insert(key, for: key, until: soon)) }
        XCTAssertEqual(values(of: ["ring", "a", "b", "c"], in: store), ["ring", nil, nil, "c"])
        clock.advance(by: .seconds(400_000_000))
        XCTAssertTrue(try store.insert("ring", for: "another ring", until: nil))
        for _ in 0..<2 {
            await assertItsmeError(.storeUnavailable) { try store.insert("d", for: "d", until: self.soon) }
            await assertItsmeError(.storeUnavailable) { try await store.consume("d", until: self.soon) }
        }
        XCTAssertEqual(values(of: ["ring", "another ring", "d"], in: store), ["ring", "ring", nil])
    }

    func testAFloodKeepsTheStoreWithinItsBounds() throws {
        let store = store(count: 100)
        for index in 0..<5000 {
            XCTAssertTrue(try store.insert("object", for: "\(index)", until: soon))
        }
        XCTAssertEqual((0..<5000).filter { store.value(for: "\($0)") != nil }, Array(4900..<5000))
    }

    /// In the order of their expiry, whatever the order in which they came.
    func testForgetsInTheOrderOfExpiry() throws {
        let store = store(count: 1000)
        var random = SystemRandomNumberGenerator()
        let lifetimes = (1...1000).shuffled(using: &random)
        for seconds in lifetimes {
            let expiry = clock.now.addingTimeInterval(Double(seconds))
            XCTAssertTrue(try store.insert("x", for: "\(seconds)", until: expiry))
        }
        for count in 1...999 {
            XCTAssertTrue(try store.insert("x", for: "new \(count)", until: clock.now.addingTimeInterval(5000)))
            XCTAssertNil(store.value(for: "\(count)"))
            XCTAssertNotNil(store.value(for: "\(count + 1)"))
        }
    }
}
