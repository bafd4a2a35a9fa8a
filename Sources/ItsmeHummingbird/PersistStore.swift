#if Hummingbird
    public import Hummingbird
    public import ItsmeRP
    import JOSE

    #if canImport(FoundationEssentials)
        public import FoundationEssentials
    #else
        public import Foundation
    #endif

    /// A store on any of Hummingbird's persist drivers, such as those for Valkey, Redis, PostgreSQL and Fluent.
    ///
    /// ```swift
    /// let driver = await PostgresPersistDriver(client: postgres, migrations: migrations, logger: logger)
    /// configuration.replayGuard = PersistStore(driver)
    /// ```
    ///
    /// It relies on one property of the driver: of two calls of `create` for one key, one throws `PersistError.duplicate`.
    /// The instances must share the data of the driver, so `MemoryPersistDriver` is for one process only.
    ///
    /// `MemoryPersistDriver` and drivers on databases keep a key after it has expired, and remove expired keys every ten minutes
    /// by default. Until then the key has no value and is not free. The library never needs such a key again.
    ///
    /// Prefer `RedisStore` or `PostgreSQLStore` if you can: they often need one operation where this store needs several.
    public struct PersistStore: StateStore {
        // A driver cannot compare and swap, but it can create. So each version of a value has a name of its own, and of
        // several callers, the one that creates version n + 1 has replaced version n:
        //
        //     KEY                the first version, for as long as the key has a value
        //     KEY#GENERATION     a version that has been there, where a reader begins to look for the present one
        //     KEY#GENERATION#2   each further version; its text is removed once there is another one
        //
        // A version's name is never removed before the key expires, since somebody could then create it again. The
        // generation is random and tells the versions from those of an earlier value of the key.

        private struct First: Codable, Sendable {
            let text: String
            let generation: String
            /// In seconds since 1970; nil for never.
            let expiry: Double?
        }

        private struct Further: Codable, Sendable {
            /// Nil once there is another version.
            let text: String?
        }

        private let driver: any PersistDriver
        private let prefix: String
        private let time: TimeSource
        private let random: RandomSource

        /// What belongs to a key lives longer than the key, so that clocks may differ.
        private static let margin: Duration = .seconds(600)

        /// Makes a store.
        ///
        /// - Parameters:
        ///   - driver: The driver. Run it as a service, as its documentation says.
        ///   - prefix: Begins every name in the driver, so that they differ from the application's.
        ///   - time: The clock, to compute how long a value lives.
        public init(_ driver: any PersistDriver, prefix: String = "itsme/", time: TimeSource = .system) {
            self.driver = driver
            self.prefix = prefix
            self.time = time
            random = .system
        }

        /// Stores a value unless the key has one.
        ///
        /// - Throws: `ItsmeError` `store_unavailable`; `CancellationError`.
        public func insert(_ value: String, for key: String, until expiry: Date?) async throws -> Bool {
            try await answering {
                let expiry = expiry?.timeIntervalSince1970
                // A driver may keep what has expired already for ever, or refuse it.
                if let remaining = remaining(until: expiry), remaining <= .zero { return false }
                let first = First(
                    text: value, generation: Base64URL.encode(try random.bytes(9)), expiry: expiry)
                if try await create(prefix + key, first, expires: remaining(until: expiry)) { return true }
                // The answer to the same call may have been lost.
                return try await current(key)?.value == StateValue(value, version: 1)
            }
        }

        /// The value of a key, until it expires.
        ///
        /// - Throws: `ItsmeError` `store_unavailable`; `CancellationError`.
        public func value(for key: String) async throws -> StateValue? {
            try await answering { try await current(key)?.value }
        }

        /// Replaces a value if its version is still `version`.
        ///
        /// - Throws: `ItsmeError` `store_unavailable`; `CancellationError`.
        public func replace(_ value: String, for key: String, version: Int) async throws -> Bool {
            try await answering {
                guard let current = try await current(key) else { return false }
                guard current.value.version == version else {
                    return current.value == StateValue(value, version: version &+ 1)
                }
                let lifetime = remaining(until: current.expiry).map { max($0, .zero) + Self.margin }
                let next = current.name(of: version + 1)
                guard try await create(next, Further(text: value), expires: lifetime) else {
                    // Somebody was first, perhaps this same call, whose answer was lost.
                    return try await driver.get(key: next, as: Further.self)?.text == value
                }
                // It is replaced. What follows only saves time and space, so it may fail.
                try? await driver.set(key: current.base, value: version + 1, expires: lifetime)
                if version > 1 {
                    try? await driver.set(key: current.name(of: version), value: Further(text: nil), expires: lifetime)
                }
                return true
            }
        }

        /// The present value of a key.
        private struct Current {
            /// The part of the names that all versions but the first have.
            let base: String
            let expiry: Double?
            var value: StateValue

            func name(of version: Int) -> String { base + "#\(version)" }
        }

        private func current(_ key: String) async throws -> Current? {
            guard let first = try await driver.get(key: prefix + key, as: First.self) else { return nil }
            if let remaining = remaining(until: first.expiry), remaining <= .zero { return nil }
            var current = Current(
                base: prefix + key + "#" + first.generation, expiry: first.expiry,
                value: StateValue(first.text, version: 1))
            let start = try await driver.get(key: current.base, as: Int.self) ?? 1
            var version = max(start, 2)
            var text = start > 1 ? nil : first.text
            while let further = try await driver.get(key: current.name(of: version), as: Further.self) {
                text = further.text
                current.value = StateValue(text ?? "", version: version)
                version += 1
            }
            // Without a text, a version was replaced and the next one is already gone: the key has expired meanwhile.
            return text == nil ? nil : current
        }

        /// How long a value has to live; nil for ever.
        private func remaining(until expiry: Double?) -> Duration? {
            // At most about 30 years, so that no driver computes a date that it cannot store.
            expiry.map { .seconds(min(max($0 - time.now().timeIntervalSince1970, -1), 1e9)) }
        }

        private func create(_ name: String, _ value: some Codable & Sendable, expires: Duration?) async throws -> Bool {
            do {
                try await driver.create(key: name, value: value, expires: expires)
                return true
            } catch let error as PersistError where error == .duplicate {
                return false
            }
        }

        /// A driver that fails is a store that does not answer.
        private func answering<Result>(_ operation: () async throws -> Result) async throws -> Result {
            try await ItsmeError.ofStore(.store, operation)
        }
    }
#endif
