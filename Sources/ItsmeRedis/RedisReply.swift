#if Redis
    internal import CHiredis
    package import StoreConnections

    /// An answer of the server.
    package enum RedisReply: Sendable, Equatable {
        /// A value or a status.
        case text(String)
        case integer(Int)
        case none
        /// An error, with the server's own text, which may hold a value.
        case error(String)
    }

    /// Reads one answer after the other, with hiredis.
    package final class RedisReplyReader {
        /// The largest answer that is read: a value of 1 MiB with its version.
        private static let maximumSize = (1 << 20) + 1024

        private let reader: UnsafeMutablePointer<redisReader>
        private let functions: UnsafeMutablePointer<redisReplyObjectFunctions>
        /// Bytes of the present answer so far.
        private var size = 0

        package init() throws(StoreFailure) {
            guard let reader = redisReaderCreate(), let standard = reader.pointee.fn else {
                throw .connectionLost("there is no memory for hiredis")
            }
            self.reader = reader
            functions = .allocate(capacity: 1)
            functions.initialize(to: standard.pointee)
            // No command here is answered by a list, and a list takes memory as soon as its length is announced.
            functions.pointee.createArray = { _, _ in nil }
            reader.pointee.fn = functions
        }

        deinit {
            redisReaderFree(reader)
            functions.deallocate()
        }

        /// Adds bytes, and returns the answer if they complete it.
        ///
        /// - Throws: ``StoreFailure/connectionLost(_:)`` if the bytes are not exactly one answer, or too many.
        package func add(_ bytes: [UInt8]) throws(StoreFailure) -> RedisReply? {
            size += bytes.count
            guard size <= Self.maximumSize else { throw .connectionLost("the answer is larger than 1 MiB") }
            var answer: UnsafeMutableRawPointer?
            let code = bytes.withUnsafeBytes { bytes in
                let fed = redisReaderFeed(reader, bytes.baseAddress, bytes.count)
                return fed == REDIS_OK ? redisReaderGetReply(reader, &answer) : fed
            }
            guard code == REDIS_OK else { throw Self.notAnAnswer }
            guard let answer else { return nil }
            defer { freeReplyObject(answer) }
            guard reader.pointee.pos == reader.pointee.len else {
                throw .connectionLost("the server sent more than one answer")
            }
            size = 0
            return try Self.reply(answer.assumingMemoryBound(to: redisReply.self).pointee)
        }

        private static func reply(_ reply: redisReply) throws(StoreFailure) -> RedisReply {
            switch reply.type {
            case REDIS_REPLY_NIL: return .none
            case REDIS_REPLY_INTEGER: return .integer(Int(reply.integer))
            case REDIS_REPLY_STRING, REDIS_REPLY_STATUS, REDIS_REPLY_ERROR:
                let bytes = UnsafeRawBufferPointer(start: reply.str, count: Int(reply.len))
                guard let text = String(validating: bytes, as: UTF8.self) else { throw notAnAnswer }
                return reply.type == REDIS_REPLY_ERROR ? .error(text) : .text(text)
            default: throw notAnAnswer
            }
        }

        private static let notAnAnswer = StoreFailure.connectionLost(
            "the answer is not one of Redis: check the port, and rediss:// where it speaks TLS")
    }

    /// An error of the server in words that an operator can act on, without the server's own text.
    struct RedisRefusal {
        /// What is wrong and, where it is known, what to do.
        let reason: String
        /// Whether another connection may lead to a server that accepts the command.
        let needsOtherConnection: Bool

        init(_ text: String, of command: String) {
            let words = text.split(separator: " ", maxSplits: 100)
            // Redis 6 reports the error of a script as ERR, with the real one inside.
            let inside = words.first { $0.hasPrefix("-") && Self.meanings[String($0.dropFirst())] != nil }?.dropFirst()
            let first = words.first ?? ""
            let word = first == "ERR" ? inside ?? first : first
            let isWord = (1...20).contains(word.utf8.count) && word.utf8.allSatisfy { (0x41...0x5A).contains($0) }
            let meaning =
                Self.meanings[String(word)] ?? Self.plainErrors.first { text.contains($0.text) }?.meaning
                ?? Self.commands[command]
            reason =
                "it refused \(command) with \(isWord ? word : "an unknown error")" + (meaning.map { ": " + $0 } ?? "")
            needsOtherConnection = ["READONLY", "MASTERDOWN", "NOAUTH", "UNBLOCKED"].contains(word)
        }

        private static let meanings = [
            "ASK": redirect, "MOVED": redirect, "CROSSSLOT": redirect,
            "BUSY": "a script of another program runs on it",
            "CLUSTERDOWN": "its cluster is down",
            "DENIED": "it is in protected mode: give it a password, or bind it to the right address",
            "LOADING": "it has started and still reads its data",
            "MASTERDOWN": "it is a replica that has lost its primary: give the address of the primary",
            "MISCONF": "it cannot write to its disk",
            "NOAUTH": "it wants a password: put it into the URL",
            "NOPERM": "its user may not do this: allow +set +get +eval for the keys of the prefix",
            "NOREPLICAS": "too few of its replicas are there (min-replicas-to-write)",
            "OOM": "its memory is full (maxmemory)",
            "READONLY": "it is a replica: give the address of the primary",
            "WRONGPASS": "the user or the password in the URL is wrong, or the user is disabled",
        ]

        private static let redirect =
            "it is a node of Redis Cluster, whose redirections are not followed: use a server or a service that is not a cluster"

        private static let plainErrors = [
            (text: "max number of clients", meaning: "it has as many connections as it allows (maxclients)"),
            (
                text: "unknown command",
                meaning: "it does not know the command: Redis 6.0 or later, or Valkey, is needed"
            ),
            (text: "without any password configured", meaning: "it has no password: leave it out of the URL"),
        ]

        private static let commands = ["SELECT": "check the number of the database at the end of the URL"]
    }
#endif
