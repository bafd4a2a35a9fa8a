#if Redis
    public import ItsmeRP
    public import Logging
    internal import StoreConnections
    internal import Synchronization

    #if canImport(FoundationEssentials)
        public import FoundationEssentials
    #else
        public import Foundation
    #endif

    /// A store that several instances share, in Redis 6.0 or later or in Valkey.
    ///
    /// ```swift
    /// let store = try RedisStore("rediss://itsme:\(password)@redis.internal:6379/0", logger: logger)
    /// ```
    ///
    /// Every entry is one key with a prefix, and Redis removes the key when it expires. A user of Redis (ACL) needs the
    /// commands `SET`, `GET` and `EVAL` for these keys, `SELECT` for a database other than 0, and may have `INFO`:
    /// `ACL SETUSER itsme on >… ~itsme:* +set +get +eval +select +info`.
    ///
    /// **What Redis can lose.** A used login is forgotten if Redis loses its key: by eviction (set `maxmemory-policy` to
    /// `noeviction`; the store logs a warning otherwise), by a crash (up to a second with `appendonly yes`, nothing with
    /// `appendfsync always`), or by a failover to a replica that had not received it (`min-replicas-to-write` limits the
    /// loss but does not prevent it). A replayed callback is then refused by itsme, which accepts each code once.
    ///
    /// **Clocks.** The instance sends the time until an entry expires, not a date: the clock of Redis does not matter. If the
    /// clock of an instance is ahead, its entries expire earlier by the same time, so run a time service (NTP).
    ///
    /// **Redis Cluster**: redirections are not followed. If another node has the key, the operation fails with
    /// `store_unavailable`, whose reason says `MOVED`.
    ///
    /// **Failures.** What cannot be done within the timeout, or what Redis refuses, throws `ItsmeError` `store_unavailable`
    /// with a reason for the operator. If a connection is lost, the operation is repeated once on a new one. When the store
    /// fails, a `warning` is logged, at most once a minute; when it answers again, a `notice`.
    public final class RedisStore: StateStore {
        private let pool: ConnectionPool<RedisConnection>
        private let prefix: String
        private let status: StoreStatus

        /// Makes a store. Connections are made when they are needed.
        ///
        /// - Parameters:
        ///   - url: `redis://[user[:password]@]host[:port][/database]`; `rediss://…` for TLS 1.2 or later, with the server's
        ///     certificate and host name verified; or `unix://[user[:password]@]/path[?db=database]`. User and password are
        ///     percent-encoded. The defaults are port 6379 and database 0. With `redis://` the password and all keys are
        ///     readable on the network; a host that is not this machine gets a warning in the log.
        ///   - prefix: What all keys begin with; at most 100 characters of visible ASCII. Stores with the same prefix share
        ///     all entries.
        ///   - maximumConnections: The most connections of this store, 1 to 1,000. Each has a thread.
        ///   - timeout: The time for one operation, with the wait for a connection and its making; 10 ms to 60 s.
        ///   - trustedCertificates: A PEM file of the authorities to trust instead of the system's, for `rediss://`. It is
        ///     read when connections are made.
        ///   - clientCertificate: The certificate of this client, for a server that asks for one (`tls-auth-clients`).
        ///   - logger: Receives the warnings, and a notice when the store answers again.
        /// - Throws: `ItsmeError` `invalid_configuration`, which never shows the URL; `key_file_unsafe` or
        ///   `key_file_unusable` for the key of the client certificate.
        public init(
            _ url: String, prefix: String = "itsme:", maximumConnections: Int = 8, timeout: Duration = .seconds(5),
            trustedCertificates: String? = nil, clientCertificate: CurlTransport.ClientCertificate? = nil,
            logger: Logger = Logger(label: "itsme")
        ) throws(ItsmeError) {
            let address = try RedisAddress(url)
            try Self.check(prefix, maximumConnections, timeout)
            for file in [trustedCertificates, clientCertificate?.file] {
                guard file.map(FileManager.default.isReadableFile) ?? true else {
                    throw .invalidConfiguration(
                        "a file of certificates for Redis cannot be read",
                        remedy: "Give the path of a PEM file that this process may read.",
                        field: file == trustedCertificates ? "trustedCertificates" : "clientCertificate")
                }
            }
            if let clientCertificate {
                _ = try KeyFile(clientCertificate.keyFile, readers: clientCertificate.keyFileReaders).read()
            }
            self.prefix = prefix
            let name = "Redis at \(address)"
            status = StoreStatus(of: name, timeout: timeout, logger: logger)
            let files = CurlSocket.TLSFiles(
                trustedCertificates: trustedCertificates, clientCertificate: clientCertificate)
            let eviction = EvictionWarning(name, logger)
            pool = ConnectionPool(maximumConnections: maximumConnections, timeout: timeout) {
                (deadline) throws(StoreFailure) in
                let connection = try RedisConnection(address, files, until: deadline)
                try eviction.look(at: connection, until: deadline)
                return connection
            }
            if address.isExposed {
                logger.warning(
                    "the connection to Redis is not encrypted: use rediss:// unless the network is trusted",
                    metadata: ["itsme.store": "\(name)"])
            }
        }

        private static func check(_ prefix: String, _ connections: Int, _ timeout: Duration) throws(ItsmeError) {
            guard prefix.utf8.count <= 100, prefix.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw .invalidConfiguration(
                    "the prefix of keys is longer than 100 characters or not visible ASCII",
                    remedy: "Give a short name that ends with a colon.", field: "prefix")
            }
            guard (1...1000).contains(connections) else {
                throw .invalidConfiguration(
                    "the number of connections is out of range", remedy: "Choose 1 to 1000.",
                    field: "maximumConnections")
            }
            guard (.milliseconds(10) ... .seconds(60)).contains(timeout) else {
                throw .invalidConfiguration(
                    "the timeout is out of range", remedy: "Choose 10 milliseconds to 60 seconds.", field: "timeout")
            }
        }

        /// Asks whether an operation would succeed now: server, permissions, room, and that the server takes writes.
        ///
        /// For a probe of readiness. It writes a key, `check!` after the prefix, that expires after a second.
        ///
        /// - Throws: `ItsmeError` `store_unavailable`.
        public func check() async throws {
            // No key of an entry has this character.
            let key = prefix + "check!"
            try await run { (connection, deadline) throws(StoreFailure) in
                _ = try connection.ask(["SET", key, "1 check", "PX", "1000"], until: deadline)
            }
        }

        /// Closes the connections after the operations that run, and waits for that. Operations that wait, and later ones,
        /// fail.
        public func shutDown() async {
            await pool.shutDown()
        }

        // MARK: StateStore

        /// Stores a value unless the key has one: `SET` with `NX` and the time left.
        public func insert(_ value: String, for key: String, until expiry: Date?) async throws -> Bool {
            let (key, stored) = (prefix + key, try Self.stored(value, version: 1))
            return try await run { (connection, deadline) throws(StoreFailure) in
                // A second round if the key was taken and expired before its value was read.
                for _ in 1...2 {
                    let time = expiry.map(Self.milliseconds)
                    // What is expired already needs no place; Redis takes no such time.
                    if time.map({ $0 > 0 }) ?? true {
                        let limit = time.map { ["PX", String($0)] } ?? []
                        let answer = try connection.ask(["SET", key, stored, "NX"] + limit, until: deadline)
                        if answer == .text("OK") { return true }
                        guard answer == .none else { throw Self.unexpected }
                    }
                    // The same value: the answer to a first try was lost.
                    switch try connection.ask(["GET", key], until: deadline) {
                    case .text(let present): return present == stored
                    case .none where (time ?? 1) <= 0: return true
                    case .none: continue
                    default: throw Self.unexpected
                    }
                }
                return false
            }
        }

        /// The value of a key; nil if there is none.
        public func value(for key: String) async throws -> StateValue? {
            let key = prefix + key
            return try await run { (connection, deadline) throws(StoreFailure) in
                switch try connection.ask(["GET", key], until: deadline) {
                case .none: return nil
                case .text(let stored): return try Self.value(of: stored)
                default: throw Self.unexpected
                }
            }
        }

        /// Replaces a value if its version is still `version`: a script, which Redis runs in one step.
        public func replace(_ value: String, for key: String, version: Int) async throws -> Bool {
            // No entry has such a version.
            guard version > 0, version < Int.max else { return false }
            let (key, stored) = (prefix + key, try Self.stored(value, version: version + 1))
            return try await run { (connection, deadline) throws(StoreFailure) in
                let command = ["EVAL", Self.replacement, "1", key, "\(version) ", stored]
                switch try connection.ask(command, until: deadline) {
                case .integer(let done): return done == 1
                default: throw Self.unexpected
                }
            }
        }

        /// Replaces the value unless its version is another; done already if the answer to a first try was lost.
        private static let replacement = """
            local present = redis.call('GET', KEYS[1])
            if present == ARGV[2] then return 1 end
            if not present or string.sub(present, 1, #ARGV[1]) ~= ARGV[1] then return 0 end
            redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
            return 1
            """

        // MARK: Values

        /// What Redis holds: version, space, value.
        private static func stored(_ value: String, version: Int) throws(ItsmeError) -> String {
            guard value.utf8.count <= 1 << 20 else {
                throw .invalidConfiguration(
                    "a value for the store is larger than 1 MiB", remedy: "Store less under one key.", field: "value")
            }
            return "\(version) \(value)"
        }

        private static func value(of stored: String) throws(StoreFailure) -> StateValue {
            let parts = stored.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let version = Int(parts[0]), version > 0 else {
                throw .refused("it holds a value that another program wrote: give the store a prefix of its own")
            }
            return StateValue(String(parts[1]), version: version)
        }

        /// The time left; at most 100 years, as Redis takes no time that leads beyond its calendar.
        private static func milliseconds(until expiry: Date) -> Int {
            let milliseconds = expiry.timeIntervalSinceNow * 1000
            let most = 3_155_760_000_000
            guard milliseconds < Double(most) else { return most }
            return milliseconds > 0 ? Int(milliseconds.rounded(.up)) : 0
        }

        private static let unexpected = StoreFailure.connectionLost(
            "its answer is of another kind than the command has")

        // MARK: Running

        private func run<Answer: Sendable>(
            _ operation: @escaping @Sendable (RedisConnection, Deadline) throws(StoreFailure) -> Answer
        ) async throws -> Answer {
            try await status.watch { try await pool.run(operation) }
        }
    }

    /// Warns once if the server may forget a used login.
    private final class EvictionWarning: Sendable {
        private let name: String
        private let logger: Logger
        private let isGiven = Atomic(false)

        init(_ name: String, _ logger: Logger) {
            (self.name, self.logger) = (name, logger)
        }

        func look(at connection: RedisConnection, until deadline: Deadline) throws(StoreFailure) {
            guard try connection.mayEvict(until: deadline) == true,
                !isGiven.exchange(true, ordering: .relaxed)
            else { return }
            logger.warning(
                "Redis may forget used logins when its memory is full: set maxmemory-policy to noeviction",
                metadata: ["itsme.store": "\(name)"])
        }
    }
#endif
