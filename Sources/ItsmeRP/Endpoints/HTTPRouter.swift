public import HTTPTypes

/// A handler that chooses among several handlers by path.
///
/// ```swift
/// let router = HTTPRouter(login.routes.merging([
///     "/.well-known/jwks.json": try JWKSetEndpoint(keys),
///     "/itsme/request/*": RequestObjectEndpoint(store),
/// ]) { first, _ in first })
/// ```
///
/// A route is compared byte by byte with the path of the request, without the query. Nothing is decoded and no dot
/// segment is resolved, so each path has one spelling. A route that ends in `/*` matches exactly one more segment,
/// which is not empty. Everything else is 404.
public struct HTTPRouter: HTTPHandler {
    /// Keys are bytes, because Swift strings may be equal although their bytes, and so the paths, differ.
    private let routes: [[UInt8]: any HTTPHandler]
    private let families: [[UInt8]: any HTTPHandler]

    /// Makes a router from paths and their handlers.
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

    /// Calls the handler for the request's path; 404 if there is none.
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
