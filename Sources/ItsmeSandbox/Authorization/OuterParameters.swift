import HTTPTypes
import JOSE

extension Sandbox {
    /// Checks what an authorization request says outside of its request object, for a tool that cannot open that.
    ///
    /// - Parameter query: The query of the authorization URL, in percent-encoding.
    package func checksOutsideRequestObject(_ query: String) -> [RecordedRequest.Check] {
        let request = HTTPRequest(method: .get, scheme: nil, authority: nil, path: nil)
        let recording = Recording(
            RecordedRequest(id: 0, endpoint: .authorization, request, url: "", body: [], startedAt: core.now))
        Recording.$current.withValue(recording) {
            do throws(SandboxRefusal) {
                try checkOutsideRequestObject(Array(query.utf8))
            } catch {
                Recording.fail(error)
            }
        }
        return recording.notes.request.checks
    }

    private func checkOutsideRequestObject(_ query: [UInt8]) throws(SandboxRefusal) {
        let outer = try require(
            try? FormParameters(query, reading: RequestParameters.queryNames), .authorizationQuery)
        try require(outer.firstRepeated == nil, .parameterRepeated)
        try require(outer["request"] == nil || outer["request_uri"] == nil, .requestAndRequestURI)
        let clientID = try require(outer["client_id"], .clientIDMissing)
        let client = try require(core.client(clientID), .clientIDUnknown)
        guard let nothing = try? JSON(parsing: "{}") else { return }
        let parameters = try RequestParameters(query: outer, requestObject: nothing)
        try AuthorizationRequest.checkResponse(parameters)
        let scopes = parameters.words("scope")
        // The request object may name the service instead.
        if scopes != ["openid"] { _ = try AuthorizationRequest.service(scopes, client: client) }
    }
}
