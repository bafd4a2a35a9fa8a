import HTTPTypes
import ItsmeRP
import JOSE
import TestSupport
import XCTest

/// How requests reach itsme: by value, by reference, or in the query.
final class RequestDeliveryTests: XCTestCase {
    private let provider = TestProvider()
    /// With the time of the provider, which is not that of the machine.
    private lazy var store = InMemoryStateStore(time: provider.time)

    private func client(_ delivery: RequestDelivery) throws -> ItsmeClient {
        try provider.client { $0.requestDelivery = delivery }
    }

    private func parameters(_ request: AuthorizationRequest) -> [String: String] {
        Query.parse(String(request.url.split(separator: "?", maxSplits: 1)[1]))
    }

    func testByReferenceTheURLCarriesTheNameOfAnObjectThatTheEndpointServes() async throws {
        for base in ["https://rp.example.be:443/itsme/request/", "https://rp.example.be:443/itsme/request"] {
            let request = try await client(.byReference(base, store: store)).authorizationRequest(for: .login("LOGIN"))
            let outside = parameters(request)
            XCTAssertEqual(Set(outside.keys), ["client_id", "response_type", "scope", "request_uri"])
            let uri = try XCTUnwrap(outside["request_uri"])
            XCTAssertTrue(uri.hasPrefix("https://rp.example.be:443/itsme/request/"), "\(base) and a slash")
            XCTAssertLessThanOrEqual(uri.utf8.count, 512)
            let reply = await RequestObjectEndpoint(store).respond(
                to: HTTPRequest(
                    method: .get, scheme: "https", authority: "rp.example.be:443",
                    path: String(uri.dropFirst("https://rp.example.be:443".count))),
                body: [])
            XCTAssertEqual(reply.response.status, .ok, base)
            XCTAssertEqual(reply.response.headerFields[.contentType], "application/oauth-authz-req+jwt")
            let object = try await TestProvider.requestObject(
                in: "?request=" + String(decoding: reply.body, as: UTF8.self))
            XCTAssertEqual(object["state"]?.string, request.transaction.state.exposedValue)
        }
    }

    func testTheNameOfARequestIsOnePathSegmentBelowTheRegisteredURI() async throws {
        for base in [
            "https://rp.example.be:443/itsme/request/", "https://rp.example.be:443/itsme/request",
            "https://rp.example.be:443", "https://rp.example.be:443/",
            // With the slash and the 43 characters of a name it has 512 characters.
            "https://rp.example.be:443/" + String(repeating: "a", count: 512 - 44 - 26),
            "https://rp.example.be:443/" + String(repeating: "a", count: 512 - 44 - 26) + "/",
        ] {
            let request = try await client(.byReference(base, store: store)).authorizationRequest(for: .login("LOGIN"))
            let uri = try XCTUnwrap(parameters(request)["request_uri"])
            let registered = base.hasSuffix("/") ? base : base + "/"
            XCTAssertTrue(uri.hasPrefix(registered), base)
            let name = uri.dropFirst(registered.count)
            XCTAssertEqual(name.utf8.count, 43)
            XCTAssertFalse(name.contains { "/?#%.;=".contains($0) })
            XCTAssertLessThanOrEqual(uri.utf8.count, 512)
        }
        for suffix in ["a", "a/"] {
            let base = "https://rp.example.be:443/" + String(repeating: "a", count: 512 - 44 - 26) + suffix
            await assertItsmeError(.insecureURL, phase: .configuration, field: "requestDelivery.requestURI") {
                try client(.byReference(base, store: store))
            }
        }
    }

    func testRefusesARequestURIThatItsmeWouldRefuse() async {
        for uri in [
            "https://rp.example.be/request/", "https://rp.example.be:8443/request/",
            "http://rp.example.be:443/request/",
            "https://localhost:443/request/", "https://127.0.0.1:443/request/", "https://10.1.2.3:443/request/",
            "https://192.168.0.1:443/request/", "https://172.20.0.1:443/r/", "https://169.254.1.1:443/r/",
            "https://intranet:443/request/", "https://rp.local:443/r/", "https://[::1]:443/r/",
            "https://[fd00::1]:443/r/",
            "https://rp.example.be:443/request/#f", "https://rp.example.be:443/request?x=1",
            "https://rp.example.be:443/request?", "https://rp.example.be:443/request?id=",
            "https://rp.example.be:443?id=",
            "https://u@rp.example.be:443/",
            "https://rp.example.be:443/" + String(repeating: "a", count: 450), "", "request/",
            "https://127.1:443/r/", "https://rp.localhost:443/r/", "https://rp..be:443/r/", "https://100.64.0.1:443/r/",
        ] {
            await assertItsmeError(
                .insecureURL, phase: .configuration, field: "requestDelivery.requestURI", String(uri.prefix(60))
            ) {
                try client(.byReference(uri, store: store))
            }
        }
        XCTAssertTrue(provider.sent.isEmpty)
    }

    func testInTheQueryEveryParameterStandsInClear() async throws {
        let request = try await client(.unprotectedQuery).authorizationRequest(
            for: .login("LOGIN"), claims: ClaimsRequest(userInfo: [.email.essential]), level: .advanced,
            maximumAuthenticationAge: .seconds(60))
        let outside = parameters(request)
        XCTAssertNil(outside["request"])
        XCTAssertEqual(outside["scope"], "openid service:LOGIN")
        XCTAssertEqual(outside["redirect_uri"], TestProvider.redirectURI)
        XCTAssertEqual(outside["state"], request.transaction.state.exposedValue)
        XCTAssertEqual(outside["code_challenge_method"], "S256")
        XCTAssertEqual(outside["max_age"], "60")
        XCTAssertEqual(try JSON(parsing: outside["claims"] ?? "")["userinfo"]?["email"]?["essential"]?.bool, true)
        XCTAssertNil(outside["code_verifier"])

        var dumped = ""
        dump(request, to: &dumped)
        for text in [dumped, "\(request)", String(reflecting: request)] {
            for name in ["state", "nonce"] { XCTAssertFalse(text.contains(try XCTUnwrap(outside[name])), name) }
        }
    }

    func testConfirmNeverGoesInTheQuery() async throws {
        let template = try ConfirmationTemplate.freeText("Do you agree?")
        let client = try client(.unprotectedQuery)
        await assertItsmeError(.invalidConfiguration, phase: .authorizationRequest, field: "requestDelivery") {
            try await client.authorizationRequest(for: .confirm("CONFIRM", template))
        }
    }

    func testLegacyShareDataGoesByReferenceOnly() async throws {
        func legacy(_ delivery: RequestDelivery) throws -> ItsmeClient {
            try provider.client {
                let (time, authentication) = ($0.time, $0.authentication)
                $0 = ItsmeConfiguration(
                    environment: try .custom(issuer: TestProvider.issuer, profile: .v1),
                    clientID: TestProvider.clientID, authentication: authentication,
                    redirectURI: TestProvider.redirectURI)
                $0.time = time
                $0.requestDelivery = delivery
            }
        }
        await assertItsmeError(.invalidConfiguration, field: "requestDelivery") {
            try await legacy(.byValue).authorizationRequest(for: .shareData("SHARE", .email))
        }
        _ = try await legacy(.byReference("https://rp.example.be:443/r/", store: store))
            .authorizationRequest(for: .shareData("SHARE", .email))
    }

    func testTheDefaultIsARequestObjectByValue() async throws {
        let request = try await provider.client().authorizationRequest(for: .login("LOGIN"))
        XCTAssertNotNil(parameters(request)["request"])
    }
}
