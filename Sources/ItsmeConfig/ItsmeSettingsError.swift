#if Configuration
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

            init(_ name: SettingName, _ reason: String, remedy: String) {
                variable = name.variable
                argument = name.argument
                key = name.key
                self.reason = reason
                self.remedy = remedy
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
