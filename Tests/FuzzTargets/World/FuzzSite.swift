import HTTPTypes
import ItsmeRP
import JOSE
import Synchronization

/// The endpoints of a site in the middle of a login.
struct FuzzSite: Sendable {
    static let shared = Result { try FuzzSite() }
    private static let key = [UInt8](repeating: 5, count: 32)

    let world: FuzzWorld
    let sealer: Sealer
    let sealed: String
    let cookie: String
    private let tokenResponse: [UInt8]
    private let routes: [String: any HTTPHandler]
    private let logins: Logins

    private init() throws {
        let world = try FuzzWorld.shared.get()
        let sealer = try Sealer(key: SymmetricKey(Self.key), random: FuzzKeys.random)
        let logins = Logins()
        self.world = world
        tokenResponse = FuzzWorld.tokenResponse(
            try TokenForm.direct(Array(TokenForm.sharedJWS(world.idTokenClaims.serialized()).utf8)))
        self.sealer = sealer
        self.logins = logins
        let request = world.request
        let login = try LoginEndpoints(
            client: world.client, sealer: sealer,
            services: [
                LoginService("login", kind: .login) { _ in
                    request
                } onLogin: { login in
                    logins.count()
                    return login.redirect()
                }
            ])
        routes = login.routes
        let visit = HTTPRequest(method: .get, scheme: "https", authority: "rp.example", path: "/itsme/login")
        let start = HTTPRouter(routes)
        let reply = try CallingThread.run { await start.respond(to: visit, body: []) }
        guard let line = reply.response.headerFields[.setCookie], let cookie = line.split(separator: ";").first,
            let value = cookie.split(separator: "=", maxSplits: 1).last
        else { throw Finding("the start of a login sets no cookie") }
        self.cookie = String(cookie)
        sealed = String(value)
    }

    /// Seals any bytes as the sealer does.
    static func seal(_ plaintext: [UInt8]) throws -> String {
        let nonce = [UInt8](repeating: 3, count: 12)
        let sealed = try AEADCipher.seal(
            plaintext, key: SecretBytes(key), nonce: nonce, additionalData: Array("itsme-rp transaction v1".utf8),
            algorithm: .a256GCM)
        return Base64URL.encode([1] + nonce + sealed.ciphertext + sealed.tag)
    }

    /// What is sealed in the cookie.
    var transactionJSON: [UInt8] {
        get throws {
            let bytes = try Base64URL.decode(sealed)
            return try AEADCipher.open(
                Array(bytes.dropFirst(13).dropLast(16)), tag: Array(bytes.suffix(16)), key: SecretBytes(Self.key),
                nonce: Array(bytes.dropFirst().prefix(12)), additionalData: Array("itsme-rp transaction v1".utf8),
                algorithm: .a256GCM)
        }
    }

    /// Whether the request led to a login. The token endpoint gives good tokens for any code.
    func respond(to request: HTTPRequest) throws -> Bool {
        // Bytes: a question mark with a combining mark behind it is another Character.
        let path = String(decoding: (request.path ?? "").utf8.prefix { $0 != UInt8(ascii: "?") }, as: UTF8.self)
        guard let handler = routes[path] else { throw Finding("no endpoint at \(path)") }
        world.transport.answer(tokenResponse)
        let before = logins.number
        let reply = try CallingThread.run { await handler.respond(to: request, body: []) }
        for field in reply.response.headerFields {
            try expect(HTTPField.isValidValue(field.value), "a header field of the answer is none")
        }
        try expect(
            reply.response.headerFields[.cacheControl] == "no-store", "the answer to a login's step can be kept")
        return logins.number > before
    }

    private final class Logins: Sendable {
        private let total = Mutex(0)

        var number: Int { total.withLock { $0 } }

        func count() { total.withLock { $0 += 1 } }
    }
}
