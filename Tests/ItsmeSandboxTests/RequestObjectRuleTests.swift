import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE
import TestSupport
import XCTest

/// Rules of request objects, one broken at a time.
final class RequestObjectRuleTests: XCTestCase {
    private func assertRule(
        _ rule: SandboxRule, file: StaticString = #filePath, line: UInt = #line,
        _ change: (ReferenceRelyingParty, inout JSONValue) -> Void
    ) async throws {
        let party = try ReferenceRelyingParty()
        var claims = party.requestObjectClaims(party.loginParameters())
        change(party, &claims)
        var outer = party.outer(party.loginParameters(), request: try await party.requestObject(claims))
        outer["redirect_uri"] = ReferenceRelyingParty.redirectURI
        assertSentBack(await party.authorize(outer), rule, party, file: file, line: line)
    }

    private func assertToken(
        _ rule: SandboxRule, file: StaticString = #filePath, line: UInt = #line,
        _ make: (ReferenceRelyingParty, JSONValue) async throws -> String
    ) async throws {
        let party = try ReferenceRelyingParty()
        let token = try await make(party, party.requestObjectClaims(party.loginParameters()))
        var outer = party.outer(party.loginParameters(), request: token)
        outer["redirect_uri"] = ReferenceRelyingParty.redirectURI
        assertSentBack(await party.authorize(outer), rule, party, file: file, line: line)
    }

    private func assertAccepted(
        file: StaticString = #filePath, line: UInt = #line, _ change: (ReferenceRelyingParty, inout JSONValue) -> Void
    ) async throws {
        let party = try ReferenceRelyingParty()
        var claims = party.requestObjectClaims(party.loginParameters())
        change(party, &claims)
        assertApproved(try await party.authorize(requestObject: claims), party, file: file, line: line)
    }

    func testRefusesMissingOrWrongIssuerAndAudience() async throws {
        try await assertRule(.requestObjectIssuer) { $1["iss"] = nil }
        try await assertRule(.requestObjectIssuer) { $1["iss"] = "OTHER" }
        try await assertRule(.requestObjectIssuer) { $1["iss"] = ["SHOP"] }
        try await assertRule(.requestObjectAudience) { $1["aud"] = nil }
        try await assertRule(.requestObjectAudience) { $1["aud"] = "https://idp.prd.itsme.services/v2" }
        try await assertRule(.requestObjectAudience) { $1["aud"] = [1] }
    }

    func testAcceptsAudienceInAnArray() async throws {
        try await assertAccepted { $1["aud"] = [.string(ReferenceRelyingParty.issuer), "https://other.example"] }
    }

    func testAcceptsRequestObjectWithoutTimes() async throws {
        try await assertAccepted {
            $1["exp"] = nil
            $1["iat"] = nil
            $1["jti"] = nil
        }
    }

    func testRefusesExpiredOrFutureRequestObject() async throws {
        try await assertRule(.requestObjectExpired) { $1["exp"] = .integer($0.now - 61) }
        try await assertRule(.requestObjectExpired) { $1["exp"] = "soon" }
        try await assertRule(.requestObjectNotYetValid) { $1["nbf"] = .integer($0.now + 61) }
        try await assertAccepted { $1["exp"] = .integer($0.now - 59) }
    }

    func testRefusesNestedRequestAndClientAsSubject() async throws {
        try await assertRule(.requestObjectNested) { $1["request"] = "x" }
        try await assertRule(.requestObjectNested) { $1["request_uri"] = "https://shop.example" }
        try await assertRule(.requestObjectSubject) { $1["sub"] = "SHOP" }
    }

    func testRefusesMembersOfTheWrongType() async throws {
        try await assertRule(.requestObjectMember) { $1["state"] = 7 }
        try await assertRule(.requestObjectMember) { $1["claims"] = "{}" }
    }

