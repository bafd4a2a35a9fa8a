#if Configuration
    import Configuration
    import Foundation
    import ItsmeConfig
    import ItsmeRP
    import TestSupport
    import XCTest

    /// Values that cannot work are refused when the settings are made, with the name of the setting and the remedy.
    final class SettingFaultTests: SettingsTestCase {
        func testNamesEveryMissingSettingAtOnce() {
            variables = [:]
            let problems = assertRefused(
                [:], for: "ITSME_ENVIRONMENT", "ITSME_CLIENT_ID", "ITSME_REDIRECT_URI", "ITSME_KEY_FILE",
                "ITSME_SEALING_KEY")
            for problem in problems { XCTAssertTrue(problem.reason.contains("missing"), "\(problem)") }
            XCTAssertTrue(printed.text.contains("ITSME_CLIENT_ID (--itsme-client-id, itsme.clientID): it is missing"))
        }

        func testRefusesValuesThatContradictEachOther() {
            assertRefused(["ITSME_CLIENT_SECRET": Self.clientSecret], for: "ITSME_CLIENT_SECRET")
            assertRefused(["ITSME_SEALING_KEY_FILE": path("sealing-key")], for: "ITSME_SEALING_KEY")
            assertRefused(["ITSME_ISSUER": "https://idp.example.be"], for: "ITSME_ISSUER")
            assertRefused(["ITSME_PROFILE": "v2"], for: "ITSME_PROFILE")
            assertRefused(["ITSME_REQUEST_URI": "https://www.example.be:443/r"], for: "ITSME_REQUEST_URI")
            assertRefused(
                [
                    "ITSME_KEY_FILE": nil, "ITSME_CLIENT_SECRET": Self.clientSecret,
                    "ITSME_ENCRYPTS_CLIENT_ASSERTION": "true",
                ], for: "ITSME_ENCRYPTS_CLIENT_ASSERTION")
            assertRefused(
                ["ITSME_CLIENT_CERTIFICATE_FILE": path("ring.json")], for: "ITSME_CLIENT_CERTIFICATE_KEY_FILE")
            assertRefused(["ITSME_CLIENT_CERTIFICATE_PASSPHRASE": "word"], for: "ITSME_CLIENT_CERTIFICATE_FILE")
        }

        func testRefusesAnEnvironmentThatCannotWork() {
            for name in ["prod", "E2E", "sandbox"] {
                assertRefused(["ITSME_ENVIRONMENT": name], for: "ITSME_ENVIRONMENT")
            }
            assertRefused(["ITSME_ENVIRONMENT": "custom"], for: "ITSME_ISSUER")
            let http = "http://127.0.0.1:8080/v2"
            let problems = assertRefused(
                ["ITSME_ENVIRONMENT": "custom", "ITSME_ISSUER": http], for: "ITSME_ISSUER")
            XCTAssertEqual(problems.first?.remedy.contains("ITSME_ENVIRONMENT=loopback-sandbox"), true)
            assertRefused(
                ["ITSME_ENVIRONMENT": "loopback-sandbox", "ITSME_ISSUER": "http://idp.example.be"],
                for: "ITSME_ISSUER")
            assertRefused(
                ["ITSME_ENVIRONMENT": "custom", "ITSME_ISSUER": "https://idp.example.be", "ITSME_PROFILE": "v3"],
                for: "ITSME_PROFILE")
        }

        func testRefusesWhatTheClientRefuses() {
            assertRefused(
                [
                    "ITSME_CLIENT_ID": "my client", "ITSME_REDIRECT_URI": "http://www.example.be/callback",
                    "ITSME_ID_TOKEN_ENCRYPTED_RESPONSE_ALG": "dir", "ITSME_USERINFO_SIGNED_RESPONSE_ALG": "HS256",
                    "ITSME_REQUEST_OBJECT_SIGNING_ALG": "HS256",
                ], for: "ITSME_CLIENT_ID", "ITSME_REDIRECT_URI", "ITSME_ID_TOKEN_ENCRYPTED_RESPONSE_ALG",
                "ITSME_USERINFO_ENCRYPTED_RESPONSE_ALG", "ITSME_REQUEST_OBJECT_ENCRYPTION_ALG")
            assertRefused(
                ["ITSME_KEY_FILE": nil, "ITSME_CLIENT_SECRET": "short"], for: "ITSME_CLIENT_SECRET")
            assertRefused(["ITSME_ID_TOKEN_SIGNED_RESPONSE_ALG": "none"], for: "ITSME_ID_TOKEN_SIGNED_RESPONSE_ALG")
        }

        func testRefusesNumbersOutsideTheirLimitsAndAcceptsTheLimits() throws {
            for (name, low, high) in [
                ("ITSME_CLOCK_SKEW", 0, 300), ("ITSME_MAXIMUM_TOKEN_AGE", 30, 3600),
                ("ITSME_TRANSACTION_LIFETIME", 30, 600), ("ITSME_MAXIMUM_CONNECTIONS_PER_HOST", 1, 10_000),
                ("ITSME_MAXIMUM_CONNECTIONS", 1, 10_000), ("ITSME_MAXIMUM_CONCURRENT_REQUESTS", 1, 1_000_000),
                ("ITSME_MAXIMUM_WAITING_REQUESTS", 0, 1_000_000), ("ITSME_IDLE_CONNECTION_LIFETIME", 1, 86_400),
                ("ITSME_UNREPEATABLE_IDLE_LIMIT", 0, 86_400),
            ] {
                for value in [low, high] { XCTAssertNoThrow(try settings([name: "\(value)"]), name) }
                for value in ["\(low - 1)", "\(high + 1)", "many", "1.5", "60s", "99999999999999999999"] {
                    assertRefused([name: value], for: name)
                }
            }
        }

        func testRefusesAProxyThatCannotWork() throws {
            for proxy in [
                "proxy.example", "proxy.example:3128", "http://proxy.example", "ftp://proxy.example:21",
                "http://:3128", "http://proxy.example:0", "http://proxy.example:3128/path", "http://proxy example:1",
            ] {
                assertRefused(["ITSME_PROXY": proxy], for: "ITSME_PROXY")
            }
            for proxy in ["https://proxy.example:3129/", "socks5h://user:p%40ss@10.0.0.1:1080", "http://[::1]:3128"] {
                XCTAssertEqual(try settings(["ITSME_PROXY": proxy]).network.proxy, proxy)
            }
            assertRefused(["ITSME_PROXY_EXCEPTIONS": "https://idp.example"], for: "ITSME_PROXY_EXCEPTIONS")
            assertRefused(["ITSME_USER_AGENT": "bänk"], for: "ITSME_USER_AGENT")
        }

        func testTheErrorOfAnUnreachableProviderNamesTheSettingOfTheProxy() throws {
            let remedy = ItsmeError.Code.unreachable.remedy
            XCTAssertTrue(remedy.contains("https_proxy are not read"), remedy)
            let name = try XCTUnwrap(try settings().entries.first { $0.key == "itsme.proxy" }?.variable)
            XCTAssertTrue(remedy.contains("(\(name))"), remedy)
        }

        func testRefusesFilesThatCannotBeUsed() throws {
            assertRefused(["ITSME_KEY_FILE": path("nowhere")], for: "ITSME_KEY_FILE")
            assertRefused(["ITSME_KEY_FILE": try file("bad.json", "{}")], for: "ITSME_KEY_FILE")
            assertRefused(["ITSME_CA_FILE": path("nowhere")], for: "ITSME_CA_FILE")
            assertRefused(["ITSME_CA_FILE": try file("ca.pem", "no PEM")], for: "ITSME_CA_FILE")
            assertRefused(
                [
                    "ITSME_CLIENT_CERTIFICATE_FILE": path("nowhere"),
                    "ITSME_CLIENT_CERTIFICATE_KEY_FILE": try file("client.key", "-----BEGIN PRIVATE KEY-----"),
                ], for: "ITSME_CLIENT_CERTIFICATE_FILE")
            assertRefused(
                [
                    "ITSME_CLIENT_CERTIFICATE_FILE": try file("client.pem", "-----BEGIN CERTIFICATE-----"),
                    "ITSME_CLIENT_CERTIFICATE_KEY_FILE": try file(
                        "client.key", "-----BEGIN ENCRYPTED PRIVATE KEY-----"),
                ], for: "ITSME_CLIENT_CERTIFICATE_PASSPHRASE")
        }

        func testRefusesWhatTheEndpointsRefuse() {
            assertRefused(
                ["ITSME_ALLOWED_TARGET_ORIGINS": "https://shop.example/,http://x.example"],
                for: "ITSME_ALLOWED_TARGET_ORIGINS")
            assertRefused(["ITSME_DEFAULT_LOCALE": "it"], for: "ITSME_DEFAULT_LOCALE")
        }

        func testDeliversByReferenceOnlyWithAStore() throws {
            let uri = "https://www.example.be:443/itsme/request"
            assertRefused(["ITSME_REQUEST_DELIVERY": "by-reference"], for: "ITSME_REQUEST_URI")
            assertRefused(
                ["ITSME_REQUEST_DELIVERY": "by-reference", "ITSME_REQUEST_URI": uri], for: "ITSME_REQUEST_DELIVERY")
            XCTAssertThrowsError(
                try settings(
                    ["ITSME_REQUEST_DELIVERY": "by-reference", "ITSME_REQUEST_URI": "https://www.example.be/r"],
                    store: InMemoryStateStore())
            ) { XCTAssertTrue("\($0)".hasPrefix("ITSME_REQUEST_URI "), "\($0)") }
        }

        func testRefusesAValueOfAnotherTypeInAFile() async throws {
            for (json, name) in [
                (#"{"itsme": {"clientID": 12345}}"#, "ITSME_CLIENT_ID"),
                (#"{"itsme": {"clientID": ["a", "b"]}}"#, "ITSME_CLIENT_ID"),
                (#"{"itsme": {"clockSkew": 1.5}}"#, "ITSME_CLOCK_SKEW"),
                (#"{"itsme": {"clientSecret": true}}"#, "ITSME_CLIENT_SECRET"),
                (#"{"itsme": {"proxyExceptions": 7}}"#, "ITSME_PROXY_EXCEPTIONS"),
            ] {
                let file = try await FileProvider<JSONSnapshot>(
                    config: ConfigReader(
                        provider: InMemoryProvider(values: [
                            "filePath": ConfigValue(.string(try file("settings.json", json)), isSecret: false)
                        ])))
                XCTAssertThrowsError(try settings(file)) { error in
                    let about = (error as? ItsmeSettingsError)?.problems.filter { $0.variable == name } ?? []
                    XCTAssertEqual(about.count, 1, "\(error)")
                    XCTAssertEqual(about.first?.reason.hasPrefix("it is not"), true, "\(error)")
                }
            }
        }

        func testSaysWhichNameWasMisspelt() throws {
            let problems = assertRefused(
                ["ITSME_CLIENT_ID": nil, "ITSME_CLIENTID": "my-client"], for: "ITSME_CLIENT_ID")
            XCTAssertEqual(problems.first?.reason.contains("ITSME_CLIENTID, which is not a setting"), true)
            _ = try settings(["ITSME_PROXI": "x", "ITSME_SERVICE_LOGIN": "MY_LOGIN", "OTHER": "x", "ITSME_PORT": "x"])
            let warnings = printed.lines.filter { $0.hasPrefix("warning") }
            XCTAssertEqual(warnings.count, 2, "one for each misspelt name: \(warnings)")
            XCTAssertTrue(warnings.last?.contains("ITSME_PROXI") ?? false)
            XCTAssertTrue(warnings.last?.contains("ITSME_PROXY") ?? false)
            XCTAssertEqual(
                ItsmeSettings.unknownNames(in: [
                    "itsme.clientId", "itsme.clientID", "itsme.service.login", "--itsme-cleint-id", "--itsme-client-id",
                    "itsme.colour", "ITSME_CLIENT_SECRET_FILE",
                ]).map(\.description),
                [
                    "--itsme-cleint-id is not a setting. Did you mean --itsme-client-id?",
                    "itsme.clientId is not a setting. Did you mean itsme.clientID?", "itsme.colour is not a setting.",
                ])
        }
    }
#endif
