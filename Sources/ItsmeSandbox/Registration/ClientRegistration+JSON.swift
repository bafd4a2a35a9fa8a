public import JOSE

extension ClientRegistration {
    /// Reads a registration from a JSON file.
    ///
    /// The members have the names of OpenID Connect Dynamic Client Registration where it has one:
    ///
    /// ```json
    /// {
    ///   "client_id": "SHOP",
    ///   "token_endpoint_auth_method": "private_key_jwt",
    ///   "redirect_uris": ["https://shop.example/callback"],
    ///   "request_uris": ["https://shop.example:443/itsme/request"],
    ///   "services": [
    ///     {"code": "SHOP_LOGIN", "kind": "login"},
    ///     {"code": "SHOP_DATA", "kind": "shareData"},
    ///     {"code": "SHOP_CONFIRM", "kind": "confirm"}
    ///   ],
    ///   "jwks_uri": "https://shop.example/jwks.json",
    ///   "id_token_encrypted_response_alg": "RSA-OAEP-256",
    ///   "id_token_encrypted_response_enc": "A128CBC-HS256",
    ///   "userinfo_encrypted_response_alg": "RSA-OAEP-256",
    ///   "userinfo_encrypted_response_enc": "A128CBC-HS256",
    ///   "require_pkce": true,
    ///   "backchannel_client_notification_endpoint": "https://shop.example/itsme/notification"
    /// }
    /// ```
    ///
    /// `client_id`, `redirect_uris` and `services` are required. `token_endpoint_auth_method` is `private_key_jwt`
    /// (the default) or `client_secret_post`, which needs `client_secret` and may have `token_signed_response_alg`
    /// (`RS256`, the default, or `HS256`). Keys are either `jwks_uri` or inline `jwks`. The algorithms default to
    /// those of the example (in v1 to `RSA-OAEP`), `require_pkce` to `false`. A client with a notification endpoint
    /// gets pings for backchannel requests; without one it polls. ``requestURIs`` says how `request_uris` are compared.
    ///
    /// - Throws: ``SandboxConfigurationError`` that names the member and the remedy, also for an unknown member.
    public init(parsing bytes: [UInt8]) throws(SandboxConfigurationError) {
        let json: JSON
        do {
            json = try JSON(parsing: bytes)
        } catch {
            throw SandboxConfigurationError(
                "registration", "It is not JSON: \(error.reason).", remedy: "Correct the file.")
        }
        try self.init(json)
    }

    private static let members: Set<String> = [
        "client_id", "token_endpoint_auth_method", "client_secret", "redirect_uris", "request_uris", "services",
        "jwks_uri", "jwks", "id_token_encrypted_response_alg", "id_token_encrypted_response_enc",
        "userinfo_encrypted_response_alg", "userinfo_encrypted_response_enc", "token_signed_response_alg",
        "require_pkce", "backchannel_client_notification_endpoint",
    ]

    init(_ json: JSON) throws(SandboxConfigurationError) {
        let reader = try RegistrationReader(json, at: "", allowing: Self.members)
        self.init(
            clientID: try reader.requiredString("client_id"),
            authentication: try Self.authentication(reader),
            redirectURIs: try reader.strings("redirect_uris"),
            requestURIs: try reader.strings("request_uris"),
            services: try Self.services(reader),
            keys: try Self.keys(reader),
            idTokenEncryption: try Self.encryption(reader, "id_token"),
            userInfoEncryption: try Self.encryption(reader, "userinfo"),
            tokenSignature: try reader.algorithm(
                "token_signed_response_alg", among: [.rs256, .hs256], default: .rs256, name: \.name),
            requiresPKCE: try reader.bool("require_pkce") ?? false,
            notificationEndpoint: try reader.string("backchannel_client_notification_endpoint"))
        try validate()
    }

