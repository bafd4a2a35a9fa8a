import COpenSSLTLS
import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// One connection to a ``MisbehavingServer``, used by the one thread that serves it.
public final class ServerConnection: @unchecked Sendable {
    /// A request as it came.
    public struct Request: Sendable {
        /// Request line and header lines.
        public let lines: [String]
        /// As many bytes as `Content-Length` says.
        public let body: [UInt8]

        /// The request line.
        public var line: String { lines.first ?? "" }

        /// The values of the fields of this name.
        public func values(_ name: String) -> [String] {
            lines.dropFirst().compactMap { line in
                let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2, parts[0].lowercased() == name.lowercased() else { return nil }
                return parts[1].trimmingCharacters(in: .whitespaces)
            }
        }
    }

    /// The place of this connection among all that the server accepted, from 0.
    public let number: Int

    let descriptor: CInt
    private var tls: OpaquePointer?
    var buffer: [UInt8] = []
    private let record: @Sendable (Request) -> Void

    init(_ descriptor: CInt, number: Int, record: @escaping @Sendable (Request) -> Void) {
        self.descriptor = descriptor
        self.number = number
        self.record = record
    }

    /// False when the handshake fails.
    func startTLS(_ acceptor: TLSAcceptor) -> Bool {
        tls = SSL_new(acceptor.context)
        return SSL_set_fd(tls, descriptor) == 1 && SSL_accept(tls) == 1
    }

    /// The next request with its body; nil when the peer has closed.
    public func readRequest() -> Request? {
        let end = Array("\r\n\r\n".utf8)
        var head: Range<Int>?
        while true {
            head = buffer.firstRange(of: end)
            if head != nil { break }
            guard fill() else { return nil }
        }
        guard let head else { return nil }
        let lines = String(decoding: buffer[..<head.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        buffer.removeSubrange(..<head.upperBound)
        let size = Request(lines: lines, body: []).values("content-length").first.flatMap { Int($0) } ?? 0
        while buffer.count < size { guard fill() else { return nil } }
        let request = Request(lines: lines, body: Array(buffer[..<size]))
        buffer.removeSubrange(..<size)
        record(request)
        return request
    }

    /// Sends `text` as it is.
    public func send(_ text: String) { send(Array(text.utf8)) }

    /// Sends `bytes` as they are; stops when the peer is gone, and says so.
    @discardableResult
    public func send(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { bytes in
                tls.map { Int(SSL_write($0, bytes.baseAddress, CInt(clamping: bytes.count))) }
                    ?? write(descriptor, bytes.baseAddress, bytes.count)
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// A complete answer with a body.
    public func answer(_ body: String = "ok", status: String = "200 OK", header: String = "") {
        send("HTTP/1.1 \(status)\r\n\(header)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    /// Reads until the peer closes; false when it has not within the server's patience.
    public func waitUntilPeerCloses() -> Bool {
        while fill() { buffer.removeAll() }
        return isClosedByPeer
    }

    private(set) var isClosedByPeer = false

    /// Sends nothing any more, and goes on reading.
    package func halfClose() { shutdown(descriptor, CInt(SHUT_WR)) }

    /// Announces the end of the TLS connection, which stays open.
    package func sendCloseNotify() { SSL_shutdown(tls) }

    /// Makes the coming close a reset.
    public func resetOnClose() {
        var value = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &value, socklen_t(MemoryLayout<linger>.size))
    }

    /// Passes everything on between this connection and `port` on loopback until one side closes.
    public func relay(toPort port: Int) {
        guard let other = MisbehavingServer.makeConnection(toPort: port) else { return }
        defer { close(other) }
        let done = DispatchSemaphore(value: 0)
        let descriptor = descriptor
        Thread.detachNewThread {
            Self.copy(from: other, to: descriptor)
            done.signal()
        }
        if !buffer.isEmpty { _ = buffer.withUnsafeBytes { write(other, $0.baseAddress, $0.count) } }
        Self.copy(from: descriptor, to: other)
        done.wait()
    }

    private static func copy(from source: CInt, to target: CInt) {
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = read(source, &chunk, chunk.count)
            guard count > 0, write(target, chunk, count) == count else { break }
        }
        shutdown(source, CInt(SHUT_RDWR))
        shutdown(target, CInt(SHUT_RDWR))
    }

    /// Reads what comes next; false when the peer has closed.
    func fill() -> Bool {
        var chunk = [UInt8](repeating: 0, count: 16_384)
        let count = tls.map { Int(SSL_read($0, &chunk, CInt(chunk.count))) } ?? read(descriptor, &chunk, chunk.count)
        guard count > 0 else {
            isClosedByPeer = count == 0 || errno == ECONNRESET || tls != nil
            return false
        }
        buffer.append(contentsOf: chunk[..<count])
        return true
    }

    func end() {
        SSL_free(tls)
        close(descriptor)
    }
}
