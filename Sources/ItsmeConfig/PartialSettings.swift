#if Configuration
    package import Configuration
    package import ItsmeRP
    import JOSE
    package import Logging

    /// What could be read of the settings of a service, even if others are wrong or missing. ``ItsmeSettings`` takes it
    /// only without problems; a tool that looks for faults goes on with what there is.
    package struct PartialSettings {
        /// Every fault that was found.
        package let problems: [ItsmeSettingsError.Problem]

        package let environment: ItsmeEnvironment?

        /// Nil if one of its settings is missing or wrong. Without a sealing key there can be one.
        package let client: ItsmeConfiguration?

        /// How to connect; without the settings that are wrong.
        package let network: CurlTransport.Configuration

        package let redirectURI: String?
        package let requestURI: String?

        let identity: ClientIdentity?
        let sealer: Sealer?
        let options: LoginOptions
        let given: [Setting: String]

        package var keys: ClientKeyRing? { identity?.keys }

        /// Whether there is anything of the service itself. An environment or a key file alone is not enough.
        package var describesService: Bool {
            [Setting.clientID, .redirectURI, .clientSecret, .sealingKey].contains { given[$0] != nil }
        }

        /// - Parameters:
        ///   - reader: Its keys are those below `itsme`.
        ///   - unknown: The given names that are no settings, for what is said of a missing one.
        package init(
            _ reader: ConfigReader, requestObjectStore: (any RequestObjectStore)?,
            custodian: (any KeyCustodian)? = nil, logger: Logger, unknown: [ItsmeSettings.UnknownName]
        ) {
            var source = SettingReader(reader, unknown: unknown)
            let environment = source.environment()
            let clientID = source.text(.clientID)
            let redirectURI = source.text(.redirectURI)
            let identity = source.identity(custodian: custodian)
            sealer = source.sealer()
            let origins = source.targetOrigins()
            let locale = source.value(.defaultLocale) { InterfaceLocale(rawValue: $0) }
            let algorithms = source.algorithms()
            let delivery = source.requestDelivery(store: requestObjectStore)
            let skew = source.seconds(.clockSkew)
            let age = source.seconds(.maximumTokenAge)
            let lifetime = source.seconds(.transactionLifetime)
            network = source.network()

            var made: ItsmeConfiguration?
            if let environment, let clientID, let redirectURI, let identity {
                var client = ItsmeConfiguration(
                    environment: environment, clientID: clientID, authentication: identity.authentication,
                    redirectURI: redirectURI)
                algorithms.apply(to: &client)
                client.logger = logger
                if let delivery { client.requestDelivery = delivery }
                if let skew { client.clockSkew = skew }
                if let age { client.maximumTokenAge = age }
                if let lifetime { client.transactionLifetime = lifetime }
                for fault in client.faults() {
                    source.refuse(Setting.of(field: fault.field).name, fault)
                }
                made = client
            }
            var options = LoginOptions()
            options.allowedTargetOrigins = Set(origins)
            options.defaultLocale = locale ?? options.defaultLocale
            self.options = options
            self.environment = environment
            self.redirectURI = redirectURI
            requestURI = source.given[.requestURI]
            self.identity = identity
            client = made
            given = source.given
            problems = source.problems
        }
    }
#endif
