import HTTPTypes
import ItsmeRP
import JOSE

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
                // What a field cannot hold, such as a NUL at the end, the request does not hold either.
                let received = (request.path ?? "").utf8.drop { $0 != UInt8(ascii: "?") }.dropFirst()
                if isLoggedIn { try expectGood(String(Substring(received)), site.world, requiresIssuer: false) }
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
