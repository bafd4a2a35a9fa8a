import CCurl

/// The sockets of libcurl's connections, for a look at a kept one before a request goes out on it.
///
/// libcurl looks as well, but its releases before 8.2 take a TLS connection for good whose end the server has announced
/// (`close_notify`): nginx does that to all connections when it reloads, and a request on one would be lost. Used by the
/// loop's thread only.
final class CurlSockets {
    /// How libcurl names a connection.
    struct Connection: Hashable {
        let address: String
        let port: CInt
        let localPort: CInt
    }

    /// Those that no request has gone out on yet.
    private var fresh: Set<curl_socket_t> = []
    private var known: [Connection: curl_socket_t] = [:]

    func opened(_ socket: curl_socket_t) {
        fresh.insert(socket)
    }

    /// Whether a request may go out on a connection: not when something came in on it that nobody waits for.
    func isUsable(_ connection: Connection) -> Bool {
        if let socket = fresh.first(where: { itsmerp_local_port($0) == connection.localPort }) {
            // What comes first on a new connection belongs to the handshake.
            fresh = fresh.filter { $0 != socket && itsmerp_local_port($0) > 0 }
            known[connection] = socket
            return true
        }
        // The number of a socket that was closed may be another's by now.
        guard let socket = known[connection], itsmerp_local_port(socket) == connection.localPort else { return true }
        return itsmerp_is_silent(socket)
    }
}
