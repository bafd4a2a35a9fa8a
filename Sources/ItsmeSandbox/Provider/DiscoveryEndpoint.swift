import HTTPTypes
import ItsmeRP
import JOSE

/// The two public documents: the discovery document and the JWK Set.
struct DiscoveryEndpoint {
    let core: SandboxCore

    func configuration(_ request: HTTPRequest) async -> HTTPReply {
        await document(request, DiscoveryDocument.json(core.endpoints, profile: core.profile), .discovery)
    }

    func jwkSet(_ request: HTTPRequest) async -> HTTPReply {
        await document(request, core.keys.publicSet, .jwkSet)
    }

    /// The attacker's JWK Set, for a client that fetches keys from the `jku` of a token.
    func attackerKeys() -> HTTPReply {
        let key = try? core.attacker.key(named: core.keys.signingKey.keyID).publicJSON()
        return .json(["keys": .array(key.map { [$0] } ?? [])])
    }

    private func document(
        _ request: HTTPRequest, _ document: JSONValue, _ place: SandboxFault.Place
    ) async -> HTTPReply {
        guard request.method == .get || request.method == .head else {
            var refusal = SandboxRefusal(.documentMethod)
            refusal.add(request, core: core)
            core.note(&refusal, .methodNotAllowed)
            return .json(
                ["error": .string(refusal.rule.error), "detail": .string(refusal.message)], status: .methodNotAllowed,
                fields: [HTTPField(name: .allow, value: "GET, HEAD")])
        }
        Recording.pass(.documentMethod)
        let fault = core.faults.take(place)
        var document = document
        if case .response(let change) = fault?.effect { change(&document, core.scene) }
        var reply = HTTPReply.bytes(
            document.serialized(), type: "application/json",
            cacheControl: "max-age=3600")
        await fault?.alter(&reply)
        if request.method == .head { reply.body = [] }
        return reply
    }
}

/// The discovery document (OpenID Connect Discovery 1.0 section 3), composed from itsme's documentation.
enum DiscoveryDocument {
    static func json(_ endpoints: SandboxEndpoints, profile: ProfileNames) -> JSONValue {
        var document: JSONValue = [
            "issuer": .string(endpoints.issuer),
            "authorization_endpoint": .string(endpoints.url(.authorization)),
            "token_endpoint": .string(endpoints.url(.token)),
            "userinfo_endpoint": .string(endpoints.url(.userInfo)),
            "jwks_uri": .string(endpoints.url(.jwkSet)),
            "revocation_endpoint": .string(endpoints.url(.revocation)),
            "scopes_supported": strings(profile.scopes),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code"],
            "acr_values_supported": [.string(profile.basicACR), .string(profile.advancedACR)],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256", "HS256"],
            "id_token_encryption_alg_values_supported": ["RSA-OAEP", "RSA-OAEP-256", "dir"],
            "id_token_encryption_enc_values_supported": ["A128CBC-HS256", "A256GCM"],
            "userinfo_signing_alg_values_supported": ["RS256", "HS256"],
            "userinfo_encryption_alg_values_supported": ["RSA-OAEP", "RSA-OAEP-256", "dir"],
            "userinfo_encryption_enc_values_supported": ["A128CBC-HS256", "A256GCM"],
            "request_object_signing_alg_values_supported": ["RS256", "HS256"],
            "request_object_encryption_alg_values_supported": ["RSA-OAEP", "RSA-OAEP-256"],
            "request_object_encryption_enc_values_supported": ["A128CBC-HS256", "A256GCM"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt", "client_secret_post"],
            "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
            "display_values_supported": ["page"],
            "claim_types_supported": ["normal"],
            "claims_supported": strings(
                ["sub", "iss", "aud", "exp", "iat", "nonce", "acr", "auth_time"] + profile.userClaims),
            "ui_locales_supported": ["fr", "nl", "de", "en"],
            "claims_parameter_supported": true,
            "request_parameter_supported": true,
            "request_uri_parameter_supported": true,
            "require_request_uri_registration": true,
            "code_challenge_methods_supported": ["S256"],
        ]
        // The first generation has no backchannel.
        guard profile.profile == .v2 else { return document }
        document["grant_types_supported"] = ["authorization_code", .string(TokenEndpoint.backchannelGrantType)]
        document["backchannel_authentication_endpoint"] = .string(endpoints.url(.backchannelAuthentication))
        document["backchannel_token_delivery_modes_supported"] = ["poll", "ping"]
        document["backchannel_authentication_request_signing_alg_values_supported"] = ["RS256"]
        document["backchannel_user_code_parameter_supported"] = false
        return document
    }

    private static func strings(_ strings: [String]) -> JSONValue { .array(strings.map(JSONValue.string)) }
}
