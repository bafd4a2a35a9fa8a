#if Hummingbird
    import Foundation
    import TestSupport
    import XCTest

    /// A client that sends bytes as it is told.
    final class RawClient {
        private let descriptor: CInt

        init(port: Int) throws {
            descriptor = try XCTUnwrap(MisbehavingServer.makeConnection(toPort: port))
            // A connection that the server closed is what many of these tests wait for.
            signal(SIGPIPE, SIG_IGN)
            var patience = timeval(tv_sec: 60, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        }

        deinit { close(descriptor) }

        /// False when the server has closed.
        @discardableResult
        func send(_ text: String) -> Bool {
            let bytes = Array(text.utf8)
            return write(descriptor, bytes, bytes.count) == bytes.count
        }

        /// Waits for bytes, and leaves them there.
        func waitForAnswer() -> Bool {
            var byte: UInt8 = 0
            return recv(descriptor, &byte, 1, CInt(MSG_PEEK)) == 1
        }

        /// Whether the server has closed, or has sent something: without waiting.
        var hasNews: Bool {
            var byte: UInt8 = 0
            return recv(descriptor, &byte, 1, CInt(MSG_PEEK) | CInt(MSG_DONTWAIT)) >= 0
                || (errno != EAGAIN && errno != EWOULDBLOCK)
        }

        /// What comes until the server closes; nil if it does not close for a minute.
        func readToTheEnd() -> [UInt8]? {
            var received: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = recv(descriptor, &buffer, buffer.count, 0)
                if count > 0 {
                    received += buffer[..<count]
                } else if count == 0 || errno == ECONNRESET {
                    return received
                } else if errno != EINTR {
                    return nil
                }
            }
        }

        /// The status of the next answer, of which everything that has come with it is taken; nil if there is none.
        func readStatus() -> Int? {
            var received: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while received.firstRange(of: Array("\r\n\r\n".utf8)) == nil {
                let count = recv(descriptor, &buffer, buffer.count, 0)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return nil }
                received += buffer[..<count]
            }
            lastHead = String(decoding: received, as: UTF8.self)
            return lastHead.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        }

        /// The answer that ``readStatus()`` read.
        private(set) var lastHead = ""
    }
#endif
