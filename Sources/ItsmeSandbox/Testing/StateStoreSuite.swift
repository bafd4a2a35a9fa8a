public import ItsmeRP

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Checks an implementation of `StateStore`: that it does what the library relies on, also with several instances at once.
///
/// Run it with XCTest or Swift Testing, against the real engine:
///
/// ```swift
/// func testIsAStateStore() async throws {
///     try await StateStoreSuite { try await MyStore(url: testDatabase) }.run()
/// }
/// ```
///
/// A check takes at most a few seconds if the store is right. The checks use keys that begin with `suite/` and leave a few
/// kilobytes, most of which expire within ten minutes; two values of each run never expire.
public struct StateStoreSuite: Sendable {
    /// One rule.
    public enum Check: String, Sendable, CaseIterable {
        /// Of many inserts of one key at once, on two instances, one returns true.
        case insertsOnce
        /// An insert that is repeated with the same value returns true, until the value is replaced.
        case repeatsAnInsert
        /// A key without a value has none, and none that can be replaced.
        case knowsNothingOfOtherKeys
        /// A value that has expired is not returned, and its key is free.
        case forgetsWhatHasExpired
        /// A value that has expired before it is inserted is never returned.
        case neverReturnsAnExpiredInsert
        /// A value is replaced at its present version only.
        case replacesThePresentVersion
        /// Of many replacements of one version at once, on two instances, one returns true.
        case replacesOnce
        /// A replacement that is repeated returns true and changes nothing.
        case repeatsAReplacement
        /// A replaced value expires when the first one would have.
        case keepsTheExpiry
        /// Keys of 200 characters and values of 1 MiB come back as they were, with all allowed characters.
        case keepsEveryCharacter
        /// Another instance, made later, has the same data.
        case outlivesAnInstance
        /// A transaction is used once.
        case usesATransactionOnce
        /// A request object is found by its name until it expires, and never overwritten.
        case servesRequestObjects
        /// Operations at once get the answers that belong to them.
        case keepsAnswersApart
    }

    /// The checks that failed.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        /// Each failed check, and what the store did.
        public let failures: [(check: Check, reason: String)]

        /// One line for each failed check.
        public var description: String {
            failures.map { "\($0.check.rawValue): \($0.reason)" }.joined(separator: "\n")
        }
    }

    /// What a store did wrong.
    struct Fault: Error {
        let reason: String
    }

    private let time: TimeSource
    private let patience: Duration
    private let makeStore: @Sendable () async throws -> any StateStore

    /// Makes a suite.
    ///
    /// - Parameters:
    ///   - time: The clocks. The clock of the store must agree within a second.
    ///   - patience: How long to wait until a value has expired that should. Increase it for a store that only removes
    ///     expired keys at intervals.
    ///   - makeStore: Makes an instance. Each call makes another one over the same data: each with its own connections, for
    ///     example. For a store in memory, it returns the same store.
    public init(
        time: TimeSource = .system, patience: Duration = .seconds(20),
        _ makeStore: @escaping @Sendable () async throws -> any StateStore
    ) {
        self.time = time
        self.patience = patience
        self.makeStore = makeStore
    }

    /// Runs every check.
    ///
    /// - Throws: ``Failure`` with every check that failed.
    public func run() async throws {
        var failures: [(Check, String)] = []
        for check in Check.allCases {
            do {
                try await run(check)
            } catch let failure as Failure {
                failures += failure.failures
            }
        }
        guard failures.isEmpty else { throw Failure(failures: failures) }
    }

    /// Runs one check, for a test of its own.
    ///
    /// - Throws: ``Failure``; `CancellationError`.
    public func run(_ check: Check) async throws {
        do {
            let instances = StateStoreInstances(
                first: try await makeStore(), second: try await makeStore(), makeStore: makeStore, time: time,
                patience: patience)
            try await instances.run(check)
        } catch let error as CancellationError {
            throw error
        } catch let fault as Fault {
            throw Failure(failures: [(check, fault.reason)])
        } catch {
            throw Failure(failures: [(check, "the store threw \(type(of: error)): \(error)")])
        }
    }
}

/// Two instances of the store under test.
struct StateStoreInstances: Sendable {
    /// How many callers there are at once.
    static let crowd = 50
    /// How long a value lives that should expire. Long enough for engines that count whole seconds.
    private static let shortLife: TimeInterval = 1.5

    let first: any StateStore
    let second: any StateStore
    let makeStore: @Sendable () async throws -> any StateStore
    let time: TimeSource
    let patience: Duration

    /// So that no run meets the keys of another one.
    private let run = String(UInt64.random(in: .min ... .max), radix: 36)

    init(
        first: any StateStore, second: any StateStore, makeStore: @escaping @Sendable () async throws -> any StateStore,
        time: TimeSource, patience: Duration
    ) {
        (self.first, self.second, self.makeStore) = (first, second, makeStore)
        (self.time, self.patience) = (time, patience)
    }

    func key(_ name: String) -> String { "suite/\(run)/\(name)" }

    var later: Date { time.now().addingTimeInterval(600) }

    var soon: Date { time.now().addingTimeInterval(Self.shortLife) }

    func require(_ condition: Bool, _ reason: @autoclosure () -> String) throws {
        guard condition else { throw StateStoreSuite.Fault(reason: reason()) }
    }

    /// Requires a value as both instances see it.
    func require(_ key: String, has expected: StateValue?, _ moment: String) async throws {
        for (name, store) in [("first", first), ("second", second)] {
            let value = try await store.value(for: key)
            try require(
                value == expected,
                "\(moment), the \(name) instance returns \(Self.description(value)), not \(Self.description(expected))")
        }
    }

    private static func description(_ value: StateValue?) -> String {
        guard let value else { return "no value" }
        return value.text.utf8.count <= 100
            ? "\"\(value.text)\" at version \(value.version)"
            : "\(value.text.utf8.count) bytes at version \(value.version)"
    }

    /// Waits until something happens that only time brings.
    func wait(until condition: () async throws -> Bool, orSay reason: String) async throws {
        let end = time.uptime() + patience
        while !(try await condition()) {
            try require(time.uptime() < end, reason)
            try await time.sleep(.milliseconds(50))
        }
    }

    /// Runs an operation many times at once, on both instances.
    func atOnce<Result: Sendable>(
        _ operation: @escaping @Sendable (Int, any StateStore) async throws -> Result
    ) async throws -> [Result] {
        try await withThrowingTaskGroup(of: (Int, Result).self) { group in
            for index in 0..<Self.crowd {
                group.addTask { (index, try await operation(index, index.isMultiple(of: 2) ? first : second)) }
            }
            return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}
