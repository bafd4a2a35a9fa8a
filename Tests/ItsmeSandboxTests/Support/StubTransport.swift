import HTTPTypes
import ItsmeRP
import Synchronization

/// A network of one page per URL, in memory; counts what was asked.
final class StubTransport: HTTPTransport {
    private struct State {
        var pages: [String: HTTPReply] = [:]
        var requests: [String] = []
        var last: (request: HTTPRequest, body: [UInt8])?
    }

    private let state = Mutex(State())

    /// The URLs requested so far.
    var requests: [String] { state.withLock { $0.requests } }

    /// The last request, whole.
    var lastRequest: (request: HTTPRequest, body: [UInt8])? { state.withLock { $0.last } }

    func serve(
        _ url: String, _ body: [UInt8], type: String = "application/json", status: HTTPResponse.Status = .ok,
        cacheControl: String? = nil
    ) {
        var response = HTTPResponse(status: status)
        response.headerFields[.contentType] = type
        response.headerFields[.cacheControl] = cacheControl
        let reply = HTTPReply(response: response, body: body)
        state.withLock { $0.pages[url] = reply }
    }

    /// Whether something is at a URL.
    func serves(_ url: String) -> Bool { state.withLock { $0.pages[url] != nil } }

    func remove(_ url: String) {
        state.withLock { $0.pages[url] = nil }
    }

    func send(_ request: HTTPRequest, body: [UInt8], limits: HTTPLimits) async throws -> HTTPReply {
        let url = "\(request.scheme ?? "")://\(request.authority ?? "")\(request.path ?? "")"
        let page = state.withLock { state in
            state.requests.append(url)
            state.last = (request, body)
            return state.pages[url]
        }
        guard let page else { throw HTTPTransportError(.connect, reason: "nothing is there") }
        return page
    }
}
