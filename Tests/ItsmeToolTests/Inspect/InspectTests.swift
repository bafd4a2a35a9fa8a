#if Tool
    import Foundation
    import HTTPTypes
    import ItsmeRP
    import ItsmeSandbox
    import JOSE
    import TestSupport
    import XCTest

    @testable import ItsmeTool

    /// What `itsme inspect` says of each kind of input.
    final class InspectTests: XCTestCase {
        private func finding(_ check: String, in report: InspectionReport) throws -> Finding {
            try XCTUnwrap(report.findings.first { $0.check == check }, "\(check) in \(report.findings)")
        }

        private func idToken(_ login: InspectWorld.Login) throws -> String {
            try XCTUnwrap(try JSON(parsing: login.tokenResponse)["id_token"]?.string)
        }

        // MARK: Tokens

        func testListsEveryRuleOfAGoodTokenInTheOrderOfTheLibrary() async throws {
            let world = try InspectWorld()
            let login = try await world.login(nil)
            let report = try await world.inspect(tokenResponseOf: login)
            XCTAssertNil(report.code)
            XCTAssertEqual(
                report.findings.map(\.check),
                ["json", "access_token", "token_type", "id_token"].map { "token." + $0 }
                    + [
                        "encryption", "encryption-algorithms", "decryption", "typ", "signature-algorithm", "signature",
                        "claims", "iss", "sub", "aud", "azp", "exp", "nbf", "iat", "nonce", "acr", "auth_time",
                        "at_hash",
                    ].map { "id-token." + $0 } + ["result"])
            XCTAssertTrue(report.findings.allSatisfy { $0.level == .ok }, "\(report.findings)")
            XCTAssertEqual(report.headers.map(\.form), ["JWE", "JWS"])
            XCTAssertEqual(report.claims?.isVerified, true)
        }

        func testSaysWhichKeyIsMissing() async throws {
            let world = try InspectWorld()
            let login = try await world.login(nil)
            let input = try InspectionInput(cleaning: try idToken(login))
            let report = try await Inspection(now: InspectWorld.now).report(on: input)
            let decryption = try finding("id-token.decryption", in: report)
            XCTAssertEqual(decryption.level, .skipped)
            XCTAssertTrue(decryption.text.contains("kid client-enc"), decryption.text)
            XCTAssertTrue(try XCTUnwrap(decryption.remedy).contains("--keys FILE"))
            XCTAssertNil(report.claims)
            XCTAssertFalse(report.findings.hasFailure)
        }

        func testSaysThatTheProviderIsMissingAndMarksTheClaimsAsUnverified() async throws {
            let world = try InspectWorld()
            let login = try await world.login(nil)
            var inspection = Inspection(now: InspectWorld.now)
            inspection.authentication = .privateKeyJWT(try InspectWorld.keys)
            let report = try await inspection.report(on: InspectionInput(cleaning: try idToken(login)))
            let signature = try finding("id-token.signature", in: report)
            XCTAssertEqual(signature.level, .skipped)
            XCTAssertTrue(signature.text.contains("kid provider-sig"), signature.text)
            XCTAssertTrue(try XCTUnwrap(signature.remedy).contains("--environment"))
            XCTAssertEqual(report.claims?.isVerified, false)
        }

        func testSaysWhatWasNotComparedInsteadOfCallingItRight() async throws {
            let world = try InspectWorld()
            let login = try await world.login(nil)
            var inspection = Inspection(now: InspectWorld.now)
            inspection.authentication = .privateKeyJWT(try InspectWorld.keys)
            inspection.providerKeys = try TestProvider.jwkSet().serialized()
            let report = try await inspection.report(on: InspectionInput(cleaning: try idToken(login)))
            for name in ["iss", "aud", "nonce", "acr", "auth_time"] {
                XCTAssertEqual(try finding("id-token.\(name)", in: report).level, .skipped, name)
            }
            for name in ["signature", "exp", "iat"] {
                XCTAssertEqual(try finding("id-token.\(name)", in: report).level, .ok, name)
            }
            XCTAssertEqual(try finding("result", in: report).level, .skipped)
            // The same token an hour later, whatever is not known.
            var later = Inspection(now: InspectWorld.now + 3600)
            later.authentication = inspection.authentication
            later.providerKeys = inspection.providerKeys
            let expired = try await later.report(on: InspectionInput(cleaning: try idToken(login)))
            XCTAssertEqual(expired.code, "token_expired")
        }

        func testTellsTokensOfTheBackchannelByTheirRequest() async throws {
            let provider = TestProvider()
            var claims = provider.idTokenClaims(nonce: "a-nonce")
            claims["urn:openid:params:jwt:claim:auth_req_id"] = "request-1"
            let token = try await TestProvider.nestedToken(claims)
            for (identifier, code) in [("request-1", nil), ("request-2", "auth_req_id_mismatch")] as [(String, String?)]
            {
                var inspection = Inspection(now: provider.now)
                inspection.authentication = .privateKeyJWT(try InspectWorld.keys)
                inspection.providerKeys = try TestProvider.jwkSet().serialized()
                inspection.login.authReqID = Secret(identifier)
                let report = try await inspection.report(on: InspectionInput(cleaning: token))
                XCTAssertEqual(report.code, code)
            }
        }

        func testChecksATokenThatIsOnlySignedToTheEnd() async throws {
            let provider = TestProvider()
            let signer = try LocalSigner(TestProvider.keys.providerSigning)
            let token = try await JWS.sign(provider.idTokenClaims(nonce: "n").serialized(), with: signer)
            var inspection = Inspection(now: provider.now)
            inspection.providerKeys = try TestProvider.jwkSet().serialized()
            let report = try await inspection.report(on: InspectionInput(cleaning: token))
            XCTAssertEqual(report.code, "token_not_encrypted")
            XCTAssertEqual(try finding("id-token.encryption", in: report).level, .fail)
            XCTAssertEqual(try finding("id-token.signature", in: report).level, .ok)
            XCTAssertEqual(report.findings.filter { $0.level == .fail }.count, 1)
        }

        func testSaysThatOnlyItsmeOpensWhatIsEncryptedToIt() async throws {
            let world = try InspectWorld()
            let login = try await world.login(nil)
            let object = try XCTUnwrap(Query.parse(String(login.url.split(separator: "?")[1]))["request"])
            let report = try await world.inspection(login).report(on: InspectionInput(cleaning: object))
            XCTAssertEqual(report.code, "decryption_key_not_found")
            XCTAssertTrue(try finding("token.recipient", in: report).text.contains("only itsme can open it"))
        }

        // MARK: What the service sends

        private func signed(_ claims: JSONValue) async throws -> String {
            try await JWS.sign(claims.serialized(), with: LocalSigner(TestProvider.keys.clientSigning))
        }

        private func assertion(_ change: (inout JSONValue) -> Void = { _ in }) async throws -> String {
            let now = Int64(InspectWorld.now.timeIntervalSince1970)
            let clientID = JSONValue.string(SandboxWorld.clientID)
            var claims: JSONValue = [
                "iss": clientID, "sub": clientID, "aud": .string(InspectWorld.issuer + "/token"), "jti": "1",
                "iat": .integer(now), "exp": .integer(now + 60),
            ]
            change(&claims)
            return try await signed(claims)
        }

        func testChecksAClientAssertionByTheRulesOfItsme() async throws {
            let inspection = try InspectWorld().inspection(InspectWorld.Login())
            let good = try await inspection.report(on: InspectionInput(cleaning: try await assertion()))
            XCTAssertEqual(good.kind, "client_assertion")
            XCTAssertNil(good.code, "\(good.findings)")
            XCTAssertEqual(try finding("client_assertion.signature", in: good).level, .ok)
            // What is not in the assertion is not called right.
            XCTAssertFalse(
                good.findings.contains { ["client_assertion.type", "client_assertion.jti_reused"].contains($0.check) })
            XCTAssertEqual(good.claims?.isVerified, true)
            let wrong = try await assertion { $0["aud"] = .string(InspectWorld.issuer) }
            let report = try await inspection.report(on: InspectionInput(cleaning: wrong))
            XCTAssertEqual(report.code, "client_assertion.aud")
            let text = try finding("client_assertion.aud", in: report).text
            XCTAssertTrue(
                text.hasSuffix("It must be \(InspectWorld.issuer)/token; it is \(InspectWorld.issuer)."), text)
            let foreign = try await assertion {
                $0["iss"] = "ANOTHER_CLIENT"
                $0["sub"] = "ANOTHER_CLIENT"
            }
            let refused = try await inspection.report(on: InspectionInput(cleaning: foreign))
            XCTAssertEqual(refused.code, "client_assertion.client_id")
            XCTAssertNotNil(try finding("client_assertion.aud", in: report).remedy)
        }

        func testSaysThatTheServiceSeesNoFragment() async throws {
            let report = try await Inspection(now: InspectWorld.now).report(
                on: InspectionInput(cleaning: "https://www.example.be/callback#code=abc&state=xyz"))
            XCTAssertEqual(report.kind, "callback")
            XCTAssertEqual(try finding("authorization-response.fragment", in: report).level, .fail)
            XCTAssertEqual(try finding("authorization-response.result", in: report).level, .ok)
            XCTAssertEqual(report.facts.first?.text, "https://www.example.be/callback")
        }

        func testSaysThatOwnKeysAreMissingForAClientAssertion() async throws {
            let report = try await Inspection(now: InspectWorld.now).report(
                on: InspectionInput(cleaning: try await assertion()))
            XCTAssertFalse(report.findings.hasFailure, "\(report.findings)")
            XCTAssertEqual(try finding("own.signature", in: report).level, .skipped)
        }

        private func requestObject(_ change: (inout JSONValue) -> Void = { _ in }) async throws -> String {
            let now = Int64(InspectWorld.now.timeIntervalSince1970)
            var claims: JSONValue = [
                "iss": .string(SandboxWorld.clientID), "aud": .string(InspectWorld.issuer), "exp": .integer(now + 60),
                "client_id": .string(SandboxWorld.clientID), "response_type": "code", "scope": "openid service:LOGIN",
                "redirect_uri": .string(SandboxWorld.redirectURI), "state": "s", "nonce": "n",
            ]
            change(&claims)
            return try await signed(claims)
        }

        func testChecksARequestObjectBeforeItIsEncrypted() async throws {
            let inspection = try InspectWorld().inspection(InspectWorld.Login())
            let good = try await inspection.report(on: InspectionInput(cleaning: try await requestObject()))
            XCTAssertEqual(good.kind, "request_object")
            XCTAssertNil(good.code, "\(good.findings)")
            XCTAssertEqual(try finding("request_object.aud", in: good).level, .ok)
            XCTAssertEqual(try finding("registration", in: good).level, .skipped)
            let expired = try await requestObject { $0["exp"] = 1_700_000_000 }
            let report = try await inspection.report(on: InspectionInput(cleaning: expired))
            XCTAssertEqual(report.code, "request_object.exp")
        }

        func testChecksAnAuthorizationURLAsFarAsItCanBeOpened() async throws {
            let world = try InspectWorld()
            let login = try await world.login(nil)
            let inspection = try world.inspection(login)
            let report = try await inspection.report(on: InspectionInput(cleaning: login.url))
            XCTAssertEqual(report.kind, "authorization_request")
            XCTAssertNil(report.code, "\(report.findings)")
            XCTAssertTrue(try finding("request_object.decryption", in: report).text.contains("only itsme can open it"))
            XCTAssertEqual(try finding("request_object.outer_missing", in: report).level, .ok)
            // Without what must be outside of the request object.
            let cut = login.url.replacing("response_type=code&", with: "")
            let broken = try await inspection.report(on: InspectionInput(cleaning: cut))
            XCTAssertEqual(broken.code, "request_object.outer_missing")
        }

        func testNamesWhatItsmeRefusesInAPlainAuthorizationURL() async throws {
            let inspection = try InspectWorld().inspection(InspectWorld.Login())
            let query = "client_id=SHOP&response_type=code&redirect_uri=https%3A%2F%2Fshop.example%2Fcb&scope=openid"
            for (more, code) in [
                ("%20service:X&state=1", nil), ("", "authorization.service_missing"),
                ("%20service:X&prompt=none", "authorization.prompt_none"),
                ("%20service:X&client_id=SHOP", "authorization.parameter_repeated"),
                ("%20service:X&code_challenge=x&code_challenge_method=plain", "authorization.code_challenge_method"),
            ] as [(String, String?)] {
                let report = try await inspection.report(
                    on: InspectionInput(cleaning: "https://idp.e2e.itsme.services/v2/authorization?\(query)\(more)"))
                XCTAssertEqual(report.code, code, more)
            }
        }

        func testComparesARequestWithTheRegistration() async throws {
            var inspection = try InspectWorld().inspection(InspectWorld.Login())
            inspection.registration = ClientRegistration(
                clientID: SandboxWorld.clientID, redirectURIs: ["https://shop.example/callback"],
                services: [ServiceRegistration(code: "LOGIN", kind: .login)],
                keys: .inline(try XCTUnwrap(try InspectWorld.keys.publicJWKSet)))
            let report = try await inspection.report(on: InspectionInput(cleaning: try await requestObject()))
            XCTAssertEqual(report.code, "authorization.redirect_uri_unregistered")
        }

        func testRefusesARequestObjectThatIsNotEncryptedAndGoesOn() async throws {
            let inspection = try InspectWorld().inspection(InspectWorld.Login())
            let url =
                "\(InspectWorld.issuer)/authorization?client_id=\(SandboxWorld.clientID)&response_type=code"
                + "&scope=openid%20service:LOGIN&request=\(try await requestObject())"
            let report = try await inspection.report(on: InspectionInput(cleaning: url))
            XCTAssertEqual(report.code, "request_object.not_encrypted")
            XCTAssertEqual(try finding("request_object.signature", in: report).level, .ok)
        }

        // MARK: Other input

        func testExplainsErrorsOfLogsByTheirCode() async throws {
            for (text, code, kind) in [
                ("nonce_mismatch", "nonce_mismatch", "error"),
                ("2026-01-31 error itsme.code=state_missing itsme.field=state login failed", "state_missing", "error"),
                (#"{"level":"error","itsme.code":"token_expired","itsme.phase":"id-token"}"#, "token_expired", "error"),
                (
                    "id-token: signature_invalid: the signature is wrong — Refuse the login.", "signature_invalid",
                    "error"
                ),
                ("Invalid_Grant? invalid_grant.", "invalid_grant", "provider_error"),
                ("client_assertion.aud", "client_assertion.aud", "sandbox_rule"),
            ] {
                let report = try await Inspection(now: InspectWorld.now).report(on: InspectionInput(cleaning: text))
                XCTAssertEqual(report.code, code)
                XCTAssertEqual(report.kind, kind, code)
                XCTAssertFalse(report.findings.hasFailure)
                XCTAssertNotNil(report.findings.first?.remedy)
            }
        }

        func testLetsTheErrorOfItsmeInALogLineDecideWhoHasToAct() async throws {
            let line = "login failed itsme.code=token_request_refused itsme.provider_error=invalid_grant"
            let report = try XCTUnwrap(ErrorExplanation(line)?.report)
            XCTAssertTrue(try XCTUnwrap(report.facts.first { $0.name == "kind" }).text.hasPrefix("declined"))
            XCTAssertEqual(report.findings.last?.remedy, ProviderError(.invalidGrant).advice)
        }

        func testExplainsEveryCode() async throws {
            for code in ItsmeError.Code.byTopic.flatMap(\.codes) {
                let report = try XCTUnwrap(ErrorExplanation(code.description)?.report)
                XCTAssertEqual(report.code, code.description)
                XCTAssertEqual(report.findings.first?.remedy, code.remedy)
            }
            for code in ProviderError.Code.named {
                XCTAssertNotNil(ErrorExplanation(code.rawValue), code.rawValue)
            }
        }

        func testExplainsErrorsAndOtherAnswersOfItsme() async throws {
            for (text, kind, code) in [
                (#"{"error":"invalid_client","detail":"no"}"#, "error_answer", "invalid_client"),
                (#"{"auth_req_id":"1"}"#, "ping", nil),
                (#"{"auth_req_id":"1","expires_in":300,"interval":5}"#, "backchannel_answer", nil),
                (#"{"issuer":"https://x.example","jwks_uri":"https://x.example/k"}"#, "discovery", nil),
                ("https://shop.example/cb?error=access_denied&state=1", "callback", "authorization_refused"),
            ] as [(String, String, String?)] {
                let report = try await Inspection(now: InspectWorld.now).report(on: InspectionInput(cleaning: text))
                XCTAssertEqual(report.kind, kind)
                XCTAssertEqual(report.code, code)
            }
        }
    }
#endif
