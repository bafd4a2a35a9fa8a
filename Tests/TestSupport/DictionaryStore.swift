package import ItsmeRP
import Synchronization

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// A store in a dictionary, whose values and failures a test can choose. Nothing expires in it by itself.
package final class DictionaryStore: StateStore {
    package enum Operation: Sendable, Hashable {
        case insert, value, replace
    }

    package struct Unreachable: Error {
        package init() {}
    }

    private struct State {
        var values: [String: StateValue] = [:]
        var count: [Operation: Int] = [:]
        var before: (@Sendable (Operation) async throws -> Void)?
    }

    private let state = Mutex(State())

    package init() {}

    package var values: [String: StateValue] {
        get { state.withLock { $0.values } }
        set { state.withLock { $0.values = newValue } }
    }

    /// How often an operation was called.
    package func count(_ operation: Operation) -> Int { state.withLock { $0.count[operation] ?? 0 } }

    /// Is called before each operation; what it throws, the operation throws.
    package func before(_ work: (@Sendable (Operation) async throws -> Void)?) {
        state.withLock { $0.before = work }
    }

    /// Counts an operation; returns what comes before it.
    private func start(_ operation: Operation) -> (@Sendable (Operation) async throws -> Void)? {
        state.withLock { state in
            state.count[operation, default: 0] += 1
            return state.before
        }
    }

    package func insert(_ value: String, for key: String, until expiry: Date?) async throws -> Bool {
        if let before = start(.insert) { try await before(.insert) }
        return state.withLock { state in
            if let known = state.values[key] { return known == StateValue(value, version: 1) }
            state.values[key] = StateValue(value, version: 1)
            return true
        }
    }

    package func value(for key: String) async throws -> StateValue? {
        if let before = start(.value) { try await before(.value) }
        return state.withLock { $0.values[key] }
    }

    package func replace(_ value: String, for key: String, version: Int) async throws -> Bool {
        if let before = start(.replace) { try await before(.replace) }
        return state.withLock { state in
            guard let known = state.values[key] else { return false }
            if known == StateValue(value, version: version + 1) { return true }
            guard known.version == version else { return false }
            state.values[key] = StateValue(value, version: version + 1)
            return true
        }
    }
}
