import FlyingFox
import FlyingSocks
import Foundation
import HTTPTypes
import ItsmeRP

/// Answers FlyingFox's requests with an `HTTPHandler` of ItsmeRP.
///
/// It limits the body and the time for it. FlyingFox 0.27 itself limits neither the size of the header nor the time for
/// it, nor the number of connections, and has no TLS. So a server that can be reached from the internet needs a proxy in
/// front that does. Of several `Cookie` lines FlyingFox keeps the last one only; browsers send one.
///
/// Use it with ``configuration(for:)``. With other settings FlyingFox may read the rest of a refused body as a request.
struct FlyingFoxAdapter: FlyingFox.HTTPHandler {
    /// Bytes of the body of a request; 413 for more. itsme and browsers send less.
    static let maximumBodySize = 16 << 10

    /// Time to receive the body; 408 afterwards.
    static let bodyTimeout: Duration = .seconds(30)

    let handler: any ItsmeRP.HTTPHandler

    /// The scheme that clients use: `https` behind a proxy that ends TLS. FlyingFox cannot know it.
    let scheme: String

    /// The server's settings that the adapter needs.
    static func configuration(for address: some SocketAddress) -> HTTPServer.Configuration {
        // The default logger prints; the library has its own. The timeout is for the body and the handler together.
        HTTPServer.Configuration(
            address: address, timeout: 60, sharedRequestReplaySize: 0, logger: .disabled)
    }

    func handleRequest(_ request: FlyingFox.HTTPRequest) async -> FlyingFox.HTTPResponse {
        let body: [UInt8]
        switch await Self.body(of: request) {
        case .complete(let bytes): body = bytes
        case .refused(let status): return Self.closing(status)
        }
        guard let method = HTTPTypes.HTTPRequest.Method(rawValue: request.method.rawValue) else {
            return Self.closing(.notImplemented)
        }
        // `target` is the path as it was sent. `path` is decoded, so it may be another path.
        var head = HTTPTypes.HTTPRequest(
            method: method, scheme: scheme, authority: request.headers[.host], path: request.target.rawValue)
        for (header, value) in request.headers where header != .host {
            guard let name = HTTPField.Name(header.rawValue) else { continue }
            head.headerFields.append(HTTPField(name: name, value: value))
        }
        return Self.response(await handler.respond(to: head, body: body), to: method)
    }

    // MARK: The body

    private enum Body {
        case complete([UInt8])
        case refused(HTTPStatusCode)
    }

    private static func body(of request: FlyingFox.HTTPRequest) async -> Body {
        let announced = request.headers[.contentLength].flatMap(Int.init)
        guard (announced ?? 0) <= maximumBodySize else { return .refused(.payloadTooLarge) }
        return await withTaskGroup(of: Body.self) { group in
            group.addTask {
                var bytes: [UInt8] = []
                do {
                    for try await part in request.bodySequence {
                        guard part.count <= maximumBodySize - bytes.count else { return .refused(.payloadTooLarge) }
                        bytes += part
                    }
                } catch {
                    return .refused(.badRequest)
                }
                // When the connection ends, so does the body, even if bytes are missing.
                return announced == nil || announced == bytes.count ? .complete(bytes) : .refused(.badRequest)
            }
            group.addTask {
                do {
                    try await Task.sleep(for: bodyTimeout)
                    return .refused(.requestTimeout)
                } catch {
                    return .refused(.badRequest)
                }
            }
            defer { group.cancelAll() }
            return await group.next() ?? .refused(.badRequest)
        }
    }

    // MARK: The answer

    private static func response(
        _ reply: HTTPReply, to method: HTTPTypes.HTTPRequest.Method
    ) -> FlyingFox.HTTPResponse {
        var headers = HTTPHeaders()
        for field in reply.response.headerFields {
            // The server frames the message, so these fields of the handler do not count.
            if [.connection, .transferEncoding, .contentLength].contains(field.name) { continue }
            // One line for each value: cookies must not be joined.
            headers.addValue(field.value, for: HTTPHeader(field.name.rawName))
        }
        headers[.contentLength] = String(reply.body.count)
        let status = reply.response.status
        return FlyingFox.HTTPResponse(
            statusCode: HTTPStatusCode(status.code, phrase: status.reasonPhrase), headers: headers,
            // A handler gets HEAD as HEAD, because it may act on a GET. The answer goes without its body.
            body: method == .head ? Data() : Data(reply.body))
    }

    /// An answer after which the connection is closed, because the rest of the request was not read. FlyingFox has no way
    /// to ask for that, but closes a connection on which it cannot send the body.
    private static func closing(_ status: HTTPStatusCode) -> FlyingFox.HTTPResponse {
        FlyingFox.HTTPResponse(
            statusCode: status, headers: [.contentLength: "0", .connection: "close"],
            body: HTTPBodySequence(from: UnsendableBody(), count: 0))
    }

    private struct UnsendableBody: AsyncBufferedSequence {
        typealias Element = UInt8

        struct Iterator: AsyncBufferedIteratorProtocol {
            func next() async throws -> UInt8? { throw SocketError.disconnected }
            func nextBuffer(suggested count: Int) async throws -> [UInt8]? { throw SocketError.disconnected }
        }

        func makeAsyncIterator() -> Iterator { Iterator() }
    }
}
