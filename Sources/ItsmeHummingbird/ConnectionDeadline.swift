#if Hummingbird
    package import NIOCore

    /// Closes a connection whose client takes too long over a request.
    ///
    /// It is the first handler of a connection and sees bytes, before TLS is undone: Hummingbird's idle timeout starts anew
    /// with every part of a request, and does not see a header or a handshake that trickles. ``RequestDeadline`` tells it
    /// when a request begins and ends.
    ///
    /// As all of a channel it lives on the channel's event loop.
    package final class ConnectionDeadline: ChannelInboundHandler {
        package typealias InboundIn = ByteBuffer
        package typealias InboundOut = ByteBuffer

        private let requestTimeout: TimeAmount
        private let idleTimeout: TimeAmount
        private var context: ChannelHandlerContext?
        /// Requests that have begun and are not over.
        private var requests = 0
        /// When the request that is on its way has to be whole; nil while none is.
        private var deadline: NIODeadline?
        private var timer: Scheduled<Void>?
        /// HTTP/2: other bytes than a request's come at any time.
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
            // Between two requests, the first byte is one of the next.
            if requests == 0, deadline == nil, !isMultiplexed { expectRequest() }
            context.fireChannelRead(data)
        }

        package func channelInactive(context: ChannelHandlerContext) {
            timer?.cancel()
            context.fireChannelInactive()
        }

        /// Says until when the request whose header has come has to be whole.
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
            // Over HTTP/1.1 the idle timeout is Hummingbird's. Over HTTP/2 Hummingbird says goodbye then, and waits for an
            // answer without end.
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
        /// At most a day, so that a deadline is a date that exists.
        init(limiting duration: Duration) {
            self.init(max(.zero, min(duration, .seconds(86_400))))
        }
    }
#endif