    private static func authentication(
        _ reader: RegistrationReader
    ) throws(SandboxConfigurationError) -> Authentication {
        let secret = try reader.string("client_secret")
        switch try reader.string("token_endpoint_auth_method") ?? "private_key_jwt" {
        case "private_key_jwt":
            guard secret == nil else {
                throw SandboxConfigurationError(
                    "client_secret", "A client with private_key_jwt has no secret.",
                    remedy: "Remove it, or set token_endpoint_auth_method to client_secret_post.")
            }
            return .privateKeyJWT
        case "client_secret_post":
            guard let secret else {
                throw SandboxConfigurationError("client_secret", "It is missing.", remedy: "Add the client secret.")
            }
            return .clientSecretPost(ClientSecret(secret))
        default:
            throw SandboxConfigurationError(
                "token_endpoint_auth_method", "itsme does not offer this method.",
                remedy: "Use private_key_jwt or client_secret_post.")
        }
    }

    private static func services(
        _ reader: RegistrationReader
    ) throws(SandboxConfigurationError) -> [ServiceRegistration] {
        var services: [ServiceRegistration] = []
        for element in try reader.objects("services", allowing: ["code", "kind"]) {
            let kind = try element.requiredString("kind")
            guard let kind = ServiceRegistration.Kind(rawValue: kind) else {
                throw SandboxConfigurationError(
                    element.path("kind"), "It is not a kind of service.", remedy: "Use login, shareData or confirm.")
            }
            services.append(ServiceRegistration(code: try element.requiredString("code"), kind: kind))
        }
        return services
    }

    private static func keys(_ reader: RegistrationReader) throws(SandboxConfigurationError) -> Keys {
        let uri = try reader.string("jwks_uri")
        guard let inline = reader.json["jwks"] else { return uri.map(Keys.jwksURI) ?? .none }
        guard uri == nil else {
            throw SandboxConfigurationError(
                "jwks", "Both jwks_uri and jwks are given.", remedy: "Remove one of them.")
        }
        do {
            return .inline(try JWKSet(parsingRemote: Array(inline.text.utf8)))
        } catch {
            throw SandboxConfigurationError(
                "jwks", "It is not a JWK Set: \(error.reason).", remedy: "Give an object with the member keys.")
        }
    }

    private static func encryption(
        _ reader: RegistrationReader, _ token: String
    ) throws(SandboxConfigurationError) -> TokenEncryption {
        TokenEncryption(
            keyManagement: try reader.algorithm(
                "\(token)_encrypted_response_alg", among: [.rsaOAEP256, .rsaOAEP], name: \.name),
            contentEncryption: try reader.algorithm(
                "\(token)_encrypted_response_enc", among: [.a128CBC_HS256, .a256GCM], default: .a128CBC_HS256,
                name: \.name))
    }

    /// The registration as the JSON value of its file, **client secret included**.
    public func json() throws(JOSEError) -> JSONValue {
        var json: JSONValue = ["client_id": .string(clientID)]
        switch authentication {
        case .privateKeyJWT:
            json["token_endpoint_auth_method"] = "private_key_jwt"
        case .clientSecretPost(let secret):
            json["token_endpoint_auth_method"] = "client_secret_post"
            json["client_secret"] = .string(secret.text)
        }
        json["redirect_uris"] = .array(redirectURIs.map(JSONValue.string))
        json["request_uris"] = .array(requestURIs.map(JSONValue.string))
        json["services"] = .array(
            services.map { ["code": .string($0.code), "kind": .string($0.kind.rawValue)] })
        switch keys {
        case .jwksURI(let uri): json["jwks_uri"] = .string(uri)
        case .inline(let set): json["jwks"] = try set.publicJSON()
        case .none: break
        }
        if let algorithm = idTokenEncryption.keyManagement {
            json["id_token_encrypted_response_alg"] = .string(algorithm.name)
        }
        json["id_token_encrypted_response_enc"] = .string(idTokenEncryption.contentEncryption.name)
        if let algorithm = userInfoEncryption.keyManagement {
            json["userinfo_encrypted_response_alg"] = .string(algorithm.name)
        }
        json["userinfo_encrypted_response_enc"] = .string(userInfoEncryption.contentEncryption.name)
        json["token_signed_response_alg"] = .string(tokenSignature.name)
        json["require_pkce"] = .bool(requiresPKCE)
        if let notificationEndpoint { json["backchannel_client_notification_endpoint"] = .string(notificationEndpoint) }
        return json
    }
}

