#if Configuration
    import ItsmeRP
    import JOSE

    extension ItsmeSettings {
        /// One setting as it was read, without secrets.
        public struct Entry: Sendable, Hashable {
            /// The name in the environment, such as `ITSME_CLIENT_ID`.
            public let variable: String

            /// The name among the arguments, such as `--itsme-client-id`.
            public let argument: String

            /// The name in files, such as `itsme.clientID`.
            public let key: String

            /// The value in use: the given one or the default. A placeholder for a secret.
            public let value: String

            /// Whether the value was given.
            public let isGiven: Bool

            init(_ setting: Setting, given: String?, client: ItsmeConfiguration) {
                variable = setting.name.variable
                argument = setting.name.argument
                key = setting.name.key
                isGiven = given != nil
                value = given ?? setting.derivedValue(in: client)
            }
        }

        /// The table of all settings for the documentation, in Markdown.
        package static var table: String {
            let header = ["| Variable | In a file | Value | Default | Meaning |", "|---|---|---|---|---|"]
            let rows = Setting.allCases.map { setting in
                let variable = "`\(setting.name.variable)`"
                let facts = setting.facts
                let absence =
                    switch facts.absence {
                    case .required: "**required**"
                    case .standard("none"): "none"
                    case .standard(let value): "`\(value)`"
                    case .derived(let words): words
                    }
                return [
                    setting.isSecret ? "\(variable) or `\(setting.fileName.variable)`" : variable,
                    setting.isSecret
                        ? "`\(setting.name.key)` or `\(setting.fileName.key)`" : "`\(setting.name.key)`",
                    facts.form == .secret ? "secret" : facts.form.description,
                    absence, facts.meaning.replacing("|", with: "\\|"),
                ].joined(separator: " | ")
            }
            return (header + rows.map { "| \($0) |" }).joined(separator: "\n") + "\n"
        }
    }

    extension Setting {
        /// The setting that an error of the core speaks of.
        static func of(field: String?) -> Setting {
            switch field {
            case "environment.issuer": .issuer
            case "clientID": .clientID
            case "redirectURI": .redirectURI
            case "clockSkew": .clockSkew
            case "maximumTokenAge": .maximumTokenAge
            case "transactionLifetime": .transactionLifetime
            case "requestDelivery.requestURI": .requestURI
            case "authentication.clientSecret": .clientSecret
            case "idTokenAlgorithms": .idTokenEncryptedResponseAlg
            case "userInfoAlgorithms": .userinfoEncryptedResponseAlg
            case "requestObjectAlgorithms": .requestObjectEncryptionAlg
            default: .environment
            }
        }

        /// The value in use if none was given.
        fileprivate func derivedValue(in client: ItsmeConfiguration) -> String {
            switch self {
            case .idTokenSignedResponseAlg: client.idTokenAlgorithms.signature.name
            case .idTokenEncryptedResponseAlg: client.idTokenAlgorithms.keyManagement.name
            case .idTokenEncryptedResponseEnc: client.idTokenAlgorithms.contentEncryption.name
            case .userinfoSignedResponseAlg: client.userInfoAlgorithms.signature.name
            case .userinfoEncryptedResponseAlg: client.userInfoAlgorithms.keyManagement.name
            case .userinfoEncryptedResponseEnc: client.userInfoAlgorithms.contentEncryption.name
            case .requestObjectSigningAlg: client.requestObjectAlgorithms.signature.name
            case .requestObjectEncryptionAlg: client.requestObjectAlgorithms.keyManagement.name
            case .requestObjectEncryptionEnc: client.requestObjectAlgorithms.contentEncryption.name
            case .issuer: client.environment.issuer
            case .profile: client.environment.profile == .v1 ? "v1" : "v2"
            default:
                switch facts.absence {
                case .standard(let value): value
                case .required, .derived: "none"
                }
            }
        }
    }
#endif
