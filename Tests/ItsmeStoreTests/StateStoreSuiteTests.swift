import Foundation
import ItsmeRP
import ItsmeSandbox
import Synchronization
import TestSupport
import XCTest

/// The suite finds what is wrong with a store.
final class StateStoreSuiteTests: XCTestCase {
    private typealias Check = StateStoreSuite.Check

    /// A store in memory that does one thing wrong.
    private struct Wrong: StateStore {
        var base: InMemoryStateStore
        var insert: @Sendable (InMemoryStateStore, String, String, Date?) throws -> Bool = {
            try $0.insert($1, for: $2, until: $3)
        }
        var value: @Sendable (InMemoryStateStore, String) -> StateValue? = { $0.value(for: $1) }
        var replace: @Sendable (InMemoryStateStore, String, String, Int) throws -> Bool = {
            try $0.replace($1, for: $2, version: $3)
        }

        func insert(_ value: String, for key: String, until expiry: Date?) async throws -> Bool {
            try insert(base, value, key, expiry)
        }
        func value(for key: String) async throws -> StateValue? { value(base, key) }
        func replace(_ value: String, for key: String, version: Int) async throws -> Bool {
            try replace(base, value, key, version)
        }
    }

    private struct UsesAnythingTwice: StateStore {
        let base: InMemoryStateStore
        func insert(_ value: String, for key: String, until expiry: Date?) async throws -> Bool {
            try base.insert(value, for: key, until: expiry)
        }
        func value(for key: String) async throws -> StateValue? { base.value(for: key) }
        func replace(_ value: String, for key: String, version: Int) async throws -> Bool {
            try base.replace(value, for: key, version: version)
        }
        func consume(_ identifier: String, until expiry: Date) async throws -> Bool { true }
        func store(_ requestObject: String, as id: RequestObjectID, until expiry: Date) async throws {
            _ = try base.insert(requestObject, for: id.text, until: expiry)
        }
        func requestObject(for id: RequestObjectID) async throws -> String? { base.value(for: id.text)?.text }
    }

    private let clock = SandboxClock()

    private func memory() -> InMemoryStateStore { InMemoryStateStore(time: clock.timeSource, logger: .silent) }

    private func suite(_ makeStore: @escaping @Sendable () async throws -> any StateStore) -> StateStoreSuite {
        StateStoreSuite(time: clock.timeSource, patience: .seconds(5), makeStore)
    }

    private func wrong(_ change: (inout Wrong) -> Void) -> @Sendable () async throws -> any StateStore {
        var store = Wrong(base: memory())
        change(&store)
        return { [store] in store }
    }

