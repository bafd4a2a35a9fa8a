#if Configuration
    import Configuration
    import Foundation
    import ItsmeConfig
    import ItsmeRP
    import JOSE
    import TestSupport
    import XCTest

    /// Every property that a text can give arrives, from variables, arguments and files.
    final class ItsmeSettingsTests: SettingsTestCase {
        /// A value that is not the default for every setting of a client with a key pair.
        private func everyValue() throws -> [String: String] {
            [
                "ITSME_ENVIRONMENT": "custom", "ITSME_ISSUER": "https://idp.example.be/oidc", "ITSME_PROFILE": "v1",
                "ITSME_CLIENT_ID": "other-client", "ITSME_REDIRECT_URI": "https://shop.example.be/callback",
                "ITSME_KEY_FILE": path("ring.json"), "ITSME_ENCRYPTS_CLIENT_ASSERTION": "false",
                "ITSME_SEALING_KEY": Self.sealingKey,
                "ITSME_PREVIOUS_SEALING_KEY": Data(repeating: 8, count: 32).base64EncodedString(),
                "ITSME_ALLOW_GROUP_READABLE_SECRETS": "true",
                "ITSME_ALLOWED_TARGET_ORIGINS": "https://shop.example,https://www.example",
                "ITSME_DEFAULT_LOCALE": "nl", "ITSME_ID_TOKEN_SIGNED_RESPONSE_ALG": "RS256",
                "ITSME_ID_TOKEN_ENCRYPTED_RESPONSE_ALG": "RSA-OAEP-256",
                "ITSME_ID_TOKEN_ENCRYPTED_RESPONSE_ENC": "A256GCM", "ITSME_USERINFO_SIGNED_RESPONSE_ALG": "RS256",
                "ITSME_USERINFO_ENCRYPTED_RESPONSE_ALG": "RSA-OAEP",
                "ITSME_USERINFO_ENCRYPTED_RESPONSE_ENC": "A128GCM", "ITSME_REQUEST_OBJECT_SIGNING_ALG": "RS256",
                "ITSME_REQUEST_OBJECT_ENCRYPTION_ALG": "RSA-OAEP-256",
                "ITSME_REQUEST_OBJECT_ENCRYPTION_ENC": "A256CBC-HS512", "ITSME_REQUEST_DELIVERY": "by-reference",
                "ITSME_REQUEST_URI": "https://www.example.be:443/itsme/request", "ITSME_CLOCK_SKEW": "30",
                "ITSME_MAXIMUM_TOKEN_AGE": "120", "ITSME_TRANSACTION_LIFETIME": "300",
                "ITSME_PROXY": "http://user:word@proxy.example:3128",
                "ITSME_PROXY_EXCEPTIONS": "localhost,internal.example",
                "ITSME_CA_FILE": try file("ca.pem", "-----BEGIN CERTIFICATE-----\n"),
                "ITSME_CLIENT_CERTIFICATE_FILE": try file("client.pem", "-----BEGIN CERTIFICATE-----\n"),
                "ITSME_CLIENT_CERTIFICATE_KEY_FILE": try file(
                    "client.key", "-----BEGIN ENCRYPTED PRIVATE KEY-----\n", mode: 0o640),
                "ITSME_CLIENT_CERTIFICATE_PASSPHRASE": "pass", "ITSME_MAXIMUM_CONNECTIONS_PER_HOST": "3",
                "ITSME_MAXIMUM_CONNECTIONS": "4", "ITSME_MAXIMUM_CONCURRENT_REQUESTS": "5",
                "ITSME_MAXIMUM_WAITING_REQUESTS": "6", "ITSME_IDLE_CONNECTION_LIFETIME": "7",
                "ITSME_UNREPEATABLE_IDLE_LIMIT": "1", "ITSME_USER_AGENT": "my-bank/1.0",
            ]
        }

        private func assertHasEveryValue(_ settings: ItsmeSettings, line: UInt = #line) {
            // The one that is missing contradicts the key file.
            XCTAssertEqual(
                settings.entries.filter { !$0.isGiven }.map(\.variable), ["ITSME_CLIENT_SECRET"], line: line)
            let client = settings.client
            XCTAssertEqual(client.environment.issuer, "https://idp.example.be/oidc", line: line)
            XCTAssertEqual(client.environment.profile, .v1, line: line)
            XCTAssertEqual(client.clientID, "other-client", line: line)
            XCTAssertEqual(client.redirectURI, "https://shop.example.be/callback", line: line)
            XCTAssertEqual(
                client.idTokenAlgorithms, TokenAlgorithms(contentEncryption: .a256GCM), line: line)
            XCTAssertEqual(
                client.userInfoAlgorithms, TokenAlgorithms(keyManagement: .rsaOAEP, contentEncryption: .a128GCM),
                line: line)
            XCTAssertEqual(
                client.requestObjectAlgorithms, TokenAlgorithms(contentEncryption: .a256CBC_HS512), line: line)
            XCTAssertEqual(client.clockSkew, .seconds(30), line: line)
            XCTAssertEqual(client.maximumTokenAge, .seconds(120), line: line)
            XCTAssertEqual(client.transactionLifetime, .seconds(300), line: line)
            XCTAssertEqual(
                settings.options.allowedTargetOrigins, ["https://shop.example", "https://www.example"], line: line)
            XCTAssertEqual(settings.options.defaultLocale, .dutch, line: line)
            XCTAssertEqual(settings.keyFile?.path, path("ring.json"), line: line)
            XCTAssertEqual(settings.keyFile?.readers, .ownerAndGroup, line: line)
            XCTAssertEqual(settings.keys?.ring.entries.map(\.keyID), ["sig", "enc"], line: line)
            let network = settings.network
            XCTAssertEqual(network.proxy, "http://user:word@proxy.example:3128", line: line)
            XCTAssertEqual(network.proxyExceptions, ["localhost", "internal.example"], line: line)
            XCTAssertEqual(network.additionalCAFile, path("ca.pem"), line: line)
            XCTAssertEqual(network.clientCertificate?.file, path("client.pem"), line: line)
            XCTAssertEqual(network.clientCertificate?.keyFile, path("client.key"), line: line)
            XCTAssertEqual(network.clientCertificate?.passphrase, "pass", line: line)
            XCTAssertEqual(network.clientCertificate?.keyFileReaders, .ownerAndGroup, line: line)
            XCTAssertEqual(network.maximumConnectionsPerHost, 3, line: line)
            XCTAssertEqual(network.maximumConnections, 4, line: line)
            XCTAssertEqual(network.maximumConcurrentRequests, 5, line: line)
            XCTAssertEqual(network.maximumWaitingRequests, 6, line: line)
            XCTAssertEqual(network.idleConnectionLifetime, .seconds(7), line: line)
            XCTAssertEqual(network.unrepeatableIdleLimit, .seconds(1), line: line)
            XCTAssertEqual(network.userAgent, "my-bank/1.0", line: line)
            XCTAssertNoThrow(try settings.makeClient(), line: line)
        }

        /// The names of all settings, as the documentation and the errors spell them.
        private func names() throws -> [ItsmeSettings.Entry] { try settings().entries }

        func testReadsEverySettingFromVariables() throws {
            let values = try everyValue()
            variables = [:]
            assertHasEveryValue(try settings(values, store: InMemoryStateStore()))
        }

        func testReadsEverySettingFromArguments() throws {
            let values = try everyValue()
            let arguments = try names().compactMap { name in values[name.variable].map { "\(name.argument)=\($0)" } }
            XCTAssertEqual(arguments.count, values.count)
            assertHasEveryValue(
                try settings(
                    CommandLineArgumentsProvider(arguments: ["service"] + arguments),
                    store: InMemoryStateStore()))
        }

        func testReadsEverySettingFromAFileWithNumbersFlagsAndLists() async throws {
            let values = try everyValue()
            var members: [String: any Sendable] = [:]
            for name in try names() {
                guard let value = values[name.variable] else { continue }
                let last = try XCTUnwrap(name.key.split(separator: ".").last.map(String.init))
                let list = value.split(separator: ",").map(String.init)
                let text: any Sendable = list.count > 1 ? list : value
                members[last] = Int(value) ?? Bool(value) ?? text
            }
            let json = try JSONSerialization.data(withJSONObject: ["itsme": members])
            let file = try file("settings.json", String(decoding: json, as: UTF8.self))
            let provider = try await FileProvider<JSONSnapshot>(
                config: ConfigReader(
                    provider: InMemoryProvider(values: ["filePath": ConfigValue(.string(file), isSecret: false)])))
            assertHasEveryValue(try settings(provider, store: InMemoryStateStore()))
        }

        func testUsesTheDefaultsOfTheCode() throws {
            let settings = try settings()
            let network = CurlTransport.Configuration()
            let client = ItsmeConfiguration(
                environment: .e2e, clientID: "my-client", authentication: settings.client.authentication,
                redirectURI: "https://www.example.be/itsme/callback")
            XCTAssertEqual(settings.client.environment, .e2e)
            XCTAssertEqual(settings.client.idTokenAlgorithms, client.idTokenAlgorithms)
            XCTAssertEqual(settings.client.requestObjectAlgorithms, client.requestObjectAlgorithms)
            let shown = Dictionary(uniqueKeysWithValues: settings.entries.map { ($0.variable, $0.value) })
            XCTAssertEqual(shown["ITSME_CLOCK_SKEW"], "\(client.clockSkew.components.seconds)")
            XCTAssertEqual(shown["ITSME_MAXIMUM_TOKEN_AGE"], "\(client.maximumTokenAge.components.seconds)")
            XCTAssertEqual(shown["ITSME_TRANSACTION_LIFETIME"], "\(client.transactionLifetime.components.seconds)")
            XCTAssertEqual(shown["ITSME_MAXIMUM_CONNECTIONS"], "\(network.maximumConnections)")
            XCTAssertEqual(shown["ITSME_MAXIMUM_WAITING_REQUESTS"], "\(network.maximumWaitingRequests)")
            XCTAssertEqual(shown["ITSME_UNREPEATABLE_IDLE_LIMIT"], "2")
            XCTAssertEqual(shown["ITSME_USER_AGENT"], network.userAgent)
            XCTAssertEqual(shown["ITSME_ID_TOKEN_ENCRYPTED_RESPONSE_ALG"], "RSA-OAEP-256")
            XCTAssertEqual(shown["ITSME_ISSUER"], ItsmeEnvironment.e2e.issuer)
            XCTAssertEqual(settings.options.defaultLocale, .english)
            XCTAssertEqual(settings.keyFile?.readers, .owner)
        }

        func testReadsAClientWithASecret() throws {
            let settings = try settings([
                "ITSME_KEY_FILE": nil, "ITSME_CLIENT_SECRET": Self.clientSecret,
                "ITSME_ENVIRONMENT": "client-secret-e2e",
            ])
            XCTAssertNil(settings.keys)
            XCTAssertNil(settings.keyFile)
            XCTAssertEqual(settings.client.requestObjectAlgorithms.signature, .hs256)
            XCTAssertNoThrow(try settings.makeClient())
        }

        func testReadsASandboxOnThisMachine() throws {
            let settings = try settings([
                "ITSME_ENVIRONMENT": "loopback-sandbox", "ITSME_ISSUER": "http://127.0.0.1:8080/v2",
                "ITSME_REDIRECT_URI": "http://127.0.0.1:8082/callback",
            ])
            XCTAssertEqual(settings.client.environment.description, "loopback-sandbox")
            XCTAssertNoThrow(try settings.makeClient())
        }

        func testKnowsEveryEnvironmentOfItsme() throws {
            for name in [
                "production", "e2e", "client-secret-production", "client-secret-e2e", "legacy-production",
                "legacy-e2e",
            ] {
                let settings = try settings(["ITSME_ENVIRONMENT": name])
                XCTAssertEqual(settings.client.environment, try ItsmeEnvironment(named: name))
            }
        }

        func testSealsWithTheCurrentKeyAndOpensWithThePreviousOne() async throws {
            let old = Data(repeating: 9, count: 32).base64EncodedString()
            let before = try settings(["ITSME_SEALING_KEY": old]).sealer
            let after = try settings(["ITSME_PREVIOUS_SEALING_KEY": old]).sealer
            let transaction = try await TestProvider().client().authorizationRequest(for: .login("LOGIN")).transaction
            XCTAssertEqual(try after.open(before.seal(transaction)).issuer, transaction.issuer)
            XCTAssertThrowsError(try before.open(after.seal(transaction)))
        }

        func testTakesAnEmptyValueForNone() throws {
            let settings = try settings(["ITSME_PROXY": "", "ITSME_CLIENT_SECRET": "", "ITSME_CLOCK_SKEW": ""])
            XCTAssertNil(settings.network.proxy)
            XCTAssertEqual(settings.client.clockSkew, .seconds(60))
        }

        func testReadsAServiceCodeByName() throws {
            let settings = try settings([
                "ITSME_SERVICE_LOGIN": "MY_LOGIN", "ITSME_SERVICE_SHARE_DATA": "MY_DATA",
                "ITSME_SERVICE_EMPTY": "", "ITSME_SERVICE_BAD": "MY LOGIN",
            ])
            XCTAssertEqual(try settings.serviceCode("login"), "MY_LOGIN")
            XCTAssertEqual(try settings.serviceCode("shareData"), "MY_DATA")
            XCTAssertEqual(try settings.serviceCode("share-data"), "MY_DATA")
            for name in ["loan", "empty", "bad"] {
                XCTAssertThrowsError(try settings.serviceCode(name)) { error in
                    let problem = (error as? ItsmeSettingsError)?.problems.first
                    XCTAssertEqual(problem?.variable, "ITSME_SERVICE_\(name.uppercased())")
                    XCTAssertEqual(problem?.argument, "--itsme-service-\(name)")
                    XCTAssertEqual(problem?.key, "itsme.service.\(name)")
                }
            }
        }

        func testReadsBelowTheScopeThatTheApplicationChose() throws {
            let scoped = Dictionary(uniqueKeysWithValues: variables.map { ("BANK_" + $0.key, $0.value) })
            let reader = ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: scoped))
            XCTAssertEqual(
                try ItsmeSettings(reader.scoped(to: "bank"), names: []).client.clientID, "my-client")
        }
    }
#endif
