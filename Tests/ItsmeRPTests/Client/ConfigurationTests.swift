import ItsmeRP
import JOSE
import TestSupport
import XCTest

/// Bad configuration is refused when the client is made, with the field and the remedy, and without any request.
final class ConfigurationTests: XCTestCase {
    private let provider = TestProvider()

    private func assertRefused(
        _ code: ItsmeError.Code, field: String, line: UInt = #line, _ change: (inout ItsmeConfiguration) throws -> Void
    ) async {
        await assertItsmeError(code, phase: .configuration, field: field, line: line) {
            try provider.client(change)
        }
        XCTAssertTrue(provider.sent.isEmpty, line: line)
    }

    func testAcceptsAGoodConfigurationWithoutAnyRequest() throws {
        _ = try provider.client()
        XCTAssertTrue(provider.sent.isEmpty)
    }

    func testRefusesAnUnknownEnvironmentName() async {
        for name in ["", "prod", "E2E", "e2e ", "sandbox"] {
            await assertItsmeError(.unknownEnvironment, phase: .configuration, field: "environment") {
                try ItsmeEnvironment(named: name)
            }
        }
        XCTAssertEqual(try ItsmeEnvironment(named: "e2e"), .e2e)
        XCTAssertEqual(try ItsmeEnvironment(named: "production"), .production)
    }

    func testEveryEnvironmentHasTheIssuerOfItsme() throws {
        for (name, issuer, profile) in [
            ("e2e", "https://idp.e2e.itsme.services/v2", ProtocolProfile.v2),
            ("production", "https://idp.prd.itsme.services/v2", .v2),
            ("client-secret-e2e", "https://oidc.e2e.itsme.services/clientsecret-oidc/csapi/v0.1", .v2),
            ("client-secret-production", "https://oidc.prd.itsme.services/clientsecret-oidc/csapi/v0.1", .v2),
            ("legacy-e2e", "https://e2emerchant.itsme.be/oidc", .v1),
            ("legacy-production", "https://merchant.itsme.be/oidc", .v1),
        ] {
            let environment = try ItsmeEnvironment(named: name)
            XCTAssertEqual(environment.issuer, issuer)
            XCTAssertEqual(environment.profile, profile, name)
        }
    }

    func testRefusesAnIssuerThatIsNotHTTPS() async {
        for issuer in [
            "http://idp.example/v2", "http://127.0.0.1:8080/v2", "ftp://idp.example", "idp.example", "",
            "https://", "https://user:password@idp.example", "https://idp.example/v2?x=1", "https://idp.example#f",
            "https://idp.exa mple", "https://idp.example/\u{E9}", "https://idp.example:0/v2",
        ] {
            await assertItsmeError(.insecureURL, phase: .configuration, field: "environment.issuer", issuer) {
                try ItsmeEnvironment.custom(issuer: issuer)
            }
        }
    }

    func testAllowsHTTPOnlyToLoopbackAndOnlyByName() async throws {
        for issuer in [
            "http://127.0.0.1:8080/v2", "http://localhost:1/v2", "http://[::1]:8080/v2", "https://x.example",
        ] {
            _ = try ItsmeEnvironment.loopbackSandbox(issuer: issuer)
        }
        for issuer in [
            "http://10.0.0.1/v2", "http://127.0.0.1.example/v2", "http://localhost.example", "http://128.0.0.1",
        ] {
            await assertItsmeError(.insecureURL, field: "environment.issuer", issuer) {
                try ItsmeEnvironment.loopbackSandbox(issuer: issuer)
            }
        }
    }

    func testRefusesARedirectURIThatItsmeWouldRefuse() async {
        for uri in [
            "http://rp.example/cb", "myapp://callback", "https://rp.example/cb#x", "/callback", "",
            "https://u@rp.example",
        ] {
            await assertRefused(.insecureURL, field: "redirectURI") { $0.redirectURI = uri }
        }
    }

    func testRefusesAClientIDThatCannotBeOne() async {
        for id in ["", "with space", "n\u{E9}", String(repeating: "a", count: 256)] {
            await assertRefused(.invalidConfiguration, field: "clientID") { $0.clientID = id }
        }
    }

