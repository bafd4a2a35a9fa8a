import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A server on loopback that does to each connection what a test says: well or badly, byte by byte.
///
/// One thread per connection. Keeps count of what reached it.
public final class MisbehavingServer: Sendable {
    /// No socket could be had.
    public struct Failure: Error {}

    private struct State {
        var isStopped = false
        var accepted = 0
        var open: [Int: CInt] = [:]
        var requests: [ServerConnection.Request] = []
    }

    /// Chosen by the system.
    public let port: Int

    private let listener: CInt
    private let state = Mutex(State())
    private let threads = DispatchGroup()

    /// Listens, and calls `behaviour` for each connection on a thread of its own; afterwards the connection is closed.
    public init(
        tls: TLSAcceptor? = nil, _ behaviour: @escaping @Sendable (ServerConnection) -> Void
    ) throws {
        signal(SIGPIPE, SIG_IGN)
        (listener, port) = try Self.makeListener()
        Thread.detachNewThread { [self, threads = Self.entered(threads)] in
            acceptAll(tls, behaviour)
            threads.leave()
        }
    }

    deinit {
        close(listener)
    }

    /// Answers every request with `answer`, and keeps connections open.
    public static func answering(
        tls: TLSAcceptor? = nil, _ answer: @escaping @Sendable (ServerConnection, ServerConnection.Request) -> Void
    ) throws -> MisbehavingServer {
        try MisbehavingServer(tls: tls) { connection in
            while let request = connection.readRequest() { answer(connection, request) }
        }
    }

    /// Connections accepted so far.
    public var accepted: Int { state.withLock { $0.accepted } }

    /// Connections that are open now.
    public var open: Int { state.withLock { $0.open.count } }

    /// Complete requests read so far.
    public var requests: [ServerConnection.Request] { state.withLock { $0.requests } }

    /// Refuses connections from now on, or accepts them again on the same port.
    package func setListening(_ isListening: Bool) {
        if isListening { listen(listener, 256) } else { shutdown(listener, CInt(SHUT_RD)) }
    }

    /// Closes the connections that are open now, and returns when their threads have noticed.
    package func closeConnections() {
        state.withLock { state in
            for descriptor in state.open.values { shutdown(descriptor, CInt(SHUT_RDWR)) }
        }
        while open > 0 { usleep(1000) }
    }

    /// Closes everything and returns when all threads have ended.
    public func stop() {
        state.withLock { state in
            state.isStopped = true
            for descriptor in state.open.values { shutdown(descriptor, CInt(SHUT_RDWR)) }
        }
        threads.wait()
    }

    private func acceptAll(_ tls: TLSAcceptor?, _ behaviour: @escaping @Sendable (ServerConnection) -> Void) {
        while !state.withLock({ $0.isStopped }) {
            var waiting = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, 20) > 0 else { continue }
            let descriptor = accept(listener, nil, nil)
            guard descriptor >= 0 else {
                // Not listening at the moment; polling would not wait.
                usleep(1000)
                continue
            }
            // Longer than any test waits, so that a thread never stays behind.
            var patience = timeval(tv_sec: 20, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
            setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
            let number: Int? = state.withLock { state in
                guard !state.isStopped else { return nil }
                state.open[state.accepted] = descriptor
                state.accepted += 1
                return state.accepted - 1
            }
            guard let number else {
                close(descriptor)
                return
            }
            let connection = ServerConnection(descriptor, number: number) { [self] request in
                state.withLock { $0.requests.append(request) }
            }
            Thread.detachNewThread { [self, threads = Self.entered(threads)] in
                if tls.map(connection.startTLS) ?? true { behaviour(connection) }
                state.withLock { state in
                    state.open[number] = nil
                    connection.end()
                }
                threads.leave()
            }
        }
    }

    private static func entered(_ group: DispatchGroup) -> DispatchGroup {
        group.enter()
        return group
    }

    // MARK: Sockets

    private static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private static func newSocket() -> CInt {
        #if canImport(Glibc)
            socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        #else
            socket(AF_INET, SOCK_STREAM, 0)
        #endif
    }

    private static func makeListener() throws -> (descriptor: CInt, port: Int) {
        // The system chooses a port for a first socket. A second one asks for that port by number, which it keeps also
        // while it is not listening.
        let chooser = newSocket()
        let descriptor = newSocket()
        defer { close(chooser) }
        for socket in [chooser, descriptor] {
            var value: CInt = 1
            setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &value, socklen_t(MemoryLayout<CInt>.size))
        }
        guard descriptor >= 0, let port = bound(chooser, to: 0), bound(descriptor, to: port) == port,
            listen(descriptor, 256) == 0
        else {
            close(descriptor)
            throw Failure()
        }
        return (descriptor, port)
    }

    /// The port that a socket has got; nil when it has none.
    private static func bound(_ descriptor: CInt, to port: Int) -> Int? {
        var address = loopback(port)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafeMutableBytes(of: &address) { bytes in
            guard let pointer = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                bind(descriptor, pointer, size) == 0, getsockname(descriptor, pointer, &size) == 0
            else { return nil }
            return Int(UInt16(bigEndian: bytes.load(fromByteOffset: 2, as: UInt16.self)))
        }
    }

    /// A port that nobody listens on at the moment.
    package static func unusedPort() -> Int? {
        let descriptor = newSocket()
        defer { close(descriptor) }
        return bound(descriptor, to: 0)
    }

    /// A connection to `port` on loopback, for clients without manners; nil when it fails.
    public static func makeConnection(toPort port: Int) -> CInt? {
        let descriptor = newSocket()
        var address = loopback(port)
        let code = withUnsafeBytes(of: &address) { bytes in
            bytes.baseAddress.map {
                connect(
                    descriptor, $0.assumingMemoryBound(to: sockaddr.self), socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else {
            close(descriptor)
            return nil
        }
        return descriptor
    }
}
