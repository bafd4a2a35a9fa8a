import Foundation
import ItsmeRP
import ItsmeSandbox
import JOSE
import Synchronization
import TestSupport
import XCTest

/// The ring of several instances.
final class SharedKeyRingTests: XCTestCase {
    private let clock = SandboxClock(at: RingKeys.start)
    private lazy var store = InMemoryStateStore(time: clock.timeSource, logger: .silent)
    private static let place = "keys/client"

    private func sealer(_ key: UInt8, previous: UInt8? = nil) throws -> Sealer {
        func symmetric(_ byte: UInt8) -> SymmetricKey { SymmetricKey([UInt8](repeating: byte, count: 32)) }
        return try Sealer(key: symmetric(key), previousKey: previous.map(symmetric))
    }

    /// One instance of the service.
    private func instance(_ key: UInt8 = 1, previous: UInt8? = nil, name: String = "client") throws -> SharedKeyRing {
        try SharedKeyRing(store, sealer: sealer(key, previous: previous), name: name, time: clock.timeSource)
    }

    private func stored() throws -> StateValue { try XCTUnwrap(store.value(for: Self.place)) }

    /// Puts a text in the store, as somebody could who reads and writes it.
    private func put(_ text: String, at version: Int) throws {
        XCTAssertTrue(try store.replace(text, for: Self.place, version: version))
    }

    func testTheFirstInstanceCreatesTheRingAndTheOthersReadIt() async throws {
        let (first, second) = (try instance(), try instance())
        await assertItsmeError(.missingKey, phase: .store) { try await first.read() }
        let isFirst = try await first.create(RingKeys.ring())
        XCTAssertTrue(isFirst)
        let other = try KeyRing(signing: RingKeys.signing[1], encryption: RingKeys.encryption[1], at: RingKeys.start)
        let isSecond = try await second.create(other)
        XCTAssertFalse(isSecond)
        for instance in [first, second] {
            let ring = try await instance.read()
            XCTAssertEqual(ring.places, try RingKeys.ring().places)
        }
        XCTAssertEqual(try stored().version, 1, "reading changes nothing")
        clock.advance(by: .seconds(400_000_000))
        _ = try await second.read()
    }

    func testARunningClientAdoptsAStepOfAnotherInstance() async throws {
        let (first, second) = (try instance(), try instance())
        try await first.create(RingKeys.ring())
        let running = try ClientKeyRing(try await second.read(), time: clock.timeSource)
        let changed = try await first.change { ring, now in
            XCTAssertEqual(now, RingKeys.start)
            try ring.beginEncryptionRotation(with: RingKeys.encryption[1], at: now)
        }
        let next = try await second.read()
        XCTAssertTrue(try running.adopt(next))
        XCTAssertEqual(running.ring.places, changed.places)
        XCTAssertEqual(running.clientKeys.unwrappers.map(\.keyID), ["enc-0", "enc-1"])
        XCTAssertFalse(try running.adopt(next))
    }

