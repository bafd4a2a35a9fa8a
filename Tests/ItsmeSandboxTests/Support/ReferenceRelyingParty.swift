import Foundation
import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE
import Logging

/// A relying party written with JOSE alone, so that the sandbox is tested by other code than the library's client.
///
/// Each test makes one, changes what its rule is about, and looks at what the sandbox does.
struct ReferenceRelyingParty {
    static let clientID = "SHOP"
    static let redirectURI = "https://shop.example/callback"
    static let jwksURI = "https://shop.example/jwks.json"
    static let requestURI = "https://shop.example:443/itsme/request"
    static let issuer = "https://idp.e2e.itsme.services/v2"
    static let legacyIssuer = "https://e2emerchant.itsme.be/oidc"
    static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    static let claimPrefix = "http://itsme.services/v2/claim/"
    static let secret = "correct horse battery staple 0123456789"

    let sandbox: Sandbox
    let transport: StubTransport
    let clock: SandboxClock
    /// The generation that is spoken.
    let profile: ProtocolProfile
    var signingKey: JWK
    var encryptionKey: JWK

    init(
        profile: ProtocolProfile = .v2,
        registration change: (inout ClientRegistration) -> Void = { _ in },
        configuration configure: (inout SandboxConfiguration) -> Void = { _ in }
    ) throws {
        self.profile = profile
        signingKey = try TestKeys.signing.get()
        encryptionKey = try TestKeys.encryption.get()
        transport = StubTransport()
        transport.serve(Self.jwksURI, try TestKeys.publicSet([signingKey, encryptionKey]))
        let clock = SandboxClock(at: Date(timeIntervalSince1970: 1_763_800_000))
        self.clock = clock
        var client = Self.registration()
        change(&client)
        var configuration = SandboxConfiguration(
            issuer: profile == .v1 ? Self.legacyIssuer : Self.issuer, clients: [client],
            keys: try TestKeys.provider.get(), profile: profile, now: { clock.now })
        configure(&configuration)
        sandbox = try Sandbox(configuration, transport: transport)
    }

    static func registration() -> ClientRegistration {
        ClientRegistration(
            clientID: clientID, redirectURIs: [redirectURI, "https://shop.example/other?tenant=7"],
            requestURIs: [requestURI],
            services: [
                ServiceRegistration(code: "SHOP_LOGIN", kind: .login),
                ServiceRegistration(code: "SHOP_DATA", kind: .shareData),
                ServiceRegistration(code: "SHOP_CONFIRM", kind: .confirm),
            ],
            keys: .jwksURI(jwksURI))
    }

    /// The path of the issuer.
    var path: String { profile == .v1 ? "/oidc" : "/v2" }

    /// The algorithm for keys that this generation starts with.
    var keyManagement: KeyManagementAlgorithm { profile == .v1 ? .rsaOAEP : .rsaOAEP256 }

    var now: Int64 { Int64(clock.now.timeIntervalSince1970) }

    // MARK: Authorization

    /// The parameters of a plain login.
    func loginParameters() -> [String: String] {
        [
            "response_type": "code", "client_id": Self.clientID, "scope": "openid service:SHOP_LOGIN",
            "redirect_uri": Self.redirectURI, "state": "state-1", "nonce": "nonce-1",
            "code_challenge": Self.challenge, "code_challenge_method": "S256",
        ]
    }

    func authorize(_ parameters: [String: String], approve: String? = "belgian-eid") async -> HTTPReply {
        var parameters = parameters
        if let approve { parameters["approve"] = approve }
        return await authorize(query: Self.form(parameters))
    }

    func authorize(query: String, method: HTTPRequest.Method = .get) async -> HTTPReply {
        await get("\(path)/authorization?\(query)", method: method)
    }

    func get(
        _ path: String, method: HTTPRequest.Method = .get, fields: HTTPFields = [:], body: [UInt8] = []
    ) async -> HTTPReply {
        let authority = profile == .v1 ? "e2emerchant.itsme.be" : "idp.e2e.itsme.services"
        let request = HTTPRequest(
            method: method, scheme: "https", authority: authority, path: path, headerFields: fields)
        return await sandbox.respond(to: request, body: body)
    }

    /// The claims of a request object for `parameters`.
    func requestObjectClaims(_ parameters: [String: String]) -> JSONValue {
        var claims: JSONValue = [
            "iss": .string(Self.clientID),
            "aud": .string(profile == .v1 ? "\(Self.legacyIssuer)/authorization" : Self.issuer),
            "exp": .integer(now + 300), "iat": .integer(now), "jti": .string(UUID().uuidString),
        ]
        for (name, value) in parameters { claims[name] = .string(value) }
        return claims
    }

    /// What stays outside when the rest goes into a request object.
    func outer(_ parameters: [String: String], request: String) -> [String: String] {
        var outer = parameters.filter { ["response_type", "client_id", "scope"].contains($0.key) }
        outer["request"] = request
        return outer
    }

    /// A request object, signed then encrypted.
    func requestObject(_ claims: JSONValue) async throws -> String {
        try await encrypted(try await signed(claims))
    }

    /// Sends `claims` as request object with the parameters outside that belong there.
    func authorize(
        requestObject claims: JSONValue, parameters: [String: String]? = nil, approve: String? = "belgian-eid"
    ) async throws -> HTTPReply {
        await authorize(
            outer(parameters ?? loginParameters(), request: try await requestObject(claims)), approve: approve)
    }

