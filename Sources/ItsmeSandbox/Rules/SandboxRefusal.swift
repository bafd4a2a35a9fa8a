/// One refusal of the sandbox: the rule that was broken, where, and what to do about it.
///
/// It holds names of parameters and claims, URLs, client ids, scopes, algorithms and key ids, both as sent and as
/// registered, never tokens, codes, secrets or data of a person.
public struct SandboxRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    /// One value that the request brought, or that it should have brought.
    public struct Value: Sendable, Hashable, CustomStringConvertible {
        /// Its name in the request or in the registration file.
        public let name: String
        /// The value in visible ASCII, cut where it is long.
        public let text: String

        init(_ name: String, _ text: String) {
            self.name = name
            self.text = Self.shown(text)
        }

        /// A list of values.
        init(_ name: String, _ texts: [String]) {
            self.name = name
            text = texts.isEmpty ? "none" : texts.map(Self.shown).joined(separator: "  ")
        }

        /// Name and value.
        public var description: String { "\(name)=\(text)" }

        /// The longest text that is shown whole, and the longest word in it: tokens and codes are longer, a UUID is not.
        private static let longestText = 300
        private static let longestWord = 39

        /// `text` without what means something to a terminal or a log, and without what may be a token or a code.
        private static func shown(_ text: String) -> String {
            var result = ""
            var word = ""
            func endWord() {
                result += word.utf8.count > longestWord ? "(\(word.utf8.count) characters)" : word
                word = ""
            }
            for scalar in text.unicodeScalars.prefix(longestText) {
                switch scalar {
                case "a"..."z", "A"..."Z", "0"..."9", "-", "_":
                    word.unicodeScalars.append(scalar)
                default:
                    endWord()
                    result.unicodeScalars.append((0x20...0x7E).contains(scalar.value) ? scalar : "?")
                }
            }
            // A word that goes on beyond the cut may be a long one.
            if text.unicodeScalars.count > longestText { return result + "..." }
            endWord()
            return result
        }
    }

    /// The rule that was broken.
    public let rule: SandboxRule

    /// What exactly, when the rule alone leaves it open: the name of a parameter, of a key or of a claim, or how the
    /// clocks differ.
    public let detail: String?

    /// The client that the request claimed to come from, if it named a registered one.
    public internal(set) var clientID: String?

    /// What the request said, as far as it may be shown.
    public internal(set) var sent: [Value]

    /// What is registered for the client, or what the request should have said.
    public internal(set) var expected: [Value]

    /// The status of the answer: a 302 or 303 takes the error back to the relying party, a 400 of the authorization
    /// endpoint stays on the sandbox's page. `nil` when it was the relying party's endpoint that was called.
    public internal(set) var status: Int?

    init(
        _ rule: SandboxRule, detail: String? = nil, clientID: String? = nil, sent: [Value] = [],
        expected: [Value] = []
    ) {
        self.rule = rule
        self.detail = detail
        self.clientID = clientID
        self.sent = sent
        self.expected = expected
    }

    /// Adds values whose names are not among those that are there.
    mutating func add(sent: [Value] = [], expected: [Value] = []) {
        for value in sent where !self.sent.contains(where: { $0.name == value.name }) { self.sent.append(value) }
        for value in expected where !self.expected.contains(where: { $0.name == value.name }) {
            self.expected.append(value)
        }
    }

    /// Rule, explanation, detail and remedy in one line.
    public var description: String { "\(rule.id): \(message)" }

    /// What goes out as `error_description` or `detail`.
    var message: String { "\(explanation) \(rule.remedy) [\(rule.id)]" }

    /// The explanation of the rule with the detail.
    var explanation: String { detail.map { "\(rule.explanation) \($0)" } ?? rule.explanation }
}