    func testOfManyThatTakeAStepAtOnceOneWinsAndTheOthersSeeTheResult() async throws {
        let instances = try (0..<10).map { _ in try instance() }
        try await instances[0].create(RingKeys.ring())
        let outcomes = try await withThrowingTaskGroup(of: String.self) { group in
            for instance in instances {
                group.addTask {
                    do {
                        return try await instance.change { ring, now in
                            try ring.beginSigningRotation(with: RingKeys.signing[1], at: now)
                        }.places.joined(separator: ", ")
                    } catch let error as ItsmeError {
                        return error.code.description
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        XCTAssertEqual(outcomes.count { $0 == "rotation_out_of_order" }, 9, "\(outcomes)")
        XCTAssertEqual(try stored().version, 2)
        for instance in instances {
            let ring = try await instance.read()
            XCTAssertEqual(ring.places, ["current sig-0", "current enc-0", "next sig-1"])
        }
    }

    func testDifferentStepsAtOnceAreBothTaken() async throws {
        let (first, second) = (try instance(), try instance())
        try await first.create(RingKeys.ring())
        async let signing = first.change { try $0.beginSigningRotation(with: RingKeys.signing[1], at: $1) }
        async let encryption = second.change { try $0.beginEncryptionRotation(with: RingKeys.encryption[1], at: $1) }
        _ = try await (signing, encryption)
        let ring = try await first.read()
        XCTAssertEqual(Set(ring.places), ["current sig-0", "current enc-0", "next sig-1", "next enc-1"])
        XCTAssertEqual(ring.revision, 3)
    }

    func testAStepThatIsRefusedChangesNothing() async throws {
        let shared = try instance()
        try await shared.create(RingKeys.ring())
        let before = try stored()
        await assertItsmeError(.rotationOutOfOrder) {
            try await shared.change { try $0.activateNextSigningKey(at: $1) }
        }
        XCTAssertEqual(try stored(), before)
    }

    // MARK: The sealing key

    func testFollowsTheSealingKeyThroughTwoRotations() async throws {
        try await instance(1).create(RingKeys.ring())
        // The first to read seals again; the others find that it was done.
        for (key, previous, version) in [(2, 1, 2), (2, 1, 2), (3, 2, 3), (4, nil, 3), (3, nil, 3)]
            as [(UInt8, UInt8?, Int)]
        {
            let shared = try instance(key, previous: previous)
            if key == 4 {
                await assertRefusedText { try await shared.read() }
            } else {
                let ring = try await shared.read()
                XCTAssertEqual(ring.places, try RingKeys.ring().places)
            }
            XCTAssertEqual(try stored().version, version, "\(key)")
        }
        // The first key opens nothing any more.
        await assertRefusedText { try await self.instance(1).read() }
    }

    func testAStepAlsoSealsWithThePresentKey() async throws {
        try await instance(1).create(RingKeys.ring())
        try await instance(2, previous: 1).change { try $0.beginSigningRotation(with: RingKeys.signing[1], at: $1) }
        let ring = try await instance(2).read()
        XCTAssertEqual(ring.revision, 2)
    }

    @discardableResult
    private func assertRefusedText<Result>(
        line: UInt = #line, _ work: () async throws -> Result
    ) async -> ItsmeError? {
        await assertItsmeError(.keyRingMalformed, phase: .store, field: "keys", line: line, work)
    }

    // MARK: Texts that are not the ring

    func testRefusesATextThatWasCopiedAlteredOrPutBack() async throws {
        let (shared, other) = (try instance(), try instance(name: "another-client"))
        try await shared.create(RingKeys.ring())
        try await other.create(RingKeys.ring())
        let first = try stored()
        try await shared.change { try $0.beginSigningRotation(with: RingKeys.signing[1], at: $1) }
        let second = try stored()
        let foreign = try XCTUnwrap(store.value(for: "keys/another-client")).text
        let transaction = try sealer(1).seal(
            try await TestProvider().client().authorizationRequest(for: .login("LOGIN")).transaction)
        let altered = String(second.text.dropLast(2)) + (second.text.hasSuffix("AA") ? "BB" : "AA")
        var version = 2
        for text in [first.text, second.text, foreign, transaction, altered, "", "AQ", "{}", "ü"] {
            try put(text, at: version)
            version += 1
            // Also by an instance that has seen no ring before.
            for instance in [shared, try instance()] {
                await assertRefusedText { try await instance.read() }
                await assertRefusedText { try await instance.change { _, _ in XCTFail("no step on a foreign ring") } }
            }
        }
        XCTAssertEqual(try stored().version, version, "nothing is written over what cannot be read")
    }

    func testRefusesAWholeStoreThatWasRestoredFromAnOldCopy() async throws {
        let shared = try instance()
        try await shared.create(RingKeys.ring())
        let old = try stored().text
        try await shared.change { try $0.beginSigningRotation(with: RingKeys.signing[1], at: $1) }
        let restored = OldCopy(text: old, current: store)
        let reader = try SharedKeyRing(restored, sealer: sealer(1), time: clock.timeSource)
        let ring = try await reader.read()
        XCTAssertEqual(ring.revision, 2)
        restored.isRestored.withLock { $0 = true }
        let error = await assertRefusedText { try await reader.read() }
        XCTAssertTrue(error?.reason.contains("older") ?? false)
    }

    func testNeitherTheStoreNorAnErrorShowsAKey() async throws {
        let shared = try instance()
        try await shared.create(RingKeys.ring())
        let text = try stored().text
        let secret = try XCTUnwrap(JSON(parsing: RingKeys.signing[0].privateJSON().serialized())["d"]?.string)
        XCTAssertTrue(text.utf8.allSatisfy { (0x21...0x7E).contains($0) })
        XCTAssertFalse(text.contains("sig-0"))
        for offset in 0..<3 {
            let shifted = Base64URL.encode(Array(secret.utf8).dropFirst(offset).map { $0 })
            XCTAssertFalse(text.contains(shifted.prefix(40)))
        }
        let error = await assertRefusedText { try await self.instance(9).read() }
        XCTAssertFalse("\(try XCTUnwrap(error))".contains(text.prefix(20)))
        let printed = PrintedText()
        printed.append(value: shared)
        XCTAssertFalse(printed.text.contains(secret.prefix(20)))
    }

    // MARK: The store

    func testAStoreThatFailsIsUnavailable() async throws {
        let shared = try SharedKeyRing(BrokenStore(), sealer: sealer(1), time: clock.timeSource)
        await assertItsmeError(.storeUnavailable, phase: .store) { try await shared.read() }
        await assertItsmeError(.storeUnavailable, phase: .store) { try await shared.create(RingKeys.ring()) }
        await assertItsmeError(.storeUnavailable, phase: .store) {
            try await shared.change { _, _ in XCTFail("there is no ring") }
        }
    }

    /// Reading must work when the store can only be read.
    func testReadsWithThePreviousKeyWhenTheRingCannotBeStoredAgain() async throws {
        try await instance(1).create(RingKeys.ring())
        let shared = try SharedKeyRing(
            ReadOnly(base: store), sealer: sealer(2, previous: 1), time: clock.timeSource)
        let ring = try await shared.read()
        XCTAssertEqual(ring.revision, 1)
        await assertItsmeError(.storeUnavailable) {
            try await shared.change { try $0.beginSigningRotation(with: RingKeys.signing[1], at: $1) }
        }
    }

    func testARingThatOthersAlwaysChangeIsUnavailable() async throws {
        try await instance(1).create(RingKeys.ring())
        let shared = try SharedKeyRing(AlwaysChanged(base: store), sealer: sealer(1), time: clock.timeSource)
        await assertItsmeError(.storeUnavailable) {
            try await shared.change { try $0.beginSigningRotation(with: RingKeys.signing[1], at: $1) }
        }
    }

    func testRefusesANameThatAStoreCannotHave() async throws {
        for name in ["", "ü", "a b", "a\n", "a#b", String(repeating: "a", count: 101)] {
            await assertItsmeError(.invalidConfiguration, field: "name") { try self.instance(name: name) }
        }
        for name in ["a", "client-1/enc:2_x.Y", String(repeating: "a", count: 100)] {
            let isStored = try await instance(name: name).create(RingKeys.ring())
            XCTAssertTrue(isStored)
        }
    }
}

/// A store that does not answer.
private struct BrokenStore: StateStore {
    private struct Failure: Error {}

    func insert(_ value: String, for key: String, until expiry: Date?) async throws -> Bool { throw Failure() }
    func value(for key: String) async throws -> StateValue? { throw Failure() }
    func replace(_ value: String, for key: String, version: Int) async throws -> Bool { throw Failure() }
}

private struct ReadOnly: StateStore {
    private struct Failure: Error {}
    let base: InMemoryStateStore

    func insert(_ value: String, for key: String, until expiry: Date?) async throws -> Bool { throw Failure() }
    func value(for key: String) async throws -> StateValue? { base.value(for: key) }
    func replace(_ value: String, for key: String, version: Int) async throws -> Bool { throw Failure() }
}

private struct AlwaysChanged: StateStore {
    let base: InMemoryStateStore

    func insert(_ value: String, for key: String, until expiry: Date?) async throws -> Bool { false }
    func value(for key: String) async throws -> StateValue? { base.value(for: key) }
    func replace(_ value: String, for key: String, version: Int) async throws -> Bool { false }
}

/// Returns an old text at its old version, once it is restored.
private final class OldCopy: StateStore {
    let isRestored = Mutex(false)
    private let text: String
    private let current: InMemoryStateStore

    init(text: String, current: InMemoryStateStore) {
        self.text = text
        self.current = current
    }

    func insert(_ value: String, for key: String, until expiry: Date?) async throws -> Bool { false }
    func value(for key: String) async throws -> StateValue? {
        isRestored.withLock { $0 } ? StateValue(text, version: 1) : current.value(for: key)
    }
    func replace(_ value: String, for key: String, version: Int) async throws -> Bool { false }
}
