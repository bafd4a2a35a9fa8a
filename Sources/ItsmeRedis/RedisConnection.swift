#if Redis
    internal import ItsmeRP
    internal import StoreConnections

    /// A connection to a server, logged in, that asks one question at a time. One thread at a time uses it.
    ///
    /// After any ``StoreFailure`` but ``StoreFailure/refused(_:)`` it must not be used again: the answer may still come, and
    /// would be taken for the answer to the next question.
    final class RedisConnection {
        private let socket: CurlSocket
        private let reader: RedisReplyReader

        init(
            _ address: RedisAddress, _ files: CurlSocket.TLSFiles, until deadline: Deadline
        ) throws(StoreFailure) {
            reader = try RedisReplyReader()
            socket = try CurlSocket.connect(to: address.place, files, until: deadline)
            if let password = address.password?.exposedValue {
                let user = address.user.isEmpty ? [] : [address.user]
                _ = try ask(["AUTH"] + user + [password], until: deadline)
            }
            if address.database != 0 { _ = try ask(["SELECT", String(address.database)], until: deadline) }
        }

        /// Sends a command and returns its answer, which is never an error.
        func ask(_ command: [String], until deadline: Deadline) throws(StoreFailure) -> RedisReply {
            let name = command.first ?? ""
            // A server that refuses a connection or ends it says so before it is asked.
            if let bytes = try socket.receiveWithoutWaiting() {
                guard case .error(let text) = try reader.add(bytes) else {
                    throw .connectionLost("the server sent what it was not asked for")
                }
                throw .connectionLost(RedisRefusal(text, of: name).reason)
            }
            try socket.send(Self.encoded(command), until: deadline)
            while true {
                guard let reply = try reader.add(try socket.receive(until: deadline)) else { continue }
                guard case .error(let text) = reply else { return reply }
                let refusal = RedisRefusal(text, of: name)
                throw refusal.needsOtherConnection ? .connectionLost(refusal.reason) : .refused(refusal.reason)
            }
        }

        /// Whether the server may forget keys before they expire, because its memory is full; nil if it does not tell.
        func mayEvict(until deadline: Deadline) throws(StoreFailure) -> Bool? {
            let answer: RedisReply
            do throws(StoreFailure) {
                answer = try ask(["INFO", "memory"], until: deadline)
            } catch .refused {
                return nil
            }
            guard case .text(let text) = answer else { return nil }
            let lines = text.split(whereSeparator: \.isNewline)
            func value(_ name: String) -> Substring? {
                lines.first { $0.hasPrefix(name + ":") }?.dropFirst(name.count + 1)
            }
            guard let limit = value("maxmemory"), let policy = value("maxmemory_policy") else { return nil }
            return limit != "0" && policy != "noeviction"
        }

        /// A command as a list of strings, each after its length in bytes, so that nothing in it can be taken for another.
        private static func encoded(_ command: [String]) -> [UInt8] {
            var bytes = Array("*\(command.count)\r\n".utf8)
            for part in command { bytes += Array("$\(part.utf8.count)\r\n".utf8) + Array(part.utf8) + [0x0D, 0x0A] }
            return bytes
        }
    }
#endif
