#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension ServerConnection {
    /// The next command of a client of Redis; nil when the peer has closed.
    package func readCommand() -> [String]? {
        guard let count = readNumber(after: "*") else { return nil }
        var parts: [String] = []
        for _ in 0..<count {
            guard let size = readNumber(after: "$") else { return nil }
            while buffer.count < size + 2 { guard fill() else { return nil } }
            parts.append(String(decoding: buffer[..<size], as: UTF8.self))
            buffer.removeFirst(size + 2)
        }
        return parts
    }

    /// Sends what comes from now on without waiting until the peer has acknowledged what came before.
    package func setNoDelay() {
        var value: CInt = 1
        setsockopt(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &value, socklen_t(MemoryLayout<CInt>.size))
    }

    private func readNumber(after mark: Character) -> Int? {
        while true {
            if let end = buffer.firstRange(of: Array("\r\n".utf8)) {
                let line = String(decoding: buffer[..<end.lowerBound], as: UTF8.self)
                buffer.removeFirst(end.upperBound)
                return line.first == mark ? Int(line.dropFirst()) : nil
            }
            guard fill() else { return nil }
        }
    }
}
