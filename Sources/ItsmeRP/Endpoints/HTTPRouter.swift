public import HTTPTypes

/// Several handlers behind one, chosen by path.
///
/// ```swift
/// let router = HTTPRouter(login.routes.merging([
///     "/.well-known/jwks.json": try JWKSetEndpoint(keys),
///     "/itsme/request/*": RequestObjectEndpoint(store),
/// ]) { first, _ in first })
/// ```
///
/// A route is compared octet by octet with the path of the request, without its query: no escape is decoded and no dot
/// segment resolved, so a path has one spelling. A route that ends in `/*` takes exactly one more segment, which is not
/// empty. Everything else is 404.
public struct HTTPRouter: HTTPHandler {
    /// By octets: strings that look the same may be equal in Swift and are different paths.
    private let routes: [[UInt8]: any HTTPHandler]
    private let families: [[UInt8]: any HTTPHandler]

    /// Makes a router of paths and their handlers.
    public init(_ routes: [String: any HTTPHandler]) {
        var exact: [[UInt8]: any HTTPHandler] = [:]
        var families: [[UInt8]: any HTTPHandler] = [:]
        for (path, handler) in routes {
            if path.hasSuffix("/*") {
                families[Array(path.utf8.dropLast())] = handler
            } else {
                exact[Array(path.utf8)] = handler
            }
        }
        self.routes = exact
        self.families = families
    }

    /// Lets the handler of the request's path answer; 404 when there is none.
    public func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
        guard let handler = handler(for: Array(request.pathWithoutQuery.utf8)) else { return .notFound }
        return await handler.respond(to: request, body: body)
    }

    private func handler(for path: [UInt8]) -> (any HTTPHandler)? {
        if let handler = routes[path] { return handler }
        guard let slash = path.lastIndex(of: 0x2F), slash < path.count - 1 else { return nil }
        return families[Array(path[...slash])]
    }
}
