import HTTPTypes
import ItsmeRP
import JOSE
import WebFormats

/// The HTTP interface for tests in any language: JSON below `/sandbox/api`. SandboxHTTP.md of ItsmeRP.docc describes it.
///
/// No page of another origin can use it: it answers without CORS fields, takes bodies as `application/json` only, and
/// refuses requests that a browser sends for such a page.
struct APIEndpoint {
    private static let maximumSize = 256 << 10

    let core: SandboxCore

    /// - Parameter path: The path below `/sandbox/api`.
    func respond(to request: HTTPRequest, path: String, body: [UInt8]) async -> HTTPReply {
        do throws(APIError) {
            try checkOrigin(request)
            let (route, name) = try route(request.method, path)
            let json = try json(request, body, allowing: route.members)
            return try await route.run(APICall(core: core, name: name, body: json))
        } catch {
            return error.reply(at: core.endpoints)
        }
    }

    private func checkOrigin(_ request: HTTPRequest) throws(APIError) {
        let origin = SameOrigin(core.endpoints)
        guard origin.isForOwnHost(request) else {
            throw APIError(
                .forbidden, "foreign_host", "The request names another host than the sandbox's.",
                remedy: "Use the host of the issuer, or 127.0.0.1.")
        }
        guard origin.isFromOwnPage(request) else {
            throw APIError(
                .forbidden, "foreign_origin", "A page of another origin sent the request.",
                remedy: "Send it from a program, or from the sandbox's own pages.")
        }
    }

    private func route(_ method: HTTPRequest.Method, _ path: String) throws(APIError) -> (APIRoute, name: String) {
        let fitting = APIRoute.all.compactMap { route in route.name(in: path).map { (route, name: $0) } }
        guard !fitting.isEmpty else {
            let paths = Set(APIRoute.all.map(\.path)).sorted().joined(separator: ", ")
            throw APIError(
                .notFound, "unknown_path", "There is nothing at this path.",
                remedy: "Use one of these below /sandbox/api: \(paths).")
        }
        let wanted = method == .head ? .get : method
        guard let route = fitting.first(where: { $0.0.method == wanted }) else {
            let methods = fitting.map(\.0.method.rawValue).joined(separator: ", ")
            throw APIError(
                .methodNotAllowed, "method_not_allowed", "This path does not take the method.",
                remedy: "Use \(methods).", allow: methods)
        }
        return route
    }

    /// The body, an object with known members only. Where an operation takes no members there is none, or an empty object.
    private func json(
        _ request: HTTPRequest, _ body: [UInt8], allowing members: Set<String>
    ) throws(APIError) -> JSON? {
        // Browsers send POST without asking first only with other media types. They always ask before PUT and DELETE.
        guard [.get, .head, .delete].contains(request.method) || request.headerFields.mediaType == "application/json"
        else {
            throw APIError(
                .unsupportedMediaType, "media_type", "The body is not application/json.",
                remedy: "Send the field Content-Type: application/json.")
        }
        guard body.count <= Self.maximumSize else {
            throw APIError(.contentTooLarge, "too_large", "The body is too large.", remedy: "Send at most 256 KiB.")
        }
        guard !body.isEmpty else { return nil }
        let json: JSON
        do {
            json = try JSON(parsing: body)
        } catch {
            throw .invalid("The body is not JSON: \(error.reason).", remedy: "Send a JSON object.")
        }
        guard let given = json.members else { throw .invalid("The body is not an object.", remedy: "Send an object.") }
        // A registration is checked by its own reader.
        if !members.contains("*"), let unknown = given.first(where: { !members.contains($0.name) }) {
            let known =
                members.isEmpty ? "This path takes none." : "Known: \(members.sorted().joined(separator: ", "))."
            throw .invalid(
                "The member \(SandboxRefusal.Value("", unknown.name).text) is unknown.", remedy: "Remove it. \(known)")
        }
        return json
    }
}