    func signed(_ claims: JSONValue, key: JWK? = nil) async throws -> String {
        try await JWS.sign(claims.serialized(), with: try LocalSigner(key ?? signingKey))
    }

    func encrypted(
        _ token: String, keyManagement: KeyManagementAlgorithm? = nil,
        contentEncryption: ContentEncryptionAlgorithm = .a128CBC_HS256
    ) async throws -> String {
        let keyManagement = keyManagement ?? self.keyManagement
        let set = try await providerKeys()
        guard case .key(let key) = set.encryptionKey(algorithm: keyManagement) else { throw Failure("no enc key") }
        return try JWE.encrypt(
            Array(token.utf8), to: key, keyManagement: keyManagement, contentEncryption: contentEncryption,
            contentType: "JWT")
    }

    func providerKeys() async throws -> JWKSet {
        try JWKSet(parsingRemote: await get("\(path)/jwkSet").body)
    }

    // MARK: Token

    func assertionClaims() -> JSONValue {
        [
            "iss": .string(Self.clientID), "sub": .string(Self.clientID), "aud": .string("\(sandbox.issuer)/token"),
            "jti": .string(UUID().uuidString), "exp": .integer(now + 120), "iat": .integer(now),
        ]
    }

    func tokenParameters(code: String, assertion: String) -> [String: String] {
        [
            "grant_type": "authorization_code", "code": code, "redirect_uri": Self.redirectURI,
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": assertion, "code_verifier": Self.verifier,
        ]
    }

    func tokenParameters(code: String) async throws -> [String: String] {
        tokenParameters(code: code, assertion: try await signed(assertionClaims()))
    }

    func requestTokens(
        _ parameters: [String: String], method: HTTPRequest.Method = .post,
        type: String = "application/x-www-form-urlencoded"
    ) async -> HTTPReply {
        await get(
            "\(path)/token", method: method, fields: [.contentType: type], body: Array(Self.form(parameters).utf8))
    }

    /// A fresh code for a plain login.
    func code(_ parameters: [String: String]? = nil, approve: String = "belgian-eid") async throws -> String {
        let reply = await authorize(parameters ?? loginParameters(), approve: approve)
        guard let code = reply.locationParameters["code"] else { throw Failure("no code") }
        return code
    }

    /// The token response for `code`.
    func tokens(code: String) async throws -> JSON {
        let reply = await requestTokens(try await tokenParameters(code: code))
        guard reply.response.status == .ok else { throw Failure("token endpoint answered \(reply.text)") }
        return try JSON(parsing: reply.body)
    }

    // MARK: Tokens

    /// Opens a nested JWT of the sandbox.
    func opened(
        _ token: String, keyManagement: KeyManagementAlgorithm? = nil,
        contentEncryption: ContentEncryptionAlgorithm = .a128CBC_HS256
    ) async throws -> JSON {
        let jwe = try JWE(token)
        guard jwe.header.contentType == "JWT", jwe.header.keyID == (profile == .v1 ? nil : encryptionKey.keyID) else {
            throw Failure("wrong JWE header")
        }
        let plaintext = try await jwe.plaintext(
            using: [try LocalUnwrapper(encryptionKey)], keyManagement: keyManagement ?? self.keyManagement,
            contentEncryption: contentEncryption)
        return try await verified(JWS(plaintext))
    }

    func verified(_ jws: JWS) async throws -> JSON {
        guard let keyID = jws.header.keyID,
            case .key(let key) = try await providerKeys().verificationKey(keyID: keyID, algorithm: .rs256)
        else { throw Failure("no key for the token") }
        return try JSON(parsing: try jws.payload(verifiedWith: key, algorithm: .rs256))
    }

    func userInfo(_ accessToken: String) async -> HTTPReply {
        await get("\(path)/userinfo", fields: [.authorization: "Bearer \(accessToken)"])
    }

    /// A whole login: the claims of the ID token and of UserInfo.
    func login(
        _ parameters: [String: String]? = nil, approve: String = "belgian-eid"
    ) async throws -> (idToken: JSON, userInfo: JSON) {
        let tokens = try await tokens(code: try await code(parameters, approve: approve))
        guard let idToken = tokens["id_token"]?.string, let accessToken = tokens["access_token"]?.string else {
            throw Failure("no tokens")
        }
        return (try await opened(idToken), try await opened(await userInfo(accessToken).text))
    }

    // MARK: Encoding

    static func form(_ parameters: [String: String]) -> String {
        parameters.sorted { $0.key < $1.key }.map { "\(encoded($0.key))=\(encoded($0.value))" }.joined(separator: "&")
    }

    static func encoded(_ text: String) -> String {
        let unreserved = CharacterSet(
            charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        return text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }
}

/// Something that a test needs did not come about.
struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

extension HTTPReply {
    /// The body as text.
    var text: String { String(decoding: body, as: UTF8.self) }

    /// The query of the redirect.
    var locationParameters: [String: String] {
        guard let location = response.headerFields[.location],
            let items = URLComponents(string: location)?.percentEncodedQuery
        else { return [:] }
        var result: [String: String] = [:]
        for item in items.split(separator: "&") {
            let parts = item.split(separator: "=", maxSplits: 1).map { String($0).removingPercentEncoding ?? "" }
            if parts.count == 2 { result[parts[0]] = parts[1] }
        }
        return result
    }

    /// The member `name` of a JSON body.
    func member(_ name: String) -> String? { (try? JSON(parsing: body))?[name]?.string }
}