    func testRefusesDurationsOutOfBounds() async {
        await assertRefused(.invalidConfiguration, field: "clockSkew") { $0.clockSkew = .seconds(301) }
        await assertRefused(.invalidConfiguration, field: "clockSkew") { $0.clockSkew = .seconds(-1) }
        // More seconds than an Int64 holds.
        for farAway in [Duration.seconds(Int64.max) * 10, .seconds(Int64.min) * 10] {
            await assertRefused(.invalidConfiguration, field: "clockSkew") { $0.clockSkew = farAway }
            await assertRefused(.invalidConfiguration, field: "maximumTokenAge") { $0.maximumTokenAge = farAway }
            await assertRefused(.invalidConfiguration, field: "transactionLifetime") {
                $0.transactionLifetime = farAway
            }
        }
        await assertRefused(.invalidConfiguration, field: "maximumTokenAge") { $0.maximumTokenAge = .seconds(3601) }
        await assertRefused(.invalidConfiguration, field: "transactionLifetime") {
            $0.transactionLifetime = .seconds(601)
        }
    }

    func testRefusesDurationsWithAFractionOfASecond() async throws {
        await assertRefused(.invalidConfiguration, field: "clockSkew") { $0.clockSkew = .milliseconds(1500) }
        await assertRefused(.invalidConfiguration, field: "maximumTokenAge") {
            $0.maximumTokenAge = .seconds(60) + .nanoseconds(1)
        }
        await assertRefused(.invalidConfiguration, field: "transactionLifetime") {
            $0.transactionLifetime = .milliseconds(60_001)
        }
        await assertItsmeError(.invalidConfiguration, field: "maximumAuthenticationAge") {
            try await provider.client().authorizationRequest(
                for: .login("LOGIN"), maximumAuthenticationAge: .milliseconds(900))
        }
        await assertItsmeError(.invalidConfiguration, field: "maximumAge") {
            try JWKSetEndpoint(
                try ClientKeys([TestProvider.keys.clientSigning, TestProvider.keys.clientEncryption]),
                maximumAge: .milliseconds(1_800_500))
        }
    }

    func testRefusesAlgorithmsThatItsmeDoesNotUseWithAKeyPair() async {
        await assertRefused(.invalidConfiguration, field: "idTokenAlgorithms") {
            $0.idTokenAlgorithms.signature = .hs256
        }
        await assertRefused(.invalidConfiguration, field: "userInfoAlgorithms") {
            $0.userInfoAlgorithms.keyManagement = .direct
        }
    }

    func testRefusesEverySignatureAlgorithmWhoseAccessTokenHashIsNotKnown() async {
        // Authlib CVE-2026-28498: an at_hash under an unknown hash must not pass. No such algorithm can be configured,
        // and a token of another than the configured one is refused.
        for algorithm in [SignatureAlgorithm.rs384, .rs512, .ps256, .ps384, .ps512, .hs256, .hs384, .hs512] {
            await assertRefused(.invalidConfiguration, field: "idTokenAlgorithms") {
                $0.idTokenAlgorithms.signature = algorithm
            }
        }
    }

    // MARK: Keys

    func testRefusesASetWithoutAKeyForOneUse() async {
        let keys = TestProvider.keys
        await assertItsmeError(.missingKey, phase: .configuration, field: "keys.enc") {
            try ClientKeys([keys.clientSigning])
        }
        await assertItsmeError(.missingKey, phase: .configuration, field: "keys.sig") {
            try ClientKeys([keys.clientEncryption])
        }
        await assertItsmeError(.missingKey) { try ClientKeys([]) }
    }

    func testRefusesKeysWithoutUseOrWithoutKeyID() async {
        let keys = TestProvider.keys
        var noUse = keys.clientSigning
        noUse.use = nil
        await assertItsmeError(.unsuitableKey, field: "keys.use") { try ClientKeys([noUse, keys.clientEncryption]) }
        var noKeyID = keys.clientSigning
        noKeyID.keyID = nil
        await assertItsmeError(.unsuitableKey, field: "keys.kid") { try ClientKeys([noKeyID, keys.clientEncryption]) }
    }

