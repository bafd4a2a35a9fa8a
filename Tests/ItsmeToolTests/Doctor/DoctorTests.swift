#if Tool
    import Foundation
    import HTTPTypes
    import ItsmeRP
    import JOSE
    import XCTest

    @testable import ItsmeTool

    /// The checks of `itsme doctor`, each against an integration that is broken in one thing.
    final class DoctorTests: XCTestCase {
        /// Breaks a set-up, and asserts that the check says so and gives the remedy.
        private func assertFinds(
            _ check: DoctorCheck, _ level: Finding.Level, _ text: String, remedy: String, line: UInt = #line,
            _ breakIt: (inout DoctorSetUp) throws -> Void
        ) async throws {
            var setUp = try DoctorSetUp()
            try breakIt(&setUp)
            let findings = await setUp.findings()
            let found = findings.filter { $0.check == check.rawValue }
            let all = findings.lines(style: TextStyle(isTerminal: false, variables: [:])).joined(separator: "\n")
            XCTAssertTrue(
                found.contains {
                    $0.level == level && $0.text.contains(text) && $0.remedy?.contains(remedy) == true
                }, all, line: line)
        }

        private func assertFinds(
            _ check: DoctorCheck, _ text: String, remedy: String, line: UInt = #line,
            _ breakIt: (inout DoctorSetUp) throws -> Void
        ) async throws {
            try await assertFinds(check, .fail, text, remedy: remedy, line: line, breakIt)
        }

        func testAHealthySetUpIsAllOk() async throws {
            let findings = try await DoctorSetUp().findings()
            let wrong = findings.filter { $0.level != .ok }
            XCTAssertEqual(wrong, [])
            let checked = Set(findings.map(\.check))
            // The settings are read before.
            let expected = Set(DoctorCheck.allCases.map(\.rawValue)).subtracting([
                DoctorCheck.settings.rawValue, DoctorCheck.names.rawValue,
            ])
            XCTAssertEqual(checked, expected)
        }

        // MARK: Keys on disk

        func testFindsSwappedKeyNames() async throws {
            try await assertFinds(.keyNames, .warn, "probably swapped", remedy: "--signing-key") { setUp in
                setUp.subject.keyRing = try DoctorSetUp.ring { $0 == .signature ? "enc-2026" : "sig-2026" }
            }
        }

        func testFindsARotationThatIsDue() async throws {
            try await assertFinds(.keyRotation, .warn, "is due", remedy: "itsme keys rotate FILE sig continue") {
                setUp in
                var ring = setUp.ring
                let next = JWK(.rsaPrivate(try RSAPrivateKey.generate(bits: 2048)), keyID: nil, use: .signature)
                try ring.beginSigningRotation(with: next, at: DoctorSetUp.now)
                setUp.subject.keyRing = ring
                setUp.now = DoctorSetUp.now.addingTimeInterval(3 * 86_400)
            }
        }

        // MARK: JWK Set URL

        func testFindsAJWKSetURLThatItsmeCannotUse() async throws {
            try await assertFinds(.jwkSetURL, "not https", remedy: "https URL") {
                $0.subject.jwkSetURL = "http://www.example.be/jwks.json"
            }
            try await assertFinds(.jwkSetURL, "only this machine", remedy: "public host") {
                $0.subject.jwkSetURL = "https://localhost/jwks.json"
            }
        }

        func testFindsAJWKSetURLThatDoesNotAnswerWithTheSet() async throws {
            try await assertFinds(.jwkSetAnswer, "redirects", remedy: "redirect") {
                $0.change("/jwks.json") { $0.response.status = .found }
            }
            try await assertFinds(.jwkSetAnswer, "wants a login", remedy: "without login") {
                $0.change("/jwks.json") { $0.response.status = .unauthorized }
            }
            try await assertFinds(.jwkSetAnswer, "status 500", remedy: "status 200") {
                $0.change("/jwks.json") { $0.response.status = .internalServerError }
            }
            try await assertFinds(.jwkSetAnswer, "not be resolved", remedy: "DNS") {
                $0.faults["www.example.be"] = HTTPTransportError(
                    .nameResolution, reason: "the host name could not be resolved")
            }
        }

        func testWarnsOfASlowJWKSet() async throws {
            try await assertFinds(.jwkSetTime, .warn, "1200 ms", remedy: "from memory") {
                $0.answerTime = .milliseconds(1200)
            }
        }

        func testFindsAWrongMediaTypeOfTheJWKSet() async throws {
            try await assertFinds(.jwkSetMediaType, "text/html", remedy: "application/jwk-set+json") {
                $0.change("/jwks.json") { $0.response.headerFields[.contentType] = "text/html" }
            }
        }

        func testFindsCachingThatItsmeDoesNotHonour() async throws {
            for (value, text) in [
                (nil, "no usable max-age"), ("no-store", "no usable max-age"), ("max-age=60", "60 seconds"),
                ("max-age=86401", "86401 seconds"),
            ] {
                try await assertFinds(.jwkSetCaching, .warn, text, remedy: "max-age=1800") {
                    $0.change("/jwks.json") { $0.response.headerFields[.cacheControl] = value }
                }
            }
            try await assertFinds(.jwkSetCaching, "rotations", remedy: "at most 3600") { setUp in
                let timing = try KeyRing.Timing(cacheLifetime: .seconds(3600), propagation: .seconds(600))
                let keys = try (0..<2).map { _ in try RSAPrivateKey.generate(bits: 2048) }
                setUp.subject.keyRing = try KeyRing(
                    signing: JWK(.rsaPrivate(keys[0]), keyID: "a", use: .signature),
                    encryption: JWK(.rsaPrivate(keys[1]), keyID: "b", use: .encryption), timing: timing,
                    at: DoctorSetUp.now)
                setUp.change("/jwks.json") { $0.response.headerFields[.cacheControl] = "max-age=7200" }
            }
        }

        func testFindsWhatIsWrongInTheJWKSet() async throws {
            try await assertFinds(.jwkSetContent, "no JWK Set", remedy: "keys show --public") {
                $0.change("/jwks.json") { $0.body = Array("<html>".utf8) }
            }
            try await assertFinds(.jwkSetPrivate, "everybody can read your keys", remedy: "offline now") { setUp in
                let text = try setUp.ring.serialized()
                setUp.change("/jwks.json") { $0.body = text.withBytes { bytes in bytes.indices.map { bytes[$0] } } }
            }
            try await assertFinds(.jwkSetUses, #""use": "enc""#, remedy: "one with") { setUp in
                let keys = try setUp.ring.publicJWKSet().keys.filter { $0.use == .signature }
                setUp.publish(try JWKSet(keys).publicJSON())
            }
            try await assertFinds(.jwkSetUses, "no kid", remedy: "its own kid") { setUp in
                let keys = try setUp.ring.publicJWKSet().keys.map { JWK($0.material, keyID: nil, use: $0.use) }
                setUp.publish(try JWKSet(keys).publicJSON())
            }
        }

        func testSaysOnlyOnceThatPrivateKeysArePublished() async throws {
            var setUp = try DoctorSetUp()
            let text = try setUp.ring.serialized()
            setUp.change("/jwks.json") { $0.body = text.withBytes { bytes in bytes.indices.map { bytes[$0] } } }
            let wrong = await setUp.findings().filter { $0.level == .fail || $0.level == .warn }
            XCTAssertEqual(wrong.map(\.check), [DoctorCheck.jwkSetPrivate.rawValue])
        }

        func testReadsARequestObjectWithoutAConfiguredRequestURI() async throws {
            try await assertFinds(.requestURIMediaType, "application/jwt", remedy: "oauth-authz-req+jwt") {
                $0.subject.requestURI = nil
                $0.change(":443/itsme/request/present") { $0.response.headerFields[.contentType] = "application/jwt" }
            }
        }

        func testFindsPublishedKeysThatAreNotThoseOnDisk() async throws {
            try await assertFinds(.jwkSetSameKeys, "lacks the sig key", remedy: "Publish the public keys") { setUp in
                setUp.publish(try DoctorSetUp.ring().publicJWKSet().publicJSON())
            }
            try await assertFinds(.jwkSetSameKeys, "swapped", remedy: "keys show --public") { setUp in
                let keys = try setUp.ring.publicJWKSet().keys.map {
                    JWK($0.material, keyID: $0.keyID, use: $0.use == .signature ? .encryption : .signature)
                }
                setUp.publish(try JWKSet(keys).publicJSON())
            }
            try await assertFinds(.jwkSetSameKeys, "another kid", remedy: "keys show --public") { setUp in
                let keys = try setUp.ring.publicJWKSet().keys.map {
                    JWK($0.material, keyID: "\($0.use?.rawValue ?? "")-1", use: $0.use)
                }
                setUp.publish(try JWKSet(keys).publicJSON())
            }
            try await assertFinds(.jwkSetSameKeys, .warn, "does not have", remedy: "Remove them") { setUp in
                let more = try DoctorSetUp.ring().publicJWKSet().keys
                setUp.publish(try JWKSet(try setUp.ring.publicJWKSet().keys + more).publicJSON())
            }
        }

        // MARK: Certificate

        private let tlsFault = HTTPTransportError(.tls, reason: "the certificate was not accepted")

        private func certificate(
            _ validation: ServerCertificate.Validation = .organization, from: Double = -1, to: Double = 200,
            isForHost: Bool = true, isSelfSigned: Bool = false, chainLength: Int = 2
        ) -> ServerCertificate {
            ServerCertificate(
                validation: validation, notBefore: DoctorSetUp.now.addingTimeInterval(from * 86_400),
                notAfter: DoctorSetUp.now.addingTimeInterval(to * 86_400), isForHost: isForHost,
                isSelfSigned: isSelfSigned, chainLength: chainLength)
        }

        func testFindsACertificateThatIsOnlyDomainValidated() async throws {
            for (kind, level, text) in [
                (ServerCertificate.Validation.domain, Finding.Level.fail, "domain-validated"),
                (.individual, .fail, "for a person"), (.unknown, .warn, "does not say"),
            ] {
                try await assertFinds(.certificateKind, level, text, remedy: "organization-validated (OV)") {
                    $0.certificate = certificate(kind)
                }
            }
        }

        func testFindsACertificateAtTheWrongTime() async throws {
            for (from, to, level, text, remedy) in [
                (-400.0, -1.0, Finding.Level.fail, "expired on 2026-05-27", "Renew it"),
                (1.0, 200.0, .fail, "not valid yet", "Check the clock"),
                (-300.0, 12.5, .warn, "expires in 12 days", "Renew it"),
            ] {
                try await assertFinds(.certificateExpiry, level, text, remedy: remedy) {
                    $0.certificate = certificate(from: from, to: to)
                    if level == .fail { $0.faults["www.example.be"] = tlsFault }
                }
            }
        }

        func testFindsACertificateOfAnotherHost() async throws {
            try await assertFinds(.certificateName, "not for www.example.be", remedy: "subject alternative name") {
                $0.certificate = certificate(isForHost: false)
                $0.faults["www.example.be"] = tlsFault
            }
        }

        func testFindsAChainThatIsNotTrusted() async throws {
            for (certificate, text, remedy) in [
                (certificate(isSelfSigned: true, chainLength: 1), "self-signed", "public authority"),
                (certificate(chainLength: 1), "no intermediate", "whole chain"),
                (certificate(chainLength: 2), "not trusted", "public authority"),
            ] {
                try await assertFinds(.certificateChain, text, remedy: remedy) {
                    $0.certificate = certificate
                    $0.faults["www.example.be"] = tlsFault
                }
            }
        }

        // MARK: Other URLs of the service

        func testFindsARequestURIThatItsmeCannotUse() async throws {
            try await assertFinds(.requestURI, "port 443", remedy: ":443/") {
                $0.subject.requestURI = DoctorSetUp.site + "/itsme/request"
            }
            try await assertFinds(.requestURI, "only this machine", remedy: "public host") {
                $0.subject.requestURI = "https://localhost:443/itsme/request"
            }
            try await assertFinds(.requestURIMediaType, "application/jwt", remedy: "oauth-authz-req+jwt") {
                $0.change(":443/itsme/request/present") { $0.response.headerFields[.contentType] = "application/jwt" }
            }
            try await assertFinds(.requestURIMediaType, "status 404", remedy: "a new login") {
                $0.subject.requestObjectURL = DoctorSetUp.site + ":443/itsme/request/absent"
            }
        }

        func testFindsARedirectURIThatDoesNotAnswer() async throws {
            try await assertFinds(.redirectURIAnswer, "status 404", remedy: "exactly this path") {
                $0.answers[DoctorSetUp.site + "/itsme/callback"] = nil
            }
            try await assertFinds(.redirectURIAnswer, .warn, "redirects", remedy: "not redirect before") {
                $0.change("/itsme/callback") { $0.response.status = .seeOther }
            }
            try await assertFinds(.redirectURI, "fragment", remedy: "https URL") {
                $0.subject.redirectURIs = [DoctorSetUp.site + "/itsme/callback#home"]
            }
        }

        func testFindsAppLinkFilesThatPhonesDoNotAccept() async throws {
            for (check, path) in [
                (DoctorCheck.iosAppLink, AppLinkCheck.iosPath), (.androidAppLink, AppLinkCheck.androidPath),
            ] {
                try await assertFinds(check, "status 404", remedy: "applinks write") {
                    $0.answers[DoctorSetUp.site + path] = nil
                }
                try await assertFinds(check, "redirects", remedy: path) {
                    $0.change(path) { $0.response.status = .movedPermanently }
                }
                try await assertFinds(check, "text/plain", remedy: "application/json") {
                    $0.change(path) { $0.response.headerFields[.contentType] = "text/plain" }
                }
                try await assertFinds(check, "not JSON", remedy: "applinks write") {
                    $0.change(path) { $0.body = Array("{".utf8) }
                }
                try await assertFinds(check, "does not name the app", remedy: "Add") {
                    $0.replace("com.example.app", with: "com.example.other", in: DoctorSetUp.site + path)
                }
            }
            try await assertFinds(.iosAppLink, "no pattern covers the path /itsme/callback", remedy: "/itsme/callback")
            {
                $0.replace("/itsme/*", with: "/login/*", in: DoctorSetUp.site + AppLinkCheck.iosPath)
            }
            try await assertFinds(.iosAppLink, "no pattern covers", remedy: "component") {
                $0.replace("/private/*", with: "/*/callback", in: DoctorSetUp.site + AppLinkCheck.iosPath)
            }
            try await assertFinds(.androidAppLink, "fingerprint", remedy: "32 bytes") {
                $0.replace(":AB:AB", with: ":AB", in: DoctorSetUp.site + AppLinkCheck.androidPath)
            }
        }

        // MARK: Provider

        private static let discovery = DoctorSetUp.issuer + "/.well-known/openid-configuration"

        func testFindsADiscoveryDocumentThatCannotBeUsed() async throws {
            try await assertFinds(.discovery, "refused", remedy: "firewall") {
                $0.faults["idp.e2e.itsme.services"] = HTTPTransportError(.connect, reason: "the connection was refused")
            }
            try await assertFinds(.discovery, "another issuer", remedy: "Configure the issuer") {
                $0.replace("/v2\"", with: "/v3\"", in: Self.discovery)
            }
            try await assertFinds(.discovery, "status 404", remedy: "issuer") { $0.answers[Self.discovery] = nil }
        }

        func testWarnsOfADiscoveryDocumentThatChanged() async throws {
            try await assertFinds(
                .endpoints, .warn, "token_endpoint is https://idp.e2e.itsme.services/v2/tokens", remedy: "discover"
            ) {
                $0.replace("/v2/token\"", with: "/v2/tokens\"", in: Self.discovery)
            }
        }

        func testFindsAConfiguredAlgorithmThatIsNotOffered() async throws {
            try await assertFinds(
                .algorithms, "A256CBC-HS512 (id_token_encryption_enc_values_supported)", remedy: "registered at itsme"
            ) {
                $0.subject.client?.idTokenAlgorithms.contentEncryption = .a256CBC_HS512
            }
        }

        func testFindsAProviderWithoutUsableKeys() async throws {
            try await assertFinds(.providerKeys, "no key to encrypt to", remedy: "RSA-OAEP") {
                $0.replace("\"enc\"", with: "\"sig\"", in: DoctorSetUp.issuer + "/jwkSet")
            }
            try await assertFinds(.providerKeys, "cannot be used", remedy: "proxy") {
                $0.replace("\"keys\"", with: "\"none\"", in: DoctorSetUp.issuer + "/jwkSet")
            }
        }

        func testFindsAClockThatIsWrong() async throws {
            for (offset, level, text) in [
                (61.0, Finding.Level.fail, "61 s ahead of"), (-300.0, .fail, "300 s behind"), (30, .warn, "30 s ahead"),
            ] {
                try await assertFinds(.clock, level, text, remedy: "NTP") {
                    $0.now = DoctorSetUp.now.addingTimeInterval(offset)
                }
            }
        }

        // MARK: Documentation

        func testTheDocumentationHasARowForEachCheck() throws {
            let page = URL(fileURLWithPath: #filePath)
                .appendingPathComponent("../../../../Sources/ItsmeRP/ItsmeRP.docc/Doctor.md").standardized
            let rows = try String(contentsOf: page, encoding: .utf8).split(separator: "\n").compactMap { line in
                line.firstMatch(of: /^\| `([a-z-]+\.[a-z-]+)` \|/).map { String($0.1) }
            }
            XCTAssertEqual(rows, DoctorCheck.allCases.map(\.rawValue))
        }
    }
#endif
