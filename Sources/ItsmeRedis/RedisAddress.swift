#if Redis
    package import ItsmeRP
    internal import WebFormats

    /// Where a server is and who asks, from a URL. It never prints the password.
    package struct RedisAddress: Sendable, CustomStringConvertible {
        package enum Place: Sendable, Equatable {
            /// A host as in a URL (an IPv6 address in brackets).
            case host(String, port: Int, isEncrypted: Bool)
            /// The path of a Unix socket.
            case socket(String)
        }

        package let place: Place
        /// Empty for the default user.
        package let user: String
        package let password: Secret<String>?
        package let database: Int

        /// Whether the connection is neither encrypted nor local.
        package var isExposed: Bool {
            guard case .host(let name, _, let isEncrypted) = place else { return false }
            return !isEncrypted && !name.isLoopbackHost
        }

        /// Host and port, or the path of the socket; safe to log.
        package var description: String {
            switch place {
            case .host(let name, let port, _): "\(name):\(port)"
            case .socket(let path): path
            }
        }

        /// Reads `redis://[user[:password]@]host[:port][/database]`, the same with `rediss`, or
        /// `unix://[user[:password]@]/path[?db=database]`. User and password are percent-encoded.
        package init(_ url: String) throws(ItsmeError) {
            guard let scheme = url.firstRange(of: "://") else { throw Self.wrongScheme }
            let rest = url[scheme.upperBound...]
            // An @ of a password is percent-encoded; if it is not, it must not become a part of the host.
            let at = rest.lastIndex(of: "@")
            (user, password) = try Self.credentials(rest[..<(at ?? rest.startIndex)])
            let location = at.map { rest[rest.index(after: $0)...] } ?? rest
            switch url[..<scheme.lowerBound].lowercased() {
            case "redis": (place, database) = try Self.server(location, isEncrypted: false)
            case "rediss": (place, database) = try Self.server(location, isEncrypted: true)
            case "unix": (place, database) = try Self.unixSocket(location)
            default: throw Self.wrongScheme
            }
        }

        // MARK: Parts

        /// `[user][:password]`. Without a colon it is a user, who then has no password.
        private static func credentials(_ text: Substring) throws(ItsmeError) -> (String, Secret<String>?) {
            let colon = text.firstIndex(of: ":")
            guard let user = decoded(text[..<(colon ?? text.endIndex)]),
                let password = decoded(colon.map { text[text.index(after: $0)...] } ?? ""),
                !(user + password).utf8.contains(0)
            else {
                throw invalid(
                    "the user or the password in the URL cannot be decoded",
                    "Percent-encode every character of them that is not a letter or a digit.")
            }
            guard user.isEmpty || !password.isEmpty else {
                throw invalid(
                    "the URL has a user without a password",
                    "Write user:password@, or :password@ for the default user.")
            }
            return (user, password.isEmpty ? nil : Secret(password))
        }

        /// `host[:port][/database]`.
        private static func server(_ text: Substring, isEncrypted: Bool) throws(ItsmeError) -> (Place, Int) {
            let slash = text.firstIndex(of: "/")
            let authority = text[..<(slash ?? text.endIndex)]
            let path = slash.map { text[text.index(after: $0)...] } ?? ""
            // The colons of an IPv6 address are in brackets.
            let bracket = authority.lastIndex(of: "]")
            let colon = authority[(bracket ?? authority.startIndex)...].firstIndex(of: ":")
            let host = authority[..<(colon ?? authority.endIndex)].lowercased()
            let port = colon.map { Self.number(authority[authority.index(after: $0)...]) } ?? 6379
            guard isHost(host), let port, (1...65_535).contains(port) else {
                throw invalid(
                    "the host or the port in the URL is not one",
                    "Write the host name or address, and after a colon the port (1 to 65535); percent-encode the password."
                )
            }
            return (.host(host, port: port, isEncrypted: isEncrypted), try database(path))
        }

        /// `/path[?db=database]`.
        private static func unixSocket(_ text: Substring) throws(ItsmeError) -> (Place, Int) {
            let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            let option = parts.count > 1 ? parts[1] : "db=0"
            // What `sockaddr_un` holds, with the zero at the end.
            guard let path = decoded(parts[0]), path.hasPrefix("/"), path.utf8.count <= 103,
                path.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }), option.hasPrefix("db=")
            else {
                throw invalid(
                    "the path of the Unix socket in the URL is not usable",
                    "Write unix:///path, at most 103 bytes, and if needed ?db= with the number of the database.")
            }
            return (.socket(path), try database(option.dropFirst(3)))
        }

        private static func database(_ text: Substring) throws(ItsmeError) -> Int {
            if text.isEmpty { return 0 }
            guard let database = number(text) else {
                throw invalid(
                    "the URL does not end with the number of a database",
                    "Write the number after the host, such as /0; settings of clients (after ?) are not read.")
            }
            return database
        }

        private static func number(_ text: Substring) -> Int? {
            guard (1...5).contains(text.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            return Int(text)
        }

        /// A name, an IPv4 address or an IPv6 address in brackets. Nothing else reaches libcurl as part of a URL.
        private static func isHost(_ host: String) -> Bool {
            if host.hasPrefix("["), host.hasSuffix("]") {
                let address = host.dropFirst().dropLast()
                return address.contains(":") && address.utf8.allSatisfy { "0123456789abcdef:.".utf8.contains($0) }
            }
            return (1...253).contains(host.utf8.count)
                && host.utf8.allSatisfy { "0123456789abcdefghijklmnopqrstuvwxyz-._".utf8.contains($0) }
        }

        /// Without percent-encoding; nil if it is not right. A plus sign stands for itself here, unlike in a form.
        private static func decoded(_ text: Substring) -> String? {
            FormEncoding.decodeComponent(Array(text.utf8.flatMap { $0 == 0x2B ? Array("%2B".utf8) : [$0] })[...])
        }

        // MARK: Errors

        private static var wrongScheme: ItsmeError {
            invalid(
                "the URL does not begin with redis://, rediss:// or unix://",
                "Write redis://host:port, rediss://host:port for TLS, or unix:///path for a Unix socket.")
        }

        private static func invalid(_ reason: String, _ remedy: String) -> ItsmeError {
            .invalidConfiguration(reason, remedy: remedy, field: "url")
        }
    }
#endif