    func testRefusesOneKeyForTwoUses() async {
        var key = TestProvider.keys.clientSigning
        key.use = .encryption
        key.keyID = "another"
        await assertItsmeError(.unsuitableKey, field: "keys") {
            try ClientKeys([TestProvider.keys.clientSigning, key])
        }
    }

    func testRefusesTwoSigningKeys() async {
        let keys = TestProvider.keys
        await assertItsmeError(.unsuitableKey, field: "keys.sig") {
            try ClientKeys([keys.clientSigning, keys.otherSigning, keys.clientEncryption])
        }
    }

    func testRefusesTwoKeysOfOneKeyID() async {
        let keys = TestProvider.keys
        var encryption = keys.clientEncryption
        encryption.keyID = keys.clientSigning.keyID
        await assertItsmeError(.unsuitableKey, field: "keys") { try ClientKeys([keys.clientSigning, encryption]) }
    }

    func testRefusesPublicKeysWherePrivateOnesAreNeeded() async {
        let keys = TestProvider.keys
        await assertItsmeError(.unsuitableKey, field: "keys") {
            try ClientKeys([keys.clientSigning.publicJWK(), keys.clientEncryption])
        }
    }

    func testRefusesAKeyUnder2048Bits() async {
        // Composed for this test: an RSA key of 1024 bits, written by its members.
        let modulus = String(repeating: "_", count: 170) + "w"
        let set = """
            {"keys":[{"kty":"RSA","use":"sig","kid":"a","n":"\(modulus)","e":"AQAB","d":"\(modulus)"}]}
            """
        let error = await assertItsmeError(.unsuitableKey, phase: .configuration, field: "keys") {
            try ClientKeys(parsing: SecretBytes(Array(set.utf8)))
        }
        XCTAssertEqual(error?.joseCode, .weakKey)
    }

    func testRefusesAKeySetThatIsNotOne() async {
        for text in ["", "{}", "[]", "{\"keys\":1}", "{\"keys\":[{}]}", "not json"] {
            await assertItsmeError(.unsuitableKey, field: "keys", text) {
                try ClientKeys(parsing: SecretBytes(Array(text.utf8)))
            }
        }
    }

    func testRefusesTwoUnwrappersWithOneNameAlsoWithoutAPublicSet() async throws {
        let keys = TestProvider.keys
        var other = keys.providerEncryption
        other.keyID = keys.clientEncryption.keyID
        let unwrappers = [try LocalUnwrapper(keys.clientEncryption), try LocalUnwrapper(other)]
        await assertItsmeError(.unsuitableKey, phase: .configuration, field: "keys.enc.kid") {
            try ClientKeys(signer: LocalSigner(keys.clientSigning), unwrappers: unwrappers)
        }
    }

    func testNetworkSettingsThatCannotBeUsedAreNamedWhenTheClientIsMade() async throws {
        let configuration = try provider.configuration
        var network = CurlTransport.Configuration()
        network.additionalCAFile = "/nonexistent/ca.pem"
        let error = await assertItsmeError(.invalidConfiguration, phase: .configuration, field: "network") {
            [network] in try ItsmeClient(configuration, network: network)
        }
        XCTAssertTrue(try XCTUnwrap(error).reason.contains("CA file"))
    }

    func testReadsThePrivateSetThatItMade() throws {
        let keys = try ClientKeys.generatePrivateKeys()
        let set: JSONValue = ["keys": [try keys.signing.privateJSON(), try keys.encryption.privateJSON()]]
        let read = try ClientKeys(parsing: SecretBytes(set.serialized()))
        XCTAssertEqual(read.signer.keyID, keys.signing.keyID)
        XCTAssertEqual(read.publicJWKSet?.keys.count, 2)
        XCTAssertFalse(try XCTUnwrap(read.publicJWKSet).publicJSON().serializedString().contains("\"d\""))
    }

