#if Configuration
    public import Configuration
    import Foundation
    public import ItsmeRP
    import JOSE
    public import Logging

    /// The settings of a service that uses itsme, from environment variables, files and arguments.
    ///
    /// ```swift
    /// let settings = try ItsmeSettings(ConfigReader(provider: EnvironmentVariablesProvider()))
    /// let itsme = try settings.makeClient()
    /// let login = ItsmeService.login(try settings.serviceCode("login"))
    /// ```
    ///
    /// All keys are below `itsme`: `ITSME_CLIENT_ID`, `--itsme-client-id`, `itsme.clientID`. The article
    /// "Configuration" lists them. A value that is empty counts as not given.
    ///
    /// Values are checked here, not at the first login. The properties can be changed before a client is made of them.
    public struct ItsmeSettings: Sendable {
        /// The configuration of the client.
        public var client: ItsmeConfiguration

        /// How the client connects.
        public var network: CurlTransport.Configuration

        /// Seals cookies, with the current and the previous sealing key.
        public var sealer: Sealer

        /// The keys of the client; nil with a client secret.
        public let keys: ClientKeyRing?

        /// The file of ``keys``, to look for changes; nil with a client secret.
        public let keyFile: KeyFile?

        /// The options of `LoginEndpoints` or `HummingbirdLogin`.
        public var options: LoginOptions

        /// What was read, for people: every setting, without secrets.
        public let entries: [Entry]

        private let reader: ConfigReader

        /// Reads and checks all settings.
        ///
        /// Logs a warning for each variable and argument of the process that looks like a setting but is none: it is
        /// probably misspelt (``unknownNames(in:)``).
        ///
        /// - Parameters:
        ///   - reader: Where the values come from. They are read once.
        ///   - requestObjectStore: Stores request objects, if requests are delivered by reference.
        ///   - custodian: Finds the keys of the key file that are held elsewhere, if any.
        ///   - logger: For the warnings, and the client's logger.
        ///   - names: The names of the given variables and arguments; by default those of the process.
        /// - Throws: ``ItsmeSettingsError`` with every fault that was found.
        public init(
            _ reader: ConfigReader,
            requestObjectStore: (any RequestObjectStore)? = nil,
            custodian: (any KeyCustodian)? = nil,
            logger: Logger = Logger(label: "itsme"),
            names: [String]? = nil
        ) throws(ItsmeSettingsError) {
            let unknown = Self.unknownNames(in: names ?? Self.namesOfProcess)
            for name in unknown {
                var metadata: Logger.Metadata = ["itsme.name": "\(name.name)"]
                if let suggestion = name.suggestion { metadata["itsme.suggestion"] = "\(suggestion)" }
                logger.warning("a name looks like a setting but is none", metadata: metadata)
            }
            self.reader = reader.scoped(to: "itsme")
            let read = PartialSettings(
                self.reader, requestObjectStore: requestObjectStore, custodian: custodian, logger: logger,
                unknown: unknown)
            guard read.problems.isEmpty, let client = read.client, let sealer = read.sealer,
                let identity = read.identity
            else { throw ItsmeSettingsError(problems: read.problems) }
            self.client = client
            network = read.network
            self.sealer = sealer
            keys = identity.keys
            keyFile = identity.keyFile
            options = read.options
            entries = Setting.allCases.map { Entry($0, given: read.given[$0], client: client) }
        }

        /// Makes the client, with a transport of its own.
        ///
        /// - Throws: ``/ItsmeRP/ItsmeError`` of the phase `configuration`, if a property was changed to a value that cannot work.
        public func makeClient() throws(ItsmeError) -> ItsmeClient {
            try ItsmeClient(client, network: network)
        }

        /// What itsme fetches from the application, by its path: the JWK Set of ``keys``. Nothing with a client secret.
        ///
        /// - Parameter jwkSetPath: The path of the JWK Set URL that is registered at itsme.
        /// - Throws: ``/ItsmeRP/ItsmeError`` `missing_key` or `unsuitable_key` if the keys cannot be published.
        public func published(jwkSetPath: String = "/jwks.json") throws(ItsmeError) -> [String: any HTTPHandler] {
            guard let keys else { return [:] }
            return [jwkSetPath: try JWKSetEndpoint(keys, logger: client.logger)]
        }

        /// The code of a service: `ITSME_SERVICE_LOGIN` for the name `login`.
        ///
        /// Ask for every service when the application starts, so that a missing one is found then.
        ///
        /// - Parameter name: The application's name for the service, in words: `login`, `shareData`, `loan-contract`.
        /// - Throws: ``ItsmeSettingsError`` if it is missing, or cannot be a service code.
        public func serviceCode(_ name: String) throws(ItsmeSettingsError) -> String {
            let setting = SettingName.service(name)
            func refusal(_ reason: String) -> ItsmeSettingsError {
                ItsmeSettingsError(problems: [
                    .init(setting, reason, remedy: "Give the service code exactly as you received it from itsme.")
                ])
            }
            guard let code = reader.string(forKey: ConfigKey(setting.parts)), !code.isEmpty else {
                throw refusal("it is missing or not one text")
            }
            do {
                try ItsmeService.login(code).validate(phase: .configuration)
            } catch {
                throw refusal(error.reason)
            }
            return code
        }

        private static var namesOfProcess: [String] {
            let process = ProcessInfo.processInfo
            return process.environment.keys
                + process.arguments.map { String($0.prefix { $0 != "=" }) }
        }
    }

    extension ItsmeSettings: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
        /// The settings that were given, without secrets.
        public var description: String {
            let given = entries.filter(\.isGiven).map { "\($0.variable)=\($0.value)" }
            return "ItsmeSettings(\(given.joined(separator: " ")))"
        }

        /// The same as ``description``.
        public var debugDescription: String { description }

        /// Shows no secret.
        public var customMirror: Mirror { Mirror(self, children: ["description": description]) }
    }
#endif
