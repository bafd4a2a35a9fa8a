#if Hummingbird
    package import NIOCore

    /// Closes a connection whose client sends a request too slowly.
    ///
    /// It is the first handler of a connection, so it sees bytes before TLS decrypts them. Hummingbird's idle timeout
    /// does not suffice: it restarts with every part of a request, and does not notice a slow header or TLS handshake.
    /// ``RequestDeadline`` tells it when a request begins and ends.
    ///
    /// Like all handlers of a channel, it runs on the channel's event loop only.
    package final class ConnectionDeadline: ChannelInboundHandler {
        package typealias InboundIn = ByteBuffer
        package typealias InboundOut = ByteBuffer

        private let requestTimeout: TimeAmount
        private let idleTimeout: TimeAmount
        private var context: ChannelHandlerContext?
        /// The number of requests in flight.
        private var requests = 0
        /// When the request that is being read must be complete; nil when none is.
        private var deadline: NIODeadline?
        private var timer: Scheduled<Void>?
        /// Whether the connection is HTTP/2, where bytes that belong to no request may come at any time.
        private var isMultiplexed = false

        package init(_ limits: ServerLimits) {
            requestTimeout = TimeAmount(limiting: limits.requestTimeout)
            idleTimeout = TimeAmount(limiting: limits.idleTimeout)
        }

        package func handlerAdded(context: ChannelHandlerContext) {
            self.context = context
            if context.channel.isActive { expectRequest() }
        }

        package func handlerRemoved(context: ChannelHandlerContext) {
            timer?.cancel()
            self.context = nil
        }

        package func channelActive(context: ChannelHandlerContext) {
            expectRequest()
            context.fireChannelActive()
        }

        package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            // Between two requests, a byte is the first one of the next request.
            if requests == 0, deadline == nil, !isMultiplexed { expectRequest() }
            context.fireChannelRead(data)
        }

        package func channelInactive(context: ChannelHandlerContext) {
            timer?.cancel()
            context.fireChannelInactive()
        }

        /// Returns when the request whose header was just read must be complete.
        func requestBegan(isMultiplexed: Bool, at now: NIODeadline) -> NIODeadline {
            let deadline = isMultiplexed ? nil : deadline
            self.isMultiplexed = isMultiplexed
            self.deadline = nil
            timer?.cancel()
            requests += 1
            return deadline ?? now + requestTimeout
        }

        func requestEnded() {
            requests -= 1
            // HTTP/1.1 has Hummingbird's idle timeout. Over HTTP/2, Hummingbird then sends GOAWAY and waits for the
            // client without a limit.
            if requests == 0, isMultiplexed { close(in: idleTimeout + requestTimeout) }
        }

        private func expectRequest() {
            guard let context else { return }
            deadline = context.eventLoop.now + requestTimeout
            close(in: requestTimeout)
        }

        private func close(in time: TimeAmount) {
            guard let context else { return }
            timer?.cancel()
            timer = context.eventLoop.assumeIsolated().scheduleTask(in: time) { context.close(promise: nil) }
        }
    }

    extension TimeAmount {
        /// Converts a duration, at most a day, so that a deadline cannot overflow.
        init(limiting duration: Duration) {
            self.init(max(.zero, min(duration, .seconds(86_400))))
        }
    }
#endif
