import HTTPTypes
import ItsmeRP
import JOSE

// What of a request, and of the registration that it is held against, is said beside a refusal.

extension SandboxRefusal {
    /// Adds what an authorization request said, `parameters` being what a request object made of it.
    mutating func add(_ query: FormParameters?, _ parameters: RequestParameters?, core: SandboxCore) {
        guard let query else { return }
        var sent: [Value] = []
        for name in ["client_id", "redirect_uri", "response_type", "scope", "acr_values", "code_challenge_method"] {
            guard let text = parameters?[name] ?? query[name] else { continue }
            sent.append(Value(name, text))
        }
        if let uri = query["request_uri"] { sent.append(Value("request_uri", uri)) }
        if query["request"] != nil { sent.append(Value("request", "a request object by value")) }
        add(sent: sent)
        guard let client = registration(core) else { return }
        var expected = [
            Value("redirect_uris", client.redirectURIs),
            Value("services", client.services.map { "service:\($0.code) (\($0.kind.rawValue))" }),
        ]
        if !client.requestURIs.isEmpty { expected.append(Value("request_uris", client.requestURIs)) }
        if client.requiresPKCE { expected.append(Value("code_challenge_method", "S256")) }
        if query["request"] != nil || query["request_uri"] != nil {
            expected.append(Value("aud of the request object", core.profile.requestObjectAudience(core.endpoints)))
        }
        add(expected: expected + Self.keys(of: client))
    }

    /// Adds what a request to another endpoint said, `form` being its body where it has one.
    mutating func add(_ request: HTTPRequest, _ form: FormParameters?, core: SandboxCore) {
        let path = (request.path ?? "/").prefix { $0 != "?" }
        var sent = [Value("endpoint", "\(request.method.rawValue) \(path)")]
        guard let form else {
            add(sent: sent)
            return
        }
        for name in ["client_id", "grant_type", "redirect_uri", "client_assertion_type"] {
            if let text = form[name] { sent.append(Value(name, text)) }
        }
        let methods = [
            ("client_assertion", form["client_assertion"] != nil), ("client_secret", form["client_secret"] != nil),
            ("Authorization header", request.headerFields[.authorization] != nil),
        ]
        sent.append(Value("authentication", methods.filter(\.1).map(\.0)))
        if let header = form["client_assertion"].flatMap(Self.header) {
            sent.append(Value("client_assertion alg", header.algorithm))
            if let keyID = header.keyID { sent.append(Value("client_assertion kid", keyID)) }
        }
        add(sent: sent)
        guard let client = registration(core, named: form["client_id"]) else { return }
        add(
            expected: [
                Value("client_id", client.clientID),
                Value(
                    "token_endpoint_auth_method", client.secret == nil ? "private_key_jwt" : "client_secret_post"),
                Value("redirect_uris", client.redirectURIs),
            ] + Self.keys(of: client))
    }

    /// The client that is named; when there is none of that id, adds those that there are.
    private mutating func registration(_ core: SandboxCore, named clientID: String? = nil) -> ClientRegistration? {
        if let client = (self.clientID ?? clientID).flatMap(core.client) { return client }
        add(expected: [Value("client_id", core.clientIDs)])
        return nil
    }

    private static func keys(of client: ClientRegistration) -> [Value] {
        switch client.keys {
        case .jwksURI(let uri): [Value("jwks_uri", uri)]
        case .inline(let set): [Value("kids of jwks", set.keys.compactMap(\.keyID))]
        case .none: []
        }
    }

    /// The header of the outermost token.
    private static func header(_ token: String) -> JOSEHeader? {
        switch CompactShape(token) {
        case .signed: try? JWS(token).header
        case .encrypted: try? JWE(token).header
        case nil: nil
        }
    }
}
