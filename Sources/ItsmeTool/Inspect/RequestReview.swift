#if Tool
    import Foundation
    import HTTPTypes
    import ItsmeRP
    import ItsmeSandbox
    import JOSE
    import WebFormats

    /// Lets a sandbox check what a service sends, since it knows the rules of itsme.
    ///
    /// If no registration is given, one is made up that fits the request, and what would be compared with it counts as not
    /// checked.
    struct RequestReview {
        private let inspection: Inspection
        private let parameters: [String: String]
        private let audience: String?

        /// - Parameters:
        ///   - parameters: Those of the request, or those that its request object has.
        ///   - audience: The `aud` of the token, from which the issuer is guessed if it is not known.
        init(_ inspection: Inspection, parameters: [String: String], audience: String? = nil) {
            self.inspection = inspection
            self.parameters = parameters
            self.audience = audience
        }

        /// What is compared with a registration.
        private static let registered: Set<String> = [
            "authorization.client_id_unknown", "authorization.redirect_uri_unregistered",
            "authorization.service_unknown", "request_uri.unregistered", "client.unknown",
        ]

        /// The rules of the sandbox's own interface.
        private static let irrelevant: Set<String> = ["authorization.method"]

        /// Adds the rules that the request keeps, and the one that it breaks.
        ///
        /// - Parameter unseen: Rules about a part of the request that was made up. That they are kept says nothing.
        func add(
            _ checks: [RecordedRequest.Check], to report: inout InspectionReport, unseen: Set<String> = []
        ) {
            for check in checks where !Self.irrelevant.contains(check.rule.id) {
                if check.isPassed, unseen.contains(check.rule.id) { continue }
                if inspection.registration == nil, Self.registered.contains(check.rule.id) { continue }
                if let refusal = check.refusal {
                    let detail = refusal.detail.map { " \($0)" } ?? ""
                    report.code = report.code ?? check.rule.id
                    report.findings.append(
                        .fail(
                            check.rule.id, "itsme refuses it: \(check.rule.explanation)\(detail)",
                            remedy: check.rule.remedy))
                } else {
                    report.findings.append(.ok(check.rule.id, check.rule.requirement))
                }
            }
            if inspection.registration == nil {
                report.findings.append(
                    .skipped(
                        "registration", "Client, redirect URI and service were not compared with the registration.",
                        remedy: "Give it: --registration FILE"))
            }
            if !hasKeys, report.headers.first?.form == "JWS" {
                report.findings.append(
                    .skipped(
                        "own.signature", "The service signed it. Neither the signature nor the claims were checked.",
                        remedy: "Give the private key file: --keys FILE"))
            } else if inspection.environment == nil {
                report.findings.append(
                    .skipped(
                        "audience", "The environment is not known, so the audience of signed tokens was not compared.",
                        remedy: "Give it: --environment NAME"))
            }
            if checks.contains(where: { $0.rule.id.hasSuffix(".signature") && $0.isPassed }), let claims = report.claims
            {
                report.claims = .init(json: claims.json, isVerified: true)
            }
        }

        // MARK: The kinds of requests

        /// A request without request object.
        func plain(_ query: [(String, String)]) async throws -> [RecordedRequest.Check] {
            let sandbox = try sandbox(try SandboxKeys.generate())
            return await authorize(query, at: sandbox)
        }

        /// What is outside of a request object that cannot be opened here.
        func outside(_ query: String) throws -> [RecordedRequest.Check] {
            try sandbox(try SandboxKeys.generate()).checksOutsideRequestObject(query)
        }

        /// A request whose request object is signed, but not encrypted: itsme refuses that where it demands encryption.
        /// The rest is checked as if it were encrypted.
        func signed(_ object: String, claims: JSON?, query: [(String, String)]) async throws -> [RecordedRequest.Check]
        {
            guard hasKeys else { return try outside(FormEncoding.encode(query.map { (name: $0.0, value: $0.1) })) }
            let keys = try SandboxKeys.generate()
            let names = ["redirect_uri", "scope"].map { ($0, claims?[$0]?.string) }
            let sandbox = try sandbox(keys, object: names, confirms: claims.map(Self.hasTemplate) ?? false)
            let first = await authorize(query, at: sandbox)
            guard let refusal = first.last, refusal.rule.id == "request_object.not_encrypted",
                let key = keys.encryption.first
            else { return first }
            let isLegacy = inspection.environment?.profile == .v1
            let encrypted = try JWE.encrypt(
                Array(object.utf8), to: key.publicJWK(), keyManagement: isLegacy ? .rsaOAEP : .rsaOAEP256,
                contentEncryption: .a128CBC_HS256, contentType: "JWT")
            let second = await authorize(query.map { ($0, $0 == "request" ? encrypted : $1) }, at: sandbox)
            let hidden: Set<String> = [
                "request_object.not_encrypted", "request_object.encryption_algorithm", "request_object.decryption",
            ]
            return [refusal] + second.filter { !hidden.contains($0.rule.id) }
        }

        /// A client assertion, as in a token request.
        func assertion(_ token: OwnToken) async throws -> [RecordedRequest.Check] {
            guard hasKeys else { return [] }
            let sandbox = try sandbox(try SandboxKeys.generate())
            let form = FormEncoding.encode([
                ("grant_type", "authorization_code"), ("client_id", parameters["client_id"] ?? ""),
                ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
                ("client_assertion", token.compact),
            ])
            let checks = await send(
                .post, "/token", at: sandbox, fields: [.contentType: "application/x-www-form-urlencoded"],
                body: Array(form.utf8))
            return checks.filter { $0.rule.id.hasPrefix("client_assertion.") || $0.rule.id.hasPrefix("client_keys.") }
        }

        /// Whether the signatures of the service can be verified.
        var hasKeys: Bool {
            inspection.registration != nil || inspection.keys?.publicJWKSet != nil || secret != nil
        }

        private var secret: String? { inspection.knownAuthentication?.exposedSecret }

        // MARK: The sandbox

        private func authorize(_ query: [(String, String)], at sandbox: Sandbox) async -> [RecordedRequest.Check] {
            // Those of the sandbox would answer at once.
            let own: Set<String> = ["approve", "fault", "behaviour"]
            let text = FormEncoding.encode(query.filter { !own.contains($0.0) }.map { (name: $0.0, value: $0.1) })
            return await send(.get, "/authorization?" + text, at: sandbox)
        }

        private func send(
            _ method: HTTPRequest.Method, _ path: String, at sandbox: Sandbox, fields: HTTPFields = [:],
            body: [UInt8] = []
        ) async -> [RecordedRequest.Check] {
            guard let endpoint = try? Endpoint(sandbox.issuer, allowsLoopbackHTTP: true) else { return [] }
            let request = HTTPRequest(
                method: method, scheme: endpoint.scheme, authority: endpoint.authority,
                path: (endpoint.target == "/" ? "" : endpoint.target) + path, headerFields: fields)
            _ = await sandbox.respond(to: request, body: body)
            return sandbox.recordedRequests.last?.checks ?? []
        }

        private func sandbox(
            _ keys: SandboxKeys, object: [(String, String?)] = [], confirms: Bool = false
        ) throws -> Sandbox {
            let now = inspection.now
            do throws(SandboxConfigurationError) {
                return try Sandbox(
                    SandboxConfiguration(
                        issuer: issuer, clients: [registration(object: object, confirms: confirms)], personas: nil,
                        keys: keys, profile: inspection.environment?.profile ?? .v2, now: { now }),
                    transport: inspection.transport)
            } catch {
                throw ToolFailure("The request cannot be checked: \(error.field): \(error.problem) \(error.remedy)")
            }
        }

        /// The issuer to which the request goes.
        private var issuer: String {
            if let issuer = inspection.environment?.issuer { return issuer }
            let guess = audience.map { $0.hasSuffix("/token") ? String($0.dropLast(6)) : $0 }
            let isIssuer = guess.flatMap { try? Endpoint($0, allowsLoopbackHTTP: true) } != nil
            return isIssuer ? guess ?? ItsmeEnvironment.e2e.issuer : ItsmeEnvironment.e2e.issuer
        }

        private func registration(object: [(String, String?)], confirms: Bool) -> ClientRegistration {
            var parameters = parameters
            for (name, value) in object { parameters[name] = value ?? parameters[name] }
            let codes = (parameters["scope"] ?? "").split { $0 == " " || $0 == "+" }
                .filter { $0.hasPrefix("service:") }.map { String($0.dropFirst("service:".count)) }
            var registration =
                inspection.registration
                ?? ClientRegistration(
                    clientID: parameters["client_id"] ?? "unknown",
                    redirectURIs: [redirectURI(parameters["redirect_uri"])],
                    services: codes.isEmpty
                        ? [ServiceRegistration(code: "UNKNOWN", kind: .login)]
                        : codes.map { ServiceRegistration(code: $0, kind: confirms ? .confirm : .login) },
                    keys: .none)
            if let secret {
                registration.authentication = .clientSecretPost(ClientSecret(secret))
                registration.keys = .none
            } else if let keys = inspection.keys?.publicJWKSet {
                registration.keys = .inline(keys)
            } else if inspection.registration == nil {
                // Nobody's: only rules that come before the signature can be checked.
                registration.authentication = .clientSecretPost(ClientSecret(String(repeating: "-", count: 32)))
            }
            return registration
        }

        /// The redirect URI of the request, if one can register it.
        private func redirectURI(_ uri: String?) -> String {
            guard let uri, (try? Endpoint(uri, allowsLoopbackHTTP: true)) != nil else {
                return "https://service.invalid/callback"
            }
            return uri
        }

        /// Whether the claims parameter asks to confirm something.
        private static func hasTemplate(_ claims: JSON) -> Bool {
            ["userinfo", "id_token"].contains { place in
                claims["claims"]?[place]?.members?.contains { $0.name.contains("template") } == true
            }
        }
    }
#endif
