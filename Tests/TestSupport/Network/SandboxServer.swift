import Foundation
import HTTPTypes
package import ItsmeRP
import Synchronization

/// Serves a handler, such as a sandbox, on loopback, and does to the requests for one endpoint what a test says.
package final class SandboxServer: Sendable {
    /// What a connection gets in place of the good answer, which is given to it. Afterwards the connection is closed.
    package typealias Fault = @Sendable (ServerConnection, _ good: [UInt8]) -> Void

    private final class Conduct: Sendable {
        struct State {
            var handler: (any HTTPHandler)?
            var acceptor: TLSAcceptor?
            var fault: (endpoint: String, fault: Fault)?
        }

        let state: Mutex<State>

        init(_ acceptor: TLSAcceptor?) { state = Mutex(State(acceptor: acceptor)) }
    }

    private let conduct: Conduct
    private let server: MisbehavingServer

    /// Listens; without an acceptor in plain http.
    package init(tls acceptor: TLSAcceptor? = nil) throws {
        let conduct = Conduct(acceptor)
        self.conduct = conduct
        server = try MisbehavingServer { connection in
            if let acceptor = conduct.state.withLock({ $0.acceptor }), !connection.startTLS(acceptor) { return }
            while let request = connection.readRequest() {
                let (handler, fault) = conduct.state.withLock { ($0.handler, $0.fault) }
                let answer = Self.answer(of: handler, to: request)
                if let fault, Self.endpoint(of: request) == fault.endpoint { return fault.fault(connection, answer) }
                connection.send(answer)
            }
        }
    }

    package var port: Int { server.port }

    /// The last components of the paths that were asked for so far.
    package var endpoints: [String] { server.requests.map(Self.endpoint) }

    /// Answers with `handler` from now on.
    package func serve(_ handler: any HTTPHandler) { conduct.state.withLock { $0.handler = handler } }

    /// Treats requests for the path that ends in `endpoint` in this way, and good answers to all others.
    package func misbehave(at endpoint: String, _ fault: @escaping Fault) {
        conduct.state.withLock { $0.fault = (endpoint, fault) }
    }

    /// Gives good answers only, and is there again.
    package func mend() {
        conduct.state.withLock { $0.fault = nil }
        server.setListening(true)
    }

    /// Is not there: closes all connections and refuses new ones.
    package func disappear() {
        server.setListening(false)
        server.closeConnections()
    }

    /// Closes all connections; new ones get another certificate.
    package func present(_ acceptor: TLSAcceptor) {
        conduct.state.withLock { $0.acceptor = acceptor }
        server.closeConnections()
    }

    package func stop() { server.stop() }

    private static func endpoint(of request: ServerConnection.Request) -> String {
        let target = request.line.split(separator: " ").dropFirst().first ?? ""
        return target.prefix { $0 != "?" }.split(separator: "/").last.map(String.init) ?? ""
    }

    private static func answer(of handler: (any HTTPHandler)?, to request: ServerConnection.Request) -> [UInt8] {
        let words = request.line.split(separator: " ").map(String.init)
        guard let handler, words.count == 3, let method = HTTPRequest.Method(words[0]) else {
            return Array("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n".utf8)
        }
        var fields = HTTPFields()
        for line in request.lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, let name = HTTPField.Name(String(parts[0])), parts[0].lowercased() != "host" else {
                continue
            }
            fields.append(HTTPField(name: name, value: parts[1].trimmingCharacters(in: .whitespaces)))
        }
        let message = HTTPRequest(
            method: method, scheme: nil, authority: request.values("host").first, path: words[1], headerFields: fields)
        let reply = Self.reply(of: handler, to: message, request.body)
        var head = "HTTP/1.1 \(reply.response.status.code) \(reply.response.status.reasonPhrase)\r\n"
        for field in reply.response.headerFields where field.name != .contentLength {
            head += "\(field.name.rawName): \(field.value)\r\n"
        }
        return Array("\(head)Content-Length: \(reply.body.count)\r\n\r\n".utf8) + reply.body
    }

    /// Holds up this thread, which is the connection's own, until the handler has answered.
    private static func reply(of handler: any HTTPHandler, to request: HTTPRequest, _ body: [UInt8]) -> HTTPReply {
        final class Slot: Sendable { let reply = Mutex(HTTPReply(response: HTTPResponse(status: .serviceUnavailable))) }
        let slot = Slot()
        let answered = DispatchSemaphore(value: 0)
        Task {
            let reply = await handler.respond(to: request, body: body)
            slot.reply.withLock { $0 = reply }
            answered.signal()
        }
        answered.wait()
        return slot.reply.withLock { $0 }
    }
}