    func testRefusesAPublicSetThatIsNotOfTheKeysHeldElsewhere() async throws {
        let keys = TestProvider.keys
        let signer = try LocalSigner(keys.clientSigning)
        let unwrapper = try LocalUnwrapper(keys.clientEncryption)
        let signing = try keys.clientSigning.publicJWK()
        let encryption = try keys.clientEncryption.publicJWK()
        _ = try ClientKeys(signer: signer, unwrappers: [unwrapper], publicJWKSet: JWKSet([signing, encryption]))
        var twice = signing
        twice.use = .encryption
        twice.keyID = encryption.keyID
        for set in [
            [encryption], [signing], [try keys.otherSigning.publicJWK(), encryption], [signing, twice],
            [signing, try keys.providerEncryption.publicJWK()],
        ] {
            await assertItsmeError(.unsuitableKey, phase: .configuration, field: "publicJWKSet") {
                try ClientKeys(signer: signer, unwrappers: [unwrapper], publicJWKSet: JWKSet(set))
            }
        }
        await assertItsmeError(.unsuitableKey, field: "keys.enc.kid") {
            try ClientKeys(
                signer: signer, unwrappers: [unwrapper, unwrapper], publicJWKSet: JWKSet([signing, encryption]))
        }
    }

    func testRefusesKeysOfWhichSigAndEncAreSwapped() async throws {
        let keys = TestProvider.keys
        let signing = try keys.clientSigning.publicJWK()
        let encryption = try keys.clientEncryption.publicJWK()
        // The uses of the public set, its keys under the same kids, and those of the private keys.
        var (sig, enc) = (signing, encryption)
        (sig.use, enc.use) = (.encryption, .signature)
        let otherSig = JWK(encryption.material, keyID: signing.keyID, use: .signature)
        let otherEnc = JWK(signing.material, keyID: encryption.keyID, use: .encryption)
        let signer = try LocalSigner(keys.clientSigning)
        let unwrapper = try LocalUnwrapper(keys.clientEncryption)
        for set in [[sig, enc], [otherSig, otherEnc], [signing, otherEnc], [otherSig, encryption]] {
            let error = await assertItsmeError(.unsuitableKey, phase: .configuration, field: "publicJWKSet") {
                try ClientKeys(signer: signer, unwrappers: [unwrapper], publicJWKSet: JWKSet(set))
            }
            XCTAssertEqual(error?.kind, .misconfiguration)
        }
        let mixedSigner = try LocalSigner(
            JWK(keys.clientEncryption.material, keyID: keys.clientSigning.keyID, use: .signature))
        let mixedUnwrapper = try LocalUnwrapper(
            JWK(keys.clientSigning.material, keyID: keys.clientEncryption.keyID, use: .encryption))
        let error = await assertItsmeError(.unsuitableKey, phase: .configuration, field: "publicJWKSet") {
            try ClientKeys(
                signer: mixedSigner, unwrappers: [mixedUnwrapper], publicJWKSet: JWKSet([signing, encryption]))
        }
        XCTAssertTrue(error?.remedy.contains("sig and enc are swapped") ?? false, "\(String(describing: error))")
        await assertItsmeError(.unsuitableKey, field: "keys") {
            try ClientKeys(signer: mixedSigner, unwrappers: [unwrapper])
        }
        let named = try LocalUnwrapper(
            JWK(keys.clientEncryption.material, keyID: keys.clientSigning.keyID, use: .encryption))
        await assertItsmeError(.unsuitableKey, field: "keys.kid") {
            try ClientKeys(signer: signer, unwrappers: [named])
        }
        await assertItsmeError(.unsuitableKey, field: "keys.use") {
            try KeyRing(signing: keys.clientEncryption, encryption: keys.clientSigning, at: Date())
        }
    }

    func testRefusesToGenerateWeakKeys() async {
        await assertItsmeError(.unsuitableKey, field: "bits") { try ClientKeys.generatePrivateKeys(bits: 1024) }
    }

    func testClientKeysPrintNothingOfThemselves() throws {
        let keys = try ClientKeys([TestProvider.keys.clientSigning, TestProvider.keys.clientEncryption])
        var dumped = ""
        dump(keys, to: &dumped)
        XCTAssertEqual("\(keys)", "ClientKeys(signing: 1, decrypting: 1)")
        XCTAssertFalse(dumped.contains("client-sig"))
    }
}
