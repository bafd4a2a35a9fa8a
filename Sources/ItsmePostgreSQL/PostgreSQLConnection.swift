#if PostgreSQL
    internal import CLibPQ
    internal import StoreConnections

    #if canImport(Darwin)
        import Darwin
    #elseif canImport(Musl)
        import Musl
    #else
        import Glibc
    #endif

    /// A connection of libpq, used by one thread. Each call blocks until its deadline at most.
    ///
    /// libpq resolves the name of a host while it connects, and this can take longer than the deadline: as long as the
    /// system's resolver waits.
    final class PostgreSQLConnection {
        private let handle: OpaquePointer

        /// Connects to the first server that answers and takes writes. Each gets a fair share of the time.
        static func open(
            to servers: [PostgreSQLServer], until deadline: Deadline
        ) throws(StoreFailure) -> PostgreSQLConnection {
            var reasons: [String] = []
            for (index, server) in servers.enumerated() {
                let left = deadline - .now
                guard left > .zero else { break }
                do throws(StoreFailure) {
                    return try PostgreSQLConnection(to: server, until: .now + left / (servers.count - index))
                } catch {
                    switch error {
                    case .connectionLost(let reason), .refused(let reason): reasons.append(reason)
                    case .timedOut where servers.count == 1: throw error
                    default: reasons.append("\(server.name) did not answer in time")
                    }
                }
            }
            guard !reasons.isEmpty else { throw .timedOut }
            throw .connectionLost(reasons.joined(separator: "; "))
        }

        private init(to server: PostgreSQLServer, until deadline: Deadline) throws(StoreFailure) {
            let parameters = Array(server.parameters)
            let connection = withCStrings(parameters.map(\.key)) { names in
                withCStrings(parameters.map(\.value)) { PQconnectStartParams(names, $0, 0) }
            }
            guard let connection else { throw .connectionLost("out of memory") }
            handle = connection
            // A code in place of a text, which could hold names of users and values.
            PQsetErrorVerbosity(handle, PQERRORS_SQLSTATE)
            // libpq would print notices on the standard error.
            PQsetNoticeReceiver(handle, { _, _ in }, nil)
            var state = PQstatus(handle) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING
            while state != PGRES_POLLING_OK {
                switch state {
                case PGRES_POLLING_READING: try wait(for: POLLIN, until: deadline)
                case PGRES_POLLING_WRITING: try wait(for: POLLOUT, until: deadline)
                default: throw .connectionLost(connectionError(hiding: server.parameters["password"]))
                }
                state = PQconnectPoll(handle)
            }
            guard PQsetnonblocking(handle, 1) == 0 else { throw .connectionLost("libpq cannot work without blocking") }
        }

        deinit {
            PQfinish(handle)
        }

        /// Runs one statement with parameters, and returns its rows.
        func run(
            _ statement: String, _ parameters: [String?] = [], until deadline: Deadline
        ) throws(StoreFailure) -> [[String]] {
            // Without a prepared statement, so that a pooler between us may change the connection after each one.
            let sent = withCStrings(parameters) {
                PQsendQueryParams(handle, statement, Int32(parameters.count), nil, $0, nil, nil, 0)
            }
            return try answer(to: sent, until: deadline)
        }

        /// Runs several statements as one transaction.
        func run(script: String, until deadline: Deadline) throws(StoreFailure) {
            _ = try answer(to: PQsendQuery(handle, script), until: deadline)
        }

        private func answer(to sent: Int32, until deadline: Deadline) throws(StoreFailure) -> [[String]] {
            guard sent == 1 else { throw lost() }
            try flush(until: deadline)
            var rows: [[String]] = []
            var failure: StoreFailure?
            while let result = try nextResult(until: deadline) {
                defer { PQclear(result) }
                switch PQresultStatus(result) {
                case PGRES_TUPLES_OK: rows = Self.rows(of: result)
                case PGRES_COMMAND_OK: break
                default: failure = failure ?? self.failure(of: result)
                }
            }
            if let failure { throw failure }
            guard PQstatus(handle) == CONNECTION_OK else { throw lost() }
            return rows
        }

        private func flush(until deadline: Deadline) throws(StoreFailure) {
            while true {
                switch PQflush(handle) {
                case 0: return
                case 1:
                    // The server may have to send before it reads on.
                    let ready = try wait(for: POLLIN | POLLOUT, until: deadline)
                    if ready & Int16(POLLIN) != 0, PQconsumeInput(handle) == 0 { throw lost() }
                default: throw lost()
                }
            }
        }

        private func nextResult(until deadline: Deadline) throws(StoreFailure) -> OpaquePointer? {
            while PQisBusy(handle) == 1 {
                try wait(for: POLLIN, until: deadline)
                guard PQconsumeInput(handle) == 1 else { throw lost() }
            }
            return PQgetResult(handle)
        }

        @discardableResult
        private func wait(for events: Int32, until deadline: Deadline) throws(StoreFailure) -> Int16 {
            while true {
                let left = deadline - .now
                guard left > .zero else { throw .timedOut }
                var descriptor = pollfd(fd: PQsocket(handle), events: Int16(events), revents: 0)
                let milliseconds = min(max(left / .milliseconds(1), 1), 60_000)
                let ready = poll(&descriptor, 1, Int32(milliseconds.rounded(.up)))
                if ready > 0 { return descriptor.revents }
                if ready < 0, errno != EINTR { throw .connectionLost("the socket cannot be polled") }
            }
        }

        private static func rows(of result: OpaquePointer) -> [[String]] {
            (0..<PQntuples(result)).map { row in
                (0..<PQnfields(result)).map { column in
                    PQgetvalue(result, row, column).map { String(cString: $0) } ?? ""
                }
            }
        }

        // MARK: Failures

        private func lost() -> StoreFailure { .connectionLost("the connection was lost") }

        private func failure(of result: OpaquePointer) -> StoreFailure {
            // PG_DIAG_SQLSTATE
            guard let text = PQresultErrorField(result, Int32(UInt8(ascii: "C"))) else { return lost() }
            let state = String(cString: text)
            let reason = Self.reason(state)
            // After a failover the server of this connection may be the standby.
            let isUseless = PQstatus(handle) != CONNECTION_OK || ["25006", "57P01", "57P02", "57P03"].contains(state)
            return isUseless ? .connectionLost(reason) : .refused(reason)
        }

        /// Why libpq could not connect. A code of the server is at the end of its text, after the address.
        private func connectionError(hiding password: String?) -> String {
            let lines = String(cString: PQerrorMessage(handle)).split(whereSeparator: \.isNewline)
            let text = lines.map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
                .joined(separator: "; ")
            let code = text.split(separator: " ").last.map(String.init) ?? ""
            if code.utf8.count == 5, code.utf8.allSatisfy({ 0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 }) {
                return text.dropLast(5) + Self.reason(code)
            }
            // libpq does not show it; this is in case a later one does.
            if let password, text.contains(password) { return "libpq cannot connect" }
            return String(text.prefix(400))
        }

        /// What an operator does about a code of the server (PostgreSQL, appendix A).
        private static func reason(_ state: String) -> String {
            let text =
                switch state {
                case "28P01", "28000": "the server refuses the user, the password, or a connection without TLS"
                case "3D000": "the database does not exist"
                case "42P01", "3F000": "the table does not exist: run migrate() of PostgreSQLStore"
                case "42703", "42804", "42P10": "the table has other columns than those of PostgreSQLStore.migration"
                case "42501": "the user may not do this: grant SELECT, INSERT, UPDATE and DELETE on the table"
                case "25006": "the server is read-only, as a standby is"
                case "53100": "the server's disk is full"
                case "53300": "the server has no free connection: raise max_connections, or lower maximumConnections"
                case "57014": "the server ended the statement, because it took too long"
                case "57P01", "57P02", "57P03": "the server starts or stops"
                case "08P01": "the server or a pooler refuses a setting of the session, maybe `options`"
                default: "the server refused the operation"
                }
            return "\(text) (SQLSTATE \(state))"
        }
    }

    /// Calls `body` with strings of C, and a null pointer for nil and at the end.
    private func withCStrings<Value>(
        _ strings: [String?], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Value
    ) -> Value {
        let copies = strings.map { $0.flatMap { strdup($0) } }
        defer { for copy in copies { free(copy) } }
        return (copies.map { $0.map { UnsafePointer($0) } } + [nil]).withUnsafeBufferPointer { body($0.baseAddress) }
    }
#endif
