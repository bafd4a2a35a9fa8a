#if Configuration
    import ItsmeRP

    /// The settings: the one table from which they are read, described and printed.
    ///
    /// A raw value is the last part of a key: `itsme.clientID` in files, `ITSME_CLIENT_ID` in the environment,
    /// `--itsme-client-id` among the arguments.
    enum Setting: String, CaseIterable, Sendable {
        case environment
        case issuer
        case profile
        case clientID
        case redirectURI
        case keyFile
        case clientSecret
        case encryptsClientAssertion
        case sealingKey
        case previousSealingKey
        case allowGroupReadableSecrets
        case allowedTargetOrigins
        case defaultLocale
        case idTokenSignedResponseAlg
        case idTokenEncryptedResponseAlg
        case idTokenEncryptedResponseEnc
        case userinfoSignedResponseAlg
        case userinfoEncryptedResponseAlg
        case userinfoEncryptedResponseEnc
        case requestObjectSigningAlg
        case requestObjectEncryptionAlg
        case requestObjectEncryptionEnc
        case requestDelivery
        case requestURI
        case clockSkew
        case maximumTokenAge
        case transactionLifetime
        case proxy
        case proxyExceptions
        case caFile
        case clientCertificateFile
        case clientCertificateKeyFile
        case clientCertificatePassphrase
        case maximumConnectionsPerHost
        case maximumConnections
        case maximumConcurrentRequests
        case maximumWaitingRequests
        case idleConnectionLifetime
        case unrepeatableIdleLimit
        case userAgent

        /// What a value looks like.
        enum Form: Equatable {
            case text
            case path
            case choice([String])
            case flag
            case number(ClosedRange<Int>)
            case seconds(ClosedRange<Int>)
            case list
            /// Never printed. May come from a file whose path is the setting with `File` at its end.
            case secret

            /// The form in words, as they follow "it is not".
            var description: String {
                switch self {
                case .text: "one text"
                case .path: "one path"
                case .choice(let names): "one of \(names.joined(separator: ", "))"
                case .flag: "true or false"
                case .number(let range): "a whole number, \(range.lowerBound) to \(range.upperBound)"
                case .seconds(let range): "whole seconds, \(range.lowerBound) to \(range.upperBound)"
                case .list: "a list of texts"
                case .secret: "one secret text"
                }
            }
        }

        /// What holds if a value is not given.
        enum Absence: Equatable {
            case required
            case standard(String)
            /// Depends on other settings; in words.
            case derived(String)
        }

        struct Facts {
            let form: Form
            let absence: Absence
            let meaning: String

            init(_ form: Form, _ absence: Absence, _ meaning: String) {
                self.form = form
                self.absence = absence
                self.meaning = meaning
            }
        }

        var facts: Facts {
            switch self {
            case .environment:
                Facts(
                    .choice(Self.environments), .required,
                    "The itsme environment. `custom` is another issuer with https, `loopback-sandbox` a sandbox on this machine."
                )
            case .issuer:
                Facts(.text, .standard("none"), "The issuer of the environments `custom` and `loopback-sandbox`.")
            case .profile:
                Facts(.choice(["v2", "v1"]), .standard("v2"), "The generation of the protocol at that issuer.")
            case .clientID: Facts(.text, .required, "The client id, as received from itsme.")
            case .redirectURI:
                Facts(.text, .required, "The URI to which itsme returns the person, exactly as registered.")
            case .keyFile:
                Facts(
                    .path, .derived("required without a client secret"),
                    "The private key file that `itsme keys generate` writes.")
            case .clientSecret:
                Facts(
                    .secret, .derived("required without a key file"),
                    "The secret of a client that was registered with one: at least 32 bytes.")
            case .encryptsClientAssertion:
                Facts(
                    .flag, .derived("true in v1, else false"),
                    "Whether client assertions are encrypted to itsme. Only with a key file.")
            case .sealingKey:
                Facts(
                    .secret, .required,
                    "Seals cookies: 32 random bytes in Base64, the same in all instances: `\(Self.sealingKeyCommand)`.")
            case .previousSealingKey:
                Facts(
                    .secret, .standard("none"),
                    "Also opens, while the sealing key changes: the old key, or the next one before it seals. Remove it when the sessions of that time have ended, and never give one that leaked."
                )
            case .allowGroupReadableSecrets:
                Facts(
                    .flag, .standard("false"),
                    "Whether the group of this process may be able to read the files with keys and secrets, as in a secret volume of Kubernetes."
                )
            case .allowedTargetOrigins:
                Facts(
                    .list, .standard("none"),
                    "Other origins to which a login may return, such as `https://shop.example`.")
            case .defaultLocale:
                Facts(
                    .choice(InterfaceLocale.allCases.map(\.rawValue)), .standard(InterfaceLocale.english.rawValue),
                    "The language for browsers that prefer none of itsme's languages.")
            default: registrationFacts
            }
        }

        private var registrationFacts: Facts {
            switch self {
            case .idTokenSignedResponseAlg: algorithm(["RS256", "HS256"], "The signature of ID tokens")
            case .idTokenEncryptedResponseAlg: algorithm(Self.wrappings, "The key encryption of ID tokens")
            case .idTokenEncryptedResponseEnc: algorithm(Self.encryptions, "The content encryption of ID tokens")
            case .userinfoSignedResponseAlg: algorithm(["RS256", "HS256"], "The signature of UserInfo")
            case .userinfoEncryptedResponseAlg: algorithm(Self.wrappings, "The key encryption of UserInfo")
            case .userinfoEncryptedResponseEnc: algorithm(Self.encryptions, "The content encryption of UserInfo")
            case .requestObjectSigningAlg: algorithm(["RS256", "HS256"], "The signature of request objects")
            case .requestObjectEncryptionAlg:
                algorithm(["RSA-OAEP-256", "RSA-OAEP"], "The key encryption of request objects")
            case .requestObjectEncryptionEnc:
                algorithm(Self.encryptions, "The content encryption of request objects")
            case .requestDelivery:
                Facts(
                    .choice(["by-value", "by-reference", "unprotected-query"]), .standard("by-value"),
                    "How requests reach itsme. `by-reference` needs a store in the code, and `unprotected-query` is less secure."
                )
            case .requestURI:
                Facts(.text, .standard("none"), "The registered request URI. Only with `by-reference`.")
            case .clockSkew:
                Facts(
                    .seconds(0...300), Self.standard(Self.client.clockSkew),
                    "How much the clocks of itsme and this machine may differ.")
            case .maximumTokenAge:
                Facts(
                    .seconds(30...3600), Self.standard(Self.client.maximumTokenAge),
                    "The maximum age of an ID token on arrival.")
            case .transactionLifetime:
                Facts(
                    .seconds(30...600), Self.standard(Self.client.transactionLifetime),
                    "How long a login may take.")
            default: networkFacts
            }
        }

        private var networkFacts: Facts {
            let network = CurlTransport.Configuration()
            return switch self {
            case .proxy:
                Facts(
                    .secret, .standard("none"),
                    "The proxy, such as `http://proxy.example:3128`. Secret, as it may have a password. Variables such as `https_proxy` are not read."
                )
            case .proxyExceptions:
                Facts(
                    .list, .standard("none"), "Hosts that are reached without the proxy, with their subdomains.")
            case .caFile:
                Facts(
                    .path, .standard("none"),
                    "A PEM file of certificate authorities that are trusted in addition to the system's.")
            case .clientCertificateFile:
                Facts(.path, .standard("none"), "A PEM file with the certificate of this client for TLS.")
            case .clientCertificateKeyFile:
                Facts(.path, .standard("none"), "A PEM file with the private key of that certificate.")
            case .clientCertificatePassphrase: Facts(.secret, .standard("none"), "The passphrase of that key.")
            case .maximumConnectionsPerHost:
                number(1...10_000, network.maximumConnectionsPerHost, "The most connections to one host.")
            case .maximumConnections:
                number(1...10_000, network.maximumConnections, "The most connections to all hosts.")
            case .maximumConcurrentRequests:
                number(1...1_000_000, network.maximumConcurrentRequests, "The most requests in flight.")
            case .maximumWaitingRequests:
                number(
                    0...1_000_000, network.maximumWaitingRequests, "The most waiting requests; more are refused.")
            case .idleConnectionLifetime:
                Facts(
                    .seconds(1...86_400), Self.standard(network.idleConnectionLifetime),
                    "How long an idle connection stays usable.")
            case .unrepeatableIdleLimit:
                Facts(
                    .seconds(0...86_400), Self.standard(network.unrepeatableIdleLimit),
                    "How long a connection may be idle before a request that must not be repeated.")
            default: Facts(.text, .standard(network.userAgent), "The value of `User-Agent`.")
            }
        }

        var isSecret: Bool { facts.form == .secret }

        /// A command that makes a sealing key.
        static let sealingKeyCommand = "head -c 32 /dev/urandom | base64"

        static let customEnvironment = "custom"
        static let sandboxEnvironment = "loopback-sandbox"
        private static let environments = [
            "production", "e2e", "client-secret-production", "client-secret-e2e", "legacy-production", "legacy-e2e",
            customEnvironment, sandboxEnvironment,
        ]
        private static let wrappings = ["RSA-OAEP-256", "RSA-OAEP", "dir"]
        private static let encryptions = ["A128CBC-HS256", "A256CBC-HS512", "A128GCM", "A256GCM"]

        /// For its defaults only.
        private static let client = ItsmeConfiguration(
            environment: .e2e, clientID: "", authentication: .clientSecretPost(Secret("")), redirectURI: "")

        private static func standard(_ duration: Duration) -> Absence { .standard("\(duration.components.seconds)") }

        private func number(_ range: ClosedRange<Int>, _ standard: Int, _ meaning: String) -> Facts {
            Facts(.number(range), .standard("\(standard)"), meaning)
        }

        private func algorithm(_ names: [String], _ what: String) -> Facts {
            Facts(.choice(names), .derived("see above"), "\(what), as registered (`\(registrationName)`).")
        }

        /// The name in the client's registration (OpenID Connect Dynamic Client Registration 1.0 §2).
        private var registrationName: String { SettingName.words(rawValue).joined(separator: "_").lowercased() }
    }
#endif