    func testOuterAndInnerParametersMustAgree() async throws {
        try await assertRule(.outerParameterDiffers) { $1["scope"] = "openid service:SHOP_DATA" }
        try await assertRule(.outerParameterDiffers) { $1["response_type"] = "id_token" }
        try await assertRule(.outerParameterDiffers) { $1["client_id"] = "OTHER" }
    }

    func testOuterParametersMustBeThere() async throws {
        let party = try ReferenceRelyingParty()
        let object = try await party.requestObject(party.requestObjectClaims(party.loginParameters()))
        for missing in ["response_type", "scope"] {
            var outer = party.outer(party.loginParameters(), request: object)
            outer["redirect_uri"] = ReferenceRelyingParty.redirectURI
            outer[missing] = nil
            assertSentBack(await party.authorize(outer), .outerParameterMissing, party)
        }
    }

    func testOrderOfScopesDoesNotMatter() async throws {
        try await assertAccepted { $1["scope"] = "service:SHOP_LOGIN openid" }
    }

    func testScopeOutsideMayBeOpenIDAlone() async throws {
        let party = try ReferenceRelyingParty()
        var outer = party.outer(
            party.loginParameters(),
            request: try await party.requestObject(party.requestObjectClaims(party.loginParameters())))
        outer["redirect_uri"] = ReferenceRelyingParty.redirectURI
        outer["scope"] = "openid"
        assertApproved(await party.authorize(outer), party)
        outer["scope"] = "openid profile"
        assertSentBack(await party.authorize(outer), .outerParameterDiffers, party)
    }

    func testIgnoresWhatItsmeDoesNotLookAt() async throws {
        for age: JSONValue in [true, "soon", -1] { try await assertAccepted { $1["max_age"] = age } }
        try await assertAccepted { $1["response_mode"] = ["form_post"] }
    }

    func testInnerParametersSupersedeOuterOnes() async throws {
        let party = try ReferenceRelyingParty()
        let claims = party.requestObjectClaims(party.loginParameters())
        var outer = party.outer(party.loginParameters(), request: try await party.requestObject(claims))
        outer["state"] = "outer-state"
        outer["redirect_uri"] = "https://shop.example/other?tenant=7"
        let reply = await party.authorize(outer)
        assertApproved(reply, party)
        XCTAssertEqual(reply.locationParameters["state"], "state-1")
        XCTAssertEqual(
            reply.response.headerFields[.location]?.hasPrefix(ReferenceRelyingParty.redirectURI + "?code="), true)
    }

    func testWrongRedirectURIInsideStaysOnThePageWhateverIsOutside() async throws {
        let party = try ReferenceRelyingParty()
        var claims = party.requestObjectClaims(party.loginParameters())
        claims["redirect_uri"] = "https://evil.example/"
        var outer = party.outer(party.loginParameters(), request: try await party.requestObject(claims))
        outer["redirect_uri"] = ReferenceRelyingParty.redirectURI
        assertPage(await party.authorize(outer), .redirectURIUnregistered, party)
    }

    func testWithoutOuterRedirectURIABrokenRequestObjectStaysOnThePage() async throws {
        let party = try ReferenceRelyingParty()
        let reply = await party.authorize(party.outer(party.loginParameters(), request: "not a token"))
        assertPage(reply, .requestObjectMalformed, party)
    }

    func testRefusesRequestObjectThatIsNotEncrypted() async throws {
        try await assertToken(.requestObjectNotEncrypted) { try await $0.signed($1) }
    }

