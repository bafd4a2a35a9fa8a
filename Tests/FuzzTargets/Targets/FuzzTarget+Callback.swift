import HTTPTypes
import ItsmeRP
import JOSE
import Synchronization

extension FuzzTarget {
    /// What a browser brings back. The first byte says what the rest is: a query for one of two clients, or a query for
    /// the endpoint behind the cookie of the login.
    static let callback = FuzzTarget(
        name: "callback", maximumSize: 4096,
        seeds: {
            let state = try FuzzWorld.shared.get().transaction.state.exposedValue
            let good = "code=abc&state=\(state)&iss=https%3A%2F%2Fidp.fuzz.example%2Fv2"
            let refusal = "error=access_denied&error_description=no%20thanks&state=\(state)&error_uri=a"
            return ["0", "1", "2"].flatMap { form in [good, refusal].map { Chosen.seed(form, $0) } }
        },
        check: { input in
            guard let input = Chosen(input) else { return }
            let query = String(decoding: input.rest, as: UTF8.self)
            switch input.form {
            case "0": try expectOwnCallback(query, in: FuzzWorld.shared.get(), requiresIssuer: false)
            case "1": try expectOwnCallback(query, in: FuzzWorld.announcing.get(), requiresIssuer: true)
            case "2":
                let site = try FuzzSite.shared.get()
                let request = HTTPRequest(
                    method: .get, scheme: "https", authority: "rp.example", path: "/itsme/callback?" + query,
                    headerFields: [.cookie: site.cookie])
                let isLoggedIn = try site.respond(to: request)
                if isLoggedIn { try expectGood(query, site.world, requiresIssuer: false) }
            default: break
            }
        })

    private static func expectOwnCallback(_ query: String, in world: FuzzWorld, requiresIssuer: Bool) throws {
        let (client, transaction) = (world.client, world.transaction)
        guard
            case .success = try failure({ try await client.authorizationResponse(query: query, for: transaction) })
        else { return }
        try expectGood(query.hasPrefix("?") ? String(query.dropFirst()) : query, world, requiresIssuer: requiresIssuer)
    }

    private static func expectGood(_ query: String, _ world: FuzzWorld, requiresIssuer: Bool) throws {
        func values(_ name: String) -> [String] { Witness.values(of: name, inQuery: query) }
        try expect(
            values("state") == [world.transaction.state.exposedValue], "a callback of another state was accepted")
        try expect(values("code").count == 1 && values("code") != [""], "a callback without a code was accepted")
        try expect(values("error").isEmpty, "a callback with an error was accepted")
        let issuers = values("iss")
        try expect(
            issuers == [FuzzWorld.issuer] || (issuers.isEmpty && !requiresIssuer),
            "a callback of another issuer was accepted")
    }

    /// Sealed transactions, and the cookies that hold them. The first byte says what the rest is.
    static let sealed = FuzzTarget(
        name: "sealed", maximumSize: 4096,
        seeds: {
            let site = try FuzzSite.shared.get()
            return [
                Chosen.seed("0", site.sealed), Chosen.seed("1", try site.transactionJSON),
                Chosen.seed("2", site.cookie),
                Chosen.seed("2", "a=b; \(site.cookie); c=\"d\""), Chosen.seed("3", site.cookie),
                Chosen.seed(
                    "1", #"{"i":"a","c":"b","r":"c","s":"d","t":1,"e":2,"st":"f","n":"g","v":"h","a":2,"m":1}"#),
            ]
        },
        check: { input in
            guard let input = Chosen(input) else { return }
            let site = try FuzzSite.shared.get()
            let text = String(decoding: input.rest, as: UTF8.self)
            switch input.form {
            case "0":
                try expect((try? site.sealer.open(text)) == nil || text == site.sealed, "a forged transaction opens")
            case "1":
                // What one of the keys sealed: an older version of the service, say.
                guard let transaction = try? site.sealer.open(FuzzSite.seal(input.rest)) else { return }
                guard let again = try? site.sealer.seal(transaction) else { return }
                guard let opened = try? site.sealer.open(again) else { throw Finding("what was sealed does not open") }
                try expect(
                    opened.state.exposedValue == transaction.state.exposedValue && opened.issuer == transaction.issuer
                        && opened.expiresAt == transaction.expiresAt && opened.createdAt == transaction.createdAt
                        && opened.requestedLevel == transaction.requestedLevel
                        && opened.maximumAuthenticationAge == transaction.maximumAuthenticationAge,
                    "sealing and opening changes a transaction")
            case "2", "3":
                guard let value = HTTPField.isValidValue(text) ? text : nil else { return }
                let isCallback = input.form == "2"
                let state = site.world.transaction.state.exposedValue
                let path = isCallback ? "/itsme/callback?code=a&state=\(state)" : "/itsme/login"
                let request = HTTPRequest(
                    method: .get, scheme: "https", authority: "rp.example", path: path, headerFields: [.cookie: value])
                let isLoggedIn = try site.respond(to: request)
                if isLoggedIn { try expect(text.contains(site.sealed), "a login without its cookie went through") }
            default: break
            }
        })
}

/// The endpoints of a site in the middle of a login.
struct FuzzSite: Sendable {
    static let shared = Result { try FuzzSite() }
    private static let key = [UInt8](repeating: 5, count: 32)

    let world: FuzzWorld
    let sealer: TransactionSealer
    let sealed: String
    let cookie: String
    private let routes: [String: any HTTPHandler]
    private let logins: Logins

    private init() throws {
        let world = try FuzzWorld.shared.get()
        let sealer = try TransactionSealer(key: SymmetricKey(Self.key), random: FuzzKeys.random)
        let logins = Logins()
        self.world = world
        self.sealer = sealer
        self.logins = logins
        let request = world.request
        let login = try LoginEndpoints(
            client: world.client, sealer: sealer,
            authorize: { _ in request },
            onLogin: { login in
                logins.count()
                return login.redirect()
            })
        routes = login.routes
        let visit = HTTPRequest(method: .get, scheme: "https", authority: "rp.example", path: "/itsme/login")
        let start = login.start
        let reply = try CallingThread.run { await start.respond(to: visit, body: []) }
        guard let line = reply.response.headerFields[.setCookie], let cookie = line.split(separator: ";").first,
            let value = cookie.split(separator: "=", maxSplits: 1).last
        else { throw Finding("the start of a login sets no cookie") }
        self.cookie = String(cookie)
        sealed = String(value)
    }

    /// Seals any octets as the sealer does.
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
            let octets = try Base64URL.decode(sealed)
            return try AEADCipher.open(
                Array(octets.dropFirst(13).dropLast(16)), tag: Array(octets.suffix(16)), key: SecretBytes(Self.key),
                nonce: Array(octets.dropFirst().prefix(12)), additionalData: Array("itsme-rp transaction v1".utf8),
                algorithm: .a256GCM)
        }
    }

    /// Whether the request led to a login. The token endpoint gives good tokens for any code.
    func respond(to request: HTTPRequest) throws -> Bool {
        let path = String((request.path ?? "").prefix { $0 != "?" })
        guard let handler = routes[path] else { throw Finding("no endpoint at \(path)") }
        let token = try TokenForm.direct(Array(TokenForm.sharedJWS(world.idTokenClaims.serialized()).utf8))
        world.transport.answer(FuzzWorld.tokenResponse(token))
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
