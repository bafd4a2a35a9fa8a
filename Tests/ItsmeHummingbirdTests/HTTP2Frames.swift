#if Hummingbird
    import NIOCore
    import NIOPosix
    import NIOSSL

    /// Speaks HTTP/2 (RFC 9113) frame by frame, to send what no client would.
    enum HTTP2Frames {
        struct Frame: Sendable {
            let kind: UInt8
            let stream: UInt32
        }

        /// The greeting of a client, and a request for `/` whose body begins and does not end.
        static let halfARequest: [UInt8] =
            Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
            + frame(kind: 4, flags: 0, stream: 0, [])
            // HPACK (RFC 7541): POST, https and / of its table, then the authority.
            + frame(kind: 1, flags: 4, stream: 1, [0x83, 0x87, 0x84, 0x41, 1, UInt8(ascii: "a")])
            + frame(kind: 0, flags: 0, stream: 1, [1, 2, 3])

        private static func frame(kind: UInt8, flags: UInt8, stream: UInt8, _ payload: [UInt8]) -> [UInt8] {
            [0, 0, UInt8(payload.count), kind, flags, 0, 0, 0, stream] + payload
        }

        /// Sends `bytes` over TLS, and returns what comes up to the frame that `isLast`, or until the server closes.
        static func received(
            fromPort port: Int, sending bytes: [UInt8], isLast: @Sendable @escaping (Frame) -> Bool
        ) async throws -> [Frame] {
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.certificateVerification = .none
            configuration.applicationProtocols = ["h2"]
            let context = try NIOSSLContext(configuration: configuration)
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "127.0.0.1", port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: context, serverHostname: nil))
                        return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                    }
                }
            return try await channel.executeThenClose { inbound, outbound in
                try await outbound.write(ByteBuffer(bytes: bytes))
                var (buffer, frames) = (ByteBuffer(), [Frame]())
                for try await part in inbound {
                    buffer.writeImmutableBuffer(part)
                    while let header = buffer.getBytes(at: buffer.readerIndex, length: 9) {
                        let size = header[..<3].reduce(0) { $0 << 8 | Int($1) }
                        guard buffer.readableBytes >= 9 + size else { break }
                        buffer.moveReaderIndex(forwardBy: 9 + size)
                        frames.append(
                            Frame(kind: header[3], stream: header[5...].reduce(0) { $0 << 8 | UInt32($1) }))
                        if let last = frames.last, isLast(last) { return frames }
                    }
                }
                return frames
            }
        }
    }
#endif
