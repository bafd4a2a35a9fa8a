#if Configuration
    /// The name of a setting in its three spellings.
    struct SettingName: Equatable, CustomStringConvertible {
        /// In the environment: `ITSME_CLIENT_ID`.
        let variable: String
        /// Among the arguments: `--itsme-client-id`.
        let argument: String
        /// In files: `itsme.clientID`.
        let key: String

        /// The parts of the key below `itsme`.
        let parts: [String]

        init(_ parts: [String]) {
            self.parts = parts
            let parts = ["itsme"] + parts
            key = parts.joined(separator: ".")
            variable = parts.flatMap(Self.words).joined(separator: "_").uppercased()
            argument =
                "--" + parts.map { Self.boundaries($0).joined(separator: "-").lowercased() }.joined(separator: "-")
        }

        /// The code of a service.
        static func service(_ name: String) -> SettingName { SettingName(["service", name]) }

        var description: String { "\(variable) (\(argument), \(key))" }

        /// The words of a part, as swift-configuration finds them for variables.
        static func words(_ part: String) -> [String] {
            boundaries(part).flatMap { word in
                word.split(omittingEmptySubsequences: false) { !$0.isLetter && !$0.isNumber }.map(String.init)
            }
        }

        /// A new word begins with each capital after a small letter.
        private static func boundaries(_ part: String) -> [String] {
            var words: [String] = [""]
            var last: Character?
            for character in part {
                if last?.isLowercase == true, character.isUppercase { words.append("") }
                words[words.count - 1].append(character)
                last = character
            }
            return words
        }
    }

    extension Setting {
        var name: SettingName { SettingName([rawValue]) }

        /// The setting that names a file with this secret.
        var fileName: SettingName { SettingName([rawValue + "File"]) }
    }

    extension ItsmeSettings {
        /// A name that looks like a setting but is none.
        public struct UnknownName: Sendable, Hashable, CustomStringConvertible {
            /// The name: a variable, an argument, or a key of a file.
            public let name: String

            /// The setting that was probably meant, in the same spelling.
            public let suggestion: String?

            /// Both in a sentence.
            public var description: String {
                "\(name) is not a setting." + (suggestion.map { " Did you mean \($0)?" } ?? "")
            }
        }

        /// Finds names that look like settings but are none, which are usually misspelt.
        ///
        /// - Parameter names: Names of variables, of arguments, or of keys in files. Those that do not start with
        ///   `ITSME_`, `--itsme-` or `itsme.` are ignored, and so is `ITSME_PORT…`, which Kubernetes sets for a service
        ///   with the name `itsme`.
        public static func unknownNames(in names: some Sequence<String>) -> [UnknownName] {
            let known = Setting.allCases.flatMap { $0.isSecret ? [$0.name, $0.fileName] : [$0.name] }
            let spellings: [(prefix: String, names: [String], service: String)] = [
                ("ITSME_", known.map(\.variable), "ITSME_SERVICE_"),
                ("--itsme-", known.map(\.argument), "--itsme-service-"),
                ("itsme.", known.map(\.key), "itsme.service."),
            ]
            var unknown: [UnknownName] = []
            for name in Set(names).sorted() where !name.hasPrefix("ITSME_PORT") {
                guard let spelling = spellings.first(where: { name.hasPrefix($0.prefix) }),
                    !spelling.names.contains(name), !name.hasPrefix(spelling.service)
                else { continue }
                unknown.append(UnknownName(name: name, suggestion: nearest(to: name, in: spelling.names)))
            }
            return unknown
        }

        /// The name that was probably meant; nil if none is like this one.
        package static func nearest(to name: String, in names: [String]) -> String? {
            let nearest = names.map { ($0, distance(name, $0)) }.min { $0.1 < $1.1 }
            return nearest.flatMap { $0.1 <= 3 ? $0.0 : nil }
        }

        /// How many characters must be added, removed or replaced (Levenshtein), without regard to case.
        private static func distance(_ first: String, _ second: String) -> Int {
            let second = Array(second.lowercased())
            var row = Array(0...second.count)
            for (index, character) in first.lowercased().prefix(128).enumerated() {
                var diagonal = row[0]
                row[0] = index + 1
                for (place, other) in second.enumerated() {
                    let replaced = diagonal + (character == other ? 0 : 1)
                    diagonal = row[place + 1]
                    row[place + 1] = min(replaced, row[place] + 1, diagonal + 1)
                }
            }
            return row[second.count]
        }
    }
#endif
