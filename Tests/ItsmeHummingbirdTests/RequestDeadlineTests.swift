#if Hummingbird
    import HTTPTypes
    import ItsmeHummingbird
    import NIOCore
    import NIOEmbedded
    import NIOHTTPTypes
    import XCTest

    /// The time that a client has, with a clock that the test moves.
    final class RequestDeadlineTests: XCTestCase {
        /// In place of TLS and HTTP: `h` is a header, `b` a portion of a body, `e` the end, other bytes are half of something.
        private final class Decoder: ChannelInboundHandler {
            typealias InboundIn = ByteBuffer
            typealias InboundOut = HTTPRequestPart

            func channelRead(context: ChannelHandlerContext, data: NIOAny) {
                let bytes = unwrapInboundIn(data)
                for byte in bytes.readableBytesView {
                    let part: HTTPRequestPart? =
                        switch byte {
                        case UInt8(ascii: "h"):
                            .head(HTTPRequest(method: .post, scheme: nil, authority: nil, path: "/"))
                        case UInt8(ascii: "b"): .body(bytes)
                        case UInt8(ascii: "e"): .end(nil)
                        default: nil
                        }
                    if let part { context.fireChannelRead(wrapInboundOut(part)) }
                }
            }
        }

        private let limits = ServerLimits(requestTimeout: .seconds(30), idleTimeout: .seconds(60))

        private func connection() throws -> EmbeddedChannel {
            let channel = EmbeddedChannel()
            try channel.pipeline.syncOperations.addHandlers([ConnectionDeadline(limits), Decoder()])
            try channel.pipeline.syncOperations.addHandler(RequestDeadline(limits))
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
            return channel
        }

        private func assertIsOpen(
            _ channel: EmbeddedChannel, after seconds: Int64, file: StaticString = #filePath, line: UInt = #line
        ) {
            channel.embeddedEventLoop.advanceTime(by: .seconds(seconds))
            XCTAssertTrue(channel.isActive, "was closed", file: file, line: line)
        }

        private func assertIsClosed(
            _ channel: EmbeddedChannel, after seconds: Int64, file: StaticString = #filePath, line: UInt = #line
        ) {
            channel.embeddedEventLoop.advanceTime(by: .seconds(seconds))
            XCTAssertFalse(channel.isActive, "was not closed", file: file, line: line)
        }

        private func receive(_ text: String, _ channel: EmbeddedChannel) throws {
            try channel.writeInbound(ByteBuffer(string: text))
        }

        private func answer(_ channel: EmbeddedChannel, isTaken: Bool = true) {
            channel.write(HTTPResponsePart.head(HTTPResponse(status: .ok)), promise: nil)
            channel.write(HTTPResponsePart.end(nil), promise: nil)
            if isTaken { channel.flush() }
        }

        func testAConnectionWithoutAWordIsClosed() throws {
            let channel = try connection()
            assertIsOpen(channel, after: 29)
            assertIsClosed(channel, after: 1)
        }

        func testAHeaderThatTricklesIsClosedAtTheTotalDeadline() throws {
            let channel = try connection()
            for _ in 0..<29 {
                try receive("x", channel)
                assertIsOpen(channel, after: 1)
            }
            try receive("x", channel)
            assertIsClosed(channel, after: 1)
        }

        func testABodyThatTricklesIsClosedAtTheTotalDeadlineWithAnError() throws {
            let channel = try connection()
            assertIsOpen(channel, after: 10)
            try receive("h", channel)
            for _ in 0..<19 {
                try receive("b", channel)
                assertIsOpen(channel, after: 1)
            }
            try receive("b", channel)
            assertIsClosed(channel, after: 1)
            // Otherwise half a body would be taken for a whole one.
            XCTAssertThrowsError(try channel.throwIfErrorCaught()) {
                XCTAssertTrue($0 is RequestDeadline.TimeIsOver, "\($0)")
            }
        }

        func testTheHandlerMayTakeItsTime() throws {
            let channel = try connection()
            try receive("hbe", channel)
            assertIsOpen(channel, after: 600)
            answer(channel)
            assertIsOpen(channel, after: 600)
        }

        func testTheTimeOfEveryRequestStartsWithItsFirstByte() throws {
            let channel = try connection()
            for _ in 0..<3 {
                try receive("x", channel)
                assertIsOpen(channel, after: 29)
                try receive("he", channel)
                answer(channel)
                assertIsOpen(channel, after: 59)
            }
            try receive("x", channel)
            assertIsOpen(channel, after: 29)
            assertIsClosed(channel, after: 1)
        }

        func testAnAnswerThatIsNotTakenIsClosed() throws {
            let channel = try connection()
            try receive("he", channel)
            answer(channel, isTaken: false)
            assertIsOpen(channel, after: 29)
            assertIsClosed(channel, after: 1)
        }

        func testWhatComesAfterARefusalHasTheSameDeadline() throws {
            let channel = try connection()
            try receive("h", channel)
            answer(channel)
            for _ in 0..<29 {
                try receive("b", channel)
                assertIsOpen(channel, after: 1)
            }
            assertIsClosed(channel, after: 1)

            let other = try connection()
            try receive("h", other)
            answer(other)
            try receive("be", other)
            assertIsOpen(other, after: 59)
            // The end of the refused request was seen, so this is the next one's first byte.
            try receive("x", other)
            assertIsOpen(other, after: 29)
            assertIsClosed(other, after: 1)
        }

        func testAPipelinedRequestHasItsOwnDeadline() throws {
            let channel = try connection()
            try receive("heh", channel)
            answer(channel)
            assertIsOpen(channel, after: 29)
            try receive("e", channel)
            answer(channel)
            assertIsOpen(channel, after: 59)
            try receive("heh", channel)
            answer(channel)
            assertIsClosed(channel, after: 30)
        }

        func testTheEndOfAnAnswerDoesNotEndTheDeadlineOfTheNext() throws {
            let channel = try connection()
            try receive("hehe", channel)
            answer(channel, isTaken: false)
            channel.write(HTTPResponsePart.head(HTTPResponse(status: .ok)), promise: nil)
            channel.flush()
            assertIsOpen(channel, after: 29)
            assertIsClosed(channel, after: 1)
        }

        func testMoreAnswersGiveNoMoreTimeToTakeTheFirst() throws {
            let channel = try connection()
            try receive("hehe", channel)
            answer(channel, isTaken: false)
            assertIsOpen(channel, after: 20)
            answer(channel, isTaken: false)
            assertIsOpen(channel, after: 9)
            assertIsClosed(channel, after: 1)
        }

        func testAnInterimAnswerHasNoEnd() throws {
            let channel = try connection()
            try receive("h", channel)
            channel.write(HTTPResponsePart.head(HTTPResponse(status: .continue)), promise: nil)
            try receive("e", channel)
            answer(channel)
            assertIsOpen(channel, after: 600)
        }

        func testDurationsBeyondAnyClockAreTaken() throws {
            let endless = ServerLimits(
                requestTimeout: .seconds(Int64.max), idleTimeout: .seconds(Int64.max))
            let channel = EmbeddedChannel()
            try channel.pipeline.syncOperations.addHandlers([ConnectionDeadline(endless), Decoder()])
            try channel.pipeline.syncOperations.addHandler(RequestDeadline(endless))
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
            try receive("h", channel)
            assertIsOpen(channel, after: 86_399)
        }
    }
#endif
