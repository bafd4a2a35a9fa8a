#if PostgreSQL
    internal import CLibPQ
    internal import ItsmeRP

    #if canImport(Darwin)
        import Darwin
    #elseif canImport(Musl)
        import Musl
    #else
        import Glibc
    #endif

    /// A server that a URL names, with libpq's parameters for it.
    struct PostgreSQLServer: Sendable {
        /// Host and port, or the folder of the socket; never a user or a password.
        let name: String
        let parameters: [String: String]
        /// The mode of TLS if it is weaker than what a remote server needs: nobody may know who answers.
        let weakTLSMode: String?

        private static let modes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]
        /// Where systems keep the certificate authorities that they trust.
        private static let systemAuthorities = [
            "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem",
        ]

        /// Reads a URL.
        ///
        /// - Parameters:
        ///   - url: `postgresql://USER:PASSWORD@HOST:PORT/DATABASE?PARAMETERS`; it may name several hosts.
        ///   - trustedCertificates: A PEM file, in place of the system's certificate authorities.
        ///   - timeout: The time for one operation.
        static func servers(
            of url: String, trustedCertificates: String?, timeout: Duration
        ) throws(ItsmeError) -> [PostgreSQLServer] {
            if let trustedCertificates, access(trustedCertificates, R_OK) != 0 {
                throw .invalidConfiguration(
                    "the file of trusted certificates cannot be read", remedy: "Check the path and the permissions.",
                    field: "trustedCertificates")
            }
            var common = try parameters(of: url)
            guard common["service"] == nil else {
                throw invalid("it names a service of libpq's own file", "Write the host into the URL.")
            }
            if let mode = common["sslmode"], !modes.contains(mode) {
                throw invalid("its sslmode is none of libpq's", "Use verify-full.")
            }
            let defaults = defaultParameters()
            let hosts = list(common["host"] ?? defaults["host"])
            let addresses = list(common["hostaddr"] ?? defaults["hostaddr"])
            let ports = list(common["port"] ?? defaults["port"])
            let count = max(hosts.count, addresses.count, 1)
            guard [0, count].contains(hosts.count), [0, count].contains(addresses.count),
                [0, 1, count].contains(ports.count)
            else {
                throw invalid("the numbers of its hosts and ports differ", "Give each host its port, or one for all.")
            }
            guard ports.allSatisfy({ UInt16($0).map { $0 > 0 } ?? $0.isEmpty }) else {
                throw invalid("a port is not a number from 1 to 65535", "Write it after the host: HOST:5432.")
            }
            for name in ["host", "hostaddr", "port"] { common[name] = nil }
            for (name, value) in ours(timeout: timeout) where common[name] == nil { common[name] = value }
            common["options"] = options(timeout: timeout, with: common["options"])

            var servers: [PostgreSQLServer] = []
            for index in 0..<count {
                servers.append(
                    server(
                        host: hosts.isEmpty ? "" : hosts[index], address: addresses.isEmpty ? "" : addresses[index],
                        port: ports.isEmpty ? "" : ports[ports.count == 1 ? 0 : index], common: common,
                        trustedCertificates: trustedCertificates))
            }
            return servers
        }

        private static func server(
            host: String, address: String, port: String, common: [String: String], trustedCertificates: String?
        ) -> PostgreSQLServer {
            var parameters = common
            parameters["host"] = host.isEmpty ? nil : host
            parameters["hostaddr"] = address.isEmpty ? nil : address
            parameters["port"] = port.isEmpty ? nil : port
            let isLocal = isLocal(address.isEmpty ? host : address)
            if parameters["sslmode"] == nil, !isLocal || trustedCertificates != nil {
                parameters["sslmode"] = "verify-full"
            }
            let mode = parameters["sslmode"] ?? "prefer"
            if let trustedCertificates {
                parameters["sslrootcert"] = trustedCertificates
            } else if mode.hasPrefix("verify-"), [nil, "system"].contains(parameters["sslrootcert"]) {
                // libpq before 16 does not know `system`.
                parameters["sslrootcert"] = systemAuthorities.first { access($0, R_OK) == 0 } ?? "system"
            }
            let place = host.isEmpty ? (address.isEmpty ? "the local socket" : address) : host
            return PostgreSQLServer(
                name: place + (place.hasPrefix("/") || port.isEmpty ? "" : ":" + port), parameters: parameters,
                weakTLSMode: isLocal || mode == "verify-full" ? nil : mode)
        }

        /// What a URL may set otherwise, apart from the last.
        private static func ours(timeout: Duration) -> [String: String] {
            [
                "fallback_application_name": "itsme", "client_encoding": "UTF8",
                // A peer that vanished is noticed also while nothing is sent, and data without an answer ends a connection.
                "keepalives": "1", "keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3",
                "tcp_user_timeout": "\(milliseconds(timeout))",
                // Kerberos would block, and no service asked for it.
                "gssencmode": "disable",
                // A standby cannot take a claim.
                "target_session_attrs": "read-write",
            ]
        }

        /// Settings of the session. The last one of a name counts, so those of the URL come first.
        private static func options(timeout: Duration, with others: String?) -> String {
            // The server gives up before the client does, so that no statement goes on that nobody waits for.
            let limit = max(milliseconds(timeout) * 9 / 10, 1)
            let ours = [
                "statement_timeout=\(limit)", "lock_timeout=0", "idle_in_transaction_session_timeout=\(limit)",
                // A claim that was answered survives a crash of the server.
                "synchronous_commit=on", #"default_transaction_isolation=read\ committed"#,
            ]
            return ([others].compactMap { $0 } + ours.map { "-c " + $0 }).joined(separator: " ")
        }

        private static func milliseconds(_ duration: Duration) -> Int {
            let milliseconds = duration / .milliseconds(1)
            return Int(min(max(milliseconds, 1), 1_000_000))
        }

        // MARK: libpq

        private static func parameters(of url: String) throws(ItsmeError) -> [String: String] {
            guard url.hasPrefix("postgresql://") || url.hasPrefix("postgres://"), !url.utf8.contains(0) else {
                throw invalid("it does not begin with postgresql://", example)
            }
            var message: UnsafeMutablePointer<CChar>?
            guard let options = PQconninfoParse(url, &message) else {
                let text = message.map { String(cString: $0) } ?? "out of memory"
                PQfreemem(message)
                // What follows a quotation mark or a colon is a part of the URL, maybe of its password.
                let rule = text.prefix { $0 != "\"" && $0 != ":" }.split(whereSeparator: \.isWhitespace)
                throw invalid("libpq refuses it: \(rule.joined(separator: " "))", example)
            }
            defer { PQconninfoFree(options) }
            return values(of: options)
        }

        private static let example =
            "Write postgresql://USER:PASSWORD@HOST:5432/DATABASE, with %40 for @ and %2F for / in user and password."

        /// libpq's own defaults, from variables such as `PGHOST`.
        private static func defaultParameters() -> [String: String] {
            guard let options = PQconndefaults() else { return [:] }
            defer { PQconninfoFree(options) }
            return values(of: options)
        }

        private static func values(of options: UnsafeMutablePointer<PQconninfoOption>) -> [String: String] {
            var values: [String: String] = [:]
            var option = options
            while let keyword = option.pointee.keyword {
                if let value = option.pointee.val, value.pointee != 0 {
                    values[String(cString: keyword)] = String(cString: value)
                }
                option += 1
            }
            return values
        }

        private static func invalid(_ reason: String, _ remedy: String) -> ItsmeError {
            .invalidConfiguration("the URL of PostgreSQL is not valid: \(reason)", remedy: remedy, field: "url")
        }

        private static func list(_ text: String?) -> [String] {
            text.map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) } ?? []
        }

        /// Whether data stays on this machine: a Unix socket, or the loopback interface.
        private static func isLocal(_ host: String) -> Bool {
            if host.isEmpty || host.hasPrefix("/") || host.hasPrefix("@") { return true }
            if host == "localhost" || host == "::1" { return true }
            var address = in_addr()
            return inet_pton(AF_INET, host, &address) == 1 && UInt32(bigEndian: address.s_addr) >> 24 == 127
        }
    }
#endif
