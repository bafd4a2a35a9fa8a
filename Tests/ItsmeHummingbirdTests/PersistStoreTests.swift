#if Hummingbird
    import Foundation
    import Hummingbird
    import ItsmeHummingbird
    import ItsmeRP
    import ItsmeSandbox
    import Synchronization
    import TestSupport
    import XCTest

    /// A store on a persist driver of Hummingbird.
    final class PersistStoreTests: XCTestCase {
        private let memory = MemoryPersistDriver(configuration: .init(tidyFrequency: .milliseconds(100)))

        private func store(_ driver: any PersistDriver) -> PersistStore { PersistStore(driver) }

        func testIsAStateStore() async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { [memory] in try await memory.run() }
                try await StateStoreSuite { [memory] in PersistStore(memory) }.run()
                group.cancelAll()
                // The driver ends with the cancellation.
                while let result = await group.nextResult() {
                    if case .failure(let error) = result { XCTAssertTrue(error is CancellationError, "\(error)") }
                }
            }
        }

        /// Before the driver has tidied up, the key has no value and is not free: fail closed.
        func testAnExpiredKeyThatTheDriverStillHasIsNeitherReadNorFree() async throws {
            let clock = SandboxClock()
            let store = PersistStore(memory, time: clock.timeSource)
            let isFirst = try await store.insert("1", for: "a", until: clock.now.addingTimeInterval(60))
            XCTAssertTrue(isFirst)
            clock.advance(by: .seconds(61))
            let value = try await store.value(for: "a")
            XCTAssertNil(value)
            for text in ["1", "2"] {
                let isFree = try await store.insert(text, for: "a", until: clock.now.addingTimeInterval(60))
                XCTAssertFalse(isFree)
                let isReplaced = try await store.replace(text, for: "a", version: 1)
                XCTAssertFalse(isReplaced)
            }
        }

        /// The place where a reader begins may be behind, or missing: it only saves time.
        func testFindsThePresentVersionWithoutTheNoteWhereItIs() async throws {
            let driver = WatchedDriver(memory, losing: { $0.split(separator: "#").count == 2 })
            let store = store(driver)
            _ = try await store.insert("1", for: "a", until: nil)
            for version in 1...20 {
                let isReplaced = try await store.replace("\(version + 1)", for: "a", version: version)
                XCTAssertTrue(isReplaced)
                let value = try await self.store(memory).value(for: "a")
                XCTAssertEqual(value, StateValue("\(version + 1)", version: version + 1))
            }
            let isLate = try await store.replace("late", for: "a", version: 3)
            XCTAssertFalse(isLate)
        }

        func testKeepsNoTextThatWasReplaced() async throws {
            let driver = WatchedDriver(memory)
            let store = store(driver)
            _ = try await store.insert("text-1", for: "a", until: nil)
            for version in 1...3 { _ = try await store.replace("text-\(version + 1)", for: "a", version: version) }
            let names = driver.names.withLock { $0 }
            XCTAssertEqual(names.count { $0.hasSuffix("#2") }, 2, "created, and emptied once replaced")
            XCTAssertEqual(names.count { $0.hasSuffix("#3") }, 2)
            XCTAssertEqual(names.count { $0.hasSuffix("#4") }, 1)
            XCTAssertTrue(names.allSatisfy { $0.hasPrefix("itsme/a") })
        }

        func testADriverThatFailsIsUnavailableAndNothingCountsAsNew() async throws {
            for operation in ["create", "get"] {
                let driver = WatchedDriver(memory, failing: operation)
                let store = store(driver)
                _ = try await self.store(memory).insert("1", for: "a", until: nil)
                await assertItsmeError(.storeUnavailable, phase: .store) {
                    try await store.insert("2", for: "a", until: nil)
                }
                await assertItsmeError(.storeUnavailable, phase: .store) {
                    try await store.replace("2", for: "a", version: 1)
                }
                await assertItsmeError(.storeUnavailable, phase: .store) {
                    _ = try await store.consume("x", until: .distantFuture)
                    _ = try await store.value(for: "a")
                }
                let value = try await self.store(memory).value(for: "a")
                XCTAssertEqual(value, StateValue("1", version: 1))
            }
        }

        /// What comes after the decisive step may fail.
        func testAReplacementHoldsWhenOnlyItsNotesFail() async throws {
            let store = store(WatchedDriver(memory, failing: "set"))
            _ = try await store.insert("1", for: "a", until: nil)
            for version in 1...3 {
                let isReplaced = try await store.replace("\(version + 1)", for: "a", version: version)
                XCTAssertTrue(isReplaced)
            }
            let value = try await self.store(memory).value(for: "a")
            XCTAssertEqual(value, StateValue("4", version: 4))
        }
    }

    /// Records the names that are written; loses some of them, or fails at one operation.
    private final class WatchedDriver: PersistDriver {
        private struct Failure: Error {}

        let names = Mutex<[String]>([])
        private let base: MemoryPersistDriver<ContinuousClock>
        private let isLost: @Sendable (String) -> Bool
        private let failing: String?

        init(
            _ base: MemoryPersistDriver<ContinuousClock>,
            losing isLost: @escaping @Sendable (String) -> Bool = { _ in false },
            failing: String? = nil
        ) {
            self.base = base
            self.isLost = isLost
            self.failing = failing
        }

        private func attempt(_ operation: String) throws {
            if operation == failing { throw Failure() }
        }

        func create<Object: Codable & Sendable>(key: String, value: Object, expires: Duration?) async throws {
            try attempt("create")
            names.withLock { $0.append(key) }
            try await base.create(key: key, value: value, expires: expires)
        }

        func set<Object: Codable & Sendable>(key: String, value: Object, expires: Duration?) async throws {
            try attempt("set")
            names.withLock { $0.append(key) }
            if !isLost(key) { try await base.set(key: key, value: value, expires: expires) }
        }

        func get<Object: Codable & Sendable>(key: String, as type: Object.Type) async throws -> Object? {
            try attempt("get")
            return try await base.get(key: key, as: type)
        }

        func remove(key: String) async throws { try await base.remove(key: key) }
    }
#endif
