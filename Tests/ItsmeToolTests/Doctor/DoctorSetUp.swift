#if Tool
    import Foundation
    import HTTPTypes
    import ItsmeRP
    import JOSE
    import Synchronization

    @testable import ItsmeTool

    /// An integration that is right in everything, to be broken in one thing.
    struct DoctorSetUp {
        static let site = "https://www.example.be"
        static let issuer = "https://idp.e2e.itsme.services/v2"
        /// At the time of the checks.
        static let now = Date(timeIntervalSince1970: 1_780_000_000)

        var subject: Doctor.Subject
        var ring: KeyRing
        /// Answers by URL. Any other URL is answered with 404.
        var answers: [String: HTTPReply]
        var certificate = ServerCertificate(
            validation: .organization, notBefore: now.addingTimeInterval(-86_400),
            notAfter: now.addingTimeInterval(200 * 86_400))
        /// What the transport says in place of an answer, by host.
        var faults: [String: HTTPTransportError] = [:]
        /// How long every answer of the service takes.
        var answerTime = Duration.milliseconds(20)
        var now = Self.now

        init() throws {
            let ring = try Self.shared.get()
            let keys = try ClientKeyRing(ring)
            var client = ItsmeConfiguration(
                environment: .e2e, clientID: "my-client", authentication: .privateKeyJWT(keys),
                redirectURI: Self.site + "/itsme/callback")
            client.clockSkew = .seconds(60)
            subject = Doctor.Subject(
                environment: .e2e, client: client, keyRing: ring, jwkSetURL: Self.site + "/jwks.json",
                requestURI: Self.site + ":443/itsme/request",
                requestObjectURL: Self.site + ":443/itsme/request/present",
                redirectURIs: [client.redirectURI],
                apps: AppLinkExpectation(
                    platform: .both, iosApps: ["ABCDE12345.com.example.app"], androidApps: ["com.example.app"]))
            let fingerprint = Array(repeating: "AB", count: 32).joined(separator: ":")
            let discovery = try Self.fixture("e2e-openid-configuration.json")
            answers = [
                Self.site + "/jwks.json": Self.reply(
                    try ring.publicJWKSet().publicJSON().serializedString(), "application/jwk-set+json",
                    [.cacheControl: "public, max-age=1800"]),
                Self.site + ":443/itsme/request/present": Self.reply("a.b.c.d.e", "application/oauth-authz-req+jwt"),
                Self.site + "/itsme/callback": Self.reply("<p>Wrong</p>", "text/html", status: .badRequest),
                Self.site + AppLinkCheck.iosPath: Self.reply(
                    #"""
                    {"applinks": {"details": [{"appIDs": ["ABCDE12345.com.example.app"],
                      "components": [{"/": "/private/*", "exclude": true}, {"/": "/itsme/*"}]}]}}
                    """#, "application/json"),
                Self.site + AppLinkCheck.androidPath: Self.reply(
                    #"""
                    [{"relation": ["delegate_permission/common.handle_all_urls"], "target": {"namespace": "android_app",
                      "package_name": "com.example.app", "sha256_cert_fingerprints": ["\#(fingerprint)"]}}]
                    """#, "application/json"),
                Self.issuer + "/.well-known/openid-configuration": Self.reply(
                    discovery, "application/json", [.date: "Thu, 28 May 2026 20:26:40 GMT"]),
                Self.issuer + "/jwkSet": Self.reply(try Self.fixture("e2e-jwkset.json"), "application/json"),
            ]
            self.ring = ring
        }

        /// Makes every check.
        func findings() async -> [Finding] {
            let web = Web(answers: answers, faults: faults)
            let start = ContinuousClock.now
            let count = Mutex(0)
            let answerTime = answerTime
            let doctor = Doctor(
                subject, provider: web, outside: web, certificate: { [certificate] _, _ in certificate },
                now: { [now] in now },
                // Each look at the clock is one answer later.
                instant: {
                    count.withLock { count in
                        count += 1
                        return start + answerTime * count
                    }
                })
            return await doctor.findings()
        }

        // MARK: Breaking

        /// Changes an answer of the service.
        mutating func change(_ path: String, _ change: (inout HTTPReply) -> Void) {
            guard var reply = answers[Self.site + path] else { return }
            change(&reply)
            answers[Self.site + path] = reply
        }

        /// Replaces a text in an answer.
        mutating func replace(_ text: String, with other: String, in url: String) {
            guard let reply = answers[url] else { return }
            var changed = reply
            changed.body = Array(String(decoding: reply.body, as: UTF8.self).replacing(text, with: other).utf8)
            answers[url] = changed
        }

        /// Publishes other keys.
        mutating func publish(_ json: JSONValue) {
            change("/jwks.json") { $0.body = json.serialized() }
        }

        static func reply(
            _ body: String, _ type: String, _ fields: HTTPFields = [:], status: HTTPResponse.Status = .ok
        ) -> HTTPReply {
            var fields = fields
            fields[.contentType] = type
            return HTTPReply(response: HTTPResponse(status: status, headerFields: fields), body: Array(body.utf8))
        }

        /// The keys of every set-up.
        private static let shared = Result { try ring() }

        static func ring(kid: (KeyUse) -> String? = { _ in nil }) throws -> KeyRing {
            func key(_ use: KeyUse) throws -> JWK {
                var jwk = JWK(.rsaPrivate(try RSAPrivateKey.generate(bits: 2048)), keyID: nil, use: use)
                jwk.keyID = try kid(use) ?? jwk.thumbprint()
                return jwk
            }
            return try KeyRing(signing: key(.signature), encryption: key(.encryption), at: now)
        }

        private static func fixture(_ name: String) throws -> String {
            let folder = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../../Fixtures/provider")
            return try String(contentsOf: folder.standardized.appendingPathComponent(name), encoding: .utf8)
        }

        /// The internet of a test.
        private struct Web: HTTPTransport {
            let answers: [String: HTTPReply]
            let faults: [String: HTTPTransportError]

            func send(_ request: HTTPRequest, body: [UInt8], limits: HTTPLimits) async throws -> HTTPReply {
                let authority = request.authority ?? ""
                if let fault = faults[String(authority.prefix { $0 != ":" })] { throw fault }
                return answers["\(request.scheme ?? "")://\(authority)\(request.path ?? "")"]
                    ?? HTTPReply(response: HTTPResponse(status: .notFound))
            }
        }
    }
#endif
