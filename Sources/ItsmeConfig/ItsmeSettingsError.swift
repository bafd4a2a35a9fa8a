#if Configuration
    import Foundation

    /// Runs a program. An error that it throws is written to standard error, and the process exits with status 1.
    ///
    /// If an error leaves `main`, Swift prints a crash report with registers around the text of the error.
    ///
    /// ```swift
    /// static func main() async {
    ///     await exitingOnError {
    ///         let settings = try ItsmeSettings(ConfigReader(provider: EnvironmentVariablesProvider()))
    ///         // …
    ///     }
    /// }
    /// ```
    public func exitingOnError(_ program: @Sendable () async throws -> Void) async {
        do {
            try await program()
        } catch {
            try? FileHandle.standardError.write(contentsOf: Data("\(error)\n".utf8))
            exit(1)
        }
    }

    /// Why settings cannot be used: every fault that was found, each with the name of its setting and the remedy.
    ///
    /// No value is in it.
    public struct ItsmeSettingsError: Error, Sendable, CustomStringConvertible {
        /// One fault.
        public struct Problem: Sendable, Hashable, CustomStringConvertible {
            /// The name of the setting in the environment, such as `ITSME_CLIENT_ID`.
            public let variable: String

            /// Its name among the arguments, such as `--itsme-client-id`.
            public let argument: String

            /// Its name in files, such as `itsme.clientID`.
            public let key: String

            /// What is wrong.
            public let reason: String

            /// What to do about it.
            public let remedy: String

            /// Whether a required setting is not given.
            package let isMissing: Bool

            init(_ name: SettingName, _ reason: String, remedy: String, isMissing: Bool = false) {
                variable = name.variable
                argument = name.argument
                key = name.key
                self.reason = reason
                self.remedy = remedy
                self.isMissing = isMissing
            }

            /// Names, reason and remedy in one line.
            public var description: String { "\(variable) (\(argument), \(key)): \(reason). \(remedy)" }
        }

        /// The faults, at least one.
        public let problems: [Problem]

        /// One line for each fault.
        public var description: String { problems.map(\.description).joined(separator: "\n") }
    }
#endif
