#if Configuration
    import Configuration
    import ItsmeRP
    import JOSE

    /// Reads settings, and collects what is wrong with them.
    struct SettingReader {
        private let reader: ConfigReader
        private let unknown: [ItsmeSettings.UnknownName]
        private var readers = KeyFile.Readers.owner

        private(set) var problems: [ItsmeSettingsError.Problem] = []

        /// What was given, in a form that may be shown.
        private(set) var given: [Setting: String] = [:]

        /// - Parameter reader: Its keys are those below `itsme`.
        init(_ reader: ConfigReader, unknown: [ItsmeSettings.UnknownName]) {
            self.reader = reader
            self.unknown = unknown
            if flag(.allowGroupReadableSecrets) == true { readers = .ownerAndGroup }
        }

        // MARK: Values

        mutating func text(_ setting: Setting) -> String? {
            guard let text = raw(setting.name, setting.facts.form) else {
                if setting.facts.absence == .required { reportMissing(setting) }
                return nil
            }
            given[setting] = text
            return text
        }

        mutating func value<Value>(_ setting: Setting, _ make: (String) -> Value?) -> Value? {
            guard let text = text(setting) else { return nil }
            if case .choice(let names) = setting.facts.form, !names.contains(text) {
                refuseForm(setting)
                return nil
            }
            guard let value = make(text) else {
                refuseForm(setting)
                return nil
            }
            return value
        }

        mutating func choice(_ setting: Setting) -> String? { value(setting) { $0 } }

        mutating func flag(_ setting: Setting) -> Bool? {
            value(setting) { text in
                switch text.lowercased() {
                case "true", "yes", "1": true
                case "false", "no", "0": false
                default: nil
                }
            }
        }

        mutating func number(_ setting: Setting) -> Int? {
            let range: ClosedRange<Int>
            switch setting.facts.form {
            case .number(let numbers), .seconds(let numbers): range = numbers
            default: return nil
            }
            return value(setting) { text in Int(text).flatMap { range.contains($0) ? $0 : nil } }
        }

        mutating func seconds(_ setting: Setting) -> Duration? { number(setting).map { .seconds($0) } }

        mutating func list(_ setting: Setting) -> [String]? {
            let key = ConfigKey(setting.name.parts)
            let found: [String]
            if let list = reader.stringArray(forKey: key) {
                found = list
            } else if let text = raw(setting.name, .list) {
                found = text.split(separator: ",").map(String.init)
            } else {
                return nil
            }
            let items = found.map { $0.trimmed }.filter { !$0.isEmpty }
            guard !items.isEmpty else { return nil }
            given[setting] = items.joined(separator: ", ")
            return items
        }

        /// A secret, given directly or in a file.
        mutating func secret(_ setting: Setting) -> String? {
            let direct = raw(setting.name, .secret)
            let path = raw(setting.fileName, .path)
            switch (direct, path) {
            case (nil, nil):
                if setting.facts.absence == .required { reportMissing(setting) }
                return nil
            case (.some, .some):
                refuse(
                    setting, "it is given directly and also in the file of \(setting.fileName.variable)",
                    remedy: "Keep one of the two, preferably the file.")
                return nil
            case (let text?, nil):
                given[setting] = "(secret)"
                return text
            case (nil, let path?):
                given[setting] = "(secret, from \(path))"
                return contents(of: path, for: setting)
            }
        }

        /// Names a private file, with the readers that are allowed.
        func keyFile(_ path: String) -> KeyFile { KeyFile(path, readers: readers) }

        private mutating func contents(of path: String, for setting: Setting) -> String? {
            let bytes: SecretBytes
            do {
                bytes = try keyFile(path).read()
            } catch {
                refuse(setting.fileName, error)
                return nil
            }
            // A text file ends with a line break, which is not part of the secret.
            let text = bytes.withBytes { span in
                String(validating: span.indices.map { span[$0] }, as: UTF8.self)
            }.map { $0.hasSuffix("\n") || $0.hasSuffix("\r\n") ? String($0.dropLast()) : $0 }
            guard let text, !text.isEmpty else {
                refuse(
                    setting.fileName, "the file is empty or not UTF-8", remedy: "Write the secret into it, as text.")
                return nil
            }
            return text
        }

        // MARK: Faults

        mutating func refuse(_ name: SettingName, _ reason: String, remedy: String, isMissing: Bool = false) {
            problems.append(ItsmeSettingsError.Problem(name, reason, remedy: remedy, isMissing: isMissing))
        }

        mutating func refuse(_ setting: Setting, _ reason: String, remedy: String, isMissing: Bool = false) {
            refuse(setting.name, reason, remedy: remedy, isMissing: isMissing)
        }

        mutating func refuse(_ name: SettingName, _ error: ItsmeError) {
            var remedy = error.remedy
            if error.code == .keyFileUnsafe, readers == .owner {
                remedy +=
                    ". If an orchestrator mounts it for the group of this process, set \(Setting.allowGroupReadableSecrets.name.variable)=true."
            }
            refuse(name, error.reason, remedy: remedy)
        }

        mutating func refuseForm(_ setting: Setting) {
            refuse(
                setting, "it is not a value that this setting takes", remedy: "Give \(setting.facts.form.description).")
        }

        private mutating func reportMissing(_ setting: Setting) {
            // Present but unreadable is reported already.
            guard !problems.contains(where: { $0.variable == setting.name.variable }) else { return }
            let names = [setting.name, setting.fileName].flatMap { [$0.variable, $0.argument, $0.key] }
            let misspelt = unknown.first { $0.suggestion.map(names.contains) ?? false }
            refuse(
                setting, "it is missing" + (misspelt.map { "; \($0.name), which is not a setting, is given" } ?? ""),
                remedy: setting == .sealingKey
                    ? "Make one with: \(Setting.sealingKeyCommand)"
                    : "Set it: \(setting.facts.meaning.lowercasedAtStart)",
                isMissing: true)
        }

        // MARK: Reading

        /// The text of a value; nil if there is none or if it is empty.
        private mutating func raw(_ name: SettingName, _ form: Setting.Form) -> String? {
            let key = ConfigKey(name.parts)
            let isSecret = form == .secret
            if let text = reader.string(forKey: key, isSecret: isSecret) { return text.isEmpty ? nil : text }
            // Numbers and booleans of a JSON file.
            switch form {
            case .number, .seconds:
                if let number = reader.int(forKey: key) { return "\(number)" }
            case .flag:
                if let flag = reader.bool(forKey: key) { return "\(flag)" }
            default: break
            }
            // The reader gives nil also for a value of another type, which must not be taken for none.
            if reader.int(forKey: key, isSecret: isSecret) != nil
                || reader.double(forKey: key, isSecret: isSecret) != nil
                || reader.bool(forKey: key, isSecret: isSecret) != nil
                || reader.stringArray(forKey: key, isSecret: isSecret) != nil
                || reader.intArray(forKey: key, isSecret: isSecret) != nil
            {
                refuse(
                    name, "it is not \(form.description)",
                    remedy: "Give one value; text in quotes in a file, and without a comma among the arguments.")
            }
            return nil
        }
    }

    extension String {
        /// With a small letter at its start.
        fileprivate var lowercasedAtStart: String { prefix(1).lowercased() + dropFirst() }

        /// Without white space around it.
        var trimmed: String {
            let start = drop { $0.isWhitespace }
            return String(start.reversed().drop { $0.isWhitespace }.reversed())
        }
    }
#endif