    /// What a store may do wrong, and the checks that have to find it.
    private func wrongStores() -> [(String, @Sendable () async throws -> any StateStore, Set<Check>)] {
        let now = { @Sendable [clock] in clock.now }
        let replaced = Notes<StateValue>()
        let last = Notes<StateValue>()
        let (calls, shared) = (Notes<Int>(), memory())
        return [
            (
                "every insert is the first",
                wrong {
                    $0.insert = {
                        _ = try $0.insert($1, for: $2, until: $3); return true
                    }
                },
                [.insertsOnce, .usesATransactionOnce, .servesRequestObjects, .outlivesAnInstance]
            ),
            (
                "each instance has data of its own", { [clock] in InMemoryStateStore(time: clock.timeSource) },
                [.insertsOnce, .replacesOnce, .usesATransactionOnce, .servesRequestObjects]
            ),
            (
                "a new instance begins with nothing",
                { [clock] in
                    calls.count().isMultiple(of: 3) ? InMemoryStateStore(time: clock.timeSource) : shared
                }, [.outlivesAnInstance]
            ),
            (
                "a repeated insert is another caller's",
                wrong { $0.insert = { try $0.value(for: $2) == nil && $0.insert($1, for: $2, until: $3) } },
                [.repeatsAnInsert]
            ),
            (
                "an insert ignores the version",
                wrong {
                    $0.insert = { try $0.value(for: $2)?.text == $1 ? true : $0.insert($1, for: $2, until: $3) }
                }, [.repeatsAnInsert]
            ),
            (
                "nothing expires",
                wrong { $0.insert = { base, value, key, _ in try base.insert(value, for: key, until: nil) } },
                [.forgetsWhatHasExpired, .neverReturnsAnExpiredInsert, .keepsTheExpiry, .servesRequestObjects]
            ),
            (
                "everything expires",
                wrong {
                    $0.insert = { try $0.insert($1, for: $2, until: $3 ?? now().addingTimeInterval(1)) }
                }, [.forgetsWhatHasExpired, .keepsTheExpiry]
            ),
            (
                "an insert lives for a minute at least",
                wrong {
                    $0.insert = { base, value, key, expiry in
                        try base.insert(
                            value, for: key, until: expiry.map { max($0, now().addingTimeInterval(60)) })
                    }
                }, [.neverReturnsAnExpiredInsert, .forgetsWhatHasExpired]
            ),
            (
                "a replacement ignores the version",
                wrong {
                    $0.replace = { base, value, key, _ in
                        guard let current = base.value(for: key) else { return false }
                        return try base.replace(value, for: key, version: current.version)
                    }
                }, [.replacesThePresentVersion, .replacesOnce, .repeatsAReplacement]
            ),
            (
                "a replacement only says that it was done", wrong { $0.replace = { _, _, _, _ in true } },
                [.knowsNothingOfOtherKeys, .replacesThePresentVersion, .replacesOnce, .repeatsAReplacement]
            ),
            (
                "a repeated replacement is another caller's",
                wrong {
                    $0.replace = {
                        try $0.value(for: $2)?.version == $3 && $0.replace($1, for: $2, version: $3)
                    }
                }, [.repeatsAReplacement]
            ),
            (
                "a replaced value does not expire",
                wrong {
                    $0.replace = { base, value, key, version in
                        guard try base.replace(value, for: key, version: version) else { return false }
                        replaced.note(StateValue(value, version: version + 1), for: key)
                        return true
                    }
                    $0.value = { base, key in base.value(for: key) ?? replaced[key] }
                }, [.keepsTheExpiry]
            ),
            (
                "keys are compared without case",
                wrong {
                    $0.insert = { try $0.insert($1, for: $2.lowercased(), until: $3) }
                    $0.value = { $0.value(for: $1.lowercased()) }
                    $0.replace = { try $0.replace($1, for: $2.lowercased(), version: $3) }
                }, [.knowsNothingOfOtherKeys]
            ),
            (
                "keys are cut at 128 characters",
                wrong {
                    $0.insert = { try $0.insert($1, for: String($2.prefix(128)), until: $3) }
                    $0.value = { $0.value(for: String($1.prefix(128))) }
                    $0.replace = { try $0.replace($1, for: String($2.prefix(128)), version: $3) }
                }, [.keepsEveryCharacter]
            ),
            (
                "values are cut at 64 KiB",
                wrong { $0.insert = { try $0.insert(String($1.prefix(65_535)), for: $2, until: $3) } },
                [.keepsEveryCharacter]
            ),
            (
                "an answer goes to the next caller",
                wrong { $0.value = { base, key in last.exchange(base.value(for: key), for: "") } }, [.keepsAnswersApart]
            ),
            (
                "a used transaction can be used again, and request objects are lost silently",
                { [store = UsesAnythingTwice(base: memory())] in store },
                [.usesATransactionOnce, .servesRequestObjects]
            ),
            (
                "the store does not answer", wrong { $0.insert = { _, _, _, _ in throw CocoaError(.fileNoSuchFile) } },
                Set(Check.allCases)
            ),
        ]
    }

    func testFindsWhatIsWrongWithAStore() async throws {
        var found: Set<Check> = []
        for (name, makeStore, expected) in wrongStores() {
            let failed = await failures(of: suite(makeStore))
            XCTAssertTrue(
                expected.isSubset(of: failed),
                "\(name): not found by \(expected.subtracting(failed).map(\.rawValue).sorted())")
            found.formUnion(expected)
        }
        XCTAssertEqual(found, Set(Check.allCases), "each check finds something")
    }

    private func failures(of suite: StateStoreSuite) async -> Set<Check> {
        do {
            try await suite.run()
            return []
        } catch let failure as StateStoreSuite.Failure {
            XCTAssertFalse(failure.description.isEmpty)
            return Set(failure.failures.map(\.check))
        } catch {
            XCTFail("\(error)")
            return []
        }
    }

    func testAFailedCheckSaysWhatTheStoreDid() async throws {
        let makeStore = wrong { $0.replace = { _, _, _, _ in false } }
        do {
            try await suite(makeStore).run(.replacesThePresentVersion)
            XCTFail("nothing was found")
        } catch let failure as StateStoreSuite.Failure {
            XCTAssertEqual(
                failure.description, "replacesThePresentVersion: a replacement of the present version returned false")
        }
    }

    func testAGoodStorePassesEveryCheck() async throws {
        let store = memory()
        for check in Check.allCases { try await suite { store }.run(check) }
    }
}

/// What a wrong store remembers.
private final class Notes<Value: Sendable>: Sendable {
    private let state = Mutex<(values: [String: Value], count: Int)>(([:], 0))

    subscript(key: String) -> Value? { state.withLock { $0.values[key] } }

    func note(_ value: Value, for key: String) { state.withLock { $0.values[key] = value } }

    func exchange(_ value: Value?, for key: String) -> Value? {
        state.withLock { state in
            let old = state.values[key]
            state.values[key] = value
            return old
        }
    }

    func count() -> Int {
        state.withLock { state in
            state.count += 1
            return state.count
        }
    }
}