    func testRefusesRequestObjectThatIsNotSigned() async throws {
        try await assertToken(.requestObjectNotSigned) { try await $0.encrypted($1.serializedString()) }
        try await assertToken(.requestObjectNotSigned) { party, claims in
            try await party.encrypted(try await party.requestObject(claims))
        }
        try await assertToken(.requestObjectSignatureAlgorithm) { party, claims in
            let header = Base64URL.encode(Array(#"{"alg":"none","kid":"rp-sig-1"}"#.utf8))
            return try await party.encrypted("\(header).\(Base64URL.encode(claims.serialized())).AAAA")
        }
    }

    func testRefusesWrongSignatures() async throws {
        try await assertToken(.requestObjectSignature) { party, claims in
            let wrong = JWK(try TestKeys.otherSigning.get().material, keyID: "rp-sig-1", use: .signature)
            return try await party.encrypted(try await party.signed(claims, key: wrong))
        }
        try await assertToken(.requestObjectKeyIDMissing) { party, claims in
            let unnamed = JWK(party.signingKey.material, keyID: nil, use: .signature)
            return try await party.encrypted(try await party.signed(claims, key: unnamed))
        }
        try await assertToken(.requestObjectKeyUnknown) { party, claims in
            try await party.encrypted(try await party.signed(claims, key: try TestKeys.otherSigning.get()))
        }
        try await assertToken(.requestObjectKeyUnknown) { party, claims in
            let misnamed = JWK(party.signingKey.material, keyID: "rp-enc-1", use: .signature)
            return try await party.encrypted(try await party.signed(claims, key: misnamed))
        }
    }

    func testRefusesOtherEncryption() async throws {
        try await assertToken(.requestObjectEncryption) { party, claims in
            try await party.encrypted(try await party.signed(claims), contentEncryption: .a256CBC_HS512)
        }
        try await assertToken(.requestObjectDecryption) { party, claims in
            let token = try await party.signed(claims)
            return try JWE.encrypt(
                Array(token.utf8), to: try party.encryptionKey.publicJWK(), keyManagement: .rsaOAEP256,
                contentEncryption: .a128CBC_HS256)
        }
        try await assertToken(.requestObjectMalformed) { _, _ in "a.b" }
        try await assertToken(.requestObjectMalformed) { _, _ in "a.b.c.d.e" }
    }

    func testAcceptsTheOtherEncryptionAlgorithms() async throws {
        for (keyManagement, contentEncryption) in [
            (KeyManagementAlgorithm.rsaOAEP, ContentEncryptionAlgorithm.a128CBC_HS256), (.rsaOAEP256, .a256GCM),
        ] {
            let party = try ReferenceRelyingParty()
            let token = try await party.encrypted(
                try await party.signed(party.requestObjectClaims(party.loginParameters())),
                keyManagement: keyManagement, contentEncryption: contentEncryption)
            assertApproved(await party.authorize(party.outer(party.loginParameters(), request: token)), party)
        }
    }

    func testRefusesPayloadThatIsNoObject() async throws {
        try await assertToken(.requestObjectClaims) { party, _ in
            try await party.encrypted(try await party.signed(["iss"]))
        }
        try await assertToken(.requestObjectClaims) { party, _ in
            let twice = Array(#"{"iss":"SHOP","iss":"SHOP"}"#.utf8)
            return try await party.encrypted(try await JWS.sign(twice, with: try LocalSigner(party.signingKey)))
        }
    }

    // MARK: By reference

    private func assertRequestURI(
        _ rule: SandboxRule, uri: String = ReferenceRelyingParty.requestURI, file: StaticString = #filePath,
        line: UInt = #line, _ prepare: (ReferenceRelyingParty, [UInt8]) -> Void
    ) async throws {
        let party = try ReferenceRelyingParty()
        let object = try await party.requestObject(party.requestObjectClaims(party.loginParameters()))
        prepare(party, Array(object.utf8))
        var outer = party.outer(party.loginParameters(), request: "")
        outer["request"] = nil
        outer["request_uri"] = uri
        outer["redirect_uri"] = ReferenceRelyingParty.redirectURI
        assertSentBack(await party.authorize(outer), rule, party, file: file, line: line)
    }

    func testRefusesRequestURIsThatDoNotServe() async throws {
        let uri = ReferenceRelyingParty.requestURI
        try await assertRequestURI(.requestURIUnregistered, uri: uri + "x") { _, _ in }
        try await assertRequestURI(.requestURIUnreachable) { _, _ in }
        try await assertRequestURI(.requestURIUnreachable) {
            $0.transport.serve(uri, $1, type: "application/oauth-authz-req+jwt", status: .found)
        }
        try await assertRequestURI(.requestURIMediaType) { $0.transport.serve(uri, $1, type: "text/plain") }
        try await assertRequestURI(.requestObjectMalformed) { party, _ in
            party.transport.serve(uri, [0xFF], type: "application/oauth-authz-req+jwt")
        }
    }

    func testTakesTheMediaTypeOfTheFirstGenerationWithAWarning() async throws {
        let recorded = PrintedText()
        let party = try ReferenceRelyingParty(configuration: { $0.logger = recorded.logger })
        let object = try await party.requestObject(party.requestObjectClaims(party.loginParameters()))
        var outer = party.outer(party.loginParameters(), request: "")
        outer["request"] = nil
        outer["request_uri"] = ReferenceRelyingParty.requestURI
        for (type, warnings) in [("application/oauth-authz-req+jwt", 0), ("application/jwt", 1)] {
            party.transport.serve(ReferenceRelyingParty.requestURI, Array(object.utf8), type: type)
            assertApproved(await party.authorize(outer), party)
            XCTAssertEqual(recorded.lines.count, warnings, type)
        }
        XCTAssertEqual(recorded.lines.first?.contains("application/oauth-authz-req+jwt"), true)
    }

    func testOnePathSegmentBelowARegisteredURINamesASingleRequest() async throws {
        let prefix = "https://shop.example:443/itsme/requests/"
        let loopback = "http://127.0.0.1:8082/requests/"
        let party = try ReferenceRelyingParty(registration: {
            $0.requestURIs += [prefix, loopback, "https://shop.example:443/itsme/tenant?tenant=7"]
        })
        let object = Array(try await party.requestObject(party.requestObjectClaims(party.loginParameters())).utf8)
        var outer = party.outer(party.loginParameters(), request: "")
        outer["request"] = nil
        outer["redirect_uri"] = ReferenceRelyingParty.redirectURI
        for uri in [
            prefix + "pN3_x-9~.q", loopback + "1", prefix, ReferenceRelyingParty.requestURI,
            ReferenceRelyingParty.requestURI + "/pN3_x-9~.q", "https://shop.example:443/itsme/tenant?tenant=7",
        ] {
            party.transport.serve(uri, object, type: "application/oauth-authz-req+jwt")
            outer["request_uri"] = uri
            assertApproved(await party.authorize(outer), party)
        }
        for uri in [
            prefix + "a/b", prefix + "a?b", prefix + "..", prefix + ".", prefix + "a#b", prefix + "%2e",
            "https://shop.example:443/itsme/requests", "https://shop.example:443/itsme/Requests/a",
            "https://shop.example/itsme/requests/a", "http://127.0.0.1:8083/requests/1",
            ReferenceRelyingParty.requestURI + "?id=1", ReferenceRelyingParty.requestURI + "?a",
            ReferenceRelyingParty.requestURI + "/", ReferenceRelyingParty.requestURI + "/?id=1",
            ReferenceRelyingParty.requestURI + "/a/b", ReferenceRelyingParty.requestURI + "/..",
            ReferenceRelyingParty.requestURI + "/a?b", prefix + "?id=1", prefix + "/a", loopback + "1?id=1",
            "https://shop.example:443/itsme/tenant?tenant=7&id=1", "https://shop.example:443/itsme/tenant?tenant=7/a",
            prefix + String(repeating: "a", count: 512),
        ] {
            party.transport.serve(uri, object, type: "application/oauth-authz-req+jwt")
            outer["request_uri"] = uri
            assertSentBack(await party.authorize(outer), .requestURIUnregistered, party)
        }
    }

    func testRefusesRequestTogetherWithRequestURI() async throws {
        let party = try ReferenceRelyingParty()
        var parameters = party.loginParameters()
        parameters["request"] = "x"
        parameters["request_uri"] = ReferenceRelyingParty.requestURI
        assertSentBack(await party.authorize(parameters), .requestAndRequestURI, party)
    }
}
