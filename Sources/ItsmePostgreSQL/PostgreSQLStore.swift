#if PostgreSQL
    public import ItsmeRP
    public import Logging
    internal import StoreConnections
    import Synchronization

    #if canImport(FoundationEssentials)
        public import FoundationEssentials
    #else
        public import Foundation
    #endif

    /// A store in a table of PostgreSQL 13 or later, which several instances share.
    ///
    /// ```swift
    /// let store = try PostgreSQLStore("postgresql://itsme@db.example:5432/logins?passfile=/run/secrets/pgpass")
    /// try await store.migrate()
    /// ```
    ///
    /// - **A login is used once.** Each operation is one statement on one row. If many calls insert the same key at the same
    ///   time, one succeeds. The row is on the server's disk before the server answers (`synchronous_commit`). If replication
    ///   is asynchronous, a failover can lose the last rows; such a login is then protected only by itsme, which accepts each
    ///   code once.
    /// - **The server's clock decides** when a value has expired. The instance sends the time of expiry and the seconds until
    ///   then, and the server takes the later of the two: a wrong clock of one instance does not free a key too early.
    /// - **TLS.** For a host that is not this machine the default is `sslmode=verify-full`, with the system's certificate
    ///   authorities. A weaker mode must be in the URL, and is logged as a warning.
    /// - **It fails closed**, with `store_unavailable`, after `timeout` at the latest. Only the lookup of a host name can take
    ///   longer; `hostaddr` in the URL avoids it. It never blocks a thread of Swift's tasks.
    /// - **Several hosts** can be in the URL, separated by commas. The store uses the first one that takes writes, so a failover
    ///   needs no restart.
    ///
    /// What the URL does not say comes from libpq's variables, such as `PGPASSWORD` and `PGPASSFILE`, apart from `sslmode` for
    /// a remote host.
    public final class PostgreSQLStore: StateStore {
        private let pool: ConnectionPool<PostgreSQLConnection>
        private let status: StoreStatus
        private let table: PostgreSQLTable
        private let logger: Logger
        private let nextSweep = Mutex(Deadline.now)

        /// Makes a store. It connects when it is first used.
        ///
        /// - Parameters:
        ///   - url: `postgresql://USER:PASSWORD@HOST:5432/DATABASE`, with libpq's parameters after `?`.
        ///   - table: The table, with its schema if needed: `schema.table`. Lower-case letters, digits and `_`.
        ///   - maximumConnections: The most connections of this store, 1 to 1000. Each has a thread. The sum of all instances
        ///     must be below `max_connections` of the server.
        ///   - timeout: The time for one operation, with the wait for a connection and its making; 0.1 seconds to 10 minutes.
        ///   - trustedCertificates: A PEM file of certificate authorities, in place of the system's and of `sslrootcert`.
        ///   - logger: Receives a warning when the store fails, at most once a minute, and a notice when it answers again.
        /// - Throws: `ItsmeError` `invalid_configuration`, whose `field` is the parameter. It holds no part of the URL.
        public init(
            _ url: String, table: String = "itsme_state", maximumConnections: Int = 8, timeout: Duration = .seconds(5),
            trustedCertificates: String? = nil, logger: Logger = Logger(label: "itsme")
        ) throws(ItsmeError) {
            guard (1...1000).contains(maximumConnections) else {
                throw .invalidConfiguration(
                    "the number of connections is not from 1 to 1000", remedy: "The default is 8.",
                    field: "maximumConnections")
            }
            guard timeout >= .milliseconds(100), timeout <= .seconds(600) else {
                throw .invalidConfiguration(
                    "the timeout is not from 0.1 seconds to 10 minutes", remedy: "The default is 5 seconds.",
                    field: "timeout")
            }
            self.table = try PostgreSQLTable(table)
            self.logger = logger
            let servers = try PostgreSQLServer.servers(
                of: url, trustedCertificates: trustedCertificates, timeout: timeout)
            status = StoreStatus(
                of: "PostgreSQL at \(servers.map(\.name).joined(separator: ", "))", timeout: timeout, logger: logger)
            pool = ConnectionPool(maximumConnections: maximumConnections, timeout: timeout) {
                (deadline) throws(StoreFailure) in
                try PostgreSQLConnection.open(to: servers, until: deadline)
            }
            for server in servers {
                guard let mode = server.weakTLSMode else { continue }
                logger.warning(
                    "the URL allows connections to PostgreSQL whose server is not fully verified; use sslmode=verify-full",
                    metadata: ["itsme.store": "PostgreSQL at \(server.name)", "itsme.sslmode": "\(mode)"])
            }
        }

        /// The SQL that makes the table and its index, for a service that may not make tables. Running it again changes
        /// nothing.
        ///
        /// The service then needs `SELECT`, `INSERT`, `UPDATE` and `DELETE` on the table.
        ///
        /// - Throws: `ItsmeError` `invalid_configuration` if `table` is no name of a table.
        public static func migration(table: String = "itsme_state") throws(ItsmeError) -> String {
            try PostgreSQLTable(table).migration
        }

        /// Makes the table and its index, if the table is missing. Several instances can do this at the same time.
        ///
        /// - Throws: `ItsmeError` `store_unavailable`.
        public func migrate() async throws {
            let table = table
            try await run { (connection, deadline) throws(StoreFailure) in
                // `IF NOT EXISTS` asks for the right to make tables also if nothing is to be made.
                let found = try connection.run(
                    "SELECT 1 WHERE to_regclass($1) IS NOT NULL", [table.name], until: deadline)
                guard found.isEmpty else { return }
                try connection.run(script: table.lock + table.migration, until: deadline)
            }
        }

        /// Asks whether an operation would succeed now: server, table, permissions, and that the server takes writes.
        ///
        /// For a probe of readiness. It changes nothing.
        ///
        /// - Throws: `ItsmeError` `store_unavailable`.
        public func check() async throws {
            let statement = table.check
            try await run { (connection, deadline) throws(StoreFailure) in
                _ = try connection.run(statement, until: deadline)
            }
        }

        /// Closes the connections after the operations that run, and waits for that. Later operations fail.
        public func shutDown() async {
            await pool.shutDown()
        }

        // MARK: StateStore

        /// Stores a value unless the key has one that has not expired.
        ///
        /// - Throws: `ItsmeError` `store_unavailable`; `CancellationError` at once if the task is cancelled.
        public func insert(_ value: String, for key: String, until expiry: Date?) async throws -> Bool {
            let statement = table.insert
            let isInserted = try await run { (connection, deadline) throws(StoreFailure) in
                // Some thousand years: more than the server's dates can hold would be an error.
                let times = [expiry?.timeIntervalSinceNow, expiry?.timeIntervalSince1970].map { seconds in
                    seconds.map { "\(min(max($0, -1e11), 1e11))" }
                }
                return try !connection.run(statement, [key, value] + times, until: deadline).isEmpty
            }
            if isInserted { sweepIfDue() }
            return isInserted
        }

        /// The value of a key; nil if there is none or if it has expired.
        ///
        /// - Throws: `ItsmeError` `store_unavailable`; `CancellationError` at once if the task is cancelled.
        public func value(for key: String) async throws -> StateValue? {
            let statement = table.value
            return try await run { (connection, deadline) throws(StoreFailure) in
                guard let row = try connection.run(statement, [key], until: deadline).first else { return nil }
                guard row.count == 2, let version = Int(row[1]) else { throw .refused("the table has other columns") }
                return StateValue(row[0], version: version)
            }
        }

        /// Replaces a value if its version is still `version`, and keeps its expiry.
        ///
        /// - Throws: `ItsmeError` `store_unavailable`; `CancellationError` at once if the task is cancelled.
        public func replace(_ value: String, for key: String, version: Int) async throws -> Bool {
            guard version < Int.max else { return false }
            let statement = table.replace
            return try await run { (connection, deadline) throws(StoreFailure) in
                try !connection.run(statement, [key, value, "\(version)"], until: deadline).isEmpty
            }
        }

        private func run<Answer: Sendable>(
            _ operation: @escaping @Sendable (PostgreSQLConnection, Deadline) throws(StoreFailure) -> Answer
        ) async throws -> Answer {
            try await status.watch { try await pool.run(operation) }
        }

        // MARK: Sweep

        /// Removes up to 1,000 expired rows, once a minute, or once a second while there are more. No operation waits for it.
        private func sweepIfDue() {
            let isDue = nextSweep.withLock { next in
                guard next <= .now else { return false }
                next = .now + .seconds(60)
                return true
            }
            guard isDue else { return }
            let (pool, logger) = (pool, logger)
            let (statement, limit) = (table.sweep, PostgreSQLTable.sweepLimit)
            Task { [weak self] in
                do {
                    let count = try await pool.run { (connection, deadline) throws(StoreFailure) in
                        try connection.run(statement, until: deadline).count
                    }
                    if count == limit { self?.nextSweep.withLock { $0 = min($0, .now + .seconds(1)) } }
                } catch StoreFailure.refused(let reason) {
                    logger.warning("expired rows stay in PostgreSQL", metadata: ["itsme.reason": "\(reason)"])
                } catch {
                    // The store does not answer: the operations of logins say so.
                }
            }
        }
    }
#endif