/// Reads the members of a JSON object. Its errors name the wrong member.
struct RegistrationReader {
    let json: JSON
    private let prefix: String

    /// Takes an object. Refuses members that are not in `allowed`.
    init(_ json: JSON, at prefix: String, allowing allowed: Set<String>) throws(SandboxConfigurationError) {
        guard let members = json.members else {
            throw SandboxConfigurationError(
                prefix.isEmpty ? "registration" : prefix, "It is not a JSON object.", remedy: "Write an object.")
        }
        self.json = json
        self.prefix = prefix
        for member in members where !allowed.contains(member.name) {
            throw SandboxConfigurationError(
                path(member.name), "This member is unknown.",
                remedy: "Remove it, or correct its name: \(allowed.sorted().joined(separator: ", ")).")
        }
    }

    /// The path of the member `name` in the whole file.
    func path(_ name: String) -> String { prefix.isEmpty ? name : "\(prefix).\(name)" }

    /// The string `name`, or `nil` when it is absent.
    func string(_ name: String) throws(SandboxConfigurationError) -> String? {
        guard let value = json[name] else { return nil }
        guard let string = value.string else {
            throw SandboxConfigurationError(path(name), "It is not a string.", remedy: "Write a string.")
        }
        return string
    }

    /// The string `name`, which must be there.
    func requiredString(_ name: String) throws(SandboxConfigurationError) -> String {
        guard let string = try string(name) else {
            throw SandboxConfigurationError(path(name), "It is missing.", remedy: "Add it.")
        }
        return string
    }

    /// The boolean `name`, or `nil` when it is absent.
    func bool(_ name: String) throws(SandboxConfigurationError) -> Bool? {
        guard let value = json[name] else { return nil }
        guard let bool = value.bool else {
            throw SandboxConfigurationError(path(name), "It is not true or false.", remedy: "Write true or false.")
        }
        return bool
    }

    /// The array of strings `name`, empty when it is absent.
    func strings(_ name: String) throws(SandboxConfigurationError) -> [String] {
        var strings: [String] = []
        for (index, element) in try elements(name).enumerated() {
            guard let string = element.string else {
                throw SandboxConfigurationError(
                    "\(path(name))[\(index)]", "It is not a string.", remedy: "Write a string.")
            }
            strings.append(string)
        }
        return strings
    }

    /// The array of objects `name`, empty when it is absent.
    func objects(
        _ name: String, allowing allowed: Set<String>
    ) throws(SandboxConfigurationError) -> [RegistrationReader] {
        var objects: [RegistrationReader] = []
        for (index, element) in try elements(name).enumerated() {
            objects.append(try RegistrationReader(element, at: "\(path(name))[\(index)]", allowing: allowed))
        }
        return objects
    }

    /// The algorithm `name` among `known`, or `standard` when it is absent.
    func algorithm<Algorithm>(
        _ name: String, among known: [Algorithm], default standard: Algorithm, name naming: (Algorithm) -> String
    ) throws(SandboxConfigurationError) -> Algorithm {
        try algorithm(name, among: known, name: naming) ?? standard
    }

    /// The algorithm `name` among `known`, or `nil` when it is absent.
    func algorithm<Algorithm>(
        _ name: String, among known: [Algorithm], name naming: (Algorithm) -> String
    ) throws(SandboxConfigurationError) -> Algorithm? {
        guard let string = try string(name) else { return nil }
        guard let algorithm = known.first(where: { naming($0) == string }) else {
            throw SandboxConfigurationError(
                path(name), "itsme does not offer this algorithm here.",
                remedy: "Use \(known.map(naming).joined(separator: " or ")).")
        }
        return algorithm
    }

    private func elements(_ name: String) throws(SandboxConfigurationError) -> [JSON] {
        guard let value = json[name] else { return [] }
        guard let elements = value.elements else {
            throw SandboxConfigurationError(path(name), "It is not an array.", remedy: "Write an array.")
        }
        return elements
    }
}
