#if Hummingbird
    import HTTPTypes
    package import NIOCore
    package import NIOHTTPTypes

    /// Closes a connection, or an HTTP/2 stream, when a client does not send its request or take the answer in time.
    ///
    /// Reading then ends with an error, so that a partial body never looks complete.
    package final class RequestDeadline: ChannelDuplexHandler, RemovableChannelHandler {
        package typealias InboundIn = HTTPRequestPart
        package typealias InboundOut = HTTPRequestPart
        package typealias OutboundIn = HTTPResponsePart
        package typealias OutboundOut = HTTPResponsePart

        /// ``ServerLimits/requestTimeout`` is over.
        package struct TimeIsOver: Error {}

        private let timeout: TimeAmount
        private var connection: ConnectionDeadline?
        private var isStream = false
        /// How many requests began, were read completely, were answered completely, and were reported as ended.
        private var (begun, read, answered, over) = (0, 0, 0, 0)
        /// How many answers began.
        private var answers = 0
        private var reading: Scheduled<Void>?
        private var writing: Scheduled<Void>?

        package init(_ limits: ServerLimits) {
            timeout = TimeAmount(limiting: limits.requestTimeout)
        }

        package func handlerAdded(context: ChannelHandlerContext) {
            connection = Self.connection(of: context.channel)
            if connection == nil, let parent = context.channel.parent {
                connection = Self.connection(of: parent)
                isStream = connection != nil
            }
        }

        private static func connection(of channel: any Channel) -> ConnectionDeadline? {
            // The only possible error is that the channel has none.
            try? channel.pipeline.syncOperations.handler(type: ConnectionDeadline.self)
        }

        package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head:
                begun += 1
                let now = context.eventLoop.now
                let deadline = connection?.requestBegan(isMultiplexed: isStream, at: now) ?? now + timeout
                reading?.cancel()
                reading = closing(context, at: deadline)
            case .body: break
            case .end:
                reading?.cancel()
                read += 1
                tellConnection()
            }
            context.fireChannelRead(data)
        }

        package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            switch unwrapOutboundIn(data) {
            case .head(let head):
                // The answers to pipelined requests follow each other: the first that is not taken has the deadline.
                if head.status.kind != .informational {
                    answers += 1
                    if answers == answered + 1 { expectTaking(context) }
                }
                context.write(data, promise: promise)
            case .body: context.write(data, promise: promise)
            case .end:
                let written = promise ?? context.eventLoop.makePromise()
                written.futureResult.assumeIsolated().whenComplete { _ in
                    self.writing?.cancel()
                    self.answered += 1
                    if self.answers > self.answered { self.expectTaking(context) }
                    self.tellConnection()
                }
                context.write(data, promise: written)
            }
        }

        package func channelInactive(context: ChannelHandlerContext) {
            end()
            context.fireChannelInactive()
        }

        package func handlerRemoved(context: ChannelHandlerContext) { end() }

        private func end() {
            reading?.cancel()
            writing?.cancel()
            (read, answered) = (begun, begun)
            tellConnection()
        }

        /// Reports ended requests: those that are both read completely and answered completely, in any order.
        private func tellConnection() {
            while over < min(read, answered) {
                over += 1
                connection?.requestEnded()
            }
        }

        private func expectTaking(_ context: ChannelHandlerContext) {
            writing = closing(context, at: context.eventLoop.now + timeout)
        }

        private func closing(_ context: ChannelHandlerContext, at deadline: NIODeadline) -> Scheduled<Void> {
            context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
                context.fireErrorCaught(TimeIsOver())
                context.close(promise: nil)
            }
        }
    }
#endif
